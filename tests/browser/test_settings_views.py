"""Settings and results beside each other: lines, points, importance and a matrix; what is brushed is the one filter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_rest, until_quiet
from tests.expecting import expect
from tests.limits import LIMIT_S
from tests.serving import wait_until
from tools import make_sweep

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root") / "sweep"
    make_sweep.make(folder)
    return folder


def axis(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def names(page: Page) -> Locator:
    return page.locator("#sidebar").get_by_role("switch")


def last_losses(root: Path) -> dict[tuple[float, str], list[float]]:
    """By learning rate and optimizer, read from the files as they are."""
    found: dict[tuple[float, str], list[float]] = {}
    for folder in root.iterdir():
        config = json.loads((folder / "experiment.json").read_text())["config"]
        lines = (line.split("\t") for line in (folder / "scalars.tsv").read_text().splitlines())
        values = [float(value) for _, _, label, value in lines if label == "val/loss"]
        found.setdefault((config["lr"], config["opt"]), []).append(values[-1])
    return found


def cells_of(table: Locator) -> dict[tuple[float, str], tuple[float, str]]:
    """By learning rate and optimizer: the result and of how many, of the cells that have a result by now."""
    said = table.get_by_role("button").evaluate_all("all => all.map(each => each.title.split('\\n'))")
    found = {}
    for settings, result, count, *_ in (lines for lines in said if len(lines) > 2):
        lr, opt = re.findall(r"(?:lr|opt): (\S+?)(?:,|$)", settings)
        found[float(lr), opt] = (float(result.rpartition(": ")[2]), count)
    return found


def drag(page: Page, strip: Locator, start: float, end: float) -> None:
    """From a share of the strip's height to another, 0 above."""
    box = at_rest(strip)
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + start * box["height"])
    page.mouse.down()
    page.mouse.move(x, box["y"] + (start + end) / 2 * box["height"])
    page.mouse.move(x, box["y"] + end * box["height"])
    page.mouse.up()


def test_a_brush_decides_what_all_pages_show(page: Page) -> None:
    page.goto("./#/settings")
    picture = page.get_by_role("img", name="experiments as lines over")
    expect(picture).to_have_accessible_name(
        "30 of 30 experiments as lines over batch_size, lr, opt, seed, val/loss last"
    )
    drag(page, axis(page, "lr").locator(".strip"), 0.1, 0.9)
    expect(picture).to_have_accessible_name(re.compile("^18 of 30"))
    expect(page.get_by_label("Filter experiments")).to_have_value(re.compile(r"^lr>=0.0001\d* lr<=0.00\d+$"))
    assert page.locator("main *").count() < 250
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Scalars").click()
    expect(names(page)).to_have_count(18)
    page.go_back()
    # The ends of the brush are moved and given up by keyboard.
    low = axis(page, "lr").get_by_role("slider", name="lr, lowest")
    low.press("Home")
    expect(page.get_by_label("Filter experiments")).to_have_value(re.compile(r"^lr<=0.00\d+$"))
    expect(picture).to_have_accessible_name(re.compile("^24 of 30"))
    low.press("Escape")
    expect(picture).to_have_accessible_name(re.compile("^30 of 30"))


def test_categories_are_clicked_and_axes_moved_removed_and_added(page: Page) -> None:
    page.goto("./#/settings?q=seed%3D1")
    picture = page.get_by_role("img", name="experiments as lines over")
    axis(page, "opt").get_by_role("button", name="adamw", exact=True).click()
    expect(picture).to_have_accessible_name(re.compile("^5 of 30"))
    expect(page.get_by_label("Filter experiments")).to_have_value("seed=1 opt=adamw")
    axis(page, "opt").get_by_role("button", name="adamw", exact=True).click()
    expect(page.get_by_label("Filter experiments")).to_have_value("seed=1")
    page.get_by_role("button", name="lr, axis").press("Control+Shift+ArrowRight")
    page.get_by_role("button", name="seed, axis").press("Delete")
    page.get_by_role("button", name="Axes", exact=True).click()
    page.get_by_role("button", name="val/accuracy last", exact=True).click()
    page.keyboard.press("Escape")
    order = "batch_size, opt, lr, val/loss last, val/accuracy last"
    # Without its axis, the filter of seeds takes the others away.
    expect(picture).to_have_accessible_name(f"10 of 10 experiments as lines over {order}")
    page.reload()
    expect(picture).to_have_accessible_name(f"10 of 10 experiments as lines over {order}")


def test_a_line_is_pointed_at_and_opened(page: Page) -> None:
    page.goto("./#/settings?settings.axes=config:lr&settings.axes=last:val/loss")
    picture = page.get_by_role("img", name="experiments as lines over")
    expect(picture).to_have_accessible_name("30 of 30 experiments as lines over lr, val/loss last")
    expect(axis(page, "lr").get_by_text("0.001", exact=True)).to_be_visible()
    box = at_rest(axis(page, "lr").locator(".strip"))
    place = box["x"] + box["width"] + 4, box["y"] + box["height"]
    page.mouse.move(*place)
    tip = page.get_by_role("tooltip").filter(has_text="val/loss last")
    expect(tip).to_contain_text("0.0001")
    name = tip.locator(".name").inner_text()
    page.mouse.click(*place)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.replace("\n", ""))


def test_matrix_has_the_best_of_the_files_and_filters(page: Page, root: Path) -> None:
    page.goto("./#/settings?settings.view=matrix&settings.rows=config:lr&settings.columns=config:opt")
    table = page.locator("main").get_by_role("table")
    expect(table.get_by_role("button")).to_have_count(10)
    best = {key: (min(values), f"{len(values)} experiments") for key, values in last_losses(root).items()}
    wait_until(lambda: cells_of(table) == best)
    cell = table.get_by_role("button").first
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Filter experiments")).to_have_value("lr=0.0001 opt=adamw")
    expect(names(page)).to_have_count(3)
    expect(table.get_by_role("button")).to_have_count(10)
    cell.click()
    expect(page.get_by_label("Filter experiments")).to_have_value("")


def test_importance_is_said_with_n_and_not_below_20(page: Page) -> None:
    page.goto("./#/settings?settings.view=importance")
    rows = page.locator("main").get_by_role("row")
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text("lr")
    expect(rows.nth(1)).to_contain_text("30")
    # To grow one is seconds of work for the processor, and more where others want it, too.
    explained = page.get_by_text(re.compile(r"A random forest explains \d+ %"))
    expect(explained).to_be_visible(timeout=2 * LIMIT_S * 1000)
    expect(page.get_by_role("columnheader", name="Forest")).to_be_visible()
    page.get_by_label("Filter experiments").fill("opt=lion lr<0.01")
    expect(page.get_by_text("needs 20 experiments with val/loss last, there are 12")).to_be_visible()


def test_any_setting_is_drawn_against_any_result(page: Page) -> None:
    page.goto("./#/settings?settings.view=scatter&settings.x=config:opt&settings.size=config:batch_size")
    picture = page.get_by_role("img", name="experiments as points")
    expect(picture).to_have_accessible_name("30 experiments as points, val/loss last over opt")
    page.get_by_role("combobox", name="Colour").select_option(label="val/accuracy last")
    expect(page).to_have_url(re.compile("settings.colour=last"))
    page.get_by_role("combobox", name="X", exact=True).select_option(label="lr")
    expect(picture).to_have_accessible_name("30 experiments as points, val/loss last over lr")
    page.get_by_role("button", name="lr, logarithmic").click()
    expect(page).to_have_url(re.compile("settings.linear=config"))


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("parallel", "canvas"),
        ("scatter", "canvas"),
        ("importance", "table"),
        ("matrix", "table"),
    ],
)
def test_axe_finds_nothing_serious_in_any_view(page: Page, view: str, shown: str) -> None:
    with until_quiet(page):  # colours on their way from one theme to the other are neither's
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(f"./#/settings?settings.view={view}&settings.rows=config:lr&settings.columns=config:opt")
        expect(page.locator("main").locator(shown).first).to_be_visible()
    assert serious_violations(page) == []
    with until_quiet(page):
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert serious_violations(page) == []
