"""Ten thousand experiments."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.expecting import expect

COUNT = 10_000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("many") / "log"
    for number in range(COUNT):
        (root / f"run-{number}").mkdir(parents=True)
    return root


def test_all_are_listed_but_only_rows_in_sight_exist(page: Page) -> None:
    page.goto("./#/files")
    sidebar = page.get_by_role("complementary", name="Experiments")
    expect(sidebar.get_by_text("10,000 of 10,000 shown")).to_be_visible()
    rows = sidebar.get_by_role("switch")
    expect(rows.first).to_have_text("run-0")
    assert rows.count() < 60
    assert page.get_by_role("table", name="Files").get_by_role("row").count() < 60
    rows.first.focus()
    page.keyboard.press("End")
    expect(sidebar.get_by_role("switch", name="run-9999")).to_be_focused()
    assert rows.count() < 60


def test_filter_and_selection_reach_all_of_them(page: Page) -> None:
    page.goto("./#/files")
    sidebar = page.get_by_role("complementary", name="Experiments")
    sidebar.get_by_label("Filter experiments").fill("run-99")
    expect(sidebar.get_by_text("111 of 10,000 shown")).to_be_visible()
    sidebar.get_by_role("button", name="Hide all filtered").click()
    sidebar.get_by_label("Filter experiments").fill("")
    expect(sidebar.get_by_text("9,889 of 10,000 shown")).to_be_visible()


def test_only_the_newest_thousand_are_followed_and_the_others_are_marked(page: Page) -> None:
    sidebar = page.get_by_role("complementary", name="Experiments")
    page.goto("./#/markdown?filter=t:run-12")
    expect(sidebar.get_by_text("111 of 10,000 shown")).to_be_visible()
    note = sidebar.get_by_text("The 1,000 experiments that changed last update live")
    expect(note).to_have_count(0)
    page.goto("./#/markdown?filter=t:run-1")
    expect(sidebar.get_by_text("1,111 of 10,000 shown")).to_be_visible()
    expect(note).to_be_visible()
    expect(sidebar.get_by_text("not followed", exact=True).first).to_be_attached()
