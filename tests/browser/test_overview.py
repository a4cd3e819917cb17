"""The table of experiments."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

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
    """What stands in a column, from top to bottom; nothing as long as there is no such column."""
    table = page.get_by_role("table", name="Experiments")
    titles = [text.strip() for text in table.get_by_role("columnheader").all_inner_texts()]
    place = titles.index(title) + 1 if title in titles else 0
    cells = table.locator(f"tr.row > :nth-child({place})").all_inner_texts()
    return [" ".join(cell.replace("Best:", "").split()) for cell in cells]


def expect_column(page: Page, title: str, cells: list[str]) -> None:
    """Wait until this stands in a column: names are there at once, details follow."""
    expect(header(page, title)).to_be_visible()
    wait_until(lambda: column(page, title) == cells)


def expect_form(page: Page, title: str, form: str) -> None:
    """Wait until all that stands in a column has a form: columns of results come later, and move the others."""

    def has_form() -> bool:
        texts = column(page, title)
        return bool(texts) and all(re.fullmatch(form, text) for text in texts)

    wait_until(has_form)


def expect_titles(page: Page, begin: int, expected: list[str]) -> None:
    """Wait until these are the columns from the given one on."""
    wait_until(lambda: titles(page)[begin : begin + len(expected)] == expected)


def expect_results(page: Page) -> None:
    """Wait until the columns of results are there: they come later, and move the others."""
    expect(page.get_by_role("table", name="Experiments").locator("tr.row")).to_have_count(len(RATES))
    wait_until(lambda: sorted(column(page, "train/loss last")) == ["0.001", "0.01", "0.1"])


def choose_column(page: Page, title: str, aspect: str = "") -> None:
    page.get_by_role("button", name="Columns", exact=True).click()
    if aspect:
        page.get_by_label("Of their values").select_option(aspect)
    page.get_by_role("checkbox", name=title, exact=True).check()
    page.keyboard.press("Escape")


def titles(page: Page) -> list[str]:
    heads = page.get_by_role("table", name="Experiments").get_by_role("columnheader")
    return [text.strip().split("\n")[0] for text in heads.all_inner_texts() if text.strip()]


def test_table_shows_what_is_known_of_each_experiment(page: Page) -> None:
    page.goto("./")
    expect(header(page, "model.depth")).to_be_visible()
    expect_column(page, "Name", ["fast", "middle", "slow"])
    expect_column(page, "Status", ["finished"] * 3)
    expect_column(page, "lr", ["0.1", "0.01", "0.001"])
    expect_form(page, "Started", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
    expect_form(page, "Duration", ".+")
    expect_form(page, "Last change", r"just now|\d+ (s|min) ago")


def test_click_on_a_head_sorts_by_value_and_the_address_keeps_it(page: Page) -> None:
    page.goto("./")
    header(page, "lr").get_by_role("button").click()
    expect(header(page, "lr")).to_have_attribute("aria-sort", "descending")
    expect_column(page, "Name", ["fast", "middle", "slow"])
    header(page, "lr").get_by_role("button").click()
    expect(header(page, "lr")).to_have_attribute("aria-sort", "ascending")
    expect_column(page, "Name", ["slow", "middle", "fast"])
    page.wait_for_url(re.compile("overview.sort"))
    page.reload()
    expect(header(page, "lr")).to_have_attribute("aria-sort", "ascending")
    expect_column(page, "Name", ["slow", "middle", "fast"])


def test_results_stand_beside_the_names_and_constant_columns_are_hidden_at_first(page: Page) -> None:
    page.goto("./")
    expect(header(page, "model.depth")).to_be_visible()
    expect_column(page, "train/loss last", ["0.1", "0.01", "0.001"])
    expect_titles(page, 0, ["Name", "train/loss last"])
    expect(page.get_by_role("region", name="Charts").get_by_role("application").first).to_be_visible()
    expect(header(page, "batch_size")).to_have_count(0)
    expect_column(page, "Tags", ["baseline"] * 3)
    page.get_by_role("button", name="1 constant column hidden").click()
    expect(header(page, "batch_size")).to_be_visible()
    page.get_by_role("button", name="Hide 1 constant column").click()
    expect(header(page, "batch_size")).to_have_count(0)


def test_lowest_final_loss_and_its_learning_rate_take_one_click(page: Page) -> None:
    page.goto("./")
    header(page, "train/loss last").get_by_role("button").click()
    expect_column(page, "Name", ["slow", "middle", "fast"])
    expect_column(page, "lr", ["0.001", "0.01", "0.1"])
    expect(page.get_by_text("Best:")).to_have_count(1)


def test_what_a_label_says_in_a_column_is_chosen_and_stands_beside_the_name(page: Page) -> None:
    page.goto("./")
    expect(header(page, "train/loss last")).to_be_visible()
    choose_column(page, "train/loss max", "max")
    expect_column(page, "train/loss max", ["0.3", "0.03", "0.003"])
    choose_column(page, "train/loss mean", "mean")
    choose_column(page, "train/loss min at step", "argmin")
    newest_first = ["train/loss min at step", "train/loss mean", "train/loss max", "train/loss last"]
    expect_titles(page, 1, newest_first)
    expect_column(page, "train/loss mean", ["0.2", "0.02", "0.002"])
    expect_column(page, "train/loss min at step", ["2"] * 3)
    page.get_by_role("button", name="Columns", exact=True).click()
    page.get_by_label("Of their values").select_option("at")
    page.get_by_role("spinbutton", name="Step").fill("1")
    page.get_by_role("checkbox", name="train/loss at 1", exact=True).check()
    page.keyboard.press("Escape")
    expect_column(page, "train/loss at 1", ["0.2", "0.02", "0.002"])
    page.reload()
    expect_column(page, "train/loss at 1", ["0.2", "0.02", "0.002"])
    expect_titles(page, 1, ["train/loss at 1"])


def test_columns_are_dragged_and_moved_by_keys(page: Page) -> None:
    page.goto("./")
    expect_results(page)
    moved = header(page, "lr").get_by_role("button")
    target = at_rest(header(page, "train/loss last"))
    start = at_rest(moved)
    page.mouse.move(start["x"] + 20, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, target["y"] + 12, steps=4)
    page.mouse.up()
    expect_titles(page, 1, ["lr", "train/loss last"])
    expect(header(page, "lr")).to_have_attribute("aria-sort", "none")
    moved.focus()
    page.keyboard.press("Control+Shift+ArrowRight")
    expect_titles(page, 1, ["train/loss last", "lr"])
    expect(moved).to_be_focused()
    page.keyboard.press("Control+Shift+ArrowLeft")
    expect_titles(page, 1, ["lr", "train/loss last"])
    page.reload()
    expect(header(page, "lr")).to_be_visible()
    expect_titles(page, 1, ["lr", "train/loss last"])


def test_a_baseline_stays_on_top_and_others_say_how_far_they_are_from_it(page: Page) -> None:
    page.goto("./#/overview?overview.sort=last:train/loss")
    expect_column(page, "Name", ["slow", "middle", "fast"])
    page.get_by_role("checkbox", name="Select middle").check()
    page.get_by_role("button", name="Baseline").click()
    expect_column(page, "Name", ["middle", "slow", "fast"])
    expect_column(page, "train/loss last", ["0.01", "0.001 −0.009 (better)", "0.1 +0.09 (worse)"])
    page.wait_for_url(re.compile("baseline=middle"))
    page.get_by_role("button", name="No baseline").click()
    expect_column(page, "Name", ["slow", "middle", "fast"])


def test_the_table_is_saved_as_it_is_shown_with_every_digit(page: Page, root: Path) -> None:
    page.goto(
        "./#/overview?overview.column=last:train/loss&overview.column=config:lr&overview.sort=last:train/loss"
    )
    expect_column(page, "train/loss last", ["0.001", "0.01", "0.1"])
    expect_column(page, "lr", ["0.001", "0.01", "0.1"])
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    rows = list(csv.reader(download.value.path().read_text().splitlines()))
    assert rows[0] == ["Name", "train/loss last", "lr"]
    written = {
        name: (root / name / "scalars.tsv").read_text().splitlines()[-1].split("\t")[-1] for name in RATES
    }
    assert [(name, float(loss), float(rate)) for name, loss, rate in rows[1:]] == [
        (name, float(written[name]), RATES[name]) for name in ("slow", "middle", "fast")
    ]


def test_chosen_rows_are_what_all_pages_show(page: Page) -> None:
    page.goto("./")
    page.get_by_role("checkbox", name="Select slow").check()
    page.get_by_role("checkbox", name="Select fast").check()
    page.get_by_role("button", name="Show only these").click()
    expect_column(page, "Name", ["fast", "slow"])
    expect(page.get_by_text("2 of 3 shown")).to_be_visible()
    page.go_back()
    expect_column(page, "Name", ["fast", "middle", "slow"])


def test_last_value_of_a_running_experiment_goes_on(page: Page, root: Path) -> None:
    with Logger("live", log_dir=root) as logger:
        logger.log_scalar(5.0, "train/loss", 1)
        page.goto("./#/overview?overview.column=status&overview.column=last:train/loss&filter=t:live")
        row = page.get_by_role("row", name="live")
        expect(row.get_by_text("running")).to_be_visible()
        expect(row.get_by_role("cell", name="5", exact=True)).to_be_visible()
        logger.log_scalar(4.25, "train/loss", 2)
        expect(row.get_by_role("cell", name="4.25")).to_be_visible()
    expect(row.get_by_text("finished")).to_be_visible()
    shutil.rmtree(root / "live")
    expect(row).to_have_count(0)


def test_only_shown_experiments_have_rows(page: Page) -> None:
    page.goto("./#/overview?filter=t:slow")
    expect(page.get_by_role("row", name="slow")).to_be_visible()
    expect_column(page, "Name", ["slow"])


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
    expect_results(page)
    head = header(page, "Status")
    handle = at_rest(head.locator(".handle"))
    before = width()
    page.mouse.move(handle["x"] + 4, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 54, handle["y"] + 10, steps=3)
    page.mouse.up()
    wait_until(lambda: width() == before + 50)
    expect(head).to_have_attribute("aria-sort", "none")
    head.get_by_role("button").focus()
    page.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: width() == before + 66)
    page.reload()
    expect_results(page)
    wait_until(lambda: width() == before + 66)
    head.locator(".handle").dblclick()
    wait_until(lambda: width() == before)
    page.goto("./#/files")  # where there is nothing to sort by, the handle itself has the focus
    handle_of_kinds = page.get_by_role("separator", name="Width of Shown under")
    handle_of_kinds.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(handle_of_kinds).to_have_attribute("aria-valuenow", "164")


def test_ten_thousand_settings_are_found_and_do_not_stop_the_page(
    page: Page, start_server: Callable[..., Running], tmp_path: Path
) -> None:
    for run in range(3):
        config = {f"key-{number}": [run, "0.1", None, {"a": run}][number % 4] for number in range(10_000)}
        (tmp_path / f"run-{run}").mkdir()
        (tmp_path / f"run-{run}" / "experiment.json").write_text(json.dumps({"config": config}))
    page.goto(f"{start_server(tmp_path, '--no-token').url}#/overview")
    table = page.get_by_role("table", name="Experiments")
    expect(table.get_by_role("columnheader", name="key-0", exact=True)).to_be_visible()
    assert table.get_by_role("columnheader").count() < 80
    more = page.get_by_text("more settings")
    expect(more).to_have_text("4,950 more settings")
    page.get_by_role("button", name="Columns", exact=True).click()
    picker = page.get_by_role("dialog", name="Columns")
    picker.get_by_label("Filter columns").fill("key-9996")
    picker.get_by_role("checkbox", name="key-9996").check()
    expect(more).to_have_text("4,949 more settings")
    page.keyboard.press("Escape")
    page.get_by_label("Filter experiments").fill("key-9996=1")
    expect(page.get_by_text("1 of 3 shown")).to_be_visible()
    expect(table.get_by_role("cell", name="1", exact=True).first).to_be_visible()
