"""Groups of experiments: averaged in the table, compared, coloured; and who has diverged."""

from __future__ import annotations

import math
import re
import statistics
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.expecting import expect
from tests.serving import wait_until

RATES = (0.001, 0.01, 0.1)
SEEDS = range(4)
DIVERGED = "lr0.1-seed3"


def loss(rate: float, seed: int, step: int) -> float:
    if rate == 0.1 and seed == 3 and step == 4:
        return math.nan
    return math.sqrt(rate) + (seed * 7 % 5) / 97 + 1 / (step + 3)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("groups") / "log"
    for rate in RATES:
        for seed in SEEDS:
            config = {"lr": rate, "seed": seed, "epochs": 5}
            with Logger(f"lr{rate}-seed{seed}", root, config=config) as logger:
                for step in range(5):
                    logger.log_scalar(loss(rate, seed, step), "val/loss", step)
    return root


def finals(root: Path, rate: float) -> list[float]:
    """The last values of a group, as its files have them; without those that are not finite."""
    files = [root / f"lr{rate}-seed{seed}" / "scalars.tsv" for seed in SEEDS]
    values = [float(file.read_text().splitlines()[-1].split("\t")[-1]) for file in files]
    return [value for value in values if math.isfinite(value)]


def group_row(page: Page, title: str) -> Locator:
    table = page.get_by_role("table", name="Experiments")
    return table.get_by_role("row").filter(has=page.get_by_role("button", name=f"{title}, n = ", exact=False))


def swatch(row: Locator) -> str:
    return str(row.locator(".swatch").first.evaluate("(swatch) => getComputedStyle(swatch).backgroundColor"))


def test_groups_say_what_python_says(lasting_page: Page, root: Path) -> None:
    page = lasting_page
    page.goto("./#/overview?group=lr&overview.column=last:val/loss")
    for rate in RATES:
        values = finals(root, rate)
        row = group_row(page, f"lr={rate:g}")
        expect(row).to_be_visible()
        cell = row.locator("[title^=mean]").first
        mean, deviation, count = str(cell.get_attribute("title")).split("\n")[:3]
        assert float(mean.removeprefix("mean ")) == pytest.approx(statistics.mean(values), rel=1e-12)
        deviation = deviation.removeprefix("standard deviation: ")
        assert float(deviation) == pytest.approx(statistics.stdev(values), rel=1e-12)
        assert count == f"n = {len(values)}"
        shown = f"{statistics.mean(values):.3f} ± {statistics.stdev(values):.3f}"
        expect(cell).to_have_text(
            shown if len(values) == len(SEEDS) else re.compile(f"{shown}.of {len(values)}")
        )


def test_a_group_is_unfolded_and_stays_so(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/overview?group=lr&overview.sort=last:val/loss")
    table = page.get_by_role("table", name="Experiments")
    fold = table.get_by_role("button", name="lr=0.01, n = 4")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(table.locator("tr.row")).to_have_count(len(RATES))
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(table.locator("tr.row")).to_have_count(len(RATES) + len(SEEDS))
    page.wait_for_url(re.compile("overview.open=lr"))
    # Inside, too, the best is first: seeds 0, 3, 1, 2 have 0, 1, 2 and 4 ninety-sevenths more.
    links = table.locator('tr.row a[href*="lr0.01-"]')
    wait_until(lambda: [text[-1] for text in links.all_inner_texts()] == list("0312"))
    fold.click()
    expect(table.locator("tr.row")).to_have_count(len(RATES))


def test_two_groups_are_compared_in_words_with_interval_and_n(lasting_page: Page, root: Path) -> None:
    page = lasting_page
    page.goto("./#/overview?group=lr&overview.column=last:val/loss")
    page.get_by_role("button", name="Compare groups").click()
    dialog = page.get_by_role("dialog", name="Compare groups")
    dialog.get_by_label("A", exact=True).select_option(label="lr=0.001 (4)")
    dialog.get_by_label("B", exact=True).select_option(label="lr=0.1 (4)")
    said = dialog.get_by_role("status")
    expect(said).to_contain_text("lr=0.001 is better than lr=0.1: val/loss last is lower by")
    expect(said).to_contain_text("n = 4 and 3")
    few, many = finals(root, 0.1), finals(root, 0.001)
    found = re.search(r"Difference (\S+), 95 % interval (\S+) to (\S+) \(Welch\)", said.inner_text())
    assert found
    difference, low, high = (float(text.replace("−", "-")) for text in found.groups())
    expected = statistics.mean(many) - statistics.mean(few)
    assert difference == pytest.approx(expected, rel=1e-3)
    error = math.sqrt(statistics.variance(many) / len(many) + statistics.variance(few) / len(few))
    assert low < difference < high < 0
    # Student's t for 2 to 5 degrees of freedom lies between these.
    assert 2.57 * error < (high - low) / 2 < 4.31 * error
    dialog.get_by_label("B", exact=True).select_option(label="lr=0.001 (4)")
    expect(said).to_contain_text("A and B are the same")
    page.keyboard.press("Escape")


def test_colours_stand_for_groups_while_there_are_any(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/overview?group=lr")
    page.get_by_role("button", name="Colours and names").click()
    page.get_by_role("dialog", name="Colours and names").get_by_role("button", name="Group").click()
    page.keyboard.press("Escape")
    legend = page.get_by_role("region", name="Colours by Group")
    expect(legend.get_by_role("listitem")).to_have_text([re.compile(rf"lr={rate:g}\s*4") for rate in RATES])
    rows = page.locator("#sidebar .row")
    expect(rows).to_have_count(len(RATES) * len(SEEDS))

    def stand_for_groups() -> bool:
        colours = [swatch(row) for row in rows.all()]
        return (
            [len(set(colours[begin : begin + 4])) for begin in (0, 4, 8)] == [1, 1, 1]
            and len(set(colours)) == len(RATES)
            and swatch(group_row(page, "lr=0.01")) in colours
        )

    wait_until(stand_for_groups)
    assert serious_violations(page) == []
    page.goto(page.url.replace("group=lr&", "").replace("&group=lr", ""))
    expect(legend).to_have_count(0)
    expect(page.get_by_role("table", name="Experiments").locator("tr.row")).to_have_count(12)


def test_who_has_diverged_is_marked_wherever_it_is_listed(lasting_page: Page) -> None:
    page = lasting_page
    reason = "Diverged: val/loss is not finite at step 4"
    page.goto("./#/overview")
    expect(page.locator("#sidebar").get_by_text(reason)).to_have_count(1)
    table = page.get_by_role("table", name="Experiments")
    marked = table.get_by_role("row").filter(has_text=reason)
    expect(marked).to_have_count(1)
    expect(marked.get_by_role("checkbox", name=f"Select {DIVERGED}")).to_be_visible()
    page.goto("./#/scalars?scalars.large=val/loss")
    legend = page.get_by_role("dialog").get_by_role("list", name="Experiments")
    expect(legend.get_by_role("listitem").filter(has_text=reason)).to_have_count(1)
    page.keyboard.press("Escape")
