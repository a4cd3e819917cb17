"""How the Scalars page uses the window: sections, and cards that fill their rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.serving import wait_until

LABELS = (
    "val/loss",
    "val/accuracy",
    "train/loss",
    "train/head/loss",
    "lr",
    "epoch",
    *(f"layers/{number:02d}/norm" for number in range(9)),
    "time/data",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sections") / "log"
    (root / "only").mkdir(parents=True)
    with (root / "only" / "scalars.tsv").open("w") as file:
        file.write(HEADER)
        file.writelines(
            format_line(step, 1e9 + step, label, step / 2) for label in LABELS for step in range(3)
        )
    return root


def card(page: Page, label: str) -> Locator:
    return page.get_by_role("article", name=label, exact=True)


def heads(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("heading", level=2)


def rights(page: Page) -> dict[float, list[float]]:
    """Of all cards there are: where they end, by their tops."""
    rows: dict[float, list[float]] = {}
    ends = "all => all.map(each => each.getBoundingClientRect()).map(({ top, right }) => [top, right])"
    for top, right in page.get_by_role("article").evaluate_all(ends):
        rows.setdefault(round(top), []).append(right)
    return rows


@pytest.mark.parametrize("width", [390, 1440, 2560])
def test_validation_comes_first_and_cards_fill_their_rows(lasting_page: Page, width: int) -> None:
    page = lasting_page
    page.set_viewport_size({"width": width, "height": 2600})
    page.goto("./#/scalars")
    words = ["val", "train", "Ungrouped", "layers"] + ["time"] * (width > 390)
    expect(heads(page)).to_have_text([re.compile(rf"^\s*{word}\b") for word in words])
    expect(card(page, "train/head/loss").get_by_role("heading")).to_have_accessible_name("head/loss")

    def cards_fill_their_rows() -> bool:
        scroller = at_rest(page.get_by_role("group", name="Scalars"))
        right = scroller["x"] + scroller["width"]
        # The last row of a section that fills several may lack a card.
        return all(max(ends) > right - scroller["width"] / 3 - 40 for ends in rights(page).values())

    def is_val_beside_train() -> bool:
        val, train = (at_rest(card(page, label))["y"] for label in ("val/loss", "train/loss"))
        return val == train

    # What was laid out for the width of before is laid out anew.
    wait_until(lambda: is_val_beside_train() == (width == 2560) and cards_fill_their_rows())
    wait_until(lambda: page.evaluate("document.documentElement.scrollWidth") <= width)


def test_sections_are_gone_to_folded_and_opened_and_a_filter_makes_the_page_flat(page: Page) -> None:
    asked: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/scalars/series"):
            asked.append(request.post_data_json or {})

    page.set_viewport_size({"width": 1100, "height": 500})
    page.goto("./#/scalars")
    page.get_by_role("button", name="Sections").click()
    page.get_by_role("button", name="time 1").click()
    expect(card(page, "time/data")).to_be_in_viewport()
    expect(card(page, "val/loss")).to_have_count(0)
    page.get_by_role("button", name="Sections").click()
    page.get_by_role("button", name="Fold all").click()
    expect(page.get_by_role("article")).to_have_count(0)
    page.on("request", note)
    page.reload()
    page.get_by_role("button", name="Sections").click()
    page.get_by_role("button", name="train 2").last.click()
    expect(card(page, "train/loss").get_by_role("application")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    assert {label for request in asked for label in request["labels"]} <= {"train/loss", "train/head/loss"}
    page.get_by_label("Filter labels").fill("loss")
    expect(page.get_by_role("article")).to_have_count(3)
    expect(heads(page)).to_have_count(0)
    expect(card(page, "train/head/loss").get_by_role("heading")).to_have_accessible_name("train/head/loss")


def test_what_is_pinned_stands_first(page: Page) -> None:
    page.goto("./#/scalars")
    card(page, "train/head/loss").get_by_role("button", name="Pin to the top").click()
    expect(heads(page).first).to_contain_text("Pinned")
    expect(page).to_have_url(re.compile("scalars.pins"))
    page.reload()
    expect(page.get_by_role("article").first).to_have_accessible_name("train/head/loss")
    page.get_by_label("Filter labels").fill("loss")
    expect(page.get_by_role("article").first).to_have_accessible_name("train/head/loss")
    page.get_by_label("Filter labels").fill("")
    card(page, "train/head/loss").get_by_role("button", name="Unpin").click()
    expect(heads(page).first).to_contain_text("val")
