"""Away with it, and back again: the trash, what takes room, fewer steps, another name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("trash") / "log"
    for name in ("first", "second"):
        with Logger(name, log_dir=root) as logger:
            for step in range(10):
                logger.log_image(np.full((8, 8, 3), step, np.uint8), "sample", step)
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


@pytest.fixture
def running(root: Path) -> Iterator[str]:
    with Logger("running", log_dir=root) as logger:
        logger.log_scalar(1.0, "loss", 1)
        yield "running"


def open_menu(page: Page, name: str) -> None:
    page.get_by_role("table").get_by_role("button", name=f"More on {name}").click()


def test_three_clicks_move_to_the_trash_and_one_brings_back(page: Page, root: Path) -> None:
    page.goto("./")
    open_menu(page, "first")
    page.get_by_role("button", name="Move to the trash").click()
    dialog = page.get_by_role("dialog", name="Move to the trash")
    expect(dialog.get_by_text("It holds")).to_contain_text("kB")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_role("row", name="first")).to_have_count(0)
    assert not (root / "first").exists()

    page.goto("./#/trash")
    expect(page.get_by_role("listitem").filter(has_text="first")).to_contain_text("kB")
    assert serious_violations(page) == []
    page.get_by_role("button", name="Restore first").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    expect(page.get_by_role("switch", name="first")).to_be_visible()
    assert (root / "first" / "experiment.json").exists()


def test_what_runs_is_neither_moved_nor_renamed(page: Page, running: str) -> None:
    page.goto("./")
    open_menu(page, running)
    menu = page.get_by_role("dialog", name=f"More on {running}")
    for item in ("Rename", "Move to the trash"):
        expect(menu.get_by_role("button", name=item)).to_be_disabled()
        expect(menu.get_by_role("button", name=item)).to_contain_text("not while it runs")


@pytest.mark.expect_browser_errors("409")  # how browsers call the refusal
def test_another_name_is_that_of_the_folder(page: Page, root: Path) -> None:
    with Logger("misspelt", log_dir=root) as logger:
        logger.log_scalar(1.0, "loss", 1)
    page.goto("./#/overview?show=-&show=%2B%3Dmisspelt")
    expect(page.get_by_role("row", name="first")).to_have_count(0)
    open_menu(page, "misspelt")
    page.get_by_role("button", name="Rename").click()
    field = page.get_by_role("textbox", name="Name of the folder")
    field.fill("first")
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("well-spelt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="well-spelt")).to_be_visible()
    assert (root / "well-spelt").is_dir()
    assert not (root / "misspelt").exists()
    # It is the only one shown, also when its old name comes back.
    page.keyboard.press("Control+z")
    expect(page.get_by_role("row", name="misspelt")).to_be_visible()
    expect(page.get_by_role("row", name="first")).to_have_count(0)


def steps_with_files(experiment: Path) -> list[int]:
    """What folders of steps hold something; those that go meanwhile are left out."""
    return sorted(
        int(Path(folder).name)
        for folder, _, names in os.walk(experiment)
        if any("sample" in name for name in names)
    )


def test_steps_are_thinned_and_the_trash_is_emptied_each_asked_with_its_size(page: Page, root: Path) -> None:
    page.goto("./#/disk?filter=t:second")
    row = page.get_by_role("row", name="second")
    expect(row).to_contain_text("kB")
    page.get_by_role("checkbox", name="Select second").check()
    page.get_by_role("button", name="Thin", exact=True).click()
    dialog = page.get_by_role("dialog", name="Thin 1 experiment")
    dialog.get_by_role("checkbox", name="Images").check()
    dialog.get_by_role("textbox", name="keep every").fill("5")
    # Steps 0, 5 and the last one stay.
    expect(dialog.get_by_role("status").filter(has_text="would be moved")).to_contain_text("7 files")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Move to the trash").click()
    expect(dialog).to_be_hidden()
    wait_until(lambda: steps_with_files(root / "second") == [0, 5, 9])
    expect(page.get_by_role("status").get_by_text("Undo")).to_be_visible()

    page.goto("./#/trash")
    page.get_by_role("button", name="Empty").click()
    dialog = page.get_by_role("dialog", name="Empty the trash")
    expect(dialog).to_contain_text("7 files")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Remove for good").click()
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert not list((root / ".lavdlike-trash").glob("*/content/*"))
