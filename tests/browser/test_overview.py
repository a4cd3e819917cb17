"""The table of experiments."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from lavdlike import Logger

RATES = {"slow": 0.001, "middle": 0.01, "fast": 0.1}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("overview") / "log"
    for number, (name, rate) in enumerate(RATES.items()):
        config = {"lr": rate, "batch_size": 32, "model": {"depth": 18 + number}}
        with Logger(name, log_dir=root, config=config, tags=["baseline"]) as logger:
            for step in range(3):
                logger.log_scalar(rate * (3 - step), "train/loss", step)
    return root


def header(page: Page, title: str) -> Locator:
    return page.get_by_role("columnheader", name=title, exact=True)


def column(page: Page, title: str) -> list[str]:
    """What stands in a column, from top to bottom."""
    table = page.get_by_role("table", name="Experiments")
    titles = [text.strip() for text in table.get_by_role("columnheader").all_inner_texts()]
    cells = table.locator(f"tr.row > :nth-child({titles.index(title) + 1})").all_inner_texts()
    return [cell.strip() for cell in cells]


def choose_column(page: Page, title: str) -> None:
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name=title, exact=True).check()
    page.keyboard.press("Escape")


def test_table_shows_what_is_known_of_each_experiment(page: Page) -> None:
    page.goto("./")
    expect(header(page, "model.depth")).to_be_visible()
    assert column(page, "Name") == ["fast", "middle", "slow"]
    assert column(page, "Status") == ["finished"] * 3
    assert column(page, "lr") == ["0.1", "0.01", "0.001"]
    assert column(page, "Tags") == ["baseline"] * 3
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", text) for text in column(page, "Started"))
    assert all(column(page, "Duration"))
    assert all(re.fullmatch(r"just now|\d+ (s|min) ago", text) for text in column(page, "Last change"))


def test_click_on_a_head_sorts_by_value_and_the_address_keeps_it(page: Page) -> None:
    page.goto("./")
    header(page, "lr").get_by_role("button").click()
    expect(header(page, "lr")).to_have_attribute("aria-sort", "descending")
    assert column(page, "Name") == ["fast", "middle", "slow"]
    header(page, "lr").get_by_role("button").click()
    expect(header(page, "lr")).to_have_attribute("aria-sort", "ascending")
    assert column(page, "Name") == ["slow", "middle", "fast"]
    page.wait_for_url(re.compile("overview.sort"))
    page.reload()
    expect(header(page, "lr")).to_have_attribute("aria-sort", "ascending")
    assert column(page, "Name") == ["slow", "middle", "fast"]


def test_equal_columns_can_be_hidden(page: Page) -> None:
    page.goto("./")
    expect(header(page, "batch_size")).to_be_visible()
    page.get_by_role("switch", name="Hide equal columns").check()
    expect(header(page, "batch_size")).to_have_count(0)
    expect(header(page, "Tags")).to_have_count(0)
    expect(header(page, "model.depth")).to_be_visible()


def test_rows_are_filtered_by_name_and_setting(page: Page) -> None:
    page.goto("./")
    field = page.get_by_label("Filter rows")
    field.fill("lr=0.01")
    expect(page.get_by_role("row", name="middle")).to_be_visible()
    assert column(page, "Name") == ["middle"]
    field.fill("nothing of this sort")
    expect(page.get_by_text("No row matches the filter")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    expect(page.get_by_role("row", name="slow")).to_be_visible()


def test_scalars_are_columns_with_last_smallest_and_largest_value(page: Page) -> None:
    page.goto("./")
    for aspect in ("last", "min", "max"):
        choose_column(page, f"train/loss {aspect}")
    expect(page.get_by_role("cell", name="0.003")).to_be_visible()
    assert column(page, "train/loss last") == ["0.1", "0.01", "0.001"]
    assert column(page, "train/loss min") == ["0.1", "0.01", "0.001"]
    assert column(page, "train/loss max") == ["0.3", "0.03", "0.003"]


def test_last_value_of_a_running_experiment_goes_on(page: Page, root: Path) -> None:
    with Logger("live", log_dir=root) as logger:
        logger.log_scalar(5.0, "train/loss", 1)
        page.goto("./#/overview?overview.column=status&overview.column=last:train/loss&overview.rows=t:live")
        row = page.get_by_role("row", name="live")
        expect(row.get_by_text("running")).to_be_visible()
        expect(row.get_by_role("cell", name="5", exact=True)).to_be_visible()
        logger.log_scalar(4.25, "train/loss", 2)
        expect(row.get_by_role("cell", name="4.25")).to_be_visible()
    expect(row.get_by_text("finished")).to_be_visible()


def test_only_shown_experiments_have_rows(page: Page) -> None:
    page.goto("./#/overview?filter=t:slow")
    expect(page.get_by_role("row", name="slow")).to_be_visible()
    assert column(page, "Name") == ["slow"]


def test_quiet_experiment_is_marked_in_words_and_by_form(page: Page, root: Path) -> None:
    an_hour_ago = time.time() - 3600
    described = root / "silent" / "experiment.json"
    described.parent.mkdir()
    session = {"id": "1", "started": an_hour_ago, "host": "elsewhere", "pid": 1}
    described.write_text(json.dumps({"sessions": [session]}))
    os.utime(described, (an_hour_ago, an_hour_ago))
    os.utime(described.parent, (an_hour_ago, an_hour_ago))
    page.goto("./#/overview?filter=t:silent")
    row = page.get_by_role("row", name="silent")
    expect(row.get_by_text("quiet, 1 h ago")).to_be_visible()
    mark = page.get_by_role("complementary", name="Experiments").locator(".quiet")
    expect(mark.locator(".ring")).to_be_visible()
    mark.hover()
    expect(page.get_by_text(re.compile("not ended, but nothing new since"))).to_be_visible()
    shutil.rmtree(described.parent)
    expect(page.get_by_text("No experiment is shown")).to_be_visible()


def test_columns_are_resized_by_pointer_and_keyboard_and_stay_so(page: Page) -> None:
    def width() -> float:
        return float(header(page, "Status").evaluate("(head) => head.getBoundingClientRect().width"))

    page.goto("./")
    head = header(page, "Status")
    handle = head.locator(".handle").bounding_box()
    before = width()
    assert handle
    page.mouse.move(handle["x"] + 4, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 54, handle["y"] + 10, steps=3)
    page.mouse.up()
    assert width() == before + 50
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("button").focus()
    page.keyboard.press("Shift+ArrowRight")
    assert width() == before + 66
    page.reload()
    expect(head).to_be_visible()
    assert width() == before + 66
    head.locator(".handle").dblclick()
    assert width() == before
    page.goto("./#/files")  # where there is nothing to sort by, the handle itself has the focus
    handle_of_kinds = page.get_by_role("separator", name="Width of Shown under")
    handle_of_kinds.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(handle_of_kinds).to_have_attribute("aria-valuenow", "164")
