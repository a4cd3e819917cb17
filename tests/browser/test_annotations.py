"""What people write to steps, ranges and points of charts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike import Logger
from tests.browser.accessibility import violations
from tests.browser.pages import at_rest
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

HEADER = "id\tstep\tend_step\tlabel\tauthor\ttime\ttext\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("annotations") / "log"
    for name in ("first", "second"):
        with Logger(name, root) as logger:
            steps = list(range(101))
            logger.log_scalar([1.0 - step / 100 for step in steps], "train/loss", steps)
            logger.log_scalar([step / 100 for step in steps], "train/accuracy", steps)
            for step in range(0, 101, 20):
                logger.log_histogram([0.0, step / 10, 10.0], "weights", step, bins=4)
    return root


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


@pytest.fixture(autouse=True)
def no_annotations(root: Path) -> None:
    for file in root.glob("*/annotations.tsv"):
        file.unlink()


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def loaded(page: Page, title: str) -> None:
    """Wait until the chart has values to point at."""
    expect(card(page, title).get_by_role("application")).to_be_visible()
    expect(card(page, title).locator("[aria-busy=true]")).to_have_count(0)


def flags(page: Page, title: str) -> Locator:
    return card(page, title).locator(".flags button")


def fields(file: Path) -> list[list[str]]:
    """The lines of an annotations.tsv without their ids and times."""
    lines = [line.split("\t") for line in file.read_text().splitlines()[1:]]
    return [[*line[1:5], line[6]] for line in lines]


def test_a_step_is_annotated_changed_and_removed_by_keyboard(page: Page, root: Path) -> None:
    file = root / "first/annotations.tsv"
    page.goto("./#/scalars?filter=t:first")
    loaded(page, "train/loss")
    card(page, "train/loss").get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".bubble")).to_be_visible()  # there are values to point at
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Annotate")
    step = dialog.get_by_label("Step", exact=True).input_value()
    serious = [each for each in violations(page, "dialog") if each["impact"] == "critical"]
    assert not serious
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.type("Rate halved.\nBy hand.")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    assert [[*line[:2], line[4]] for line in fields(file)] == [[step, "", "Rate halved.\\nBy hand."]]
    for title in ("train/loss", "train/accuracy"):  # all charts of the run
        expect(flags(page, title)).to_have_count(1)
        expect(flags(page, title)).to_have_accessible_name(
            re.compile(rf"Rate halved\..*first.*step {step}", re.DOTALL)
        )

    flags(page, "train/accuracy").press("Enter")
    page.get_by_role("dialog", name="1 annotation").get_by_role("button", name="Edit").press("Enter")
    dialog = page.get_by_role("dialog", name="Annotation", exact=True)
    dialog.get_by_label("Text").fill("Rate halved.")
    dialog.get_by_label("To step").fill("99")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert [[*line[:2], line[4]] for line in fields(file)] == [[step, "99", "Rate halved."]]
    expect(card(page, "train/loss").locator(".flags .band")).to_have_count(1)

    card(page, "train/loss").hover()
    card(page, "train/loss").get_by_role("button", name="More of train/loss").click()
    page.get_by_role("button", name="Annotations").click()
    page.get_by_role("button", name="Edit").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(flags(page, "train/loss")).to_have_count(0)
    assert not file.exists()


def test_a_point_and_a_range_are_annotated_with_the_pointer(page: Page, root: Path) -> None:
    page.goto("./#/scalars?filter=t:first")
    loaded(page, "train/loss")
    area = card(page, "train/loss").locator(".u-over")
    box = at_rest(area)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    expect(page.locator(".bubble")).to_be_visible()
    page.mouse.click(x, y)
    page.locator(".bubble").get_by_role("button", name="Annotate").click()
    dialog = page.get_by_role("dialog", name="Annotate")
    step = dialog.get_by_label("Step", exact=True).input_value()
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.type("Odd.")
    dialog.get_by_role("button", name="Save").click()
    expect(card(page, "train/loss").locator(".flags .dot")).to_have_count(1)
    expect(flags(page, "train/accuracy")).to_have_count(1)
    expect(card(page, "train/accuracy").locator(".flags .dot")).to_have_count(0)

    box = at_rest(area)
    page.mouse.move(box["x"] + box["width"] * 0.25, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, y, steps=4)
    page.mouse.up()
    card(page, "train/loss").get_by_role("button", name="Annotate the range shown").click()
    first, last = (
        dialog.get_by_label(name).input_value() for name in (re.compile("^Step"), re.compile("^To step"))
    )
    assert 20 < int(first) < int(step) < int(last) < 80
    expect(dialog.get_by_label("Text")).to_be_focused()
    page.keyboard.type("A range.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert [[*line[:3], line[4]] for line in fields(root / "first/annotations.tsv")] == [
        [step, "", "train/loss", "Odd."],
        [first, last, "", "A range."],
    ]


def test_what_is_written_by_hand_is_there_at_once_on_every_axis(page: Page, root: Path) -> None:
    page.goto("./#/scalars?scalars.labels=t:loss")
    expect(card(page, "train/loss").get_by_role("application")).to_be_visible()
    (root / "first/annotations.tsv").write_text(f"{HEADER}1\t30\t\t\tann\t1700000000\tFirst\\nline\n")
    (root / "second/annotations.tsv").write_text(f"{HEADER}1\t30\t\t\tbob\t1700000000\tThe same place\n")
    expect(flags(page, "train/loss")).to_have_text(["2"])  # they would cover each other
    expect(flags(page, "train/loss")).to_have_accessible_name(
        re.compile(r"First\s+line.*ann.*The same place.*bob", re.DOTALL)
    )
    with (root / "first/annotations.tsv").open("a") as file:
        file.write("2\t80\t90\t\tann\t1700000000\tA range\n")
    expect(flags(page, "train/loss")).to_have_text(["2", "A"])
    page.get_by_text("Relative", exact=True).click()
    # All points were logged at one time.
    expect(flags(page, "train/loss")).to_have_text(["3"])


@pytest.mark.expect_browser_errors("409")  # unless the page has heard of it before
def test_two_who_change_the_same_are_told(page: Page, root: Path) -> None:
    file = root / "first/annotations.tsv"
    file.write_text(f"{HEADER}1\t30\t\t\tann\t1700000000\tMine\n")
    page.goto("./#/scalars?scalars.labels=t:loss")
    expect(flags(page, "train/loss")).to_have_accessible_name(
        re.compile("Mine")
    )  # and not what was there before
    flags(page, "train/loss").click()
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Annotation", exact=True)
    file.write_text(f"{HEADER}1\t30\t\t\tbob\t1700000001\tTheirs\n")
    dialog.get_by_label("Text").fill("Mine again")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Theirs")
    assert fields(file)[0][4] == "Theirs"
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    wait_until(lambda: fields(file)[0][4] == "Mine again")


def test_histograms_pairs_and_saved_pictures_show_what_was_written(page: Page, root: Path) -> None:
    (root / "first/annotations.tsv").write_text(
        f"{HEADER}1\t30\t60\t\tann\t1700000000\tThe rate was halved\n"
        "2\t80\t\t\tbob\t1700000000\tOdd\n"
        "3\t400\t\t\tbob\t1700000000\tToo late\n"
    )
    entry = page.get_by_role("article", name="weights of first", exact=True)
    for form in ("heatmap", "bands"):
        page.goto(f"./#/histograms?filter=t:first&histograms.form={form}")
        expect(entry.locator(".flags button")).to_have_text(["A", "B"])
        expect(entry.locator(".flags .band")).to_have_count(1)
        expect(entry).to_contain_text("1 annotation at other steps")
    entry.locator(".flags button").first.click()
    listed = page.get_by_role("dialog", name="1 annotation")
    expect(listed).to_contain_text("The rate was halved")
    expect(listed.get_by_role("button", name="Edit")).to_be_visible()
    page.keyboard.press("Escape")

    (root / "first/annotations.tsv").write_text(
        f"{HEADER}1\t30\t60\t\tann\t1700000000\tThe rate was halved\n2\t80\t\t\tbob\t1700000000\tOdd\n"
    )
    page.goto('./#/scalars?filter=t:first&scalars.pairs=[["train/loss","train/accuracy"]]')
    pair = card(page, "train/accuracy against train/loss")
    band, area = pair.locator(".flags .band"), pair.locator(".u-over")
    expect(pair.locator(".flags button")).to_have_text(["B", "A"])
    # Losses of 0.7 to 0.4, where the axis goes from 0 to 1.
    wait_until(lambda: 0.25 < at_rest(band)["width"] / at_rest(area)["width"] < 0.35)

    pair.hover()
    pair.get_by_role("button", name="More of train/accuracy against train/loss").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download SVG").click()
    picture = saved.value.path().read_text()
    assert re.search(r">1  Odd · bob · .* · first · step 80<", picture)
    assert re.search(r">2  The rate was halved · ann · .* · first · steps 30 to 60<", picture)
