"""The Arrays page in a browser: statistics, heat map, lines, indices, and what is not read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Position

from lavdlike import Logger
from tests.browser.pages import at_rest, show_page
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


def entry(page: Page, experiment: str, label: str = "a") -> Locator:
    return page.get_by_role("article", name=f"{label} of {experiment}", exact=True)


def test_slices_of_an_array_are_shown_at_an_index_and_the_next_step_comes_by_itself(
    page: Page, root: Path, experiment: str
) -> None:
    array = np.arange(3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)
    with Logger(experiment, root) as logger:
        logger.log_array(array, "a", 1)
        show_page(page, "arrays", experiment)
        shown = entry(page, experiment)
        expect(shown).to_contain_text("float32 · 3 × 4 × 5")
        expect(shown).to_contain_text("min 0 · max 59 · mean 29.5")
        expect(shown).to_contain_text("[0, :, :]")
        picture = shown.get_by_role("img")
        box = at_rest(picture)
        at_the_middle: Position = {"x": 56 + (box["width"] - 78) / 2, "y": 10 + (box["height"] - 34) * 0.3}
        picture.hover(position=at_the_middle)
        expect(shown).to_contain_text("[1, 2]7")
        shown.get_by_role("slider", name="Axis 0").fill("2")
        expect(shown).to_contain_text("[2, :, :]")
        picture.hover(position=at_the_middle)
        expect(shown).to_contain_text("[1, 2]47")
        shown.get_by_role("combobox", name="Down").select_option("0 (3)")
        expect(shown).to_contain_text("[:, 0, :]")
        logger.log_array(np.array([1.0, np.nan, 3.0]), "a", 2)
        expect(shown).to_contain_text("float64 · 3")
        expect(shown).to_contain_text("1 NaN")
        expect(shown.get_by_role("application")).to_be_visible()


def test_part_of_a_large_array_is_zoomed_in_on(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        logger.log_array(np.arange(1000 * 1000).reshape(1000, 1000), "a")
    show_page(page, "arrays", experiment)
    shown = entry(page, experiment)
    expect(shown).to_contain_text("256 × 256 places are shown")
    box = at_rest(shown.get_by_role("img"))
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 150, steps=3)
    page.mouse.up()
    expect(shown).not_to_contain_text("places are shown")
    shown.get_by_role("button", name="Show all of it").click()
    expect(shown).to_contain_text("256 × 256 places are shown")


def test_objects_are_not_read(page: Page, root: Path, experiment: str) -> None:
    path = root / experiment / "a.npy"
    path.parent.mkdir(parents=True)
    np.save(path, np.array([{"any": "object"}]), allow_pickle=True)
    np.save(path.with_name("single.npy"), np.float64(2.5))
    show_page(page, "arrays", experiment)
    expect(entry(page, experiment)).to_contain_text("Python objects, which are never read")
    expect(entry(page, experiment, "single")).to_contain_text("2.5")


def test_records_are_a_table_with_a_row_each(page: Page, root: Path, experiment: str) -> None:
    array = np.zeros((3, 500), [("name", "U4"), ("at", [("x", "f4")]), ("box", "f8", (2,))])
    array["name"], array["at"]["x"] = [["a"], ["b"], ["c"]], np.arange(500) / 10
    with Logger(experiment, root) as logger:
        logger.log_array(array, "a", 1)
        show_page(page, "arrays", experiment)
        shown = entry(page, experiment)
        expect(shown).to_contain_text("3 fields · 3 × 500")
        table = shown.get_by_role("table")
        expect(table.get_by_role("row", name="# name at.x box")).to_be_visible()
        expect(table.get_by_role("row", name="0, 1 a 0.1 [0.0, 0.0]")).to_be_visible()
        table.hover()
        page.mouse.wheel(0, 10**6)
        expect(table.get_by_role("row", name="2, 499 c 49.9 [0.0, 0.0]")).to_be_visible()
        logger.log_array(np.zeros(2), "a", 2)
        expect(shown).to_contain_text("float64 · 2")
