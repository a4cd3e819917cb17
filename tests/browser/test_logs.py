"""The Logs page in a browser, on logs that grow, are cut and are long."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.pages import at_rest, copied_by, show_page, write
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


def numbered(start: int, end: int) -> str:
    return "".join(f"line {number}\n" for number in range(start, end))


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def log_of(page: Page, experiment: str, label: str = "run") -> Locator:
    """What scrolls, with its lines."""
    return page.get_by_role("group", name=f"{label} of {experiment}", exact=True)


def row(log: Locator, message: str) -> Locator:
    return log.locator(".row").filter(has=log.page.get_by_text(message, exact=True))


def in_sight(log: Locator, message: str) -> None:
    expect(row(log, message)).to_be_in_viewport()


def option(page: Page, name: str) -> Locator:
    page.get_by_role("button", name="How logs are shown").click()
    return page.get_by_role("switch", name=name, exact=True)


def search(page: Page, text: str) -> Locator:
    """Type what is searched for; where the count of its places is said."""
    page.get_by_label("Search in the logs").fill(text)
    return page.get_by_role("article").get_by_role("status").filter(has_text=re.compile(r"match| of \d"))


# --- growth -----------------------------------------------------------------------------------------------------------


def test_end_is_followed_while_the_log_grows(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", numbered(0, 500))
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "line 499")
    append(path, numbered(500, 520))
    in_sight(log, "line 519")
    append(path, numbered(520, 521))
    in_sight(log, "line 520")
    expect(row(log, "line 0")).to_have_count(0)


def test_what_a_logger_prints_appears(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as logger:
        logger.println("first")
        logger.flush()
        show_page(page, "logs", experiment)
        page.get_by_role("tab", name="stdout").click()
        log = log_of(page, experiment, "stdout")
        in_sight(log, "first")
        logger.println("second")
        logger.flush()
        in_sight(log, "second")


def test_paused_log_stays_where_it_is_until_it_is_followed_again(
    page: Page, root: Path, experiment: str
) -> None:
    path = write(root, f"{experiment}/run.log", numbered(0, 500))
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "line 499")
    page.get_by_role("button", name="Follow the end").click()
    expect(page).to_have_url(re.compile(r"logs\.at="))
    place = at_rest(row(log, "line 490"))
    append(path, numbered(500, 600))
    new = page.get_by_role("button", name=re.compile("new$"))
    expect(new).to_have_text("900 B new")
    assert at_rest(row(log, "line 490")) == place
    new.click()
    in_sight(log, "line 599")
    expect(page.get_by_role("button", name="Follow the end")).to_have_attribute("aria-pressed", "true")


def test_scrolling_up_pauses_and_reload_keeps_the_place(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", numbered(0, 5000))
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "line 4999")
    log.hover()
    page.mouse.wheel(0, -600)
    follow = page.get_by_role("button", name="Follow the end")
    expect(follow).to_have_attribute("aria-pressed", "false")
    first = """(log) => {
        const top = log.getBoundingClientRect().top + 1;
        const rows = [...log.querySelectorAll(".row")];
        return rows.find((row) => row.getBoundingClientRect().bottom > top).dataset.offset;
      }"""
    expect(page).to_have_url(re.compile(r"logs\.at="))
    at_rest(log.locator(".row").first)
    offset = log.evaluate(first)
    append(path, numbered(5000, 5100))
    expect(page.get_by_role("button", name=re.compile("new$"))).to_be_visible()
    assert log.evaluate(first) == offset
    page.reload()
    expect(log.locator(f".row[data-offset='{offset}']")).to_be_in_viewport()
    follow.click()
    in_sight(log, "line 5099")


def test_log_that_was_cut_is_shown_anew(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", numbered(0, 300))
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "line 299")
    path.write_text("begun again\n")
    in_sight(log, "begun again")
    expect(log.locator(".row")).to_have_count(1)
    append(path, "and on\n")
    in_sight(log, "and on")


def test_last_line_without_an_end_is_completed_in_place(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", "whole\nbeg")
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "whole")
    append(path, "un\n")
    in_sight(log, "begun")
    expect(log.locator(".row")).to_have_count(2)


def test_million_lines_are_gone_through_with_few_rows(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/run.log", numbered(0, 1_000_000))
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "line 999999")
    page.keyboard.press("Home")
    in_sight(log, "line 0")
    expect(row(log, "line 0").locator(".number")).to_have_attribute("data-text", "1")
    log.evaluate("(log) => (log.scrollTop = log.scrollHeight / 2)")
    expect(log.locator(".row", has_text=re.compile(r"line [45]\d{5}")).nth(50)).to_be_attached()
    assert log.locator(".row").count() <= 1000
    page.keyboard.press("End")
    in_sight(log, "line 999999")


# --- search and tags --------------------------------------------------------------------------------------------------


def test_search_counts_and_goes_to_the_next_and_the_previous_place(
    page: Page, root: Path, experiment: str
) -> None:
    lines = "".join(f"line {number}{' needle' * (number % 1000 == 7)}\n" for number in range(3000))
    path = write(root, f"{experiment}/run.log", lines)
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "line 2999")
    count = search(page, "needle")
    expect(count).to_have_text("3 of 3")  # as it is typed, to the nearest
    expect(log.locator(".found")).to_have_text("line 2007 needle")
    expect(log.locator(".found mark")).to_be_in_viewport()
    expect(log.get_by_text("line 2005", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Next match").click()  # it goes on from the beginning
    expect(count).to_have_text("1 of 3")
    expect(log.locator(".found")).to_have_text("line 7 needle")
    expect(log.locator(".found mark")).to_be_in_viewport()
    page.get_by_label("Search in the logs").press("Enter")
    expect(log.locator(".found")).to_have_text("line 1007 needle")
    expect(log.locator(".found")).to_be_in_viewport()
    page.get_by_role("button", name="Previous match").click()
    expect(count).to_have_text("1 of 3")
    page.get_by_role("button", name="Previous match").click()
    expect(log.locator(".found")).to_have_text("line 2007 needle")
    append(path, "one more needle\n")
    expect(count).to_have_text("3 of 4")


def test_search_takes_regular_expressions_and_keeps_the_last_valid_one(
    page: Page, root: Path, experiment: str
) -> None:
    write(root, f"{experiment}/run.log", "loss 0.5\nloss nan\nLoss 12\n")
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "loss nan")
    page.get_by_role("search").get_by_role("button", name="Regular expression").click()
    count = search(page, r"loss \d+")
    expect(count).to_have_text("1 of 2")  # case does not count without capital letters
    expect(log.locator("mark")).to_have_text(["loss 0", "Loss 12"])
    field = page.get_by_label("Search in the logs")
    field.fill(r"loss (\d+")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(count).to_have_text("1 of 2")
    field.fill(r"loss (?=\d)")  # an expression here, none for the server
    expect(page.get_by_role("search").get_by_text("look-around")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(count).to_have_text("1 of 2")
    field.fill(r"Loss \d+")
    expect(count).to_have_text("1 of 1")
    field.press("Escape")
    expect(count).to_have_count(0)


def test_only_records_of_chosen_tags_are_shown(page: Page, root: Path, experiment: str) -> None:
    with Logger(experiment, root) as experiment_log:
        for number in range(3):
            experiment_log.log("TRAIN", f"batch {number}")
            experiment_log.log("VALID", f"score {number}")
        experiment_log.flush()
        show_page(page, "logs", experiment)
        log = log_of(page, experiment, "events")
        in_sight(log, "score 2")
        page.get_by_role("button", name="Tags", exact=True).click()
        page.get_by_role("switch", name="TRAIN", exact=True).check()
        expect(log.locator(".message")).to_have_text(["batch 0", "batch 1", "batch 2"])
        experiment_log.log("VALID", "score 3")
        experiment_log.log("TRAIN", "batch 3")
        experiment_log.flush()
        expect(log.locator(".message")).to_have_text(["batch 0", "batch 1", "batch 2", "batch 3"])
        page.get_by_role("button", name="All lines").click()
        expect(row(log, "score 3")).to_be_visible()


# --- rows -------------------------------------------------------------------------------------------------------------


def test_columns_are_there_only_when_used(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/plain.log", "nothing but a message\n")
    write(root, f"{experiment}/records.log", "2026-03-01 09:30:00+00:00\tSTART\tnow\n")
    write(root, f"{experiment}/times.log", "2026-03-01 09:30:00+00:00\tnow\n")
    show_page(page, "logs", experiment)
    for label, columns in (
        ("plain", {"time": 0, "offset": 0, "tag": 0}),
        ("records", {"time": 1, "offset": 1, "tag": 1}),
        ("times", {"time": 1, "offset": 1, "tag": 0}),
    ):
        page.get_by_role("tab", name=label).click()
        shown = log_of(page, experiment, label).locator(".row")
        expect(shown).to_have_count(1)
        for column, count in columns.items():
            expect(shown.locator(f".{column}")).to_have_count(count)
    line = log_of(page, experiment, "times").locator(".row")
    option(page, "Times").uncheck()
    expect(line.locator(".time")).to_have_count(0)
    page.get_by_role("switch", name="Time since the first line").uncheck()
    expect(line.locator(".offset")).to_have_count(0)


def test_time_since_the_first_line_may_be_negative(page: Page, root: Path, experiment: str) -> None:
    write(
        root,
        f"{experiment}/run.log",
        "2026-03-01 09:30:00+00:00\tA\tfirst\n2026-03-01 09:31:02.5+00:00\tA\tlater\n"
        "2026-03-01 09:29:59.5+00:00\tA\tclock set back\n",
    )
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    for message, offset in (("first", "+0.000"), ("later", "+1:02.500"), ("clock set back", "−0.500")):
        expect(row(log, message).locator(".offset")).to_have_attribute("data-text", offset)


def test_colours_of_terminals_are_shown_and_their_codes_are_not(
    page: Page, root: Path, experiment: str
) -> None:
    write(root, f"{experiment}/run.log", "plain \x1b[1;31mbad\x1b[0m \x1b[32mgood\x1b[m end\n")
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    expect(log.locator(".message")).to_have_text("plain bad good end")
    colour, weight = (f"(element) => getComputedStyle(element).{name}" for name in ("color", "fontWeight"))
    bad, good = (log.get_by_text(word, exact=True) for word in ("bad", "good"))
    plain = log.locator(".message").evaluate(colour)
    assert len({plain, bad.evaluate(colour), good.evaluate(colour)}) == 3
    assert bad.evaluate(weight) == "700"


def test_links_of_terminals_are_links_only_to_the_web(page: Page, root: Path, experiment: str) -> None:
    def link(address: str, text: str) -> str:
        return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"

    write(
        root,
        f"{experiment}/run.log",
        f"\x1b]0;title\x07see {link('https://example.com/', 'report')} or {link('javascript:alert(1)', 'this')}\n",
    )
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    expect(log.locator(".message")).to_have_text("see report or this")
    expect(log.get_by_role("link")).to_have_text("report")
    expect(log.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer nofollow")


def test_progress_bar_is_shown_as_it_is_now(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", "\r  0%|    |\r 50%|##  |")
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    expect(log.locator(".message")).to_have_text("50%|##  |")
    append(path, "\r100%|####|\ndone\n")
    expect(log.locator(".message")).to_have_text(["100%|####|", "done"])


def test_long_lines_wrap_on_demand(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/run.log", f"begin {'word ' * 500}\nshort\n")
    show_page(page, "logs", experiment)
    log = log_of(page, experiment)
    in_sight(log, "short")
    goes_sideways = "(log) => log.scrollWidth > log.clientWidth"
    wait_until(lambda: bool(log.evaluate(goes_sideways)))
    option(page, "Wrap long lines").check()
    expect(log).to_have_class(re.compile(r"\bwrap\b"))
    wait_until(lambda: not log.evaluate(goes_sideways))


def test_log_is_copied_without_colours_and_downloaded_as_it_is(
    page: Page, root: Path, experiment: str
) -> None:
    text = "one\n\x1b[31mtwo\x1b[0m\n"
    write(root, f"{experiment}/run.log", text)
    show_page(page, "logs", experiment)
    in_sight(log_of(page, experiment), "two")
    assert copied_by(page, page.get_by_role("button", name="Copy the log").click) == "one\ntwo\n"
    expect(page.get_by_text("Copied the log")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the log").click()
    assert download.value.suggested_filename == "run.log"
    assert download.value.path().read_text() == text


def test_logs_of_several_experiments_stand_side_by_side(page: Page, root: Path, experiment: str) -> None:
    for name in ("a", "b"):
        write(root, f"{experiment}-{name}/run.log", f"of {name}\n")
    show_page(page, "logs", experiment)
    in_sight(log_of(page, f"{experiment}-a"), "of a")
    in_sight(log_of(page, f"{experiment}-b"), "of b")


def test_logs_of_an_experiment_are_tabs_that_the_address_remembers(
    page: Page, root: Path, experiment: str
) -> None:
    for label in ("events", "stdout", "worker"):
        write(root, f"{experiment}/{label}.log", f"of {label}\n")
    for step in (1, 2):
        write(root, f"{experiment}/{step:04}/evaluation.log", f"of step {step}\n")
    show_page(page, "logs", experiment)
    expect(page.get_by_role("tab")).to_have_text(["events", "stdout", "evaluation", "worker"])
    in_sight(log_of(page, experiment, "events"), "of events")
    page.get_by_role("tab", name="events").focus()
    page.keyboard.press("ArrowRight")
    in_sight(log_of(page, experiment, "stdout"), "of stdout")
    expect(page.get_by_role("tab", name="stdout")).to_be_focused()
    page.keyboard.press("ArrowRight")
    in_sight(log_of(page, experiment, "evaluation"), "of step 2")
    page.get_by_role("button", name="Previous step of evaluation").click()
    in_sight(log_of(page, experiment, "evaluation"), "of step 1")
    expect(page).to_have_url(re.compile(r"logs\.own="))
    page.reload()
    in_sight(log_of(page, experiment, "evaluation"), "of step 1")


def test_empty_log_says_so_until_something_is_written(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", "")
    show_page(page, "logs", experiment)
    expect(page.get_by_text("This log is empty")).to_be_visible()
    append(path, "now\n")
    in_sight(log_of(page, experiment), "now")


@pytest.mark.expect_browser_errors("404")
def test_removed_log_disappears(page: Page, root: Path, experiment: str) -> None:
    path = write(root, f"{experiment}/run.log", "going\n")
    write(root, f"{experiment}/other.log", "staying\n")
    show_page(page, "logs", experiment)
    page.get_by_role("tab", name="run").click()
    in_sight(log_of(page, experiment), "going")
    path.unlink()
    in_sight(log_of(page, experiment, "other"), "staying")
