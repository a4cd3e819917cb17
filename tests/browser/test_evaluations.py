"""The pages of PR curves and confusion matrices in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.pages import at_rest, choose, show_page, write
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


def test_pr_curves_of_experiments_are_compared_at_a_threshold(
    page: Page, root: Path, experiment: str
) -> None:
    with Logger(f"{experiment}-a", root) as logger, Logger(f"{experiment}-b", root) as other:
        logger.log_pr_curve([1, 0, 1, 0], [0.9, 0.6, 0.5, 0.1], "bird", 1)
        other.log_pr_curve([1, 0], [1.0, 0.0], "bird", 1)
        show_page(page, "pr_curves", experiment, threshold="0.55")
        card = page.get_by_role("article", name="bird")
        rows = card.get_by_role("row")
        expect(rows.nth(1)).to_contain_text("0.833")  # average precision
        expect(rows.nth(1).get_by_role("cell")).to_have_text(
            ["a", "1", "0.833", "0.5", "0.5", "0.5"]  # what the names of both have in common is left out
        )
        expect(rows.nth(2).get_by_role("cell").first).to_have_text("b")
        card.get_by_role("slider", name="Threshold").fill("0.95")
        expect(rows.nth(1).get_by_role("cell").last).to_have_text("–")
        expect(rows.nth(2).get_by_role("cell").last).to_have_text("1")
        chart = card.get_by_role("application")
        at_rest(chart.locator(".u-over"))
        chart.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".bubble")).to_contain_text("Recall")
        expect(page.locator(".bubble")).to_contain_text("Threshold")
        logger.log_pr_curve([1, 1], [0.96, 0.97], "bird", 2)
        expect(rows.nth(1).get_by_role("cell").last).to_have_text("1")
        page.get_by_role("button", name="Previous step").click()
        expect(rows.nth(1).get_by_role("cell").last).to_have_text("–")


def test_confusion_matrix_is_normalised_by_rows_and_columns(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        logger.log_confusion_matrix([[6, 2], [0, 4]], ["cat", "dog"], "animals", 1)
        show_page(page, "confusion_matrices", experiment)
        entry = page.get_by_role("article", name=f"animals of {experiment}")
        expect(entry).to_contain_text("2 classes · accuracy 83.33 %")
        matrix = entry.get_by_role("img")
        pixels = "canvas => canvas.toDataURL()"
        as_counts = matrix.evaluate(pixels)
        choose(page, "Shown as", "% of actual")
        page.wait_for_function(
            "([canvas, before]) => canvas.toDataURL() !== before", arg=[matrix.element_handle(), as_counts]
        )
        as_rows = matrix.evaluate(pixels)
        choose(page, "Shown as", "% of predicted")
        page.wait_for_function(
            "([canvas, before]) => canvas.toDataURL() !== before", arg=[matrix.element_handle(), as_rows]
        )
        box = at_rest(matrix)
        matrix.hover(position={"x": box["width"] * 0.75, "y": box["height"] * 0.35})
        expect(entry).to_contain_text("cat taken for dog: 2")
        expect(entry).to_contain_text("25 % of all cat")
        expect(entry).to_contain_text("33.3 % of all taken for dog")
        logger.log_confusion_matrix([[1, 0], [0, 1]], ["cat", "dog"], "animals", 2)
        expect(entry).to_contain_text("accuracy 100 %")


def test_broken_files_say_what_is_wrong(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/a.json", '{"confusion_matrices": {"classes": ["x"], "counts": [[1, 2]]}}')
    write(root, f"{experiment}/b.json", '{"pr_curves": {"thresholds": [1], "precision": [7], "recall": [1]}}')
    show_page(page, "confusion_matrices", experiment)
    expect(page.get_by_text("counts must have a row and a column for each class")).to_be_visible()
    show_page(page, "pr_curves", experiment)
    expect(page.get_by_text("precision must be from 0 to 1")).to_be_visible()
