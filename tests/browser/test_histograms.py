"""The Histograms page in a browser: one step, and all steps in three forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.pages import at_rest, choose, show_page, write
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


def point_at(drawing: Locator, x: float, y: float) -> None:
    """At a share of its width and height."""
    box = at_rest(drawing)
    drawing.hover(position={"x": box["width"] * x, "y": box["height"] * y})


def entry(page: Page, experiment: str) -> Locator:
    return page.get_by_role("article", name=f"weights of {experiment}", exact=True)


def drawing(page: Page, experiment: str) -> Locator:
    return page.get_by_role("img", name=f"Histogram weights of {experiment}", exact=True)


def test_histogram_of_a_step_is_counted_and_the_next_one_comes_by_itself(
    page: Page, root: Path, experiment: str
) -> None:
    with Logger(experiment, root) as logger:
        logger.log_histogram([0.0, 1.0, 1.5, 4.0, float("nan")], "weights", 1, bins=2)
        show_page(page, "histograms", experiment)
        shown = entry(page, experiment)
        expect(shown).to_contain_text("4 values")
        expect(shown).to_contain_text("mean 1.625")
        expect(shown).to_contain_text("1 NaN or infinite")
        point_at(drawing(page, experiment), 0.3, 0.5)
        expect(shown).to_contain_text("0 to 2")
        expect(shown).to_contain_text("3 (75 %)")
        logger.log_histogram([7.0] * 9, "weights", 2)
        expect(shown).to_contain_text("step 2")
        expect(shown).to_contain_text("9 values")


def test_steps_are_shown_as_ridge_heat_map_and_percentiles(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        for step in (0, 10, 20):
            logger.log_histogram(None, "weights", step, edges=[0, 1, 2], counts=[step + 1, 1])
        show_page(page, "histograms", experiment)
        shown = entry(page, experiment)
        picture = drawing(page, experiment)
        choose(page, "Form", "Heat map")
        expect(shown).to_contain_text("3 steps")
        point_at(picture, 0.5, 0.75)
        expect(shown).to_contain_text("Step 10")
        expect(shown).to_contain_text("11 (91.7 %)")
        choose(page, "Form", "Percentiles")
        point_at(picture, 0.95, 0.5)
        expect(shown).to_contain_text("Step 20")
        expect(shown).to_contain_text("median: 0.52381")
        choose(page, "Form", "Ridge")
        point_at(picture, 0.3, 0.85)
        expect(shown).to_contain_text("21 (95.5 %)")
        logger.log_histogram([0.5], "weights", 30)
        expect(shown).to_contain_text("4 steps")
        page.reload()
        expect(shown).to_contain_text("4 steps")


def test_several_experiments_have_the_same_axis(page: Page, root: Path, experiment: str) -> None:
    for name, value in (("narrow", 1.0), ("wide", 100.0)):
        with Logger(f"{experiment}-{name}", root) as logger:
            logger.log_histogram([0.0, value], "weights", bins=1)
    show_page(page, "histograms", experiment)
    expect(entry(page, f"{experiment}-wide")).to_contain_text("2 values")
    narrow = drawing(page, f"{experiment}-narrow")
    point_at(narrow, 0.5, 0.5)
    # Half-way along the axis of both there is nothing of the narrow one.
    expect(entry(page, f"{experiment}-narrow").locator(".tip")).to_have_count(0)
    point_at(drawing(page, f"{experiment}-wide"), 0.5, 0.5)
    expect(entry(page, f"{experiment}-wide").locator(".tip")).to_contain_text("0 to 100")


def test_broken_histogram_says_what_is_wrong_beside_the_others(
    page: Page, root: Path, experiment: str
) -> None:
    write(root, f"{experiment}/0001/weights.json", '{"histograms": {"edges": [2, 1], "counts": [1]}}')
    write(root, f"{experiment}/0001/other.json", '{"histograms": {"edges": [1, 2], "counts": [1e308]}}')
    show_page(page, "histograms", experiment)
    expect(entry(page, experiment)).to_contain_text("edges must be finite numbers that never decrease")
    expect(page.get_by_role("img", name=f"Histogram other of {experiment}")).to_be_visible()
