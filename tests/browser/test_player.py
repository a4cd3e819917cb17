"""Pictures are played as a video: steps that stand in names, and what lies in one folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page

from tests.browser.pages import show_page
from tests.browser.pictures import shown
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

FRAMES = 12


def frame(number: int) -> Image.Image:
    """A bar that moves."""
    picture = Image.new("RGB", (240, 135), (24, 28, 40))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((number * 18, 20, number * 18 + 24, 115), fill=(240, 170, 60))
    draw.text((6, 4), f"frame {number}", fill=(255, 255, 255))
    return picture


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of another program: predictions with their steps in names, and a folder of pictures that say none."""
    root = tmp_path_factory.mktemp("root") / "log"
    for number in range(FRAMES):
        for path in (f"run/pred_{number * 10:06}.png", f"run/video/{chr(97 + number)}.png"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            frame(number).save(root / path)
    (root / "run" / "metrics.jsonl").write_text('{"step": 1, "loss": 2}\n')
    return root


def place(page: Page) -> Callable[[], int]:
    return lambda: int(page.locator("[data-frame]").get_attribute("data-frame") or 0)


def player(page: Page) -> Locator:
    return page.get_by_role("group", name="Play", exact=True)


def test_steps_in_names_are_played(page: Page) -> None:
    show_page(page, "images", "run")
    shown(page, f"pred, run, step {(FRAMES - 1) * 10}").click()
    expect(player(page)).to_contain_text(f"{FRAMES} / {FRAMES}")
    address = page.url
    player(page).get_by_label("Speed").select_option("30")
    player(page).get_by_role("button", name="Play the steps").click()
    seen = {place(page)()}

    def has_gone_around() -> bool:
        seen.add(place(page)())
        return len(seen) >= 5

    wait_until(has_gone_around)
    assert page.url == address  # what is seen for a moment is no address
    page.keyboard.press(" ")
    expect(player(page).get_by_role("button", name="Play the steps")).to_be_visible()
    stopped = place(page)()
    expect(page).to_have_url(re.compile(rf"\D{(stopped - 1) * 10}(\D|$)"))
    page.keyboard.press(".")
    expect(player(page)).to_contain_text(f"{stopped % FRAMES + 1 if stopped < FRAMES else FRAMES} / {FRAMES}")
    expect(page.get_by_role("dialog").locator("img[data-full]")).to_be_visible()


def test_the_pictures_of_a_folder_are_played_to_their_end(page: Page) -> None:
    show_page(page, "images", "run")
    shown(page, "video/a, run, no step").click()
    expect(player(page)).to_contain_text(f"1 / {FRAMES}")
    player(page).get_by_role("button", name="Begin again at the end").click()  # no more
    player(page).get_by_label("Speed").select_option("30")
    player(page).get_by_role("button", name="Play the pictures of this folder").click()
    expect(player(page)).to_contain_text(f"{FRAMES} / {FRAMES}")
    expect(player(page).get_by_role("button", name="Play the pictures of this folder")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("heading", name="video/l")).to_be_visible()
    player(page).get_by_role("button", name="Previous frame").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="video/k")).to_be_visible()
