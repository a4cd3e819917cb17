"""The Tables page in a browser: rows in sight, sorting, filter, slice, copy, pictures in cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.pages import at_rest, copied_by, show_page, write
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


def entry(page: Page, experiment: str) -> Locator:
    return page.get_by_role("article", name=f"results of {experiment}", exact=True)


def rows(page: Page, experiment: str) -> Locator:
    return entry(page, experiment).locator("tbody tr.row")


@pytest.mark.expect_browser_errors("400")  # what is no slice
def test_table_is_sorted_filtered_sliced_and_copied(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        cells = [[f"run {number % 7}", number] for number in range(30)]
        logger.log_table(cells, "results", 1, header=["name", "size"])
        show_page(page, "tables", experiment)
        shown = entry(page, experiment)
        first = rows(page, experiment).first
        expect(shown).to_contain_text("30 rows · 2 columns")
        shown.get_by_role("button", name="size").click()
        expect(first).to_contain_text("run 1")
        shown.get_by_label("Filter rows").fill("run 3")
        expect(shown).to_contain_text("4 of 30 rows")
        expect(first.get_by_role("cell").nth(1)).to_have_text("24")
        shown.get_by_label("Slice of the rows").fill("[1:4:2]")
        page.keyboard.press("Enter")
        expect(shown).to_contain_text("2 of 30 rows")
        expect(rows(page, experiment).locator("td:nth-child(3)")).to_have_text(["17", "3"])
        copied = copied_by(page, shown.get_by_role("button", name="Copy the rows").click)
        expect(page.get_by_text("Copied 2 rows")).to_be_visible()
        assert copied == "name\tsize\nrun 3\t17\nrun 3\t3\n"
        page.reload()
        expect(shown).to_contain_text("2 of 30 rows")
        logger.log_table([["run 3", 7]], "results", 2, header=["name", "size"])
        expect(shown).to_contain_text("step 2")
        shown.get_by_label("Slice of the rows").fill("x")
        page.keyboard.press("Enter")
        expect(shown).to_contain_text("'x' is no slice")


def test_hundred_thousand_rows_are_reached_by_asking_for_those_in_sight(
    page: Page, root: Path, experiment: str
) -> None:
    lines = "".join(f"{number},{number * number}\n" for number in range(100_000))
    table = write(root, f"{experiment}/results.csv", f"n,square\n{lines}")
    show_page(page, "tables", experiment)
    shown = entry(page, experiment)
    expect(shown).to_contain_text("100,000 rows")
    scroller = shown.get_by_role("group", name="Rows of results")
    scroller.evaluate("element => element.scrollTo(0, element.scrollHeight / 2)")
    expect(shown.get_by_role("cell", name="2500000000", exact=True)).to_be_visible()
    scroller.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(shown.get_by_role("cell", name="9999800001", exact=True)).to_be_visible()
    assert rows(page, experiment).count() < 60
    with table.open("a") as file:
        file.write("x,the last\n")
    expect(shown).to_contain_text("100,001 rows")


def test_a_table_with_a_column_of_steps_is_a_chart_that_grows(
    page: Page, root: Path, experiment: str
) -> None:
    table = write(root, f"{experiment}/logs/metrics.csv", "epoch,loss,note\n1,0.5,a\n2,0.25,b\n")
    show_page(page, "scalars", experiment)
    chart = page.get_by_role("application", name="logs/metrics/loss, 1 experiment")
    bubble = page.locator(".bubble")

    def value_at_the_end_is(value: str) -> bool:
        box = at_rest(chart.locator(".u-over"))
        page.mouse.move(box["x"], box["y"] + 20)
        page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 20)
        return [text.split("\n")[:2] for text in bubble.all_inner_texts()] == [[experiment, value]]

    expect(chart).to_be_visible()
    wait_until(lambda: value_at_the_end_is("0.25"))
    with table.open("a") as file:
        file.write("3,0.125,c\n")
    wait_until(lambda: value_at_the_end_is("0.125"))
    expect(page.get_by_role("application")).to_have_count(1)


@pytest.mark.expect_browser_errors("422")
def test_broken_table_says_what_is_wrong(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/results.csv", "," * 3000 + "\n1\n")
    show_page(page, "tables", experiment)
    expect(entry(page, experiment)).to_contain_text("more than 2,000 columns")


def test_cells_that_name_a_picture_beside_the_table_show_it(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        logger.log_image(Image.new("RGB", (32, 32), "red"), "night/bird", 1)
        logger.log_table([["night/bird.png", 1], ["gone.png", 2]], "results", 1, header=["picture", "n"])
    show_page(page, "tables", experiment)
    shown = rows(page, experiment)
    expect(shown.nth(0).locator("img")).to_be_visible()
    expect(shown.nth(1)).to_contain_text("gone.png")
    expect(shown.nth(1).locator("img")).to_have_count(0)
