"""What helps with the filter: facets with counts, completion while typing, help."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request

from tests.browser.accessibility import serious_violations
from tests.expecting import expect

pytestmark = pytest.mark.one_tab

COUNT = 300


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("facets") / "log"
    for number in range(COUNT):
        folder = root / f"run-{number}"
        folder.mkdir(parents=True)
        config = {"opt": ("adamw", "lion", "sgd")[number % 3], "seed": number, "lr": (0.1, 0.01)[number % 2]}
        (folder / "experiment.json").write_text(json.dumps({"format": 1, "config": config}))
    return root


@pytest.fixture
def sidebar(page: Page) -> Locator:
    page.goto("./#/files")
    sidebar = page.get_by_role("complementary", name="Experiments")
    expect(sidebar.get_by_text("300 of 300 shown")).to_be_visible()
    expect(sidebar.get_by_role("button", name="Filter by")).to_be_visible()
    return sidebar


def test_marks_of_facets_are_terms_and_keep_the_other_values(page: Page, sidebar: Locator) -> None:
    field = sidebar.get_by_label("Filter experiments")
    sidebar.get_by_role("button", name="Filter by").click()
    panel = page.get_by_role("dialog", name="Filter by")
    opt = panel.get_by_role("region", name="opt")
    opt.get_by_role("checkbox", name="lion 100").check()
    expect(field).to_have_value("opt=lion")
    expect(sidebar.get_by_text("100 of 300 shown")).to_be_visible()
    opt.get_by_role("checkbox", name="adamw 100").check()
    expect(field).to_have_value("opt=lion,adamw")
    expect(sidebar.get_by_text("200 of 300 shown")).to_be_visible()

    rates = panel.get_by_role("region", name="lr")
    rates.get_by_role("checkbox", name="0.01 100").check()
    expect(opt.get_by_role("checkbox", name="sgd 50")).to_be_visible()
    opt.get_by_role("checkbox", name="lion 50").uncheck()
    expect(field).to_have_value("opt=adamw lr=0.01")
    expect(sidebar.get_by_text("50 of 300 shown")).to_be_visible()

    page.get_by_label("seed to").fill("99")
    page.get_by_label("seed to").press("Enter")
    expect(field).to_have_value("opt=adamw lr=0.01 seed<=99")
    expect(sidebar.get_by_text("17 of 300 shown")).to_be_visible()
    page.get_by_label("seed to").fill("many")
    page.get_by_label("seed to").press("Enter")
    expect(panel.get_by_text("“many” is no number")).to_be_visible()
    page.wait_for_url(re.compile(r"q=opt%3Dadamw"))
    assert serious_violations(page) == []
    panel.get_by_role("button", name="Clear the filter").click()
    expect(field).to_have_value("")


def test_a_word_is_completed_by_keyboard_and_enter_alone_only_filters(page: Page, sidebar: Locator) -> None:
    field = sidebar.get_by_label("Filter experiments")
    field.press_sequentially("op")
    options = page.get_by_role("listbox", name="What could follow").get_by_role("option")
    expect(options.first).to_contain_text("opt")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(field).to_have_value("opt=")
    expect(options).to_contain_text(["adamw", "lion", "sgd"])
    field.press_sequentially("li")
    expect(options.first).to_contain_text("lion")
    field.press("ArrowDown")
    field.press("Tab")
    expect(field).to_have_value("opt=lion")
    expect(field).to_be_focused()
    expect(sidebar.get_by_text("100 of 300 shown")).to_be_visible()

    field.press_sequentially(" se")
    expect(options.first).to_contain_text("seed")
    assert serious_violations(page) == []
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("opt=lion se")
    field.press_sequentially("e")
    expect(options.first).to_contain_text("seed")
    field.press("Enter")
    expect(options).to_have_count(0)
    expect(field).to_have_value("opt=lion see")
    field.press("Escape")
    expect(field).to_have_value("")


def test_a_word_typed_fast_is_one_question_and_help_writes_one(page: Page, sidebar: Locator) -> None:
    field = sidebar.get_by_label("Filter experiments")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "api/filter" in request.url else None)
    with page.expect_response(lambda response: "api/filter" in response.url):
        field.focus()
        # All keys within one task: no pause of a slow machine comes between them.
        page.evaluate("for (const letter of 'run-29') document.execCommand('insertText', false, letter)")
        expect(sidebar.get_by_text("11 of 300 shown")).to_be_visible()
    bodies = [request.post_data_json or {} for request in asked]
    filters = [body["filter"] for body in bodies if "facets" not in body]
    assert filters == ["run-29"]

    field.fill("lr=")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(sidebar.get_by_role("listitem")).to_have_count(11)
    sidebar.get_by_role("button", name="How filters are written").click()
    page.get_by_role("dialog").get_by_role("button", name="opt=").click()
    expect(field).to_have_value(re.compile("^opt="))
    expect(field).to_be_focused()
    expect(sidebar.get_by_text("100 of 300 shown")).to_be_visible()
    field.fill("")
