"""Several roots in one page: their runs in one chart, live, each edited in its own files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


def log(folder: Path, *values: float) -> None:
    """Further values, behind those that are there."""
    step = sum("\tloss\t" in line for line in _lines(folder / "scalars.tsv"))
    with Logger(folder.name, folder.parent) as logger:
        for index, value in enumerate(values):
            logger.log_scalar(value, "loss", step + index)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What holds two roots, one of them with a file of its own, and the run that is a third one."""
    folder = tmp_path_factory.mktemp("several")
    log(folder / "a" / "one", 3.0, 2.0)
    log(folder / "a" / "two", 3.0, 2.5)
    log(folder / "b" / "one", 4.0, 3.5)
    log(folder / "b" / "two", 4.0, 3.75)
    log(folder / "runs" / "first", 5.0, 4.5)
    (folder / "a" / "readme.md").write_text("# What we look for\n")
    return folder


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Running]:
    given = (
        Path(f"a={root / 'a'}"),
        f"b={root / 'b'}",
        f"base={root / 'runs' / 'first'}",
        f"late={root / 'late'}",
    )
    running = Running(*given, "--no-token", "--allow-edits", warm=True)
    yield running
    running.stop()


def test_runs_of_all_are_lines_of_one_chart_and_grow_live(page: Page, root: Path) -> None:
    page.goto("./#/scalars?view=plain")
    sidebar = page.get_by_role("list", name="Experiments")
    expect(sidebar.get_by_role("button", name="a, 2 runs")).to_be_visible()
    expect(sidebar.get_by_role("button", name="b, 2 runs")).to_be_visible()
    expect(sidebar.get_by_role("switch", name="base")).to_be_visible()
    chart = page.get_by_role("application", name="loss, 5 experiments")
    expect(chart).to_be_visible()
    log(root / "a" / "one", 1.0625)
    log(root / "b" / "one", 1.4375)
    log(root / "runs" / "first", 1.6875)
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    plot = at_rest(chart.locator(".u-over"))
    page.mouse.move(plot["x"] + plot["width"] - 2, plot["y"] + plot["height"] / 2)
    for value in ("1.0625", "1.4375", "1.6875"):
        expect(page.locator(".bubble")).to_contain_text(value)
    page.goto("./#/scalars?q=folder%3Da&view=plain")
    expect(page.get_by_role("application", name="loss, 2 experiments")).to_be_visible()


def test_an_edit_of_runs_of_both_is_one_of_the_files_of_each(page: Page, root: Path) -> None:
    page.goto("./#/overview?view=plain")
    for name in ("a", "b"):
        page.get_by_role("checkbox", name=f"Select all in {name}", exact=True).click()
    bar = page.get_by_role("toolbar", name="Chosen experiments")
    bar.get_by_role("button", name="Star").click()
    marks = [root / name / "marks.json" for name in ("a/one", "a/two", "b/one", "b/two")]
    expect(page.get_by_role("status").get_by_text("Starred 2 experiments (in a)")).to_be_visible()
    assert all(file.exists() for file in marks)
    assert not (root / "runs" / "first" / "marks.json").exists()
    assert all((root / name / ".lavdlike-history").is_dir() for name in "ab")
    page.keyboard.press("Control+z")
    wait_until(lambda: not any(file.exists() for file in marks))


def test_files_of_a_root_have_a_page(page: Page, root: Path) -> None:
    page.goto("./#/overview?view=plain")
    page.get_by_role("link", name="Files of a").click()
    expect(page.get_by_role("heading", level=1, name="a")).to_be_visible()
    expect(page.get_by_role("region", name="Runs").get_by_role("link")).to_have_text(
        ["As a table", "one", "two"]
    )
    files = page.get_by_role("region", name="Files")
    expect(files.get_by_role("link", name="readme.md")).to_be_visible()
    (root / "a" / "notes.txt").write_text("more")
    expect(files.get_by_role("link", name="notes.txt")).to_be_visible()
    assert serious_violations(page) == []


def test_one_that_goes_or_comes_is_named_and_the_others_stay(page: Page, root: Path) -> None:
    page.goto("./#/overview?view=plain")
    sidebar = page.get_by_role("list", name="Experiments")
    connection = page.get_by_role("button", name="Connection")
    expect(connection).to_contain_text("1 gone")
    shutil.move(root / "b", root / "moved")
    expect(sidebar.get_by_role("button", name="b, 2 runs")).to_have_count(0)
    expect(connection).to_contain_text("2 gone")
    connection.click()
    details = page.get_by_role("dialog", name="Connection")
    expect(details).to_contain_text("it is not there")
    page.keyboard.press("Escape")
    page.goto("./#/problems")
    expect(page.get_by_role("main")).to_contain_text("late")
    shutil.move(root / "moved", root / "b")
    log(root / "late" / "new", 1.0)
    expect(sidebar.get_by_role("button", name="b, 2 runs")).to_be_visible()
    expect(sidebar.get_by_role("switch", name="late/new")).to_be_visible()
    expect(connection).not_to_contain_text("gone")
