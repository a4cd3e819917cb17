"""What is kept for everybody who opens the folder: filters, and the view that visits begin with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("saved") / "log"
    for name in ("good-1", "good-2", "bad-1"):
        with Logger(name, log_dir=root) as logger:
            logger.log_scalar(0.5, "loss", 1)
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def test_a_filter_is_saved_applied_and_forgotten(page: Page, root: Path) -> None:
    page.goto("./")
    field = page.get_by_label("Filter experiments")
    field.fill("good")
    page.get_by_role("button", name="Saved filters").click()
    menu = page.get_by_role("dialog", name="Saved filters")
    menu.get_by_role("textbox", name="Save this filter as").fill("the good ones")
    page.keyboard.press("Enter")
    expect(menu.get_by_role("button", name="the good ones", exact=True)).to_be_visible()
    assert serious_violations(page) == []
    assert "the good ones" in (root / "lavdlike.yaml").read_text()

    page.goto("./#/overview?filter=t:bad")
    page.reload()
    expect(page.get_by_role("row", name="bad-1")).to_be_visible()
    page.get_by_role("button", name="Saved filters").click()
    menu.get_by_role("button", name="the good ones", exact=True).click()
    expect(page.get_by_role("row", name="good-2")).to_be_visible()
    expect(page.get_by_role("row", name="bad-1")).to_have_count(0)
    page.get_by_role("button", name="Saved filters").click()
    menu.get_by_role("button", name="Forget the filter the good ones").click()
    expect(menu.get_by_text("No filter was saved yet.")).to_be_visible()


def test_a_visit_begins_with_the_view_that_was_kept(page: Page) -> None:
    page.goto("./#/overview?filter=t:bad&overview.constant=1")
    expect(page.get_by_role("row", name="bad-1")).to_be_visible()
    page.get_by_role("button", name="This folder").click()
    page.get_by_role("button", name="Keep this view").click()
    expect(page.get_by_role("status").get_by_text("Saved the view")).to_be_visible()

    page.goto("about:blank")
    page.goto("./")
    expect(page.get_by_role("row", name="bad-1")).to_be_visible()
    expect(page.get_by_role("row", name="good-1")).to_have_count(0)
    page.wait_for_url(re.compile("constant=1"))
    page.goto("about:blank")
    page.goto("./#/overview?filter=t:good")
    expect(page.get_by_role("row", name="good-1")).to_be_visible()
    assert "constant" not in page.url

    page.get_by_role("button", name="This folder").click()
    page.get_by_role("button", name="Forget the kept view").click()
    expect(page.get_by_role("status").get_by_text("Removed the saved view")).to_be_visible()
    page.goto("about:blank")
    page.goto("./")
    expect(page.get_by_role("row", name="bad-1")).to_be_visible()
    expect(page.get_by_role("row", name="good-1")).to_be_visible()
