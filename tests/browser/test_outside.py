"""Pictures and videos outside of the log in a browser: what is done to them, and what is said without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from lavdlike import Logger
from lavdlike.kinds import videos
from tests.expecting import expect
from tests.running import Running

BOX = {"xStart": 0, "yStart": 0, "xEnd": 40, "yEnd": 30, "className": "car"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "coco").mkdir()
    image = Image.new("RGB", (160, 90), "red")
    image.paste((0, 0, 255), (80, 0, 160, 90))
    image.save(tmp_path / "coco" / "1.png")
    with Logger("run", tmp_path / "log") as logger:
        logger.log_image("media://coco/1.png", "picture", boxes=[BOX], transform=[{"flip": "horizontal"}])
        logger.log_video("media://coco/a.mp4", "clip")
    return tmp_path / "log"


def test_they_are_shown_where_the_command_line_says(
    page: Page, log: Path, start_server: Callable[..., Running]
) -> None:
    media = log.parent / "coco"
    try:
        videos.save(np.zeros((4, 32, 32, 3), np.uint8), media / "a.mp4", 4)
    except videos.NoEncoderError as error:
        pytest.skip(str(error))
    server = start_server(log, "--no-token", "--media", f"coco={media}")
    page.goto(f"{server.url}#/images")
    picture = page.get_by_role("img", name="picture").first
    expect(picture).to_be_visible()
    page.goto(f"{server.url}#/videos")
    expect(page.locator("video")).to_have_js_property("videoWidth", 32)


@pytest.mark.expect_browser_errors("403")
def test_without_it_the_page_says_what_to_do(
    page: Page, log: Path, start_server: Callable[..., Running]
) -> None:
    server = start_server(log, "--no-token")
    for kind in ("images", "videos"):
        page.goto(f"{server.url}#/{kind}")
        expect(page.get_by_text("start lavdlike with --media coco=FOLDER to say where").first).to_be_visible()
