"""By keyboard: the menu of an experiment's row, and the focus when its row goes; and the menu beside the tabs."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("keys") / "log"
    for name in ("first", "second", "third"):
        with Logger(name, log_dir=root) as logger:
            logger.log_scalar(0.5, "loss", 1)
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def test_a_row_has_its_menu_by_a_key_and_the_focus_stays_when_it_is_archived(page: Page) -> None:
    page.goto("./#/scalars")
    sidebar = page.get_by_role("complementary", name="Experiments")
    row = sidebar.get_by_role("switch", name="first")
    expect(sidebar.get_by_role("button", name="More on first")).to_have_attribute("tabindex", "-1")
    row.focus()
    row.press("m")
    menu = page.get_by_role("dialog", name="More on first")
    expect(menu.get_by_role("button", name="Its page")).to_be_focused()
    archive = menu.get_by_role("button", name="Archive")
    archive.focus()
    archive.press("Enter")
    expect(row).to_have_count(0)
    expect(sidebar.locator("[data-index]:focus")).to_have_count(1)


def test_kinds_of_which_there_is_nothing_are_behind_one_entry(page: Page) -> None:
    page.goto("./#/scalars")
    page.get_by_role("button", name="More", exact=True).click()
    entries = page.get_by_role("dialog", name="More pages").get_by_role("button")
    expect(entries).to_have_text(["All kinds"])
    entries.click()
    expect(entries.filter(has_text="Embeddings")).to_be_visible()
