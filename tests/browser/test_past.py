"""The page is held, looked back from, swept and let go again; where it looks stands in the address."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser.accessibility import serious_violations
from tests.browser.pages import write
from tests.expecting import expect

pytestmark = pytest.mark.one_tab
BEGIN = 1.76e9


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A point a second, a text each ten."""
    root = tmp_path_factory.mktemp("past") / "log"
    for name, late in (("run", 0), ("late", 60)):
        write(root, f"{name}/scalars.tsv", HEADER + "".join(line(step, late) for step in range(101)))
        for step in range(0, 101, 10):
            path = root / name / f"{step:04}" / "answer.txt"
            write(root, str(path.relative_to(root)), f"{name} at {step}")
            written = BEGIN + late + (99 if step == 20 else step)
            os.utime(path, (written, written))
    return root


def line(step: int, late: int = 0) -> str:
    return format_line(step, BEGIN + late + step, "loss", 2.0 - step / 100)


def test_the_past_is_that_of_the_address_on_all_pages(page: Page) -> None:
    page.goto(f"./#/texts?until=t{BEGIN + 25}")
    bar = page.get_by_role("region", name="The past")
    expect(page.get_by_text("run at 20")).to_be_visible()
    expect(page.get_by_text("written since")).to_be_visible()  # its file is of a later time
    expect(page.get_by_text("late at 0")).to_have_count(0)
    assert serious_violations(page) == []
    step = bar.get_by_role("radio", name="Step")
    step.check(force=True)
    expect(page.get_by_text("late at 100")).to_be_visible()
    bar.get_by_role("textbox").fill("35")
    page.keyboard.press("Enter")
    expect(page.get_by_text("late at 30")).to_be_visible()
    expect(page).to_have_url(re.compile(r"until=s35(&|$)"))
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Overview").click()
    expect(page.get_by_role("row", name=re.compile("run")).get_by_text("1.65", exact=True)).to_be_visible()
    slider = bar.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page).to_have_url(re.compile(r"until=s0(&|$)"))
    page.keyboard.press("Space")
    expect(page.get_by_role("row", name=re.compile("run")).get_by_text("2", exact=True)).to_have_count(0)
    expect(page).not_to_have_url(re.compile(r"until=s0(&|$)"))
    page.keyboard.press("Space")
    bar.get_by_role("button", name="Live").click()
    expect(bar).to_have_count(0)
    expect(page.get_by_role("row", name=re.compile("run")).get_by_text("1", exact=True)).to_be_visible()


def test_a_page_that_is_held_says_how_much_waits(page: Page, root: Path) -> None:
    page.goto("./#/texts")
    expect(page.get_by_text("run at 100")).to_be_visible()
    page.keyboard.press("h")
    bar = page.get_by_role("region", name="The past")
    expect(bar).to_be_visible()
    write(root, "run/0110/answer.txt", "run at 110")
    expect(bar.get_by_text(re.compile("change.* since"))).to_be_visible()
    expect(page.get_by_text("run at 100")).to_be_visible()
    page.keyboard.press("h")
    expect(page.get_by_text("run at 110")).to_be_visible()
    expect(page).not_to_have_url(re.compile("until="))
