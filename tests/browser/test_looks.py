"""Thirty experiments of a sweep are told apart: names, colours, lines that are pointed at, legends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.serving import wait_until
from tools import make_sweep

FIRST = "resnet50-imagenet100-lr0.0001-adamw-bs256-seed0-cosine-warmup500"
SHORT = "lr0.0001-adamw-bs256-seed0"
# Pixels that the overlay has painted, the most frequent colour of those that are no grey first.
RAISED = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue, alpha] = data.slice(at, at + 4);
        if (alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40)
            counts.set(`rgb(${red}, ${green}, ${blue})`, 1 + (counts.get(`rgb(${red}, ${green}, ${blue})`) ?? 0));
    }
    return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "none";
}"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root") / "sweep"
    make_sweep.make(folder)
    return folder


def rows(page: Page) -> Locator:
    return page.locator("#sidebar").get_by_role("switch")


def names(page: Page) -> Locator:
    return page.locator("#sidebar").get_by_role("link", name="Page of")


def row(page: Page, name: str) -> Locator:
    return page.locator("#sidebar").get_by_role("switch", name=name, exact=True)


def colour_of_first(page: Page) -> str:
    swatch = rows(page).first.locator("i")
    return str(swatch.evaluate("each => getComputedStyle(each).backgroundColor"))


def chart(page: Page, label: str) -> Locator:
    return page.get_by_role("application", name=f"{label}, ")


def overlay(page: Page, label: str) -> Locator:
    return chart(page, label).locator("canvas.emphasis")


def test_names_in_a_sweep_are_told_apart(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/scalars")
    expect(names(page).first).to_have_text(SHORT)
    expect(row(page, FIRST)).to_be_visible()  # whole for screen readers
    texts = names(page).all_inner_texts()
    assert len(texts) == len(set(texts)) > 20
    cut = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
    wait_until(lambda: names(page).locator(".start").evaluate_all(cut) == 0)
    names(page).first.hover()
    expect(page.locator(".tooltip")).to_have_text(FIRST)


def test_pointing_at_a_row_raises_its_line_in_all_charts(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/scalars?filter=t:lr0.0001&scalars.labels=t:accuracy")
    page.get_by_role("heading", level=1).hover()
    expect(rows(page)).to_have_count(6)  # others have other colours
    for label in ("train/accuracy", "val/accuracy"):
        expect(chart(page, label).locator("canvas")).to_have_count(1)
    rows(page).first.hover()
    for label in ("train/accuracy", "val/accuracy"):
        expect(overlay(page, label)).to_be_attached()
        wait_until(lambda label=label: overlay(page, label).evaluate(RAISED) == colour_of_first(page))  # type: ignore[misc]
    page.get_by_role("heading", level=1).hover()
    expect(page.locator("canvas.emphasis")).to_have_count(0)
    rows(page).first.focus()
    page.keyboard.press("ArrowDown")
    expect(overlay(page, "val/accuracy")).to_be_attached()
    page.locator("main").focus()
    expect(page.locator("canvas.emphasis")).to_have_count(0)


def test_legend_hides_by_a_click_and_leaves_one_alone_by_a_double_click(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/scalars?filter=t:lr0.0001&scalars.large=val/accuracy")
    entries = page.get_by_role("dialog").get_by_role("list", name="Experiments").get_by_role("switch")
    expect(entries).to_have_count(6)
    on = page.get_by_role("dialog").get_by_role("switch", checked=True)
    entries.first.click()
    expect(on).to_have_count(5)
    entries.nth(2).dblclick()
    expect(on).to_have_count(1)
    expect(entries).to_have_count(6)
    entries.nth(2).dblclick()
    expect(on).to_have_count(5)  # what was there before, without the one that had been hidden
    entries.first.focus()
    page.keyboard.press("Space")
    expect(on).to_have_count(6)
    page.keyboard.press("Enter")
    expect(on).to_have_count(1)
    page.keyboard.press("Enter")
    expect(on).to_have_count(6)
    entries.first.hover()
    expect(page.get_by_role("dialog").locator("canvas.emphasis")).to_be_attached()
    page.keyboard.press("Escape")


def test_colours_stand_for_a_setting_and_settings_for_names(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/scalars?scalars.labels=t:val/accuracy")
    page.get_by_role("button", name="Colours and names").click()
    page.get_by_role("group", name="Colour by").get_by_role("button", name="lr", exact=True).click()
    for name in ("lr", "seed"):
        page.get_by_role("group", name="Called by").get_by_role("button", name=name, exact=True).click()
    expect(names(page).first).to_have_text("lr=0.0001 seed=0")
    expect(page).to_have_url(re.compile("colour=config.lr&names=lr&names=seed"))
    page.keyboard.press("Escape")
    legend = page.get_by_role("region", name="Colours by lr")
    expect(legend.get_by_role("listitem")).to_have_text(
        [re.compile(f"{lr:g}\\s*6") for lr in make_sweep.LEARNING_RATES]
    )
    swatches = rows(page).locator("i")

    def stand_for_rates() -> bool:
        colours = swatches.evaluate_all("all => all.map(each => getComputedStyle(each).backgroundColor)")
        return len(set(colours[:6])) == 1 and len(set(colours)) > 3

    wait_until(stand_for_rates)
    legend.get_by_role("listitem").last.hover()
    expect(overlay(page, "val/accuracy")).to_be_attached()
    legend.get_by_role("button", name="Default colours").click()
    expect(legend).to_have_count(0)


def test_sidebar_is_widened_by_its_edge_and_stays_so(lasting_page: Page) -> None:
    page = lasting_page
    page.goto("./#/overview")
    edge = page.get_by_role("separator", name="Width of the sidebar")
    edge.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#sidebar")).to_have_css("width", "320px")
    page.reload()
    expect(page.locator("#sidebar")).to_have_css("width", "320px")
    box = at_rest(edge)
    page.mouse.move(box["x"] + 4, 400)
    page.mouse.down()
    page.mouse.move(420, 400, steps=3)
    page.mouse.up()
    expect(page.locator("#sidebar")).to_have_css("width", "420px")
    edge.dblclick()
    expect(page.locator("#sidebar")).to_have_css("width", "272px")
