"""What lies in event files over HTTP: pictures, files, ranges and tags, as of any file of the tree."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.serving import served
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import image

EVENTS = "events.out.tfevents.1"


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(file, "PNG")
    return file.getvalue()


PNG = png()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    broken = bytearray(event(image("broken", PNG), step=1))
    broken[-20] ^= 1
    pictures = [event(image(tag, PNG), step=1, wall_time=1.7e9) for tag in ("seen", "../up", "100%2F")]
    (root / "run").mkdir()
    (root / "run" / EVENTS).write_bytes(VERSION + b"".join(pictures) + broken)
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[httpx.Client]:
    app = create_app(Settings(root), Credentials(b"k" * 32, None), AccessRules())
    with served(app) as server, server.client() as client:
        yield client


def test_a_picture_and_its_thumbnail_are_sent_and_known_again(client: httpx.Client) -> None:
    whole = client.get("/api/pictures/run/1/seen")
    assert (whole.content, whole.headers["Content-Type"]) == (PNG, "image/png")
    small = client.get("/api/pictures/run/1/seen?size=64")
    assert Image.open(io.BytesIO(small.content)).size == (64, 32)
    for answer, query in ((whole, ""), (small, "?size=64")):
        tag = answer.headers["ETag"]
        assert not tag.startswith("W/")
        again = client.get(f"/api/pictures/run/1/seen{query}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("label", ["../up", "100%2F"])
def test_labels_that_are_no_path_are_found(client: httpx.Client, label: str) -> None:
    assert client.get(f"/api/pictures/run/1/{quote(label, safe='')}").content == PNG


def test_a_file_is_sent_whole_and_in_part_with_its_time(client: httpx.Client) -> None:
    (found,) = client.get("/api/items/run/images/1/seen").json()["files"]
    assert (found["size_bytes"], found["modified"]) == (len(PNG), 1.7e9)
    path = f"/api/files/run/{found['path']}"
    whole = client.get(path)
    assert whole.content == PNG
    assert whole.headers["ETag"] == found["etag"]
    part = client.get(path, headers={"Range": "bytes=1-3", "If-Range": whole.headers["ETag"]})
    assert (part.status_code, part.content) == (206, b"PNG")


def test_what_is_broken_says_why(client: httpx.Client) -> None:
    problem = client.get("/api/items/run/images/1/broken").json()["problem"]
    assert problem["path"] == f"run/{EVENTS}!/0001/broken.png"
    assert "does not fit its checksum" in problem["reason"]


@pytest.mark.parametrize("path", ["0001/none.png", "0001", "..", "%2e%2e/x", "0001/../../x"])
def test_nothing_else_is_there(client: httpx.Client, path: str) -> None:
    answer = client.get(f"/api/files/run/{EVENTS}%21/{path}")
    assert answer.status_code == 404
