"""Boards in the page: made, arranged and edited there and in an editor, seen everywhere at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser.accessibility import serious_violations
from tests.browser.pages import at_rest, write
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

BOARD = "detector.board.yaml"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("boards") / "log"
    fill(root)
    return root


def fill(root: Path) -> None:
    for run in ("one", "two"):
        lines = "".join(format_line(step, 1e9 + step, "loss", 2.0 - step / 100) for step in range(101))
        write(root, f"{run}/scalars.tsv", HEADER + lines + lines.replace("loss", "val/loss"))
        write(root, f"{run}/0010/answer.txt", f"what {run} said")


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def menu(page: Page, name: str, entry: str) -> None:
    panel(page, name).get_by_role("button", name=f"More of {name}", exact=True).click()
    page.get_by_role("button", name=entry, exact=True).click()


def test_a_board_is_made_and_arranged_in_the_page(page: Page, root: Path) -> None:
    file = root / BOARD
    page.goto("./#/board")
    expect(page.get_by_text("No boards yet")).to_be_visible()
    assert serious_violations(page) == []

    page.goto("./#/scalars")
    menu(page, "val/loss", "Add to board")
    page.get_by_role("textbox", name="On a new board").fill("detector")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("button", name="Show the board").click()
    expect(panel(page, "val/loss").get_by_role("application")).to_be_visible()
    assert "chart: [val/loss]" in file.read_text() or "- val/loss" in file.read_text()

    page.get_by_role("button", name="Panel", exact=True).click()
    page.get_by_role("combobox", name="It shows").select_option("texts")
    page.get_by_role("group", name="Labels that there are").get_by_text("answer").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(panel(page, "answer").get_by_text("what two said")).to_be_visible()

    # By pointer: the chart goes to the right of the texts, which make no room where none is needed.
    head = panel(page, "val/loss").locator("header").first
    at = at_rest(head)
    page.mouse.move(at["x"] + 60, at["y"] + 10)
    page.mouse.down()
    page.mouse.move(at["x"] + 400, at["y"] + 400, steps=4)
    page.mouse.move(at["x"] + 400, at["y"] + 500, steps=2)
    page.mouse.up()
    wait_until(lambda: file.read_text().count("at:") == 2)
    moved = at_rest(head)
    assert moved["x"] > at["x"] + 200
    assert moved["y"] > at["y"] + 300

    # By keyboard: arrows resize.
    before = at_rest(panel(page, "answer"))
    page.get_by_role("button", name="Place of answer").focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    wait_until(lambda: "3, 5]" in re.sub(r"\s*\n\s*- (?=\d)", ", ", file.read_text()) + "]")
    after = at_rest(panel(page, "answer"))
    assert after["width"] < before["width"]
    assert after["height"] > before["height"]

    page.reload()
    expect(panel(page, "answer").get_by_text("what one said")).to_be_visible()
    assert at_rest(panel(page, "answer")) == after
    assert serious_violations(page) == []


def test_form_file_editor_and_a_second_browser_say_the_same(page: Page, root: Path) -> None:
    file = root / "shared.board.yaml"
    file.write_text("# by hand\ntitle: Shared\npanels:\n  - chart: loss  # the first\n")
    page.goto("./#/board?board.name=.root/shared.board.yaml")
    other = page.context.new_page()
    other.goto(page.url)
    expect(panel(other, "loss")).to_be_visible()

    menu(page, "loss", "Edit")
    drawer = page.get_by_role("region", name="Edit loss")
    drawer.get_by_role("textbox", name="Title", exact=True).fill("Loss of all")
    expect(panel(page, "Loss of all")).to_be_visible()
    expect(panel(other, "Loss of all")).to_be_visible()
    assert "# by hand" in file.read_text()
    assert "# the first" in file.read_text()

    text = page.get_by_role("textbox", name="The board's file, YAML")
    expect(text).to_have_value(file.read_text())
    good = file.read_text()
    text.fill(good + "  - chart: [\n")
    expect(page.get_by_role("button", name=re.compile(r"^Line \d"))).to_be_visible()
    expect(panel(page, "Loss of all")).to_be_visible()
    assert file.read_text() == good  # what is no board is not written
    text.fill(good + "  - text: What we learnt\n")
    expect(other.get_by_text("What we learnt")).to_be_visible()
    expect(page.get_by_role("article", name="What we learnt")).to_be_visible()

    # An editor is not asked: its file is broken for a moment, and the board stays as it was.
    file.write_text(good + "  - chart: {\n")
    expect(other.get_by_role("alert").get_by_text("The board is shown as it was before")).to_be_visible()
    expect(panel(other, "Loss of all")).to_be_visible()
    file.write_text(good.replace("Loss of all", "By vim"))
    expect(panel(other, "By vim")).to_be_visible()
    expect(other.get_by_role("alert")).to_have_count(0)
    expect(panel(page, "By vim")).to_be_visible()

    menu(page, "By vim", "Remove from the board")
    expect(panel(other, "By vim")).to_have_count(0)
    page.locator("main").click(position={"x": 300, "y": 300})
    page.keyboard.press("Control+z")
    expect(panel(other, "By vim")).to_be_visible()
    other.close()


def test_panels_are_moved_between_sections_resized_packed_and_duplicated(page: Page, root: Path) -> None:
    file = root / "sections.board.yaml"
    file.write_text(
        "# by hand\nsections: [First, Second]\npanels:\n"
        "  - {chart: loss, section: First, at: [0, 2, 6, 3]}\n"
        "  - {chart: val/loss, section: Second, at: [0, 0, 6, 3]}  # stays\n"
    )
    page.goto("./#/board?board.name=.root/sections.board.yaml")
    expect(panel(page, "val/loss").get_by_role("application")).to_be_visible()

    # By pointer from the first section beside the panel of the second one.
    head = at_rest(panel(page, "loss").locator("header").first)
    other = at_rest(panel(page, "val/loss"))
    drag(page, head["x"] + 40, head["y"] + 10, other["x"] + other["width"] + 60, other["y"] + 12)
    wait_until(lambda: "{chart: loss, section: Second, at: [6, 0, 6, 3]}" in file.read_text())
    assert at_rest(panel(page, "loss"))["y"] == at_rest(panel(page, "val/loss"))["y"]
    assert "# by hand" in file.read_text()
    assert "at: [0, 0, 6, 3]}  # stays" in file.read_text()

    # By keyboard back into the first one, which is empty.
    page.get_by_role("button", name="Place of loss", exact=True).focus()
    page.keyboard.press("PageUp")
    wait_until(lambda: "{chart: loss, section: First, at: [0, 0, 6, 3]}" in file.read_text())

    # Its corner is dragged by two columns and a row, which the panel follows at once.
    before = at_rest(panel(page, "loss"))
    right, bottom = before["x"] + before["width"] - 8, before["y"] + before["height"] - 8
    drag(page, right, bottom, right + before["width"] / 3, bottom + 72)
    wait_until(lambda: "at: [0, 0, 8, 4]" in file.read_text())
    assert at_rest(panel(page, "loss"))["height"] == pytest.approx(before["height"] + 72)

    menu(page, "loss", "Duplicate")
    wait_until(lambda: file.read_text().count("section: First") == 2)
    file.write_text(re.sub(r"section: First, at: \[0, 0", "section: First, at: [0, 5", file.read_text()))
    page.get_by_role("button", name="Repack").click()
    wait_until(lambda: "section: First, at: [0, 5" not in file.read_text())
    page.get_by_role("button", name="Place of val/loss", exact=True).focus()
    page.keyboard.press("Control+z")
    wait_until(lambda: "section: First, at: [0, 5" in file.read_text())
    assert serious_violations(page) == []

    # On a phone all stand in one column, and nothing is wider than it.
    page.set_viewport_size({"width": 390, "height": 800})
    articles = page.locator("main article")
    expect(articles).to_have_count(3)
    boxes = [at_rest(articles.nth(number)) for number in range(3)]
    assert len({box["x"] for box in boxes}) == len({box["width"] for box in boxes}) == 1
    assert boxes[0]["width"] > 340
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def drag(page: Page, x: float, y: float, to_x: float, to_y: float) -> None:
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to_x) / 2, (y + to_y) / 2, steps=3)
    page.mouse.move(to_x, to_y, steps=3)
    page.mouse.up()


@pytest.mark.expect_browser_errors("404")
def test_a_board_is_renamed_duplicated_and_removed_and_each_is_taken_back(page: Page, root: Path) -> None:
    text = "# ours\npanels:\n  - chart: loss\n"
    (root / "early.board.yaml").write_text(text)
    page.goto("./#/board?board.name=.root/early.board.yaml")

    def on_the_board(entry: str, name: str = "") -> None:
        page.get_by_role("button", name="More of boards").click()
        page.get_by_role("button", name=entry, exact=True).click()
        if name:
            field = page.get_by_role("dialog").get_by_role("textbox")
            field.fill(name)
            field.press("Enter")

    def names() -> set[str]:
        found = {each.name.removesuffix(".board.yaml") for each in root.glob("*.board.yaml")}
        return found & {"early", "late & long", "copy"}

    on_the_board("Rename", "late & long")
    wait_until(lambda: names() == {"late & long"})
    assert (root / "late & long.board.yaml").read_text() == text
    expect(page.get_by_role("navigation", name="Boards").get_by_text("late & long")).to_be_visible()
    on_the_board("Duplicate", "copy")
    wait_until(lambda: names() == {"late & long", "copy"})
    on_the_board("Remove the board")
    wait_until(lambda: names() == {"late & long"})
    expect(page).to_have_url(re.compile(r"board\.name=(&|$)"))
    page.locator("body").click(position={"x": 5, "y": 400})
    for there in ({"late & long", "copy"}, {"late & long"}, {"early"}):
        page.keyboard.press("Control+z")
        wait_until(lambda there=there: names() == there)  # type: ignore[misc]
    assert (root / "early.board.yaml").read_text() == text
    expect(page.get_by_role("navigation", name="Boards").get_by_text("early")).to_be_visible()


@pytest.mark.expect_browser_errors("409")
def test_who_writes_over_another_state_is_asked_and_earlier_states_come_back(page: Page, root: Path) -> None:
    file = root / "two.board.yaml"
    first = "title: First\npanels: []\n"
    file.write_text(first)
    page.goto("./#/board?board.name=.root/two.board.yaml")
    page.get_by_role("button", name="Edit the board").click()
    text = page.get_by_role("textbox", name="The board's file, YAML")
    expect(text).to_have_value(first)
    text.fill("title: [\n")
    expect(page.get_by_role("button", name=re.compile(r"^Line \d"))).to_be_visible()
    file.write_text("title: Theirs\npanels: []\n")
    expect(page.get_by_role("navigation", name="Boards").get_by_text("Theirs")).to_be_visible()
    text.fill("title: Mine\npanels: []\n")
    expect(page.get_by_text("Somebody else has changed the file meanwhile.")).to_be_visible()
    assert "Theirs" in file.read_text()
    page.get_by_role("button", name="Write mine over it").click()
    wait_until(lambda: "Mine" in file.read_text())

    page.get_by_role("button", name="More of boards").click()
    page.get_by_role("button", name="Earlier states").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("title: Theirs")).to_be_visible()
    dialog.get_by_role("button", name="Put this back").click()
    wait_until(lambda: "Theirs" in file.read_text())


def test_where_nothing_may_be_edited_a_board_stands_in_the_address(
    page: Page, start_server: Callable[..., Running], tmp_path: Path
) -> None:
    fill(tmp_path / "log")
    running = start_server(tmp_path / "log", "--no-token")
    page.goto(f"{running.url}#/board")
    page.get_by_role("button", name="Arrange one in the address").click()
    page.get_by_role("button", name="Add a panel").click()
    page.get_by_role("group", name="Labels that there are").get_by_text("val/loss").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(panel(page, "val/loss")).to_be_visible()
    page.reload()
    expect(panel(page, "val/loss").get_by_role("application")).to_be_visible()

    # Its file is that in the address.
    page.get_by_role("button", name="Edit the board").click()
    text = page.get_by_role("textbox", name="The board's file, YAML")
    expect(text).to_have_value("panels:\n  - chart: [val/loss]\n")
    text.fill("# mine\npanels:\n  - chart: [val/loss]\n    title: By hand\n")
    expect(panel(page, "By hand")).to_be_visible()
    menu(page, "By hand", "Duplicate")
    expect(panel(page, "By hand")).to_have_count(2)
    expect(text).to_have_value(re.compile("^# mine\n.*By hand.*By hand", re.DOTALL))

    (tmp_path / "log" / BOARD).write_text(
        "panels:\n  - {chart: loss, title: A}\n  - {chart: val/loss, id: B}\n  - {text: hi, id: C}\n"
    )
    page.goto(f"{running.url}?rows=A,B;C&width=1,2,1&height=1,2")
    a, b, c = (at_rest(page.locator(".layout > div").nth(place)) for place in range(3))
    assert b["width"] == pytest.approx(2 * a["width"], abs=2)
    assert c["width"] == pytest.approx(3 * a["width"], abs=3)
    assert c["height"] == pytest.approx(2 * a["height"], abs=2)
    assert (a["y"], c["x"]) == pytest.approx((b["y"], a["x"]), abs=1)
    page.goto("about:blank")
    page.goto(
        f"{running.url}?cols=A,B;C&height=2,1,1&width=1,3&scopes=^one$&names=^val/&names=^loss&names=x&axes=ylog,lin,lin"
    )
    expect(page.get_by_role("application", name="A, 1 experiment")).to_be_visible()
    a, b, c = (at_rest(page.locator(".layout > div").nth(place)) for place in range(3))
    assert a["height"] == pytest.approx(2 * b["height"], abs=2)
    assert c["height"] == pytest.approx(3 * b["height"], abs=3)
    assert c["width"] == pytest.approx(3 * a["width"], abs=3)
    assert (a["x"], c["y"]) == pytest.approx((b["x"], a["y"]), abs=1)
    page.goto(f"{running.url}#/board?board.name=.root/{BOARD}")
    expect(panel(page, "A")).to_be_visible()
    expect(page.get_by_role("button", name="Place of A")).to_have_count(0)


COUNT_DRAWS = """() => {
  window.draws = 0;
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    draws += 1;
    return clearRect.apply(this, given);
  };
}"""


def test_a_panel_that_is_moved_has_nothing_drawn_anew_in_any_browser(page: Page, root: Path) -> None:
    file = root / "moved.board.yaml"
    charts = [
        f"  - chart: {label}\n    title: {title}\n" for label, title in (("loss", "A"), ("val/loss", "B"))
    ]
    file.write_text("panels:\n" + "".join(charts))
    page.goto("./#/board?board.name=.root/moved.board.yaml")
    other = page.context.new_page()
    other.goto(page.url)
    for shown in (page, other):
        for name in ("A", "B"):
            expect(panel(shown, name).locator(".chart[aria-busy=false] canvas").first).to_be_visible()
        at_rest(panel(shown, "B"))
        shown.evaluate(COUNT_DRAWS)
    before = at_rest(panel(other, "B"))
    page.get_by_role("button", name="Place of B").press("ArrowRight")
    wait_until(lambda: at_rest(panel(other, "B"))["x"] > before["x"])
    wait_until(lambda: "at:" in file.read_text())
    assert [shown.evaluate("draws") for shown in (page, other)] == [0, 0]
    other.close()


def test_a_hostile_board_runs_nothing_holds_nothing_up_and_says_what_it_cannot_show(
    page: Page, root: Path
) -> None:
    hostile = "<svg onload=canary()></svg><script>canary()</script>"
    (root / "hostile.board.yaml").write_text(
        f"title: '{hostile}'\nsections: ['{hostile}']\npanels:\n"
        f"  - {{text: '{hostile} [a](javascript:canary()) harmless', title: '{hostile}', section: '{hostile}'}}\n"
        f"  - {{chart: loss, title: '{hostile}!', y_title: '{hostile}'}}\n"
        "  - {regex: (l|lo|o|s)+$x, title: endless}\n"
        "  - {template: (.*)+$x, title: endless too}\n"
    )
    ran: list[str] = []
    page.context.expose_function("canary", lambda: ran.append(page.url))
    page.goto("./#/board?board.name=.root/hostile.board.yaml")
    expect(page.get_by_text("harmless")).to_be_visible()
    expect(panel(page, f"{hostile}!").locator("canvas").first).to_be_visible()
    for name in ("endless", "endless too"):
        expect(panel(page, name).get_by_text("may never end").first).to_be_visible()
    assert ran == []
