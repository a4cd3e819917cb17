"""Every page, full of data, by the rules of axe-core: light on a desk, dark on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.pages import open_whole
from tests.scripts import ROOT

PAGES = (
    "overview",
    "scalars",
    "images",
    "texts",
    "markdown",
    "logs",
    "plots",
    "figures",
    "audio",
    "videos",
    "html",
    "meshes",
    "embeddings",
    "commands",
    "histograms",
    "pr_curves",
    "confusion_matrices",
    "tables",
    "arrays",
    "files",
    "problems",
)
WITHOUT_LABELS = ("overview", "commands", "files", "problems")


@pytest.fixture(scope="module")
def root() -> Path:
    return ROOT / "example_logs"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_axe_finds_nothing_serious(lasting_page: Page, name: str, theme: str, width: int) -> None:
    page = lasting_page
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    open_whole(page, f"./#/{name}")
    expect(page.get_by_label("Filter labels")).to_have_count(0 if name in WITHOUT_LABELS else 1)
    violations = Axe().run(page).response["violations"]
    serious = [each for each in violations if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_every_page_has_a_tab_or_is_in_the_menu_at_every_width(page: Page) -> None:
    pages = page.get_by_role("navigation", name="Pages")
    page.goto("./#/overview")
    reached = []
    for width in (1440, 700, 360):
        page.set_viewport_size({"width": width, "height": 500})
        tabs = pages.get_by_role("link")
        expect(tabs.first).to_have_text("Overview")
        pages.get_by_role("button", name="More").click()
        menu = page.get_by_role("dialog", name="More pages").get_by_role("button")
        menu.last.scroll_into_view_if_needed()
        expect(menu.last).to_be_in_viewport(ratio=1)
        reached.append(sorted(title.strip() for title in tabs.all_inner_texts() + menu.all_inner_texts()))
        page.keyboard.press("Escape")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert reached[0] == reached[1] == reached[2]
    assert len(reached[0]) == len(set(reached[0])) == len(PAGES) - 1  # problems have their mark
