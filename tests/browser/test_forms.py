"""Forms in a browser: what is filled in reaches the script, and what it answers is shown."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from lavdlike.event_lines import Event
from tests.browser.pages import show_page
from tests.expecting import expect
from tests.limits import LIMIT_S

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forms") / "log"


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def test_a_form_is_filled_in_and_the_script_answers(page: Page, root: Path, experiment: str) -> None:
    heard: queue.Queue[Event] = queue.Queue()
    fields: list[dict[str, Any]] = [
        {"type": "text", "name": "note", "value": ""},
        {"type": "number", "name": "rate", "value": 0.1, "minimum": 0},
        {"type": "checkbox", "name": "mixed", "value": True},
        {"type": "select", "name": "optimizer", "value": "adam", "choices": ["adam", "sgd"]},
        {"type": "slider", "name": "dropout", "value": 0.2, "minimum": 0, "maximum": 1, "increment": 0.1},
        {"type": "button", "name": "stop", "value": "Stop now"},
    ]
    with Logger(experiment, root) as logger:
        logger.log_form(fields, "settings")
        logger.on_event(heard.put, "settings")
        show_page(page, "forms", experiment)
        form = page.get_by_role("form")
        form.get_by_label("note").fill("a < b")
        form.get_by_label("note").press("Tab")
        form.get_by_label("rate").fill("-1")  # below its minimum: not told
        form.get_by_label("rate").press("Enter")
        expect(form.get_by_label("rate")).to_have_value("0.1")
        form.get_by_label("rate").fill("0.25")
        form.get_by_label("rate").press("Enter")
        form.get_by_role("switch", name="mixed").click()
        form.get_by_label("optimizer").select_option("sgd")
        form.get_by_role("slider", name="dropout").press("ArrowRight")
        form.get_by_role("button", name="Stop now").click()
        events = [heard.get(timeout=LIMIT_S) for _ in range(6)]
        assert [(each.type, each.field, each.value) for each in events] == [
            ("changed", "note", "a < b"),
            ("changed", "rate", 0.25),
            ("changed", "mixed", False),
            ("changed", "optimizer", "sgd"),
            ("changed", "dropout", 0.3),
            ("pressed", "stop", None),
        ]
        logger.log_form([{**fields[1], "value": 0.5}], "settings")
        expect(form.get_by_label("rate")).to_have_value("0.5")
        expect(form.get_by_role("button")).to_have_count(0)
    entry = page.get_by_role("article", name=f"settings of {experiment}")
    expect(entry).to_contain_text("The script does not run")
