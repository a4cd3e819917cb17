"""The Meshes page in a browser: meshes and point clouds, turned and kept as they are turned."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from lavdlike.kinds import meshes
from tests.browser.pages import at_rest, show_page
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
FACES = [[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]
RED, BLUE = ([[255, 0, 0]] * 4, [[0, 0, 255]] * 4)
# What of a canvas is not background: how many pixels, and their red and blue together.
_PICTURE = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [pixels, red, blue] = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
        if (data[at] > 250 && data[at + 1] > 250 && data[at + 2] > 250) continue;
        pixels += 1; red += data[at]; blue += data[at + 2];
    }
    return [pixels, red, blue];
}"""


def log(root: Path, path: str, content: bytes) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def glb(document: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps({"asset": {"version": "2.0"}, **document}).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def triangle(**material: Any) -> dict[str, Any]:
    """A glTF of one triangle."""
    return {
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "scale": [2, 2, 2]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}],
        "materials": [material],
        "buffers": [{"byteLength": 36}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": 3,
                "type": "VEC3",
                "min": [0, 0, 0],
                "max": [1, 1, 0],
            }
        ],
    }


def canvas(page: Page, label: str) -> Locator:
    return page.get_by_label(f"Mesh {label}:")


def picture(page: Page, label: str) -> tuple[int, int, int]:
    drawn = canvas(page, label)
    expect(drawn).to_have_attribute("data-state", "drawn")
    pixels, red, blue = drawn.evaluate(_PICTURE)
    return pixels, red, blue


def test_mesh_is_turned_kept_so_over_updates_and_shown_whole_again(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, f"{experiment}/0001/shape.ply", meshes.encode(CORNERS, FACES, RED))
    show_page(page, "meshes", experiment)
    expect(page.get_by_text("4 vertices · 4 triangles")).to_be_visible()
    box = at_rest(canvas(page, "shape"))
    first = picture(page, "shape")
    assert first[0] > 1000
    assert first[1] > 4 * first[2]
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + 250, box["y"] + 120, steps=3)
    page.mouse.up()
    wait_until(lambda: picture(page, "shape")[0] != first[0])
    page.mouse.wheel(0, -300)
    wait_until(lambda: picture(page, "shape")[0] > 1.1 * first[0])
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    turned = picture(page, "shape")[0]
    log(root, f"{experiment}/0002/shape.ply", meshes.encode(CORNERS, FACES, BLUE))
    wait_until(lambda: picture(page, "shape")[2] > 4 * picture(page, "shape")[1])
    assert picture(page, "shape")[0] == pytest.approx(turned, rel=0.02)
    page.get_by_role("button", name="Show all of it").click()
    wait_until(lambda: picture(page, "shape")[0] == pytest.approx(first[0], rel=0.02))
    page.get_by_role("button", name="How meshes are drawn").click()
    page.get_by_role("switch", name="Wireframe").check()
    wait_until(lambda: picture(page, "shape")[0] < first[0] / 3)
    expect(page).to_have_url(re.compile(r"meshes\.wireframe=1"))


def test_points_have_their_size_and_other_formats_are_read(page: Page, root: Path, experiment: str) -> None:
    folder = f"{experiment}/0001"
    red = triangle(pbrMetallicRoughness={"baseColorFactor": [1, 0, 0, 1]})
    body = CORNERS[:3].astype("<f4").tobytes()
    log(root, f"{folder}/cloud.ply", meshes.encode(np.random.default_rng(1).normal(size=(300, 3))))
    log(root, f"{folder}/red.glb", glb(red, body))
    log(root, f"{folder}/text.obj", b"v 0 0 0\nv 1 0 0\nv 0 1 0\nmtllib far.mtl\nf 1 2 3\n")
    faces = struct.pack("<12fH", *[0] * 3, *CORNERS[:3].ravel(), 0)
    log(root, f"{folder}/binary.stl", bytes(80) + struct.pack("<I", 1) + faces)
    show_page(page, "meshes", experiment)
    for label in ("text", "binary", "red"):
        assert picture(page, label)[0] > 1000
    assert picture(page, "red")[1] > 4 * picture(page, "red")[2]
    small = picture(page, "cloud")[0]
    page.get_by_role("button", name="How meshes are drawn").click()
    page.get_by_role("slider", name="Point size").fill("6")
    wait_until(lambda: picture(page, "cloud")[0] > 3 * small)


def test_broken_mesh_says_why_and_nothing_else_is_loaded(page: Page, root: Path, experiment: str) -> None:
    folder = f"{experiment}/0001"
    body = CORNERS[:3].astype("<f4").tobytes()
    far = "https://example.invalid/far.bin"
    textured = triangle(pbrMetallicRoughness={"baseColorTexture": {"index": 0}})
    pictures = {"images": [{"uri": far}], "textures": [{"source": 0}]}
    log(root, f"{folder}/textured.glb", glb({**textured, **pictures}, body))
    log(
        root,
        f"{folder}/elsewhere.glb",
        glb({**triangle(), "buffers": [{"byteLength": 36, "uri": far}]}, body),
    )
    log(root, f"{folder}/beyond.ply", meshes.encode(CORNERS, FACES)[:-4] + struct.pack("<I", 2**31 - 1))
    log(root, f"{folder}/cut.ply", meshes.encode(CORNERS, FACES)[:-30])
    log(root, f"{folder}/nan.ply", meshes.encode(np.where(CORNERS == 1, np.nan, CORNERS), FACES))
    log(root, f"{folder}/words.obj", b"no mesh\n")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    show_page(page, "meshes", experiment)
    for reason in ("names another file", "a face names vertex 2147483647", "cut short", "has no vertices"):
        expect(page.get_by_role("alert").filter(has_text=reason)).to_be_visible()
    assert picture(page, "textured")[0] > 1000
    expect(canvas(page, "nan")).to_be_visible()
    assert [url for url in asked if "far" in url or "invalid" in url] == []
