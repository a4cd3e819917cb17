"""One step for all pages: pictures, texts, charts and the table are looked at as of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser import pictures
from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_rest, write
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("step") / "log"
    for step in (10, 20, 30):
        pictures.log(root, "run", "bird", step)
        for label in ("answer", "title"):
            write(root, f"run/{step:04}/{label}.txt", f"{label} at {step}")
    lines = "".join(format_line(step, 1e9 + step, "loss", 2.0 - step / 100) for step in range(101))
    write(root, "run/scalars.tsv", HEADER + lines)
    return root


def go_to(page: Page, title: str) -> None:
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_a_step_that_is_chosen_on_one_page_holds_on_all(page: Page) -> None:
    page.goto("./#/texts")
    expect(page.get_by_text("answer at 30")).to_be_visible()
    page.get_by_role("textbox", name="Step number", exact=True).fill("10")
    page.keyboard.press("Enter")
    expect(page.get_by_text("answer at 10")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]step=10(&|$)"))

    go_to(page, "Images")
    pictures.shown(page, "bird, run, step 10")

    go_to(page, "Scalars")
    line = page.locator("[data-step]")
    expect(line).to_have_attribute("data-step", "10")
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    at = at_rest(line)
    page.mouse.move(at["x"], at["y"] + at["height"] - 6)  # the handle at its foot
    page.mouse.down()
    page.mouse.move(at["x"] + 60, at["y"] + at["height"] - 6, steps=3)
    page.mouse.up()
    expect(line).not_to_have_attribute("data-step", "10")
    wait_until(lambda: re.search(rf"[?&]step={line.get_attribute('data-step')}(&|$)", page.url) is not None)

    go_to(page, "Overview")
    of_all = page.get_by_role("textbox", name="Step of all pages")
    of_all.fill("40")
    of_all.press("Enter")
    expect(page.get_by_role("columnheader", name="loss at 40")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("run")).get_by_text("1.6", exact=True)).to_be_visible()
    assert serious_violations(page) == []
    page.get_by_role("button", name="Latest step again, on all pages").click()
    expect(page.get_by_role("columnheader", name="loss last")).to_be_visible()
    expect(of_all).to_have_count(0)
    expect(page).not_to_have_url(re.compile("step="))


def test_a_click_in_a_chart_looks_at_its_step(page: Page) -> None:
    page.goto("./#/scalars")
    chart = page.get_by_role("application", name="loss")
    expect(chart).to_be_visible()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    at_rest(chart)
    chart.locator(".u-over").hover()
    expect(page.locator(".bubble")).to_be_visible()
    chart.locator(".u-over").click()
    page.get_by_role("button", name="Look at this step").click()
    expect(page.locator("[data-step]")).to_be_visible()
    step = int(page.locator("[data-step]").get_attribute("data-step") or "")
    assert 40 <= step <= 60
    expect(page).to_have_url(re.compile(rf"[?&]step={step}(&|$)"))
    expect(page.get_by_role("textbox", name="Step of all pages")).to_have_value(str(step))


def test_labels_that_deviate_stay_until_all_are_set_back_at_once(page: Page) -> None:
    page.goto("./#/texts")
    page.get_by_role("button", name="Previous step of answer").click()
    page.get_by_role("button", name="Previous step of title").click()
    expect(page.get_by_text("title at 20")).to_be_visible()
    page.get_by_role("textbox", name="Step number", exact=True).fill("10")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"[?&]step=10(&|$)"))
    expect(page.get_by_text("answer at 20")).to_be_visible()
    back = page.get_by_role("button", name="Set all back (2)")
    back.click()
    expect(page.get_by_text("answer at 10")).to_be_visible()
    expect(page.get_by_text("title at 10")).to_be_visible()
    expect(back).to_have_count(0)
    expect(page).not_to_have_url(re.compile(r"texts\.own"))


def test_an_address_of_before_says_the_step_of_its_page(page: Page) -> None:
    page.goto("./#/texts?texts.step=20")
    expect(page.get_by_text("answer at 20")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]step=20(&|$)"))
    expect(page).not_to_have_url(re.compile(r"texts\.step"))
    go_to(page, "Images")
    pictures.shown(page, "bird, run, step 20")
