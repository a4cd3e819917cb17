"""Every page, full of data, by the rules of axe-core: light on a desk, dark on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike.kinds import registry
from tests.browser.accessibility import serious_violations
from tests.browser.pages import open_whole, until_quiet
from tests.expecting import expect
from tests.scripts import ROOT
from tests.serving import wait_until

# Reached from the top bar, not from a tab.
WITHOUT_TABS = ("problems", "done", "trash", "disk")
PAGES = ("overview", "settings", "board", "windows", *registry.BY_NAME, *WITHOUT_TABS)
WITHOUT_LABELS = ("overview", "settings", "board", "windows", "commands", "files", *WITHOUT_TABS)


@pytest.fixture(scope="module")
def root() -> Path:
    return ROOT / "example_logs"


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(lasting_page: Page, name: str) -> None:
    page = lasting_page
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 800})
    open_whole(page, f"./#/{name}")
    expect(page.get_by_label("Filter labels")).to_have_count(0 if name in WITHOUT_LABELS else 1)
    assert_accessible(page, 1440)
    with until_quiet(page):
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size({"width": 360, "height": 800})
    assert_accessible(page, 360)


def assert_accessible(page: Page, width: int) -> None:
    assert serious_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_every_page_has_a_tab_or_is_in_the_menu_at_every_width(page: Page) -> None:
    pages = page.get_by_role("navigation", name="Pages")
    page.goto("./#/overview")
    tabs = pages.get_by_role("link")
    menu = page.get_by_role("dialog", name="More pages").get_by_role("button")

    def titles() -> list[str]:
        return sorted(title.strip() for title in tabs.all_inner_texts() + menu.all_inner_texts())

    def is_each_there_once() -> bool:
        return len(titles()) == len(set(titles())) == len(PAGES) - len(WITHOUT_TABS)

    reached = []
    for width in (1440, 700, 360):
        page.set_viewport_size({"width": width, "height": 500})
        expect(tabs.first).to_have_text("Overview")
        pages.get_by_role("button", name="More").click()
        menu.last.scroll_into_view_if_needed()
        expect(menu.last).to_be_in_viewport(ratio=1)
        wait_until(is_each_there_once)
        reached.append(titles())
        page.keyboard.press("Escape")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert reached[0] == reached[1] == reached[2]
