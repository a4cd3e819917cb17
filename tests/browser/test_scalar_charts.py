"""Charts of groups and of several labels: averages over seeds, loss and val loss together, expressions."""

from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path
from urllib.parse import parse_qs, quote

import numpy as np
import pytest
from playwright.sync_api import Locator, Page

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_most_clicks, at_rest, copied_by
from tests.expecting import expect
from tests.serving import wait_until

SEEDS = 5
STEPS = 400
RATES = (0.01, 0.1)
VALUES: dict[tuple[float, int], list[float]] = {}


def name(rate: float, seed: int) -> str:
    return f"lr{rate}-seed{seed}"


def lines(rate: float, seed: int, steps: range) -> str:
    chance = random.Random(f"{rate} {seed} {steps.start}")
    written = []
    for step in steps:
        loss = rate + chance.uniform(0, 1) / (1 + step)
        VALUES.setdefault((rate, seed), []).append(loss)
        written.append(format_line(step, 1.7e9 + step, "train/loss", loss))
        written.append(format_line(step, 1.7e9 + step, "val/loss", 2 * loss))
        written.append(format_line(step, 1.7e9 + step, "epoch", step / 100))
    return "".join(written)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("seeds") / "log"
    for rate in RATES:
        for seed in range(SEEDS):
            folder = root / name(rate, seed)
            folder.mkdir(parents=True)
            (folder / "experiment.json").write_text(json.dumps({"config": {"lr": rate, "seed": seed}}))
            (folder / "scalars.tsv").write_text(HEADER + lines(rate, seed, range(STEPS)))
    return root


def chart(page: Page, label: str) -> Locator:
    return page.locator(f'[role="application"][aria-label^="{label}, "]').first


def point(page: Page, label: str, x: float = 0.5, y: float = 0.5) -> tuple[float, float]:
    expect(chart(page, label).locator("xpath=ancestor::*[@aria-busy][1]")).to_have_attribute(
        "aria-busy", "false"
    )
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = at_rest(chart(page, label).locator(".u-over"))
    place = box["x"] + x * box["width"], box["y"] + y * box["height"]
    page.mouse.move(*place)
    return place


def copied(page: Page) -> list[list[str]]:
    text = copied_by(page, page.locator(".bubble").get_by_role("button", name="Copy all").click)
    expect(page.get_by_text(re.compile(r"^\d+ (values|averages) copied$"))).to_be_visible()
    return list(csv.reader(text.splitlines(), delimiter="\t"))


def test_groups_are_the_averages_of_the_files(page: Page, root: Path) -> None:
    page.goto("./#/scalars?scalars.smoothing=0&scalars.labels=r:^train/loss$")
    expect(chart(page, "train/loss")).to_be_visible()
    with at_most_clicks(page, 2):
        page.get_by_role("button", name="Group by").click()
        page.get_by_role("button", name="Everything but the seed").click()
    page.keyboard.press("Escape")
    groups = page.get_by_role("list", name="Groups").locator("li")
    expect(groups).to_have_text([re.compile(r"lr=0\.01\s*5"), re.compile(r"lr=0\.1\s*5")])
    place = point(page, "train/loss")
    expect(page.locator(".bubble")).to_be_visible()
    page.mouse.click(*place)
    expect(page.locator(".bubble tbody tr")).to_have_count(len(RATES))
    [head, *rows] = copied(page)
    assert head == ["group", "label", "x", "average", "low", "high", "n"]
    for title, _, x, average, low, high, n in rows:
        rate = float(title.removeprefix("lr="))
        logged = np.array([VALUES[rate, seed][int(x)] for seed in range(SEEDS)])
        assert int(n) == SEEDS
        assert float(average) == pytest.approx(logged.mean(), rel=1e-12)
        deviation = logged.std(ddof=1)
        assert float(low) == pytest.approx(logged.mean() - deviation, rel=1e-9)
        assert float(high) == pytest.approx(logged.mean() + deviation, rel=1e-9)
    page.keyboard.press("Escape")

    # Hovered, a group stands out; what is logged on is asked for again.
    groups.first.hover()
    expect(page.locator("canvas.emphasis")).to_have_count(1)
    page.mouse.move(0, 0)
    for rate in RATES:
        for seed in range(SEEDS):
            with (root / name(rate, seed) / "scalars.tsv").open("a") as file:
                file.write(lines(rate, seed, range(STEPS, STEPS + 50)))
    chart(page, "train/loss").focus()

    def last_step() -> int:
        point(page, "train/loss", 0.99)
        said = "".join(page.locator(".bubble").all_inner_texts())
        page.mouse.move(0, 0)
        found = re.search(r"Step ([\d,]+)", said)
        return int(found[1].replace(",", "")) if found else -1

    wait_until(lambda: last_step() >= STEPS)


def test_loss_and_val_loss_stand_in_one_chart_after_two_clicks(page: Page) -> None:
    page.goto(f"./#/scalars?scalars.labels=r:^epoch$&filter=t:{name(0.01, 0)}")
    expect(chart(page, "epoch")).to_be_visible()
    with at_most_clicks(page, 2):
        page.get_by_role("button", name="Add a chart").click()
        page.get_by_role("group", name="Labels that go together").get_by_role("button").first.click()
    card = page.get_by_role("article", name="train/loss, val/loss")
    expect(card.get_by_role("list", name="Labels").locator("li")).to_have_text(["train/loss", "val/loss"])
    point(page, "train/loss, val/loss")
    rows = page.locator(".bubble tbody tr")
    expect(rows).to_have_count(2)
    charts = ['[{"l":["train/loss","val/loss"]}]']

    def stand_in_the_address() -> bool:
        address = page.evaluate("location.href").split("?", 1)[1]
        return parse_qs(address).get("scalars.charts") == charts

    wait_until(stand_in_the_address)

    # Changed, copied and removed.
    card.get_by_role("button", name="Change train/loss, val/loss").click()
    dialog = page.get_by_role("dialog", name="Change the chart")
    dialog.get_by_label("Title").fill("Both")
    dialog.get_by_role("button", name="Right axis").last.click()
    dialog.get_by_role("button", name="Save").click()
    both = page.get_by_role("article", name="Both")
    expect(both.get_by_role("list", name="Labels")).to_contain_text("right")
    both.get_by_role("button", name="More of Both").click()
    page.get_by_role("button", name="Copy the chart").click()
    expect(both).to_have_count(2)
    both.first.get_by_role("button", name="Remove Both").click()
    expect(both).to_have_count(1)
    page.reload()
    expect(both).to_be_visible()
    both.get_by_role("button", name="Remove Both").click()
    expect(page.get_by_text("Your charts")).to_be_hidden()
    expect(page).not_to_have_url(re.compile(r"scalars\.charts"))


# How often the canvas of the first chart was drawn anew.
COUNT_REDRAWS = """() => {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  window.redraws = 0;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.closest("article") && !this.canvas.matches(".emphasis")) window.redraws++;
    return clearRect.apply(this, box);
  };
}"""
FRAMES = """() => new Promise((done) => {
  let left = 6;
  const frame = () => (left-- > 0 ? requestAnimationFrame(frame) : done());
  frame();
})"""


def test_a_chart_of_several_labels_has_the_averages_of_groups(page: Page) -> None:
    difference = '"val/loss" - "train/loss"'
    charts = [{"t": "Both", "l": ["train/loss"], "e": [difference], "s": [0, "ema"]}]
    query = f"scalars.labels=r:^epoch$&group=lr&scalars.charts={quote(json.dumps(charts))}"
    page.goto(f"./#/scalars?{query}")
    card = page.get_by_role("article", name="Both")
    expect(card.get_by_role("list", name="Labels").locator("li")).to_have_text(["train/loss", difference])
    place = point(page, "Both")
    expect(page.locator(".bubble")).to_be_visible()
    page.mouse.click(*place)
    expect(page.locator(".bubble tbody tr")).to_have_count(2 * len(RATES))
    [_, *rows] = copied(page)
    assert {label for _, label, *_ in rows} == {"train/loss", difference}
    for title, _, x, average, low, high, n in rows:  # the other label is twice the first
        logged = np.array([VALUES[float(title.removeprefix("lr=")), seed][int(x)] for seed in range(SEEDS)])
        deviation = logged.std(ddof=1)
        assert int(n) == SEEDS
        assert float(average) == pytest.approx(logged.mean(), rel=1e-12)
        assert float(low) == pytest.approx(logged.mean() - deviation, rel=1e-9)
        assert float(high) == pytest.approx(logged.mean() + deviation, rel=1e-9)
    page.keyboard.press("Escape")
    assert serious_violations(page) == []

    # Single experiments instead, as the address then says.
    card.get_by_role("button", name="More of Both").click()
    page.get_by_role("button", name="Single experiments, not groups").click()
    experiments = len(RATES) * SEEDS
    expect(card.get_by_role("application", name=f"Both, {experiments} experiments")).to_be_visible()
    expect(page).to_have_url(re.compile("%22g%22%3A0"))
    page.reload()
    expect(card.get_by_role("application", name=f"Both, {experiments} experiments")).to_be_visible()


def test_groups_are_drawn_once_for_each_move_of_the_smoothing(page: Page) -> None:
    page.goto("./#/scalars?scalars.labels=r:^train/loss$&group=lr&scalars.smoothing=0.5")
    point(page, "train/loss")
    page.mouse.move(0, 0)
    expect(page.locator(".bubble")).to_have_count(0)
    slider = page.get_by_role("slider", name="Smoothing")
    page.evaluate(FRAMES)
    page.evaluate(COUNT_REDRAWS)
    for moves in range(1, 4):
        with page.expect_response("**/api/scalars/aggregates"):
            slider.press("ArrowRight")
        page.wait_for_function("(moves) => window.redraws >= moves", arg=moves)
        page.evaluate(FRAMES)
        assert page.evaluate("window.redraws") == moves


@pytest.mark.expect_browser_errors("400")
def test_an_expression_is_computed_and_a_wrong_one_says_where(page: Page) -> None:
    page.goto("./#/scalars?scalars.labels=r:^epoch$&scalars.smoothing=0")
    page.get_by_role("button", name="Add a chart").click()
    dialog = page.get_by_role("dialog", name="Add a chart")
    field = dialog.get_by_label("Expressions, one a line")
    field.fill('"val/loss" - ')
    refusal = dialog.get_by_role("status").filter(has_text=re.compile(r"\d"))
    expect(refusal).to_be_visible()
    expect(dialog.get_by_role("button", name="Add", exact=True)).to_be_disabled()
    field.fill('"val/loss" - "train/loss"')
    expect(refusal).to_be_hidden()
    dialog.get_by_role("button", name="Add", exact=True).click()
    title = '"val/loss" - "train/loss"'
    card = page.get_by_role("article", name=title)
    expect(card).to_be_visible()
    shown = card.get_by_role("application")
    expect(shown.locator("xpath=ancestor::*[@aria-busy][1]")).to_have_attribute("aria-busy", "false")
    at_rest(shown)
    shown.locator(".u-over").hover()
    expect(page.locator(".bubble")).to_be_visible()
    shown.locator(".u-over").click()
    expect(page.locator(".bubble tbody tr")).to_have_count(len(RATES) * SEEDS)
    [_, *rows] = copied(page)
    for experiment, step, _, value in rows:
        found = re.match(r"lr([\d.]+)-seed(\d+)", experiment)
        assert found
        loss = VALUES[float(found[1]), int(found[2])][int(step)]
        assert float(value) == pytest.approx(loss, rel=1e-12)


def test_any_label_is_an_x_axis_and_nonsense_in_the_address_is_left_out(page: Page) -> None:
    charts = [{"l": ["train/loss"], "o": "epoch"}, {"l": [7], "x": "nowhere"}, 5]
    page.goto(f"./#/scalars?scalars.labels=r:^epoch$&scalars.charts={quote(json.dumps(charts))}")
    expect(page.get_by_role("article", name="train/loss against epoch")).to_be_visible()
    point(page, "train/loss against epoch")
    expect(page.locator(".bubble tbody tr")).to_have_count(len(RATES) * SEEDS)
    expect(page.get_by_text("Your charts")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Remove "))).to_have_count(1)
