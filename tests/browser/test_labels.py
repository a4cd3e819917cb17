"""What labels are: said by scripts and from a chart's menu, used by the table and the charts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.accessibility import violations
from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

SETTINGS = """\
# Written by hand.
labels:
  "*/accuracy":  # of all sets
    goal: max
    unit: "%"
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("labels") / "log"
    for number, name in enumerate(("a", "b", "c")):
        with Logger(name, root) as logger:
            logger.define("tokens", unit="M")
            logger.define("val/*", unit="nats", x="tokens", description="Of the whole set.")
            for step in range(5):
                values = {"val/loss": 3.0 - number, "val/accuracy": 50.0 + number, "tokens": 2.0 * step}
                logger.log_scalars(values, step)
    (root / "lavdlike.yaml").write_text(SETTINGS)
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def names(page: Page) -> list[str]:
    return page.get_by_role("table", name="Experiments").locator("tr.row > th").all_inner_texts()


def test_a_label_is_said_from_a_charts_menu_and_the_table_sorts_by_it(page: Page, root: Path) -> None:
    page.goto("./#/scalars?scalars.labels=t:val")
    card(page, "val/loss").hover()
    card(page, "val/loss").get_by_role("button", name="More of val/loss").click()
    page.get_by_role("button", name="What this label is").click()
    dialog = page.get_by_role("dialog", name="What this label is")
    expect(dialog.get_by_label("Unit")).to_have_attribute("placeholder", "nats")
    serious = [each for each in violations(page, "dialog") if each["impact"] == "critical"]
    assert not serious
    dialog.get_by_label("Label, or a pattern").fill("train/*")
    expect(dialog).to_contain_text("It leaves out val/loss")
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    dialog.get_by_label("Label, or a pattern").fill("*/loss")
    expect(dialog).to_contain_text("Holds for 1 label on this page.")
    dialog.get_by_text("Smaller", exact=True).click()
    dialog.get_by_label("Description").fill("Cross\nentropy.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()

    written = (root / "lavdlike.yaml").read_text()
    assert written.startswith(SETTINGS)  # comments and all
    for line in ('"*/loss":', "goal: min", "description: Cross entropy."):
        assert line.replace('"', "") in written.replace('"', "").replace("'", "")
    about = card(page, "val/loss").get_by_role("button", name="Cross entropy. Smaller is better.")
    expect(about).to_be_visible()

    page.goto("./#/overview?overview.column=last:val/loss&overview.column=max:val/accuracy")
    loss = page.get_by_role("columnheader", name="val/loss last", exact=True)
    expect(loss).to_contain_text("nats")
    loss.get_by_role("button").click()
    expect(loss).to_have_attribute("aria-sort", "ascending")
    wait_until(lambda: names(page) == ["c", "b", "a"])  # values come after names
    expect(page.locator("tr.row").filter(has_text=re.compile(r"Best:\s1"))).to_have_count(1)
    expect(page.locator("tr.row").filter(has_text=re.compile(r"Best:\s52"))).to_have_count(1)
    accuracy = page.get_by_role("columnheader", name="val/accuracy max", exact=True)
    accuracy.get_by_role("button").click()
    expect(accuracy).to_have_attribute("aria-sort", "descending")


def test_what_stands_in_the_file_is_there_at_once_and_before_what_scripts_say(page: Page, root: Path) -> None:
    page.goto("./#/scalars?scalars.labels=t:accuracy")
    info = card(page, "val/accuracy").get_by_role("button", name="Of the whole set.")
    expect(info).to_be_visible()
    before = (root / "lavdlike.yaml").read_text()
    (root / "lavdlike.yaml").write_text(before.replace("goal: max", "goal: max\n    description: By hand."))
    expect(
        card(page, "val/accuracy").get_by_role("button", name="By hand. Larger is better.")
    ).to_be_visible()
    (root / "lavdlike.yaml").write_text(before)
    expect(info).to_be_visible()


def test_a_chart_goes_over_the_label_that_is_its_x_axis(page: Page) -> None:
    page.goto("./#/scalars?scalars.labels=t:loss")
    card(page, "val/loss").hover()
    card(page, "val/loss").get_by_role("button", name="Against tokens").click()
    chart = card(page, "val/loss").get_by_role("application", name="val/loss against tokens, 3 experiments")
    area = chart.locator(".u-over")
    expect(area).to_be_visible()
    expect(card(page, "val/loss").locator("[aria-busy=true]")).to_have_count(0)
    box = at_rest(area)
    page.mouse.move(box["x"] + box["width"] * 0.98, box["y"] + box["height"] * 0.5)
    expect(page.locator(".bubble .focus")).to_contain_text("tokens 8\u00a0M · step 4")
    expect(page.locator(".bubble .value")).to_have_text("2\u00a0nats")


def test_a_definition_that_is_wrong_is_left_out_and_the_others_hold(page: Page, root: Path) -> None:
    before = (root / "lavdlike.yaml").read_text()
    (root / "lavdlike.yaml").write_text(
        "labels:\n  val/loss: {goal: up, unit: furlongs}\n  tokens: {unit: k}\n"
    )
    page.goto("./#/overview?overview.column=last:tokens&overview.column=last:val/loss")
    expect(page.get_by_role("columnheader", name="tokens last", exact=True)).to_contain_text("k")
    expect(page.get_by_role("columnheader", name="val/loss last", exact=True)).to_contain_text("nats")
    (root / "lavdlike.yaml").write_text(before)
