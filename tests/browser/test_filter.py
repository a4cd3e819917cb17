"""The filter of experiments: what it decides, and where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.expecting import expect


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("filtered") / "log"
    for number in range(12):
        rate = (0.1, 0.01, 0.001)[number % 3]
        with Logger(f"sweep-{number}", log_dir=root) as logger:
            logger.log_config({"lr": rate, "seed": number // 3})
            logger.log_scalar(rate, "val/loss", 1)
    return root


def test_runs_with_a_setting_are_chosen_by_one_typing_on_every_page(page: Page) -> None:
    page.goto("./")
    sidebar = page.get_by_role("complementary", name="Experiments")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "api/filter" in request.url else None)
    expect(sidebar.get_by_text("12 of 12 shown")).to_be_visible()
    assert asked == []

    field = sidebar.get_by_label("Filter experiments")
    field.fill("lr=0.01")
    expect(sidebar.get_by_text("4 of 12 shown")).to_be_visible()
    page.wait_for_url(re.compile(r"q=lr%3D0\.01"))
    page.get_by_role("link", name="Scalars").click()
    expect(page.get_by_role("heading", level=1, name="Scalars")).to_be_visible()
    expect(sidebar.get_by_text("4 of 12 shown")).to_be_visible()

    field.fill("lr=0.01 seed<")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(sidebar.get_by_text("a value is missing")).to_be_visible()
    expect(sidebar.get_by_text("4 of 12 shown")).to_be_visible()
    assert serious_violations(page) == []
    field.fill("min(val/loss)<0.05 seed<2")
    expect(sidebar.get_by_text("4 of 12 shown")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "false")
    page.reload()
    expect(sidebar.get_by_role("switch", name="sweep-5", exact=True)).to_be_visible()
    expect(sidebar.get_by_text("4 of 12 shown")).to_be_visible()


def test_below_900_pixels_the_sidebar_is_a_drawer(page: Page) -> None:
    page.set_viewport_size({"width": 720, "height": 450})
    page.goto("./")
    sidebar = page.get_by_role("complementary", name="Experiments")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    expect(sidebar).to_have_count(0)
    page.keyboard.press("b")
    expect(sidebar).to_be_visible()
    page.keyboard.press("Escape")
    expect(sidebar).to_have_count(0)
