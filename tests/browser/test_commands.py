"""The Commands page in a browser: what was called, and the command that an edit of it leads to."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.pages import copied_by, show_page
from tests.expecting import expect

pytestmark = pytest.mark.one_tab

TITLE = 'it\'s $HOME; `ls` "now" *'


def log(root: Path, experiment: str, *arguments: str) -> None:
    parser = ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--title", default="none")
    parser.add_argument("--epochs", type=int, default=10, help="how long to train")
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--optimiser", choices=["sgd", "adam"], default="sgd")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1])
    parser.add_argument("--range", type=float, nargs=2)
    parser.add_argument("--shuffle", action="store_true")
    parser.add_argument("-v", "--verbose", action="count", default=0)
    with Logger(experiment, root) as logger:
        logger.log_command(parser, parser.parse_args(arguments), script_name="train.py")


def card(page: Page, experiment: str) -> Locator:
    return page.get_by_role("article", name=f"Command of {experiment}", exact=True)


def shows(page: Page, experiment: str, line: str) -> None:
    """The preview is this command."""
    shown = card(page, experiment).get_by_role("group", name="Command line")
    expect(shown).to_have_text(f"python train.py {line}")


def test_defaults_are_left_out_and_words_are_quoted_for_the_shell(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, experiment, "my data", "--title", TITLE, "--epochs", "10", "--sizes", "1")
    show_page(page, "commands", experiment)
    copied = copied_by(page, card(page, experiment).get_by_role("button", name="Copy", exact=True).click)
    expect(page.get_by_text("Copied")).to_be_visible()
    assert shlex.split(copied) == ["python", "train.py", "my data", "--title", TITLE]
    expect(card(page, experiment).get_by_role("group", name="Command line")).to_have_text(copied)


def test_every_type_of_option_is_edited_in_its_way(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "data")
    show_page(page, "commands", experiment)
    shows(page, experiment, "data")
    options = card(page, experiment)
    options.get_by_role("textbox", name="data", exact=True).fill("other data")
    shows(page, experiment, "'other data'")
    options.get_by_role("textbox", name="data", exact=True).fill("d")
    options.get_by_role("textbox", name="epochs").fill("20")
    options.get_by_role("combobox", name="optimiser").select_option("adam")
    options.get_by_role("checkbox", name="shuffle").check()
    options.get_by_role("spinbutton", name="verbose").fill("2")
    shows(page, experiment, "d --epochs 20 --optimiser adam --shuffle --verbose --verbose")


def test_lists_have_as_many_values_as_they_may(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "data", "--range", "0", "1")
    show_page(page, "commands", experiment)
    options = card(page, experiment)
    options.get_by_role("button", name="Add a value to sizes").click()
    options.get_by_role("textbox", name="sizes, 2").fill("5")
    shows(page, experiment, "data --sizes 1 5 --range 0 1")
    options.get_by_role("textbox", name="range, 2").fill("3")
    shows(page, experiment, "data --sizes 1 5 --range 0 3")
    expect(options.get_by_role("textbox", name="range,")).to_have_count(2)
    expect(options.get_by_role("button", name="Add a value to range")).to_have_count(0)


def test_value_of_a_wrong_type_is_marked(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "data")
    show_page(page, "commands", experiment)
    epochs = card(page, experiment).get_by_role("textbox", name="epochs")
    epochs.fill("ten")
    expect(epochs).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("ten is not a whole number")).to_be_visible()
    epochs.fill("11")
    expect(epochs).to_have_attribute("aria-invalid", "false")


def test_edits_survive_a_reload_and_are_reset(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "data", "--epochs", "3")
    show_page(page, "commands", experiment)
    options = card(page, experiment)
    options.get_by_role("textbox", name="epochs").fill("4")
    options.get_by_role("textbox", name="rate").fill("0.5")
    shows(page, experiment, "data --epochs 4 --rate 0.5")
    page.wait_for_url("**commands.edits=*0.5*")
    page.reload()
    shows(page, experiment, "data --epochs 4 --rate 0.5")
    options.get_by_role("button", name="Back to 3", exact=True).click()
    shows(page, experiment, "data --epochs 3 --rate 0.5")
    options.get_by_role("button", name="Reset 1 change").click()
    shows(page, experiment, "data --epochs 3")


def test_command_is_compared_with_that_of_another_experiment(page: Page, root: Path, experiment: str) -> None:
    log(root, f"{experiment}-a", "data", "--epochs", "3", "--shuffle")
    log(root, f"{experiment}-b", "data", "--epochs", "5", "--shuffle")
    show_page(page, "commands", experiment)
    page.get_by_role("combobox", name="Compare with").select_option(f"{experiment}-b")
    compared = card(page, f"{experiment}-a")
    expect(compared.get_by_text("1 difference")).to_be_visible()
    row = compared.get_by_role("row", name="--epochs")
    expect(row.get_by_role("cell").nth(1)).to_have_text("5")
    page.get_by_role("switch", name="Only differences").check()
    expect(compared.locator("tbody").get_by_role("row")).to_have_count(1)
    compared.get_by_role("textbox", name="epochs").fill("5")
    expect(compared.get_by_text("same command")).to_be_visible()
    expect(compared.get_by_text("All arguments are the same.")).to_be_visible()


def test_command_appears_and_changes_while_the_page_is_open(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "first")
    show_page(page, "commands", experiment)
    shows(page, experiment, "first")
    log(root, experiment, "second")
    shows(page, experiment, "second")
