"""What people say of experiments: tags, stars, titles, the archive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

NAMES = [f"run-{number:02}" for number in range(1, 31)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("marks") / "log"
    for name in NAMES:
        with Logger(name, log_dir=root, tags=["baseline"]) as logger:
            logger.log_scalar(0.5, "loss", 1)
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row", name=name)


def said(page: Page, text: str) -> Locator:
    """A passing notice."""
    return page.get_by_role("status").get_by_text(text)


def choose_in_menu(page: Page, name: str, item: str) -> None:
    page.get_by_role("table").get_by_role("button", name=f"More on {name}").click()
    page.get_by_role("dialog", name=f"More on {name}").get_by_role("button", name=item, exact=True).click()


def marks(root: Path, name: str) -> dict[str, Any]:
    file = root / name / "marks.json"
    return json.loads(file.read_text()) if file.exists() else {}


def test_thirty_are_tagged_with_four_clicks_and_ctrl_z_takes_it_back(page: Page, root: Path) -> None:
    page.goto("./")
    page.get_by_role("checkbox", name="Select run-01").click()
    row(page, "run-01").hover()  # the wheel is for the table, and not for what stands below it
    page.mouse.wheel(0, 3000)
    page.get_by_role("checkbox", name="Select run-30").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Chosen experiments")
    expect(bar.get_by_text("30 selected")).to_be_visible()
    bar.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("combobox", name="Add a tag").fill("good")
    assert serious_violations(page) == []
    page.keyboard.press("Enter")
    expect(said(page, "Tagged 30 experiments: good")).to_be_visible()
    expect(row(page, "run-30").get_by_text("good", exact=True)).to_be_visible()
    assert all(marks(root, name)["tagsAdded"] == ["good"] for name in NAMES)

    page.keyboard.press("Control+z")
    expect(said(page, "Undone")).to_be_visible()
    expect(row(page, "run-30").get_by_text("good", exact=True)).to_have_count(0)
    assert not any(marks(root, name) for name in NAMES)


def test_a_title_stands_for_the_name_and_keyboard_alone_gives_it(page: Page, root: Path) -> None:
    page.goto("./")
    more = page.get_by_role("table").get_by_role("button", name="More on run-05")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Title", exact=True).focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("textbox", name="Title")
    expect(field).to_be_focused()
    assert serious_violations(page) == []
    page.keyboard.type("Best with warm-up")
    page.keyboard.press("Enter")
    titled = row(page, "Best with warm-up")
    expect(titled).to_be_visible()
    wait_until(lambda: marks(root, "run-05") == {"title": "Best with warm-up"})
    expect(titled.get_by_title("run-05").first).to_be_attached()
    page.get_by_label("Filter experiments").fill("warm-up")
    expect(page.get_by_role("checkbox", name="Select Best")).to_be_visible()
    expect(row(page, "run-06")).to_have_count(0)


def test_arrows_walk_through_the_menu_of_a_row_of_the_sidebar(page: Page) -> None:
    page.goto("./")
    page.get_by_role("list", name="Experiments").get_by_role("button", name="More on run-03").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog", name="More on run-03")
    expect(menu.get_by_role("button", name="Its page")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Use as the baseline")).to_be_focused()


def test_what_others_say_appears_at_once_and_what_i_say_does_not_undo_it(page: Page, root: Path) -> None:
    page.goto("./")
    expect(row(page, "run-07")).to_be_visible()
    (root / "run-07" / "marks.json").write_text('{"tagsAdded": ["seen"], "mine": 1}')
    tags = page.get_by_role("button", name="Tags of run-07")
    expect(tags.get_by_text("seen")).to_be_visible()
    tags.click()
    page.get_by_role("button", name="Remove the tag baseline").click()
    expect(said(page, "run-07")).to_be_visible()
    page.keyboard.press("Escape")
    row(page, "run-07").get_by_role("button", name="Star").click()
    expect(row(page, "run-07").get_by_role("button", name="Star")).to_have_attribute("aria-pressed", "true")
    expect(tags.get_by_text("baseline")).to_have_count(0)
    said_by_all = {"tagsAdded": ["seen"], "mine": 1, "tagsRemoved": ["baseline"], "starred": True}
    wait_until(lambda: marks(root, "run-07") == said_by_all)


def test_archived_ones_are_away_until_they_are_wanted(page: Page) -> None:
    page.goto("./")
    choose_in_menu(page, "run-09", "Archive")
    expect(row(page, "run-09")).to_have_count(0)
    expect(page.get_by_role("switch", name="run-09")).to_have_count(0)
    page.get_by_role("switch", name="Archived (1)").check()
    expect(row(page, "run-09")).to_be_visible()
    choose_in_menu(page, "run-09", "Restore from the archive")
    expect(page.get_by_role("switch", name="Archived")).to_have_count(0)
    page.get_by_role("button", name="This folder").click()
    page.get_by_role("button", name="What was done").click()
    undo = page.get_by_role("button", name="Undo took out of the archive")
    expect(undo).to_be_visible()
    undo.click()
    expect(page.get_by_text("Undone", exact=True).first).to_be_visible()
    assert serious_violations(page) == []


def test_a_reader_finds_no_controls_and_the_reason(
    page: Page, root: Path, start_server: Callable[..., Running]
) -> None:
    page.goto(start_server(root, "--no-token").url)
    expect(row(page, "run-10")).to_be_visible()
    expect(page.get_by_role("button", name="Star run")).to_have_count(0)
    page.get_by_role("checkbox", name="Select run-10").check()  # what is shown is everybody's to choose
    chosen = page.get_by_role("toolbar", name="Chosen experiments")
    expect(chosen.get_by_role("button", name="Show only these")).to_be_visible()
    for edit in ("Tag", "Untag", "Star", "Archive", "Trash"):
        expect(chosen.get_by_role("button", name=edit, exact=True)).to_have_count(0)
    chosen.get_by_role("button", name="Clear the selection").click()
    page.get_by_role("button", name="Connection").click()
    expect(page.get_by_role("definition").filter(has_text="No.")).to_contain_text("--")
