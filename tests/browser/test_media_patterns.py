"""Which steps stand in paths is said in a dialog, with a preview, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.browser.pictures import show_images, shown
from tests.expecting import expect

pytestmark = pytest.mark.one_tab

PATTERN = r"(?P<label>.+)-at-(?P<step>\d+)\.png"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with pictures whose names say a step in a way that nobody could guess."""
    root = tmp_path_factory.mktemp("root") / "log"
    with Logger("run", root) as logger:
        logger.log_scalar(1.0, "loss", 1)
    for step in (1, 20):
        Image.new("RGB", (32, 20), (200, 30, step)).save(root / "run" / f"cat-at-{step}.png")
    Image.new("RGB", (32, 20)).save(root / "run" / "plain.png")
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def test_a_pattern_is_previewed_saved_and_taken_back(page: Page, root: Path) -> None:
    page.goto("./#/overview")
    page.get_by_role("table").get_by_role("button", name="More on run").click()
    page.get_by_role("button", name="Steps in names of files").click()
    dialog = page.get_by_role("dialog", name="Steps in names of files")
    field = dialog.get_by_label("Patterns, one a line")
    field.fill(r"(?P<label>.+)-at-(\d+)\.png")
    expect(dialog.get_by_role("status")).to_contain_text("it has no group (?P<step>...)")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    field.fill(PATTERN)
    expect(dialog.get_by_role("status")).to_contain_text("2 of 4 files of run fit")
    preview = dialog.get_by_role("region", name="Preview")
    expect(preview.get_by_role("row").filter(has_text="cat-at-20.png")).to_contain_text("cat")
    expect(preview.get_by_role("row").filter(has_text="plain.png")).to_contain_text("stays as it is")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert PATTERN in (root / "lavdlike.yaml").read_text()
    show_images(page, "run")
    shown(page, "cat, run, step 20")
    page.keyboard.press("Control+z")
    shown(page, "cat-at-20, run, no step")
