"""Pictures for the tests of the Images page: written into the tree, and looked at in the browser."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.pages import at_rest, show_page
from tests.expecting import expect
from tests.serving import wait_until

SIZE = (40, 30)
# Where the stored pixel (0, 0) of a picture of 40 x 30 stands upright, by orientation.
TURNED = {1: (0, 0), 2: (39, 0), 3: (39, 29), 4: (0, 29), 5: (0, 0), 6: (29, 0), 7: (29, 39), 8: (0, 39)}
Box = dict[str, Any]


def box(
    x: float, y: float, x_end: float, y_end: float, name: str = "", probability: float | None = None
) -> Box:
    made: Box = {"xStart": x, "yStart": y, "xEnd": x_end, "yEnd": y_end}
    if name:
        made["className"] = name
    if probability is not None:
        made["probability"] = probability
    return made


def plain(colour: str = "#808080", size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("RGB", size, colour)


def log(
    root: Path,
    experiment: str,
    label: str,
    step: int | None = None,
    image: Image.Image | None = None,
    *,
    boxes: Sequence[Box] = (),
    suffix: str = ".png",
    orientation: int = 1,
    **described: Any,
) -> None:
    """Write a picture and its boxes as the Logger does: whole files, put in place at once."""
    folder = root / experiment / ("" if step is None else f"{step:04}")
    target = folder / f"{label}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if boxes or described:
        content = {"images": {"source": target.name, "boxes": list(boxes), **described}}
        replace(target.with_suffix(".json"), json.dumps(content).encode())
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    (image or plain()).save(written, Image.registered_extensions()[suffix], exif=exif, quality=95)
    replace(target, written.getvalue())


def replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}")
    temporary.write_bytes(data)
    temporary.replace(path)


def tile(page: Page, name: str) -> Locator:
    """The button with the picture of that name: "label, experiment, step 1"."""
    return page.get_by_role("button", name=f"Open {name}", exact=True)


def shown(page: Page, name: str) -> Locator:
    """The tile when its picture is there."""
    found = tile(page, name)
    expect(found).to_have_attribute("data-state", "ready")
    return found


def stage(page: Page, name: str = "Picture") -> Locator:
    """Where the viewer shows a picture, once it is there in full."""
    found = page.get_by_role("group", name=name, exact=True)
    expect(found.locator("img").last).to_have_attribute("data-full", "true")
    for picture in found.locator("img").all():
        expect(picture).to_have_js_property("complete", True)
    return found


def point_at(stage: Locator, x: float, y: float) -> None:
    """Move the pointer to a pixel of the picture, as it stands on the screen."""
    at_rest(stage.locator("img").first)
    place = stage.locator("img").first.evaluate(
        """(image) => { const { left, top, width, height } = image.getBoundingClientRect();
                        return [left, top, width / image.offsetWidth, height / image.offsetHeight]; }"""
    )
    left, top, across, down = place
    stage.page.mouse.move(left + (x + 0.5) * across, top + (y + 0.5) * down)


def readout(page: Page) -> Locator:
    return page.get_by_label("Pixel under the pointer")


def colour_of_canvas(stage: Locator, x: float, y: float) -> tuple[int, ...]:
    """Of the boxes' canvas, at a point of the upright picture; nothing as long as there is no canvas."""
    return tuple(
        stage.evaluate(
            """(element, [x, y]) => {
                 const picture = element.querySelector("img").getBoundingClientRect();
                 const canvas = element.querySelector("canvas");
                 if (!canvas) return [0, 0, 0, 0];
                 const frame = canvas.getBoundingClientRect();
                 const image = element.querySelector("img");
                 const ratio = canvas.width / frame.width;
                 const at = (start, from, part) => Math.floor((start - from + part) * ratio);
                 const across = at(picture.left, frame.left, (x / image.naturalWidth) * picture.width);
                 const down = at(picture.top, frame.top, (y / image.naturalHeight) * picture.height);
                 return [...canvas.getContext("2d").getImageData(across, down, 1, 1).data];
               }""",
            [x, y],
        )
    )


def expect_painted(stage: Locator, x: float, y: float, least_alpha: int = 255) -> None:
    """Wait until the boxes' canvas has something opaque at a point of the upright picture."""
    wait_until(lambda: colour_of_canvas(stage, x, y)[3] >= least_alpha)


def scale_of(stage: Locator) -> float:
    """Pixels of the screen for one of the picture."""
    image = stage.locator("img").first
    return at_rest(image)["width"] / float(image.evaluate("(image) => image.naturalWidth"))


def show_images(page: Page, experiment: str, **parameters: str) -> None:
    """Open the Images page with the experiments whose names have `experiment` in them; `parameters` are its own."""
    show_page(page, "images", experiment, **parameters)
