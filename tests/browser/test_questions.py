"""What people ask of a sweep, from the page as it opens: each answer in three clicks at most."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike.kinds.scalars import parse_line
from lavdlike.layout import SCALARS_FILE
from tests.browser.pages import at_most_clicks
from tests.expecting import expect
from tools import make_sweep

TRIALS = make_sweep.trials()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("questions") / "sweep"
    make_sweep.make(root)
    return root


def opened(page: Page) -> None:
    """As a first visit finds it."""
    page.goto("./#/?view=plain")
    expect(page.get_by_text("30 of 30 shown")).to_be_visible()
    expect(page.get_by_role("table", name="Experiments").get_by_role("row")).not_to_have_count(0)


def last_loss(root: Path, trial: make_sweep.Trial) -> float:
    lines = (root / trial.name / SCALARS_FILE).read_bytes().splitlines()
    points = [parse_line(line) for line in lines if b"\tval/loss\t" in line]
    return float(points[-1].value)  # type: ignore[union-attr]


def test_the_lowest_final_loss_and_its_learning_rate(page: Page, root: Path) -> None:
    opened(page)
    table = page.get_by_role("table", name="Experiments")
    best = min(TRIALS, key=lambda trial: last_loss(root, trial))
    with at_most_clicks(page, 1):
        table.get_by_role("columnheader").filter(has_text="val/loss").get_by_role("button").first.click()
        first = table.get_by_role("row").filter(has=page.get_by_role("link")).first
        expect(first).to_contain_text(f"lr{best.lr:g}-{best.optimizer}-bs{best.batch_size}-seed{best.seed}")
    expect(first).to_contain_text(f"{last_loss(root, best):.4g}")
    expect(first.get_by_role("cell", name=f"{best.lr:g}", exact=True)).to_be_in_viewport()


def test_all_runs_with_a_learning_rate_in_all_pages(page: Page) -> None:
    opened(page)
    count = sum(trial.lr == 0.01 for trial in TRIALS)
    with at_most_clicks(page, 3):
        page.get_by_role("button", name="Filter by").click()
        panel = page.get_by_role("dialog", name="Filter by")
        panel.get_by_role("region", name="lr").get_by_role("checkbox", name=f"0.01 {count}").click()
        expect(page.get_by_text(f"{count} of 30 shown")).to_be_visible()
        page.get_by_role("link", name="Scalars").click()
    expect(page.get_by_role("application", name=f"val/loss, {count} experiments")).to_be_visible()
    expect(page.get_by_label("Filter experiments")).to_have_value("lr=0.01")


def test_the_mean_over_seeds(page: Page) -> None:
    opened(page)
    with at_most_clicks(page, 3):
        page.get_by_role("link", name="Scalars").click()
        page.get_by_role("button", name="Group by").click()
        page.get_by_role("button", name="Everything but the seed").click()
    # Five rates, of two optimizers each, which have a batch size of their own.
    expect(page.get_by_role("application", name="val/loss, 10 groups")).to_be_visible()
    expect(page.get_by_role("list", name="Groups").locator("li").first).to_contain_text("3")


def test_loss_and_validation_loss_in_one_chart(page: Page) -> None:
    opened(page)
    with at_most_clicks(page, 3):
        page.get_by_role("link", name="Scalars").click()
        page.get_by_role("button", name="Add a chart").click()
        page.get_by_role("group", name="Labels that go together").get_by_role("button").first.click()
    card = page.get_by_role("article", name="train/loss, val/loss")
    expect(card.get_by_role("application")).to_be_visible()


def test_what_differs_between_two(page: Page) -> None:
    opened(page)
    rows = page.get_by_role("table", name="Experiments").get_by_role("row")
    with at_most_clicks(page, 3):
        rows.filter(has_text="lr0.0001-adamw-bs256-seed0").get_by_role("checkbox").click()
        rows.filter(has_text="lr0.0003-adamw-bs256-seed0").get_by_role("checkbox").click()
        page.get_by_role("button", name="Compare", exact=True).or_(
            page.get_by_role("link", name="Compare", exact=True)
        ).click()
    expect(page.get_by_role("heading", level=1, name="Compare")).to_be_visible()
    settings = page.get_by_role("table", name="Config")
    expect(settings.get_by_role("cell")).to_have_text(["0.0001", "0.0003"])
    expect(settings.get_by_role("row")).to_have_count(1)
