"""The Rollouts page in a browser: the lowest reward and two answers compared in three clicks at most, many lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.accessibility import serious_violations
from tests.browser.pages import show_page
from tests.expecting import expect
from tests.limits import LIMIT_S

pytestmark = pytest.mark.one_tab

# Nine seconds of one core, on one that others share.
_READING_LIMIT_S = 4 * LIMIT_S
HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def entry(page: Page, experiment: str) -> Locator:
    return page.get_by_role("article", name=f"math of {experiment}", exact=True)


def rows(page: Page, experiment: str) -> Locator:
    return entry(page, experiment).locator("tbody tr.row")


def log(root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        for step in range(3):
            rollouts = []
            for number in range(20):
                code = f"```python\nprint({number} + {number})\n```"
                call = {"function": {"name": "add", "arguments": json.dumps({"a": number, "b": number})}}
                rollouts.append(
                    {
                        "messages": [
                            {"role": "user", "content": f"What is {number} + {number}?"},
                            {"role": "assistant", "content": f"I call it. {HOSTILE}", "tool_calls": [call]},
                            {"role": "tool", "content": str(2 * number), "name": "add"},
                            {"role": "assistant", "content": f"{code}\nIt is {2 * number + (step == 1)}."},
                        ],
                        "reward": number / 20 + step if (number, step) != (7, 1) else -3.5,
                        "metrics": {"length": number},
                    }
                )
            logger.log_rollouts(rollouts, "math", step)


def test_lowest_reward_is_found_and_two_answers_are_compared(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment)
    show_page(page, "rollouts", experiment)
    shown = entry(page, experiment)
    expect(shown).to_contain_text("60 rollouts")
    head = shown.get_by_role("button", name="reward")
    head.click()
    head.click()
    expect(rows(page, experiment).first).to_contain_text("−3.5")
    rows(page, experiment).first.get_by_role("button").first.click()  # the third click
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("step 1 · reward −3.5")
    expect(dialog.get_by_role("region", name="tool")).to_contain_text("14")
    expect(dialog.locator("pre", has_text="print(7 + 7)")).to_be_visible()
    expect(dialog.locator(".called", has_text="add")).to_be_visible()
    expect(dialog).to_contain_text(HOSTILE)
    assert serious_violations(page) == []

    same = dialog.get_by_role("complementary").get_by_role("listitem")
    expect(same).to_have_count(3)
    same.first.get_by_role("button").click()  # one more compares
    expect(dialog.locator("del").first).to_have_text("14")
    expect(dialog.locator("ins").first).to_have_text("15")
    assert serious_violations(page) == []
    dialog.get_by_role("button", name="Conversation").click()
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("step 0 · reward 0")
    expect(dialog).to_contain_text("2 of 60")
    page.keyboard.press("k")
    expect(dialog).to_contain_text("1 of 60")
    page.reload()
    expect(page.get_by_role("dialog")).to_contain_text("step 1 · reward −3.5")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("window.hacked") is None


def test_rollouts_are_searched_filtered_and_live(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment)
    show_page(page, "rollouts", experiment)
    shown = entry(page, experiment)
    search = shown.get_by_role("textbox", name="Search the rollouts")
    search.fill("print(3 + 3)")
    expect(shown).to_contain_text("3 of 60 rollouts")
    shown.get_by_role("button", name="Regular expression").click()
    search.fill(r"is (36|38)\.$")
    expect(shown).to_contain_text("4 of 60 rollouts")
    search.fill(r"(?!x)")
    expect(shown.get_by_role("status").filter(has_text="look-around")).to_be_visible()
    shown.get_by_role("button", name="Clear").click()
    shown.get_by_role("button", name="Numbers").click()
    page.get_by_role("textbox", name="Least reward").fill("2.5")
    page.keyboard.press("Enter")
    expect(shown).to_contain_text("10 of 60 rollouts")
    page.keyboard.press("Escape")
    expect(shown).to_contain_text("reward ≥ 2.5")
    shown.get_by_role("button", name="Remove reward ≥ 2.5").click()
    shown.get_by_role("combobox", name="Who has the last word").select_option("tool")
    expect(shown).to_contain_text("No rollout fits")
    shown.get_by_role("combobox", name="Who has the last word").select_option("")
    with Logger(experiment, root) as logger:
        logger.log_rollouts([{"prompt": "new", "completion": "one", "reward": 99}], "math", 2)
    expect(shown).to_contain_text("61 rollouts")


@pytest.mark.slow
def test_a_million_lines_are_reached_by_asking_for_those_in_sight(
    page: Page, root: Path, experiment: str
) -> None:
    count = 1_000_000
    path = root / experiment / "math.jsonl"
    path.parent.mkdir()
    with path.open("w") as file:
        file.writelines(
            f'{{"prompt":"question {number}","completion":"a","reward":{number}}}\n'
            for number in range(count)
        )
        file.write("{broken\n")
    show_page(page, "rollouts", experiment)
    shown = entry(page, experiment)
    expect(shown.get_by_role("button", name="question 0", exact=True)).to_be_visible()
    expect(shown).to_contain_text("1,000,000 rollouts", timeout=_READING_LIMIT_S * 1000)
    expect(shown).to_contain_text(re.compile(r"not a rollout .*line 1000001"))
    scroller = shown.get_by_role("group", name="Rollouts of math")
    scroller.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(shown.get_by_role("button", name=f"question {count - 1}", exact=True)).to_be_visible()
    assert rows(page, experiment).count() < 60
    shown.get_by_role("button", name="reward").click()
    scroller.evaluate("element => element.scrollTo(0, 0)")
    expect(rows(page, experiment).first).to_contain_text(f"question {count - 1}")
