"""Thirty experiments at once on the Scalars page: exact values, noise, what lies apart, what a range comes to."""

from __future__ import annotations

import csv
import math
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser.pages import at_rest, copied_by
from tests.expecting import expect
from tests.running import Running

RUNS = 30
STEPS = 5000
EXPLODING = (9, 19, 29)
SPARSE = 4
VALUES: dict[tuple[str, str], dict[int, float]] = {}


def name(run: int) -> str:
    return f"run-{run:02d}"


def loss(run: int, step: int) -> float:
    base = 0.4 + run / 100 + 2.5 * math.exp(-step / 400)
    return base * math.exp((step - 3000) / 200) if run in EXPLODING and step > 3000 else base


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sweep") / "log"
    for run in range(RUNS):
        chance = random.Random(run)
        (root / name(run)).mkdir(parents=True)
        every = 3 if run == SPARSE else 1
        with (root / name(run) / "scalars.tsv").open("w") as file:
            file.write(HEADER)
            for step in range(0, STEPS, every):
                values = {"train/loss": loss(run, step) * chance.uniform(0.8, 1.2)}
                if step % 50 == 0:
                    values["val/loss"] = loss(run, step)
                for label, value in values.items():
                    VALUES.setdefault((name(run), label), {})[step] = value
                    file.write(format_line(step, 1.7e9 + step, label, value))
            if run == EXPLODING[0]:
                file.write(format_line(STEPS, 1.7e9 + STEPS, "val/loss", math.nan))
    return root


def chart(page: Page, label: str) -> Locator:
    return page.locator(f'[role="application"][aria-label^="{label}, "]').first


def point(page: Page, label: str, x: float, y: float) -> tuple[float, float]:
    area = chart(page, label).locator(".u-over")
    expect(chart(page, label).locator("xpath=ancestor::*[@aria-busy][1]")).to_have_attribute(
        "aria-busy", "false"
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = at_rest(area)
    place = box["x"] + x * box["width"], box["y"] + y * box["height"]
    page.mouse.move(*place)
    return place


def test_tooltip_lists_one_step_with_exactly_the_values_of_the_files(page: Page) -> None:
    page.goto("./#/scalars?scalars.labels=r:^train/loss$")
    place = point(page, "train/loss", 0.41, 0.8)
    tip = page.locator(".bubble")
    expect(tip.locator("table")).to_have_attribute("aria-busy", "false")
    assert "~" not in tip.inner_text()
    page.mouse.click(*place)
    expect(tip.locator("tbody tr")).to_have_count(RUNS)
    expect(tip.locator("tbody button")).to_have_count(RUNS)
    step = int(re.search(r"Step ([\d,]+)", tip.inner_text())[1].replace(",", ""))  # type: ignore[index]
    copied = copied_by(page, tip.get_by_role("button", name="Copy all").click)
    expect(page.get_by_text("30 values copied")).to_be_visible()
    [head, *rows] = csv.reader(copied.splitlines(), delimiter="\t")
    assert head == ["experiment", "step", "wall_time", "value", "smoothed"]
    assert len(rows) == RUNS
    for experiment, at, _, value, smoothed in rows:
        logged = VALUES[experiment, "train/loss"]
        assert int(at) == max(each for each in logged if each <= step)
        assert float(value) == logged[int(at)]
        total = weights = 0.0
        for each, raw in logged.items():
            if each <= int(at):
                total, weights = total * 0.6 + raw, weights * 0.6 + 1
        assert float(smoothed) == pytest.approx(total / weights, rel=1e-9)
    if step % 3:
        expect(tip.locator("tr.aside")).to_have_text(re.compile(name(SPARSE)))
    else:
        expect(tip.locator("tr.aside")).to_have_count(0)


def test_three_that_explode_do_not_hide_the_others_and_what_is_noisy_is_smoothed(page: Page) -> None:
    page.goto("./#/scalars")
    val = page.get_by_role("article", name="val/loss")
    expect(val.get_by_role("button", name="3 experiments left out")).to_be_visible()
    point(page, "val/loss", 0.2, 0.5)
    expect(page.locator(".bubble th", has_text="Value")).to_be_visible()
    expect(page.locator(".bubble th", has_text="Smoothed")).to_have_count(0)
    point(page, "train/loss", 0.2, 0.5)
    expect(page.locator(".bubble th", has_text="Smoothed")).to_be_visible()
    expect(page.get_by_label("Smoothing, exact")).to_have_attribute("placeholder", "auto")
    val.get_by_role("button", name="3 experiments left out").click()
    expect(page).to_have_url(re.compile("scalars.whole"))
    expect(val).not_to_contain_text("left out")
    page.get_by_label("Smoothing, exact").fill("0")
    page.get_by_label("Smoothing, exact").press("Enter")
    expect(page).to_have_url(re.compile("scalars.smoothing=0"))
    point(page, "train/loss", 0.2, 0.5)
    expect(page.locator(".bubble th", has_text="Smoothed")).to_have_count(0)


def test_selected_range_is_a_table_of_exactly_what_the_files_say(page: Page) -> None:
    page.goto("./#/scalars?scalars.labels=r:^val/loss$&scalars.range=[1000,2000]")
    page.get_by_role("button", name="Values of the selection").click()
    values = page.get_by_role("region", name="Values of the selection")
    copied = copied_by(page, values.get_by_role("button", name="Copy").click)
    expect(page.get_by_text("Table copied")).to_be_visible()
    [head, *rows] = csv.reader(copied.splitlines(), delimiter="\t")
    assert head[:5] == ["Experiment", "Min", "Step of min", "Max", "Step of max"]
    assert len(rows) == RUNS
    for experiment, minimum, least, maximum, most, mean, change, first, last, count in rows:
        within = {at: each for at, each in VALUES[experiment, "val/loss"].items() if 1000 <= at <= 2000}
        assert float(minimum) == min(within.values()) == within[int(least)]
        assert float(maximum) == max(within.values()) == within[int(most)]
        assert float(mean) == pytest.approx(math.fsum(within.values()) / len(within), rel=1e-12)
        assert (float(first), float(last)) == (within[min(within)], within[max(within)])
        assert float(change) == float(last) - float(first)
        assert int(count) == len(within)
    # The least first: smaller is better.
    assert [float(row[1]) for row in rows] == sorted(float(row[1]) for row in rows)
    values.get_by_label("From").fill("2000")
    values.get_by_label("From").press("Enter")
    expect(values.get_by_role("columnheader", name="Value", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("scalars.range=%5B2000%2C2000%5D"))
    values.get_by_role("button", name="Clear the selection").click()
    expect(values).to_have_count(0)
    expect(page).not_to_have_url(re.compile("scalars.range"))


def test_a_pinned_tooltip_of_very_many_lines_holds_only_those_in_sight(
    page: Page, start_server: Callable[..., Running], tmp_path: Path
) -> None:
    for run in range(300):
        (tmp_path / f"run-{run}").mkdir()
        rows = "".join(format_line(step, 1.7e9 + step, "loss", run + step) for step in range(3))
        (tmp_path / f"run-{run}" / "scalars.tsv").write_text(HEADER + rows)
    page.goto(f"{start_server(tmp_path, '--no-token').url}#/scalars?scalars.sort=name&scalars.smoothing=0")
    expect(page.get_by_role("application", name="loss, 300 experiments")).to_be_visible()
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    page.mouse.move(*point(page, "loss", 0.5, 0.5))
    expect(page.get_by_text("and 286 more experiments: click to see all")).to_be_visible()
    page.mouse.click(*point(page, "loss", 0.5, 0.5))
    pinned = page.get_by_role("dialog", name="Values of loss")
    values = pinned.get_by_role("button", name="Copy the value of")
    expect(values.first).to_have_text("1")
    assert values.count() < 60
    pinned.locator(".scroller").evaluate("each => (each.scrollTop = each.scrollHeight)")
    expect(pinned.get_by_role("button", name="Copy the value of run-299")).to_have_text("300")
    assert values.count() < 60
    copied = copied_by(page, pinned.get_by_role("button", name="Copy all").click)
    assert len(copied.split("\n")) == 1 + 300
