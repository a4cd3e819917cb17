"""Pictures and videos outside of the tree over HTTP: only what items name, only in the folders that were named."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.serving import served

BOX = {"xStart": 0, "yStart": 0, "xEnd": 20, "yEnd": 10, "className": "car"}
VIDEO = b"\0\0\0\x18ftypmp42" + b"v" * 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "coco").mkdir()
    image = Image.new("RGB", (40, 20), "red")
    image.paste((0, 0, 255), (20, 0, 40, 20))  # blue to the right
    image.save(folder / "coco" / "1.png")
    turned = Image.Exif()
    turned[0x0112] = 6  # lies on its side
    image.save(folder / "coco" / "turned.jpg", exif=turned, quality=95, subsampling=0)
    (folder / "coco" / "away.png").symlink_to(folder / "secret.png")
    image.save(folder / "secret.png")
    (folder / "coco" / "a.mp4").write_bytes(VIDEO)
    with Logger("run", folder / "log") as logger:
        logger.log_image("media://coco/1.png", "plain", boxes=[BOX], classes=["car"])
        steps: list[dict[str, Any]] = [
            {"crop": [10, 0, 40, 20]},
            {"flip": "horizontal"},
            {"resize": [60, 40]},
        ]
        logger.log_image("media://coco/1.png", "moved", boxes=[BOX], transform=steps)
        logger.log_image("media://coco/turned.jpg", "turned", transform=[{"flip": "horizontal"}])
        logger.log_image("media://coco/away.png", "away")
        logger.log_image("media://coco/none.png", "none")
        logger.log_image("media://other/1.png", "other")
        logger.log_video("media://coco/a.mp4", "video")
        logger.log_video("media://other/a.mp4", "other video")
        images: dict[str, dict[str, Any]] = {
            "up": {"source": "media://coco/../secret.png"},
            "large": {"source": "media://coco/1.png", "transform": [{"resize": [10**6, 10**6]}]},
            "odd": {"source": "media://coco/1.png", "transform": [{"turn": 3}]},
            "many": {"source": "media://coco/1.png", "transform": [{"flip": "vertical"}] * 33},
            "text": {"source": "media://coco/a.mp4"},
        }
        for name, content in images.items():
            logger.log_json("images", content, name)
        logger.log_json("videos", {"source": "media://coco/../secret.mp4"}, "up video")
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    settings = Settings(folder / "log", media=(("coco", folder / "coco"),))
    app = create_app(settings, Credentials(b"k" * 32, None), AccessRules())
    with served(app) as server, server.client() as client:
        yield client


def picture(client: httpx.Client, label: str, query: str = "") -> Image.Image:
    answer = client.get(f"/api/pictures/run/global/{label}{query}")
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def item(client: httpx.Client, label: str, kind: str = "images") -> dict[str, Any]:
    return dict(client.get(f"/api/items/run/{kind}/global/{label}").json())


def test_a_picture_without_a_transform_is_sent_as_it_is(client: httpx.Client, folder: Path) -> None:
    answer = client.get("/api/pictures/run/global/plain")
    assert answer.content == (folder / "coco" / "1.png").read_bytes()
    assert picture(client, "plain", "?size=64").size == (40, 20)
    found = item(client, "plain")
    assert (found["problem"], found["picture"]["width"]) == (None, 40)
    assert found["content"]["boxes"] == [BOX]


def test_a_transform_is_done_to_the_picture_and_its_boxes(client: httpx.Client) -> None:
    for query in ("", "?size=64"):
        shown = picture(client, "moved", query)
        assert shown.size == (60, 40)
        assert shown.getpixel((2, 20)) == (0, 0, 255)
        assert shown.getpixel((57, 20)) == (255, 0, 0)
    found = item(client, "moved")
    assert (found["picture"]["width"], found["picture"]["height"]) == (60, 40)
    assert found["content"]["boxes"] == [{**BOX, "xStart": 40, "yStart": 0, "xEnd": 60, "yEnd": 20}]
    tag = client.get("/api/pictures/run/global/moved").headers["ETag"]
    assert client.get("/api/pictures/run/global/moved", headers={"If-None-Match": tag}).status_code == 304


def test_a_picture_that_lies_on_its_side_stands_upright_after_the_transform(client: httpx.Client) -> None:
    shown = picture(client, "turned")
    assert shown.size == (20, 40)
    assert shown.getpixel((10, 5))[2] > 200  # type: ignore[index]
    assert item(client, "turned")["picture"]["orientation"] == 6


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("away", "link, not followed"),
        ("none", "No such file"),
        ("other", "start lavdlike with --media other=FOLDER to say where"),
        ("up", "without '..' and hidden names"),
        ("large", "must be a width and a height from 1 to 20,000"),
        ("odd", "transform[0] must be one of crop, resize"),
        ("many", "at most 32 steps"),
        ("text", "not a picture"),
    ],
)
def test_what_is_not_shown_has_a_sentence(client: httpx.Client, label: str, said: str) -> None:
    answer = client.get(f"/api/pictures/run/global/{label}")
    assert answer.status_code >= 400
    assert b"\x89PNG" not in answer.content
    problem = item(client, label)["problem"]
    assert said in json.dumps(problem)


def test_a_video_is_sent_in_parts_and_only_by_its_item(client: httpx.Client) -> None:
    answer = client.get("/api/videos/run/global/video", headers={"Range": "bytes=4-7"})
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (206, b"ftyp", "video/mp4")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get("/api/videos/run/global/other video").status_code >= 400
    assert "--media other=FOLDER" in json.dumps(item(client, "other video", "videos")["problem"])
    assert "without '..'" in json.dumps(item(client, "up video", "videos")["problem"])
    assert client.get("/api/videos/run/global/up video").status_code == 404
    assert client.get("/api/videos/run/global/nothing").status_code == 404
