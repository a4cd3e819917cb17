"""Notes on an experiment: written in Markdown, saved, not lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.expecting import expect
from tests.running import Running

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notes") / "log"


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


@pytest.fixture
def notes_file(root: Path, experiment: str) -> Path:
    with Logger(experiment, log_dir=root) as logger:
        logger.log_scalar(0.5, "loss", 1)
    return root / experiment / "my-notes.md"


def open_notes(page: Page, experiment: str) -> Locator:
    """Two clicks."""
    page.get_by_role("table").get_by_role("button", name=f"More on {experiment}").click()
    page.get_by_role("button", name="Notes", exact=True).click()
    dialog = page.get_by_role("dialog", name=f"Notes on {experiment}")
    expect(field(dialog)).to_be_focused()
    return dialog


def field(dialog: Locator) -> Locator:
    return dialog.get_by_role("textbox", name="Notes, in Markdown")


def test_notes_are_shown_while_they_are_written_and_saved_by_the_keys(
    page: Page, experiment: str, notes_file: Path
) -> None:
    page.goto("./")
    dialog = open_notes(page, experiment)
    page.keyboard.insert_text("# Warm-up\n\nIt *helps*. <script>alert(1)</script>\n")
    expect(dialog.get_by_role("heading", name="Warm-up")).to_be_visible()
    expect(dialog.get_by_text("Not saved")).to_be_visible()
    assert serious_violations(page) == []
    page.keyboard.press("Control+s")
    expect(dialog.get_by_text("Saved in my-notes.md")).to_be_visible()
    assert notes_file.read_text().startswith("# Warm-up\n")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    mark = page.get_by_role("table").get_by_role("button", name=f"Notes on {experiment}")
    mark.click()
    expect(dialog.get_by_role("heading", name="Warm-up")).to_be_visible()


def test_what_is_not_saved_is_not_lost(page: Page, experiment: str, notes_file: Path) -> None:
    page.goto("./")
    dialog = open_notes(page, experiment)
    page.keyboard.insert_text("half a thought")
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("alert")).to_have_text("What you changed is not saved.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Save and close").click()
    expect(dialog).to_have_count(0)
    assert notes_file.read_text() == "half a thought"
    dialog = open_notes(page, experiment)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("nonsense")
    dialog.get_by_role("button", name="Close", exact=True).click()
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_have_count(0)
    assert notes_file.read_text() == "half a thought"


def test_two_who_write_see_both_side_by_side(
    page: Page, experiment: str, notes_file: Path, browser: Browser, server: Running
) -> None:
    notes_file.write_text("plan: one\n")
    page.goto("./")
    dialog = open_notes(page, experiment)
    expect(field(dialog)).to_have_value("plan: one\n")
    with browser.new_context(base_url=server.url) as context:
        other_page = context.new_page()
        other_page.goto("./")
        other = open_notes(other_page, experiment)
        field(dialog).fill("plan: mine\n")
        field(other).fill("plan: theirs\n")
        other_page.keyboard.press("Control+s")
        expect(other.get_by_text("Saved in my-notes.md")).to_be_visible()

    differences = dialog.get_by_role("group", name="Differences between Now in the file and Yours")
    expect(differences.locator("del")).to_have_text("theirs")
    expect(differences.locator("ins")).to_have_text("mine")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Take theirs").click()
    expect(field(dialog)).to_have_value("plan: theirs\n")
    dialog.get_by_role("button", name="Back to mine").click()
    expect(field(dialog)).to_have_value("plan: mine\n")
    notes_file.write_text("plan: of vim\n")
    expect(differences.locator("del")).to_have_text("of vim")
    field(dialog).fill("plan: of vim and mine\n")
    dialog.get_by_role("button", name="Keep mine").click()
    expect(dialog.get_by_text("Saved in my-notes.md")).to_be_visible()
    assert notes_file.read_text() == "plan: of vim and mine\n"


def test_earlier_states_are_compared_and_put_back(page: Page, experiment: str, notes_file: Path) -> None:
    notes_file.write_text("plan: one\n")
    page.goto("./")
    dialog = open_notes(page, experiment)
    for text in ("plan: two\n", "plan: three\n"):
        field(dialog).fill(text)
        page.keyboard.press("Control+s")
        expect(dialog.get_by_text("Saved in my-notes.md")).to_be_visible()
    field(dialog).fill("plan: four\n")
    dialog.get_by_role("button", name="Earlier states").click()
    states = dialog.get_by_role("button", name=re.compile("^Until "))
    expect(states).to_have_count(2)
    states.last.click()
    differences = dialog.get_by_role("group", name=re.compile("^Differences between Until .* and Now here"))
    expect(differences.locator("del")).to_have_text("one")
    expect(differences.locator("ins")).to_have_text("four")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Put this back").click()
    expect(field(dialog)).to_have_value("plan: one\n")
    expect(dialog.get_by_text("Not saved")).to_be_visible()
    assert notes_file.read_text() == "plan: three\n"

    # What was not saved when it gave way is there, too.
    dialog.get_by_role("button", name="Earlier states").click()
    dialog.get_by_role("button", name=re.compile("^Yours, not saved")).click()
    dialog.get_by_role("button", name="Put this back").click()
    expect(field(dialog)).to_have_value("plan: four\n")


def test_on_a_phone_one_of_both_is_shown(page: Page, experiment: str, notes_file: Path) -> None:
    notes_file.write_text("# One\n")
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto("./")
    dialog = open_notes(page, experiment)
    expect(dialog.get_by_role("heading", name="One", exact=True)).to_be_hidden()
    dialog.get_by_text("Preview", exact=True).click()
    expect(dialog.get_by_role("heading", name="One", exact=True)).to_be_visible()
    expect(field(dialog)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
