"""The Scalars page: one chart a label, over experiments, live."""

from __future__ import annotations

import io
import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, Request

from lavdlike.kinds.scalars import HEADER, format_line
from tests.browser.accessibility import violations
from tests.browser.pages import at_rest, copied_by
from tests.chromium import SERVER_IS_GONE
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

START = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
Rows = Iterable[tuple[int, float, str, float]]  # step, seconds since START, label, value


def append(root: Path, experiment: str, rows: Rows) -> None:
    """Log to an experiment, which need not be there yet."""
    folder = root / experiment
    folder.mkdir(exist_ok=True)
    with (folder / "scalars.tsv").open("a") as file:
        if file.tell() == 0:
            file.write(HEADER)
        file.writelines(format_line(step, START + time, label, value) for step, time, label, value in rows)


def restarted() -> Rows:
    for step in range(10):
        yield step, 60 * step, "odd/restart", float(step)
    for step in range(5, 13):
        yield step, 3600 + 60 * step, "odd/restart", 20.0 + step


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scalars") / "log"
    root.mkdir()
    append(root, "first", [(step, 60 * step, "train/loss", 100.0 - step) for step in range(101)])
    append(root, "second", [(step, 600 + 60 * step, "train/loss", 200.0 - step) for step in range(0, 101, 4)])
    append(root, "first", [(step, 60 * step, "train/accuracy", step / 100) for step in range(101)])
    append(root, "second", [(0, 600, "train/accuracy", 1 / 3)])
    append(root, "first", restarted())
    append(
        root,
        "first",
        [(step, step, "odd/nan", [1.0, 2.0, math.nan, math.nan, 5.0][step]) for step in range(5)],
    )
    append(root, "first", [(7, 7, "odd/single", 0.25)])
    spike = [(step, step, "odd/spike", 1e6 if step == 50 else math.sin(step)) for step in range(101)]
    append(root, "first", spike)
    append(
        root, "first", [(step, step, "odd/zero", [0.0, -1.0, 0.01, 1.0, 100.0][step]) for step in range(5)]
    )
    append(root, "first", [(step, step, "long/wave", math.sin(step / 500)) for step in range(30_000)])
    append(
        root,
        "first",
        [(step, step, f"many/label {number:03d}", step) for number in range(60) for step in range(3)],
    )
    return root


def show(page: Page, labels: str, **view: object) -> None:
    """Open the page with the labels that match, seen in this way."""
    parameters = {"labels": f"r:^({labels})$", **view}
    words = (value if isinstance(value, str) else json.dumps(value) for value in parameters.values())
    query = "&".join(f"scalars.{name}={word}" for name, word in zip(parameters, words, strict=True))
    page.goto(f"./#/scalars?{query.replace('+', '%2B')}")


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def chart(page: Page, label: str) -> Locator:
    return page.locator(f'[role="application"][aria-label^="{label}, "]')


def drawn(page: Page) -> None:
    """Wait until what is known now is on the screen."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def place(page: Page, label: str, x: float, y: float = 0.5) -> tuple[float, float]:
    """A place of a chart's plot: from 0 to 1 from its left, and from its top."""
    box = at_rest(chart(page, label).locator(".u-over"))
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def loaded(page: Page, label: str) -> None:
    """Wait until the chart has its values: before, nothing is pointed at, and its axes may be of another width."""
    busy = chart(page, label).locator("xpath=ancestor::*[@aria-busy][1]")
    expect(busy).to_have_attribute("aria-busy", "false")
    drawn(page)


def point(page: Page, label: str, x: float, y: float = 0.5) -> None:
    loaded(page, label)
    chart(page, label).locator(".u-over").scroll_into_view_if_needed()
    page.mouse.move(*place(page, label, x, y))


def drag(page: Page, label: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    point(page, label, *start)
    page.mouse.down()
    page.mouse.move(*place(page, label, *end), steps=4)
    page.mouse.up()


def tip(page: Page) -> Locator:
    return page.locator(".bubble")


def expect_rows(page: Page, rows: list[list[str]]) -> None:
    """Wait until the tooltip has these: of what is smoothed and of what is zoomed into, they come later."""
    shown = tip(page).locator("tbody tr")
    wait_until(lambda: [row.locator("td").all_inner_texts() for row in shown.all()] == rows)


def zoomed(page: Page, title: str) -> Locator:
    return card(page, title).get_by_role("button", name="Show all")


def download(page: Page, title: str, what: str) -> Download:
    expect(card(page, title).get_by_role("application")).to_be_visible()
    expect(card(page, title).locator("[aria-busy=true]")).to_have_count(0)
    drawn(page)
    card(page, title).get_by_role("button", name=re.compile("^More of")).click()
    with page.expect_download() as saved:
        page.get_by_role("button", name=f"Download {what}").click()
    return saved.value


class Picture:
    """What a chart shows, as the SVG it is saved as: drawn by the same code as on the page."""

    def __init__(self, page: Page, title: str) -> None:
        self._svg = ET.fromstring(download(page, title, "SVG").path().read_text())  # noqa: S314 - our own

    @property
    def words(self) -> list[str]:
        return [text.text or "" for text in self._all("text")]

    def marks(self, name: str, **attributes: str) -> int:
        return sum(attributes.items() <= element.attrib.items() for element in self._all(name))

    def lines(self) -> list[str]:
        groups = self._all("g")
        return [group[0].text or "" for group in groups if len(group) and group[0].tag.endswith("title")]

    def _all(self, name: str) -> list[ET.Element]:
        return self._svg.findall(f".//{{http://www.w3.org/2000/svg}}{name}")


def test_labels_that_match_are_cards_with_all_shown_experiments(page: Page) -> None:
    show(page, "train/.*|odd/single")
    expect(page.get_by_role("article")).to_have_count(3)
    expect(chart(page, "train/loss")).to_have_accessible_name("train/loss, 2 experiments")
    assert Picture(page, "train/loss").lines() == ["first", "second"]
    page.get_by_role("switch", name="second").click()
    expect(chart(page, "train/loss")).to_have_accessible_name("train/loss, 1 experiment")
    assert Picture(page, "train/loss").lines() == ["first"]


def test_tooltip_says_what_all_have_at_one_step(page: Page) -> None:
    show(page, "train/loss")
    point(page, "train/loss", 0.52, 0.95)
    expect(tip(page)).to_contain_text("Step 52")
    expect_rows(page, [["first", "48", "52 min"], ["second", "148", "52 min"]])
    point(page, "train/loss", 0.51, 0.95)
    expect(tip(page)).to_contain_text("Step 51")
    # The second one logs every fourth step.
    expect_rows(page, [["first", "49", "", "51 min"], ["second", "152", "48", "48 min"]])
    expect(tip(page).locator("tr.aside")).to_have_text(re.compile("second"))
    show(page, "train/accuracy")
    point(page, "train/accuracy", 0.01, 0.5)
    expect(tip(page).locator("tbody tr")).to_have_count(2)
    point(page, "train/accuracy", 0.01, 0.66)
    expect(tip(page).locator(".focus")).to_contain_text("0.3333333333333333")


def test_tooltip_is_sorted_by_nearness_by_the_goal_or_by_name(page: Page) -> None:
    show(page, "train/loss")
    point(page, "train/loss", 0.5, 0.3)
    expect(tip(page).locator("tbody tr").first).to_contain_text("second")
    show(page, "train/loss", sort="value")  # as older addresses say it
    point(page, "train/loss", 0.5, 0.3)
    expect(tip(page).locator("tbody tr").first).to_contain_text("first")
    page.get_by_role("button", name="Display").click()
    expect(page.get_by_role("radio", name="Best")).to_be_checked()
    page.get_by_text("Name", exact=True).click()
    expect(page).to_have_url(re.compile("scalars.sort=name"))
    page.keyboard.press("Escape")
    point(page, "train/loss", 0.5, 0.3)
    expect(tip(page).locator("tbody tr").first).to_contain_text("first")


def test_values_are_copied_from_a_tooltip_that_was_pinned(page: Page) -> None:
    show(page, "train/accuracy")
    point(page, "train/accuracy", 0.01)
    expect(tip(page).locator("tbody tr")).to_have_count(2)
    page.mouse.click(*place(page, "train/accuracy", 0.01))
    pinned = page.get_by_role("dialog", name="Values of train/accuracy")
    copied = copied_by(page, pinned.get_by_role("button", name="Copy the value of second").click)
    expect(page.get_by_text("Value copied")).to_be_visible()
    assert copied == "0.3333333333333333"
    copied = copied_by(page, pinned.get_by_role("button", name="Copy all").click)
    expect(page.get_by_text("2 values copied")).to_be_visible()
    lines = copied.split("\n")
    assert lines[0] == "experiment\tstep\twall_time\tvalue"
    assert sorted(lines[1:]) == ["first\t0\t1700000000\t0", "second\t0\t1700000600\t0.3333333333333333"]
    page.keyboard.press("Escape")
    expect(pinned).to_be_hidden()


def test_smoothing_is_the_debiased_average_in_front_of_the_faint_raw_line(page: Page) -> None:
    show(page, "train/loss")
    page.get_by_label("Smoothing, exact").fill("0.5")
    page.get_by_label("Smoothing, exact").press("Enter")
    expect(page).to_have_url(re.compile("scalars.smoothing=0.5"))
    page.get_by_role("switch", name="second").click()
    point(page, "train/loss", 0.034, 0.1)
    expect(tip(page).locator(".focus")).to_contain_text("step 2")
    picture = Picture(page, "train/loss")
    assert picture.marks("path", **{"stroke-opacity": "0.3"}) == 1
    page.get_by_role("switch", name="second").click()
    point(page, "train/loss", 0.034, 0.6)
    expect(tip(page).locator("tbody tr")).to_have_count(2)
    expect(tip(page)).to_contain_text("Step 2")
    total = weights = 0.0
    for at in range(2 + 1):
        total, weights = total * 0.5 + (100 - at), weights * 0.5 + 1
    # Once the server has smoothed by that weight.
    row = tip(page).locator("tbody tr").filter(has=page.get_by_text("first", exact=True))
    expect(row.locator("td").nth(1)).to_have_text(f"{total / weights:.5g}")


def test_smoothing_of_an_overview_comes_from_its_exact_points(page: Page) -> None:
    show(page, "long/wave", smoothing=0.9)
    point(page, "long/wave", 0.5, 0.5)
    expect(tip(page).locator(".focus")).to_be_visible()
    assert Picture(page, "long/wave").marks("path", **{"stroke-opacity": "0.3"}) == 1


def test_x_axis_is_the_step_or_the_time_since_the_start_or_the_clock(page: Page) -> None:
    show(page, "train/loss")
    assert {"step", "50"} <= set(Picture(page, "train/loss").words)
    page.get_by_text("Relative", exact=True).click()
    assert {"time since the start", "1h"} <= set(Picture(page, "train/loss").words)
    page.get_by_text("Wall", exact=True).click()
    words = Picture(page, "train/loss").words
    assert "time" in words
    assert any(re.fullmatch(r"\d\d:\d\d", word) for word in words)
    expect(page).to_have_url(re.compile("scalars.x=wall"))


def test_logarithmic_axes_say_what_they_cannot_show(page: Page) -> None:
    show(page, "odd/zero|train/loss")
    page.get_by_role("button", name="Display").click()
    page.get_by_role("switch", name="Logarithmic y axis").click()
    expect(card(page, "odd/zero")).to_contain_text("2 values ≤ 0 left out")
    page.get_by_role("switch", name="Logarithmic x axis").click()
    expect(card(page, "odd/zero")).to_contain_text("1 point at step 0 left out")
    page.keyboard.press("Escape")
    picture = Picture(page, "odd/zero")
    assert {"0.01", "0.1", "1", "10", "100", "2", "4"} <= set(picture.words)
    assert picture.marks("circle") == 0


def test_one_card_has_a_logarithmic_y_axis_of_its_own(page: Page) -> None:
    show(page, "train/.*")
    card(page, "train/loss").get_by_role("button", name="More of train/loss").click()
    page.get_by_role("button", name="Logarithmic y axis").click()
    expect(page).to_have_url(re.compile("scalars.othery"))
    assert "20" in Picture(page, "train/loss").words
    assert "0.5" in Picture(page, "train/accuracy").words


def test_outliers_are_left_out_of_the_range_at_first_and_marked_at_the_edge(page: Page) -> None:
    show(page, "odd/spike")
    expect(card(page, "odd/spike")).to_contain_text("1 outlier left out")
    picture = Picture(page, "odd/spike")
    assert {"−1.0", "0", "1.0"} <= set(picture.words)
    assert picture.marks("path", stroke="none") == 1
    card(page, "odd/spike").get_by_role("button", name="1 outlier left out").click()
    expect(card(page, "odd/spike")).not_to_contain_text("left out")
    assert "1.0M" in Picture(page, "odd/spike").words
    card(page, "odd/spike").get_by_role("button", name="More of odd/spike").click()
    page.get_by_role("button", name="Show outliers").click()
    expect(card(page, "odd/spike")).to_contain_text("1 outlier left out")
    show(page, "odd/spike", outliers="0")
    assert "1.0M" in Picture(page, "odd/spike").words


def test_box_zooms_and_a_double_click_shows_all(page: Page) -> None:
    show(page, "train/loss")
    drag(page, "train/loss", (0.5, 0.5), (0.9, 0.5))
    expect(zoomed(page, "train/loss")).to_be_visible()
    point(page, "train/loss", 0.0, 0.9)
    expect(tip(page).locator("tbody")).to_contain_text("50")
    drag(page, "train/loss", (0.2, 0.2), (0.6, 0.6))
    expect(page).to_have_url(re.compile("scalars.zoom=.*y"))
    page.mouse.dblclick(*place(page, "train/loss", 0.5))
    expect(zoomed(page, "train/loss")).to_be_hidden()


def test_zoom_stands_in_the_address(page: Page) -> None:
    show(page, "train/loss", zoom={"train/loss": {"x": [60, 80]}})
    expect(zoomed(page, "train/loss")).to_be_visible()
    assert {"60", "70", "80"} <= set(Picture(page, "train/loss").words)
    page.reload()
    assert {"60", "70", "80"} <= set(Picture(page, "train/loss").words)
    zoomed(page, "train/loss").click()
    expect(page).not_to_have_url(re.compile("zoom"))


def test_shift_and_drag_pans(page: Page) -> None:
    show(page, "train/loss", zoom={"train/loss": {"x": [60, 80]}})
    point(page, "train/loss", 0.5)
    page.keyboard.down("Shift")
    drag(page, "train/loss", (0.75, 0.5), (0.25, 0.5))
    page.keyboard.up("Shift")
    assert {"70", "80", "90"} <= set(Picture(page, "train/loss").words)


def test_wheel_with_control_zooms_at_the_pointer(page: Page) -> None:
    show(page, "train/loss")
    point(page, "train/loss", 0.5)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -600)
    page.keyboard.up("Control")
    expect(zoomed(page, "train/loss")).to_be_visible()
    assert {"40", "50", "60"} <= set(Picture(page, "train/loss").words)


def test_keys_move_the_crosshair_zoom_and_pin(page: Page) -> None:
    show(page, "train/loss")
    loaded(page, "train/loss")
    chart(page, "train/loss").focus()
    page.keyboard.press("ArrowRight")
    expect(tip(page)).to_be_visible()
    expect(tip(page)).to_contain_text("Step 51")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(tip(page)).not_to_contain_text("Step 51")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Values of train/loss")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip(page)).to_be_hidden()
    expect(chart(page, "train/loss")).to_be_focused()
    page.keyboard.press("+")
    expect(zoomed(page, "train/loss")).to_be_visible()
    page.keyboard.press("0")
    expect(zoomed(page, "train/loss")).to_be_hidden()


def test_zoom_is_linked_over_cards_on_demand(page: Page) -> None:
    show(page, "train/.*")
    drag(page, "train/loss", (0.5, 0.5), (0.9, 0.5))
    expect(zoomed(page, "train/loss")).to_be_visible()
    expect(zoomed(page, "train/accuracy")).to_be_hidden()
    page.get_by_role("button", name="Display").click()
    page.get_by_role("switch", name="Zoom all charts together").click()
    page.keyboard.press("Escape")
    expect(zoomed(page, "train/accuracy")).to_be_visible()
    page.mouse.dblclick(*place(page, "train/accuracy", 0.5))
    expect(zoomed(page, "train/loss")).to_be_hidden()


def test_crosshair_is_at_the_same_x_in_all_cards(page: Page) -> None:
    show(page, "train/.*")
    point(page, "train/loss", 0.3)
    expect(tip(page)).to_be_visible()

    def crosshair(label: str) -> float:
        """Its place from the left of the plot."""
        line = at_rest(chart(page, label).locator(".u-cursor-x"))
        return line["x"] - at_rest(chart(page, label).locator(".u-over"))["x"]

    wait_until(lambda: crosshair("train/accuracy") == pytest.approx(crosshair("train/loss"), abs=1))


def coloured_pixels(page: Page, label: str) -> int:
    """How many pixels of the plot are neither grey nor the background."""
    return int(
        chart(page, label)
        .locator("canvas")
        .first.evaluate(
            """(canvas) => {
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              let count = 0;
              for (let at = 0; at < data.length; at += 4) {
                const [r, g, b, a] = data.subarray(at, at + 4);
                if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 60) count++;
              }
              return count;
            }"""
        )
    )


def test_single_point_is_visible(page: Page) -> None:
    show(page, "odd/single")
    point(page, "odd/single", 0.5)
    expect(tip(page).locator(".focus")).to_contain_text("0.25")
    expect(tip(page).locator(".focus")).to_contain_text("step 7")
    wait_until(lambda: coloured_pixels(page, "odd/single") >= 12)


def test_nan_is_a_gap_with_a_mark_and_named_in_the_tooltip(page: Page) -> None:
    show(page, "odd/nan")
    point(page, "odd/nan", 0.5)
    expect(tip(page).locator(".focus")).to_contain_text("NaN")
    picture = Picture(page, "odd/nan")
    assert picture.marks("path", fill="none") + picture.marks("circle", stroke="none") >= 1
    saved = download(page, "odd/nan", "SVG").path().read_text()
    [line] = re.findall(r'<path d="([^"]+)"', saved)[:1]
    assert line.count("M") == 2  # 1 to 2, then 5
    assert re.search(
        r'<path d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+M[\d.]+ [\d.]+L[\d.]+ [\d.]+"/>', saved
    )  # the cross


def test_restart_breaks_the_line_and_is_named(page: Page) -> None:
    show(page, "odd/restart")
    point(page, "odd/restart", 0.98)
    expect(tip(page).locator(".focus")).to_contain_text("run 2 of 2")
    point(page, "odd/restart", 0.1)
    expect(tip(page).locator(".focus")).to_contain_text("run 1 of 2")
    picture = Picture(page, "odd/restart")
    assert picture.marks("circle") == 1
    assert picture.marks("path", **{"stroke-opacity": "0.35"}) == 1  # what was logged again


def test_card_is_enlarged_and_the_back_button_closes_it(page: Page) -> None:
    show(page, "train/.*")
    card(page, "train/loss").get_by_role("button", name="Enlarge").click()
    dialog = page.get_by_role("dialog", name="train/loss")
    expect(dialog.get_by_role("list", name="Experiments")).to_have_text(re.compile("first.*second"))
    expect(dialog.get_by_role("application")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    card(page, "train/loss").get_by_role("button", name="Enlarge").click()
    expect(dialog).to_be_visible()
    page.go_back()
    expect(dialog).to_be_hidden()


def test_csv_and_json_hold_every_point_of_what_is_shown(page: Page) -> None:
    show(page, "train/loss|long/wave", zoom={"train/loss": {"x": [40, 50]}})
    expect(zoomed(page, "train/loss")).to_be_visible()
    table = download(page, "train/loss", "CSV")
    assert table.suggested_filename == "train_loss.csv"
    lines = table.path().read_text().splitlines()
    assert lines[0] == "experiment,writer,label,step,wall_time,value"
    assert lines[1] == "first,,train/loss,40,1700002400,60"
    assert len(lines) == 1 + 11 + 3
    [series] = json.loads(download(page, "long/wave", "JSON").path().read_text())
    assert (series["experiment"], len(series["values"])) == ("first", 30_000)
    assert series["values"][1] == math.sin(1 / 500)


def test_svg_and_png_have_a_legend_and_titles(page: Page) -> None:
    show(page, "train/loss")
    assert {"train/loss", "step", "first", "second"} <= set(Picture(page, "train/loss").words)
    picture = Image.open(io.BytesIO(download(page, "train/loss", "PNG").path().read_bytes()))
    assert (picture.format, picture.width) == ("PNG", 1920)
    colours = picture.convert("RGB").getcolors(1_000_000)
    assert len(colours or ()) > 10


def test_values_of_one_label_are_drawn_against_those_of_another(page: Page) -> None:
    # As addresses of before say it; today it is "Add a chart" with a label as x axis.
    show(page, "train/.*", pairs='[["train/accuracy","train/loss"]]')
    pair = page.get_by_role("article", name="train/loss against train/accuracy")
    expect(pair).to_be_visible()
    point(page, "train/loss against train/accuracy", 0.5, 0.7)
    expect(tip(page).locator("tbody tr")).to_have_count(2)
    point(page, "train/loss against train/accuracy", 0.52, 0.74)
    focus = tip(page).locator(".focus")

    def is_of_one_step() -> bool:
        said = focus.inner_text()
        found = re.search(r"step (\d+)", said)
        step = int(found[1]) if found else -1
        return all(word in said for word in ("first", f"train/accuracy {step / 100}", str(100 - step)))

    wait_until(is_of_one_step)
    pair.get_by_label("Label of the y axis").select_option("train/accuracy")
    expect(page.get_by_role("article", name="train/accuracy against train/accuracy")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("X against Y")).to_be_hidden()


def test_new_points_appear_and_do_not_reset_the_zoom(page: Page, root: Path) -> None:
    append(root, "first", [(step, step, "live/one", float(step)) for step in range(10)])
    show(page, "live/one")
    point(page, "live/one", 0.99)
    expect(tip(page).locator(".focus")).to_contain_text("step 9")
    append(root, "first", [(10, 10, "live/one", 10.5)])
    expect(tip(page).locator(".focus")).to_contain_text("10.5")
    append(root, "first", [(step, step, "live/one", float(step)) for step in range(11, 21)])
    expect(tip(page).locator(".focus")).to_contain_text("step 20")
    drag(page, "live/one", (0.1, 0.5), (0.5, 0.5))
    point(page, "live/one", 0.98)
    expect(tip(page).locator(".focus")).to_contain_text("step 10")
    append(root, "first", [(step, step, "live/one", float(step)) for step in range(21, 50)])
    append(root, "first", [(0, 50, "live/done", 1.0)])
    page.get_by_label("Filter labels").fill("^(live/.*)$")
    expect(card(page, "live/done")).to_be_visible()
    point(page, "live/one", 0.97)
    expect(tip(page).locator(".focus")).to_contain_text("step 10")
    page.mouse.dblclick(*place(page, "live/one", 0.5))
    point(page, "live/one", 0.99)
    expect(tip(page).locator(".focus")).to_contain_text("step 49")


def test_experiments_labels_and_restarts_appear_while_the_page_is_open(page: Page, root: Path) -> None:
    append(root, "first", [(0, 0, "grow/a", 1.0), (1, 1, "grow/a", 2.0)])
    show(page, "grow/.*")
    expect(chart(page, "grow/a")).to_have_accessible_name("grow/a, 1 experiment")
    append(root, "first", [(0, 0, "grow/b", 1.0)])
    expect(card(page, "grow/b")).to_be_visible()
    append(root, "third", [(step, step, "grow/a", float(step)) for step in range(3)])
    expect(chart(page, "grow/a")).to_have_accessible_name("grow/a, 2 experiments")
    append(root, "third", [(1, 60, "grow/a", 7.5)])
    point(page, "grow/a", 0.5, 0.1)
    expect(tip(page)).to_contain_text("7.5")
    expect(tip(page)).to_contain_text("run 2 of 2")


def test_rewritten_file_replaces_what_is_drawn(page: Page, root: Path) -> None:
    append(root, "rewritten", [(step, step, "again/x", 1.0) for step in range(5)])
    show(page, "again/x")
    point(page, "again/x", 0.99)
    expect(tip(page).locator(".focus")).to_contain_text("step 4")
    append(root, ".written", [(step, step, "again/x", 2.0) for step in range(3)])
    (root / ".written" / "scalars.tsv").replace(root / "rewritten" / "scalars.tsv")
    expect(tip(page).locator(".focus")).to_contain_text("step 2")


@pytest.mark.own_tab
def test_zoom_into_an_overview_brings_the_points_in_between(page: Page) -> None:
    asked = series_requests(page)
    show(page, "long/wave", zoom={"long/wave": {"x": [10_001, 10_011]}})
    point(page, "long/wave", 0.5)
    expect(tip(page).locator(".focus")).to_contain_text("step 10,006")

    def asks_for_the_zoomed_part() -> bool:
        drawn(page)
        return [request["x_min"] is None for request in asked] == [True, False]

    wait_until(asks_for_the_zoomed_part)
    assert all(request["columns"] <= 1200 or request["x_min"] for request in asked)
    page.mouse.dblclick(*place(page, "long/wave", 0.5))
    point(page, "long/wave", 0.999)
    expect(tip(page).locator(".focus")).to_contain_text("step 29,999")


def series_requests(page: Page) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/api/scalars/series"):
            asked.append(cast("dict[str, Any]", request.post_data_json))

    page.on("request", note)
    return asked


@pytest.mark.own_tab
def test_only_cards_near_the_window_are_loaded_together(page: Page) -> None:
    asked = series_requests(page)
    show(page, "many/.*")
    expect(chart(page, "many/label 000").locator(".u-over")).to_be_visible()
    point(page, "many/label 000", 0.5)
    expect(tip(page)).to_be_visible()
    expect(page.locator(".chart[aria-busy=true]")).to_have_count(0)
    loaded = {label for request in asked for label in request["labels"]}
    assert "many/label 000" in loaded
    assert "many/label 059" not in loaded
    assert len(asked) < len(loaded) / 2
    page.mouse.move(800, 500)
    page.mouse.wheel(0, 100_000)
    expect(chart(page, "many/label 059")).to_be_visible()


@pytest.mark.expect_browser_errors("503")
def test_card_says_why_it_could_not_load_and_tries_again(page: Page) -> None:
    refusal = {"status": 503, "json": {"error": "The disk is slow today.", "hint": "Wait."}}
    page.route("**/api/scalars/series", lambda route: route.fulfill(**refusal))
    show(page, "train/loss")
    expect(card(page, "train/loss")).to_contain_text("The disk is slow today.")
    page.unroute("**/api/scalars/series")
    card(page, "train/loss").get_by_role("button", name="Try again").click()
    point(page, "train/loss", 0.5)
    expect(tip(page)).to_be_visible()


def test_page_works_at_phone_width(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    show(page, "train/.*")
    point(page, "train/loss", 0.5)
    expect(tip(page)).to_be_visible()
    box = at_rest(tip(page))
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Display").click()
    expect(page.get_by_role("switch", name="Logarithmic y axis")).to_be_in_viewport()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_for_people_with_screen_readers(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    show(
        page, "train/.*|odd/.*", pins=["train/loss"], pairs=[["train/loss", "train/accuracy"]], smoothing=0.5
    )
    point(page, "train/loss", 0.5)
    expect(tip(page)).to_be_visible()
    page.mouse.click(*place(page, "train/loss", 0.5))
    expect(page.get_by_role("dialog", name="Values of train/loss")).to_be_visible()
    serious = [each for each in violations(page) if each["impact"] in ("serious", "critical")]
    assert not serious, json.dumps(serious, indent=1)


@pytest.mark.expect_browser_errors(*SERVER_IS_GONE)
def test_view_outlives_a_restart_of_the_server(page: Page, server: Running, root: Path) -> None:
    append(root, "first", [(step, step, "live/restart", float(step)) for step in range(5)])
    show(page, "live/restart")
    point(page, "live/restart", 0.99)
    expect(tip(page).locator(".focus")).to_contain_text("step 4")
    server.stop()
    append(root, "first", [(5, 5, "live/restart", 5.0)])
    server.start()
    expect(tip(page).locator(".focus")).to_contain_text("step 5")


def test_fingers_move_the_crosshair_and_zoom(browser: Browser, server: Running) -> None:
    with browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True
    ) as phone:
        page = phone.new_page()
        show(page, "train/loss")
        loaded(page, "train/loss")
        at_rest(chart(page, "train/loss").locator(".u-over"))
        fingers = phone.new_cdp_session(page)

        def touch(kind: str, *places: float) -> None:
            points = [place(page, "train/loss", at) for at in places]
            touches = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

        touch("touchStart", 0.2)
        for at in (0.3, 0.5, 0.7):
            touch("touchMove", at)
        expect(tip(page)).to_contain_text(re.compile("Step (68|69|7[0-2])"))
        touch("touchEnd")
        touch("touchStart", 0.4)
        touch("touchStart", 0.4, 0.6)
        for spread in (0.15, 0.2, 0.3):
            touch("touchMove", 0.5 - spread, 0.5 + spread)
        touch("touchEnd")
        expect(zoomed(page, "train/loss")).to_be_visible()
        expect(page).to_have_url(re.compile("scalars.zoom"))
