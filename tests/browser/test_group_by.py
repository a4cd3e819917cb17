"""Experiments are grouped in few clicks, from the bar of any page that shows groups."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_rest, copied_by, in_clipboard
from tests.expecting import expect
from tests.serving import wait_until


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("grouped") / "log"
    for number in range(12):
        with Logger(f"resnet-{'ab'[number % 2]}-{number}", log_dir=root) as logger:
            logger.log_config({"lr": (0.1, 0.01, 0.001)[number % 3], "seed": number // 3})
            logger.log_scalar(number / 10, "val/loss", 1)
    return root


def test_the_mean_over_seeds_is_two_clicks_away_and_undone_in_two(page: Page) -> None:
    page.goto("./#/overview?columns=label:val/loss")
    table = page.get_by_role("table", name="Experiments")
    expect(table.get_by_role("row")).to_have_count(13)

    page.get_by_role("button", name="Group by").click()
    panel = page.get_by_role("dialog", name="Group by")
    expect(panel.get_by_role("checkbox", name="lr 3 values")).to_be_visible()
    assert serious_violations(page) == []
    panel.get_by_role("button", name="Everything but the seed").click()
    page.wait_for_url(re.compile(r"[?&]group=lr(&|$)"))
    expect(panel).to_be_hidden()
    expect(table.get_by_text("lr=0.001")).to_be_visible()

    button = page.get_by_role("button", name="By lr")
    button.focus()
    page.keyboard.press("Enter")
    # The focus is inside, and goes back to the button.
    expect(panel.get_by_role("button", name="Everything but the seed")).to_be_focused()
    panel.get_by_role("radio", name="Median").check(force=True)
    panel.get_by_role("combobox", name="Band").select_option("Quartiles")
    panel.get_by_role("checkbox", name="seed 4 values").check()
    expect(page).to_have_url(re.compile(r"group=seed"))
    expect(page).to_have_url(re.compile(r"group\.average=median&group\.band=quartiles"))
    panel.get_by_role("button", name="No grouping").click()
    expect(page.get_by_role("button", name="Group by")).to_be_focused()
    expect(table.get_by_role("row")).to_have_count(13)
    expect(page).not_to_have_url(re.compile("group=lr"))


def test_a_part_of_the_name_groups_and_a_wrong_one_says_where(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("./#/scalars")
    page.get_by_role("button", name="Group by").click()
    panel = page.get_by_role("dialog", name="Group by")
    pattern = panel.get_by_label("Part of the name")
    pattern.fill("resnet-([ab]")
    expect(panel.get_by_text("unclosed group")).to_be_visible()
    expect(panel.locator("mark")).to_have_text("(")
    expect(pattern).to_have_attribute("aria-invalid", "true")
    assert serious_violations(page) == []
    box = at_rest(panel)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    pattern.fill("resnet-([ab])")
    expect(panel.locator("mark")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="By name")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("table", name="Experiments").get_by_text("a", exact=True)).to_be_visible()


def test_a_link_is_copied_and_a_visit_begins_as_the_view_was_left(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("./#/overview?group=lr")
    sidebar = page.get_by_role("complementary", name="Experiments")
    sidebar.get_by_role("switch", name="resnet-a-0", exact=True).click()
    expect(sidebar.get_by_text("11 of 12 shown")).to_be_visible()
    link = copied_by(page, lambda: page.keyboard.press("l"))
    expect(page.get_by_text("Link copied")).to_be_visible()
    assert link == page.url
    assert "group=lr" in link

    page.goto("about:blank")
    page.goto("./")
    expect(sidebar.get_by_text("11 of 12 shown")).to_be_visible()
    expect(page.get_by_role("button", name="By lr")).to_be_visible()
    page.get_by_role("button", name="This folder").click()
    page.get_by_role("button", name="Reset this view").click()
    expect(sidebar.get_by_text("12 of 12 shown")).to_be_visible()
    expect(page.get_by_role("button", name="Group by")).to_be_visible()
    page.get_by_role("button", name="This folder").click()
    page.get_by_role("button", name="Copy a link to this view").click()
    wait_until(lambda: in_clipboard(page).endswith("view=plain"))
    page.reload()
    expect(sidebar.get_by_text("12 of 12 shown")).to_be_visible()
