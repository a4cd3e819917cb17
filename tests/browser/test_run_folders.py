"""Folders of runs: they fold in sidebar and table, and what lies beside the runs has a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import serious_violations
from tests.browser.test_nested import run
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of runs with files beside them, one with a single run, and a run without a folder."""
    root = tmp_path_factory.mktemp("folders") / "log"
    for folder, name in (("", "flat"), ("s/lr", "a"), ("s/lr", "b"), ("w", "x"), ("w", "y"), ("one", "only")):
        run(root, folder, name)
    (root / "s" / "lr" / "notes.md").write_text("# What we learnt\n")
    (root / "s" / "lr" / "history.csv").write_text("epoch,loss\n0,0.5\n1,0.25\n")
    (root / "s" / "lr" / "curve.png").write_bytes((root / "flat" / "0001" / "sample.png").read_bytes())
    return root


def test_folders_fold_in_sidebar_and_table_and_stay_so(page: Page) -> None:
    page.goto("./#/overview?view=plain")
    sidebar, table = page.get_by_role("list", name="Experiments"), page.get_by_role("table")
    expect(sidebar.get_by_role("button", expanded=True)).to_have_count(2)
    expect(sidebar.get_by_role("link", name="Page of s/lr/a")).to_have_text("a")
    expect(sidebar.get_by_role("link", name="Page of one/only")).to_have_text("one/only")
    sidebar.get_by_role("button", name="s/lr, 2 runs: 2 finished").click()
    expect(sidebar.get_by_role("switch")).to_have_count(4)
    expect(table.get_by_role("button", name="s/lr, 2 runs: 2 finished", expanded=False)).to_be_visible()
    expect(table.get_by_role("row").filter(has=page.get_by_role("link"))).to_have_count(4)
    page.reload()
    expect(sidebar.get_by_role("button", name="s/lr, 2 runs", expanded=False)).to_be_visible()
    # An order is one over all of them.
    table.get_by_role("button", name="loss", exact=False).first.click()
    expect(table.get_by_role("row").filter(has=page.get_by_role("link"))).to_have_count(6)
    sidebar.get_by_role("button", name="s/lr, 2 runs").click()
    expect(sidebar.get_by_role("switch")).to_have_count(6)


def test_a_folder_is_shown_hidden_and_filtered_by_its_head(page: Page) -> None:
    page.goto("./#/overview?view=plain")
    sidebar = page.get_by_role("list", name="Experiments")
    shown = page.get_by_role("status").filter(has_text="shown")
    box = sidebar.get_by_role("checkbox", name="Show the runs in s/lr")
    box.click()
    expect(shown).to_have_text("4 of 6 shown")
    sidebar.get_by_role("switch", name="s/lr/a").click()
    expect(box).to_have_js_property("indeterminate", value=True)
    box.click()
    expect(shown).to_have_text("6 of 6 shown")
    sidebar.get_by_role("button", name="More on s/lr", exact=True).click()
    page.get_by_role("button", name="Filter: folder=s/lr").click()
    expect(sidebar.get_by_role("switch")).to_have_count(2)
    expect(page.get_by_label("Filter experiments")).to_have_value("folder=s/lr")
    # Of what a filter leaves of a folder the head stays.
    page.goto("./#/overview?q=s%2Flr%2Fa")
    expect(sidebar.get_by_role("button", name="s/lr, 1 run")).to_be_visible()
    expect(sidebar.get_by_role("switch")).to_have_count(1)


def test_folders_are_folded_by_keyboard(page: Page) -> None:
    page.goto("./#/overview?view=plain")
    sidebar = page.get_by_role("list", name="Experiments")
    sidebar.get_by_role("switch", name="w/y").focus()
    head = sidebar.get_by_role("button", name="w, 2 runs")
    page.keyboard.press("ArrowLeft")
    expect(head).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(sidebar.get_by_role("switch")).to_have_count(4)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(sidebar.get_by_role("switch", name="w/x")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(head).to_be_focused()
    page.keyboard.press("m")
    page.get_by_role("button", name="Fold all folders", exact=True).click()
    expect(sidebar.get_by_role("switch")).to_have_count(2)
    assert serious_violations(page) == []
    sidebar.get_by_role("button", name="More on w", exact=True).click()
    page.get_by_role("button", name="Unfold all folders").click()
    expect(sidebar.get_by_role("switch")).to_have_count(6)


def test_files_beside_runs_have_a_page(page: Page, root: Path) -> None:
    page.goto("./#/overview?view=plain")
    page.get_by_role("list", name="Experiments").get_by_role(
        "button", name="More on s/lr", exact=True
    ).click()
    page.get_by_role("button", name="Page of the folder").click()
    expect(page.get_by_role("heading", level=1, name="s/lr")).to_be_visible()
    expect(page.get_by_role("region", name="Runs").get_by_role("link")).to_have_text(["As a table", "a", "b"])
    expect(page.get_by_role("region", name="Last values")).to_contain_text("history/loss")
    expect(page.get_by_role("img", name="curve, no step")).to_be_visible()
    expect(page.get_by_role("region", name="Files").get_by_role("link", name="notes.md")).to_be_visible()
    with (root / "s" / "lr" / "out.log").open("w") as file:
        file.write("said beside the runs\n")
    expect(page.get_by_role("region", name="End of the log")).to_contain_text("said beside the runs")
    assert serious_violations(page) == []
    picture = page.get_by_role("link", name="Open curve, no step")
    expect(picture).to_have_attribute("href", re.compile(r"api/files/s%2Flr/curve\.png"))
    page.get_by_role("link", name="As a table").click()
    expect(page.get_by_label("Filter experiments")).to_have_value("folder=s/lr")


def test_a_run_leads_to_the_folder_that_it_lies_in(page: Page) -> None:
    page.goto("./#/experiment?experiment.at=one%252Fonly")
    page.get_by_role("link", name="Folder one").click()
    expect(page.get_by_role("heading", level=1, name="one")).to_be_visible()
    expect(page.get_by_role("region", name="Runs").get_by_role("link", name="only")).to_be_visible()
    page.goto("./#/experiment?experiment.at=no%252Ffolder")
    expect(page.get_by_text("There is no experiment of this name now")).to_be_visible()
