"""Experiments in folders of the root: they are shown, filtered, renamed, and come while the page is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def run(root: Path, folder: str, name: str) -> None:
    with Logger(name, log_dir=root / folder) as logger:
        logger.log_scalar(0.5, "loss", 1)
        logger.log_image(np.full((8, 8, 3), 9, np.uint8), "sample", 1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("nested") / "log"
    run(root, "", "flat")
    run(root, "sweep/lr", "a b")
    return root


def test_an_experiment_in_a_folder_is_one_like_the_others(page: Page, root: Path) -> None:
    page.goto("./")
    expect(page.get_by_role("switch")).to_have_count(2)
    run(root, "sweep/lr", "c")
    expect(page.get_by_role("switch", name="sweep/lr/c")).to_be_visible()
    page.goto("./#/images?q=folder%3Dsweep%2Flr")
    expect(page.get_by_role("switch")).to_have_count(2)
    expect(page.locator("main img")).to_have_count(2)
    page.goto("./#/overview")
    page.get_by_role("table").get_by_role("button", name="More on sweep/lr/a b").click()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of the folder").fill("z")
    page.get_by_role("button", name="Rename", exact=True).last.click()
    expect(page.get_by_role("switch", name="sweep/lr/z")).to_be_visible()
    wait_until((root / "sweep" / "lr" / "z" / "experiment.json").exists)


@pytest.mark.expect_browser_errors("409")  # how browsers call the refusal
def test_one_in_which_another_runs_is_neither_moved_nor_renamed(page: Page, root: Path) -> None:
    page.goto("./#/overview")
    run(root, "", "outer")
    with Logger("inner", log_dir=root / "outer") as logger:
        logger.log_scalar(0.5, "loss", 1)
        said = page.get_by_text("outer/inner, which lies in it, runs: wait for its end, or end it first")
        page.get_by_role("table").get_by_role("button", name="More on outer", exact=True).click()
        page.get_by_role("button", name="Move to the trash").click()
        dialog = page.get_by_role("dialog", name="Move to the trash")
        dialog.get_by_role("button", name="Move to the trash").click()
        expect(said).to_be_visible()
        page.reload()
        page.get_by_role("table").get_by_role("button", name="More on outer", exact=True).click()
        page.get_by_role("button", name="Rename").click()
        page.get_by_label("Name of the folder").fill("other")
        page.keyboard.press("Enter")
        expect(said).to_be_visible()
    assert (root / "outer" / "inner" / "scalars.tsv").exists()


def test_a_folder_that_is_a_run_is_shown_by_its_page(
    page: Page, tmp_path: Path, start_server: Callable[..., Running]
) -> None:
    run(tmp_path, "", "one")
    run(tmp_path, "", "beside")
    page.goto(start_server(tmp_path / "one", "--no-token").url)
    expect(page.get_by_role("heading", name="one")).to_be_visible()
    expect(page.get_by_role("switch")).to_have_count(1)
    page.get_by_role("link", name="Images").first.click()
    expect(page.locator("main img")).to_have_count(1)
