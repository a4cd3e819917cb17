"""The Texts page in a browser: what came out, what was expected, and how they differ."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.pages import choose, show_page, write
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


def log(root: Path, experiment: str, actual: str, expected: str | None = None, step: int = 1) -> None:
    """The text `answer`, as the Logger writes it."""
    path = f"{experiment}/{step:04}/answer"
    if expected is None:
        write(root, f"{path}.txt", actual)
    else:
        write(root, f"{path}.json", json.dumps({"texts": {"actual": actual, "expected": expected}}))


def differences(page: Page, left: str = "Expected", right: str = "Actual") -> Locator:
    return page.get_by_role("group", name=f"Differences between {left} and {right}")


def options(page: Page) -> Locator:
    """How texts are shown, open."""
    page.get_by_role("button", name="How texts are shown").click()
    return page.get_by_role("dialog", name="How texts are shown")


def signs(shown: Locator) -> Locator:
    """Of the lines that differ, what stands before them."""
    return shown.locator(".sign:not([data-sign=''])")


def test_actual_expected_and_their_difference_are_shown(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "hello world", expected="hallo world")
    show_page(page, "texts", experiment)
    shown = differences(page)
    expect(shown.locator("del")).to_have_text("hallo")
    expect(shown.locator("ins")).to_have_text("hello")
    expect(page.get_by_text("% alike")).to_be_visible()
    text = page.get_by_role("group", name="answer", exact=True)
    choose(page, "What is shown", "Actual")
    expect(text).to_have_text("hello world")
    choose(page, "What is shown", "Expected")
    expect(text).to_have_text("hallo world")


def test_equal_texts_are_said_to_be_equal(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "the same", expected="the same")
    show_page(page, "texts", experiment)
    entry = page.get_by_role("article", name=f"answer of {experiment}")
    expect(entry.get_by_text("equal", exact=True)).to_be_visible()
    expect(entry.get_by_role("group", name="answer")).to_have_text("the same")


def test_text_without_an_expected_one_is_shown_as_it_is(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "only this")
    show_page(page, "texts", experiment)
    expect(page.get_by_role("group", name="answer", exact=True)).to_have_text("only this")
    expect(page.get_by_text("nothing expected")).to_be_visible()
    choose(page, "What is shown", "Expected")
    expect(page.get_by_text("Nothing was expected")).to_be_visible()


def test_texts_are_compared_by_word_character_and_line(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "the cart sat", expected="the cat sat")
    show_page(page, "texts", experiment)
    shown = differences(page)
    expect(shown.locator("del")).to_have_text("cat")
    expect(shown.locator("ins")).to_have_text("cart")
    options(page)
    choose(page, "Compare by", "Characters")
    expect(shown.locator("ins")).to_have_text("r")
    expect(shown.locator("del")).to_have_count(0)
    choose(page, "Compare by", "Lines")
    expect(shown.locator("del")).to_have_text("the cat sat")
    expect(shown.locator("ins")).to_have_text("the cart sat")


def test_differences_stand_side_by_side_or_inline(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "same\nnew word\n", expected="same\nold word\n")
    show_page(page, "texts", experiment)
    shown = differences(page)
    changed = shown.locator(".row").nth(1)
    expect(changed.locator(".content")).to_have_text(["old word", "new word"])
    expect(signs(changed)).to_have_count(2)
    options(page)
    choose(page, "Layout", "Inline")
    expect(changed.locator(".content")).to_have_text(["oldnew word"])
    expect(signs(changed)).to_have_attribute("data-sign", "±")


def test_only_changes_folds_equal_lines_until_they_are_asked_for(
    page: Page, root: Path, experiment: str
) -> None:
    lines = [f"line {number}" for number in range(1, 51)]
    log(root, experiment, "\n".join([*lines[:24], "changed", *lines[25:]]), expected="\n".join(lines))
    show_page(page, "texts", experiment)
    shown = differences(page)
    expect(shown.locator(".row")).to_have_count(50)
    options(page).get_by_role("switch", name="Only changes").check()
    expect(shown.locator(".row")).to_have_count(5)
    expect(signs(shown)).to_have_count(2)
    page.keyboard.press("Escape")
    folds = shown.get_by_role("button", name="equal lines")
    expect(folds).to_have_text(["22 equal lines", "23 equal lines"])
    folds.first.click()
    expect(shown.locator(".row")).to_have_count(27)
    expect(page).to_have_url(re.compile(r"texts\.changes="))
    page.reload()
    expect(shown.locator(".row")).to_have_count(5)


def test_text_is_compared_with_another_step(page: Page, root: Path, experiment: str) -> None:
    for step, word in ((1, "red"), (2, "green"), (3, "blue")):
        log(root, experiment, f"a {word} car", step=step)
    show_page(page, "texts", experiment)
    page.get_by_role("combobox", name="Compared with").select_option("with another step")
    step_field = page.get_by_role("spinbutton", name="Step")
    expect(step_field).to_have_value("1")  # the first one that there is, once the page knows of it
    step_field.fill("1")
    page.keyboard.press("Enter")
    shown = differences(page, "Step 1", "Step 3")
    expect(shown.locator("del")).to_have_text("red")
    expect(shown.locator("ins")).to_have_text("blue")
    page.get_by_role("button", name="Previous step", exact=True).click()
    expect(differences(page, "Step 1", "Step 2").locator("ins")).to_have_text("green")


def test_text_is_compared_with_another_experiment(page: Page, root: Path, experiment: str) -> None:
    log(root, f"{experiment}-here", "a red car")
    log(root, "elsewhere", "a blue car")
    show_page(page, "texts", experiment)
    page.get_by_role("combobox", name="Compared with").select_option("with another experiment")
    page.get_by_role("combobox", name="Other experiment").select_option("elsewhere")
    shown = differences(page, "elsewhere", f"{experiment}-here")
    expect(shown.locator("del")).to_have_text("blue")
    expect(shown.locator("ins")).to_have_text("red")
    expect(page).to_have_url(re.compile(r"texts\.other-experiment="))
    page.reload()
    expect(shown.locator("ins")).to_have_text("red")


def test_new_text_and_new_step_appear_while_the_page_is_open(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "first")
    show_page(page, "texts", experiment)
    text = page.get_by_role("group", name="answer", exact=True)
    expect(text).to_have_text("first")
    log(root, experiment, "written again")
    expect(text).to_have_text("written again")
    log(root, experiment, "next", step=2)
    expect(text).to_have_text("next")


@pytest.mark.own_tab
def test_page_stays_responsive_while_a_megabyte_is_compared(page: Page, root: Path, experiment: str) -> None:
    # No line is the same, so that all the time there is for a comparison is needed.
    expected, actual = (
        "\n".join(f"{name} {number * factor % 9973} {number}" for number in range(50_000))
        for name, factor in (("expected value", 7919), ("what came out", 104_729))
    )
    assert min(len(expected), len(actual)) > 1_000_000
    log(root, experiment, actual, expected=expected)
    page.add_init_script(
        """let frames = 0;
           new MutationObserver(() => {
             if (window.framesWhileComparing === undefined && document.querySelector(".diff"))
               window.framesWhileComparing = frames;
           }).observe(document, { childList: true, subtree: true });
           (function count() {
             if (document.body?.textContent.includes("Comparing") || document.querySelector("[aria-label=Comparing]"))
               frames += 1;
             requestAnimationFrame(count);
           })();"""
    )
    with page.expect_worker():
        show_page(page, "texts", experiment)
    expect(signs(differences(page)).first).to_be_visible()
    # A page that compares by itself draws one at most, however slow the machine is.
    assert page.evaluate("framesWhileComparing") > 1
    assert page.locator(".line").count() < 200


def test_code_has_line_numbers_and_long_lines_wrap_on_demand(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/train.txt", f"def train():\n    pass\n\nword = '{'long ' * 300}'\n")
    show_page(page, "texts", experiment)
    text = page.get_by_role("group", name="train", exact=True)
    numbers = text.locator(".number")
    expect(numbers).to_have_count(4)
    assert [numbers.nth(at).get_attribute("data-number") for at in range(4)] == ["1", "2", "3", "4"]
    goes_sideways = "(element) => element.scrollWidth > element.clientWidth"
    wait_until(lambda: not text.evaluate(goes_sideways))
    options(page).get_by_role("switch", name="Wrap long lines").uncheck()
    expect(text).not_to_have_class(re.compile(r"\bwrap\b"))
    wait_until(lambda: bool(text.evaluate(goes_sideways)))


def test_large_view_shows_one_text_and_its_steps(page: Page, root: Path, experiment: str) -> None:
    for step in (1, 2):
        log(root, experiment, f"text {step}", step=step)
    show_page(page, "texts", experiment)
    expect(page.get_by_text("text 2")).to_be_visible()
    page.get_by_role("button", name="Large view").click()
    dialog = page.get_by_role("dialog", name="answer")
    expect(dialog.get_by_text("text 2")).to_be_visible()
    dialog.get_by_role("button", name="Previous step").click()
    expect(dialog.get_by_text("text 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.expect_browser_errors("404")
def test_removed_text_disappears(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "going")
    log(root, experiment, "staying", step=2)
    show_page(page, "texts", experiment)
    text = page.get_by_role("group", name="answer", exact=True)
    expect(text).to_have_text("staying")
    (root / experiment / "0002" / "answer.txt").unlink()
    expect(text).to_have_text("going")
