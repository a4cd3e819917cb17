"""Looking at pictures and comparing them in a browser, on a tree that is written meanwhile."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.pages import at_rest
from tests.browser.pictures import (
    SIZE,
    log,
    plain,
    point_at,
    readout,
    scale_of,
    show_images,
    shown,
    stage,
    tile,
)
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

# --- the viewer -------------------------------------------------------------------------------------------------------


@pytest.fixture
def chequered(root: Path, experiment: str) -> None:
    """Each pixel's red is its column times 4, its green its row times 8; the blue is the step."""
    for step in (10, 20):
        image = plain()
        image.putdata([(x * 4, y * 8, step) for y in range(SIZE[1]) for x in range(SIZE[0])])
        log(root, experiment, "colours", step, image)


@pytest.mark.usefixtures("chequered")
def test_pixel_under_the_pointer_is_named_with_its_value(page: Page, experiment: str) -> None:
    show_images(page, experiment)
    shown(page, f"colours, {experiment}, step 20").click()
    picture = stage(page)
    for x, y in ((0, 0), (39, 29), (7, 12)):
        point_at(picture, x, y)
        expect(readout(page)).to_contain_text(
            re.compile(rf"x {x} y {y}\b.*\b{x * 4} {y * 8} 20\b", re.DOTALL)
        )
    page.mouse.move(720, 60)
    expect(readout(page)).to_have_text("Point at a pixel")


def test_values_of_16_bit_pictures_are_said_to_be_those_shown(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, experiment, "depth", 1, Image.new("I;16", SIZE, 0x8040))
    show_images(page, experiment, open=f"{experiment}/1/depth")
    point_at(stage(page), 3, 4)
    expect(readout(page)).to_contain_text(re.compile("128 128 128.*in 8 bits", re.DOTALL))


@pytest.mark.usefixtures("chequered")
def test_wheel_zooms_at_the_cursor_and_dragging_moves(page: Page, experiment: str) -> None:
    show_images(page, experiment, open=f"{experiment}/20/colours")
    picture = stage(page)
    point_at(picture, 31, 7)
    expect(readout(page)).to_contain_text("x 31 y 7")
    before = scale_of(picture)
    page.mouse.wheel(0, -400)
    expect(readout(page)).to_contain_text("x 31 y 7")
    page.wait_for_function("() => Number(/images.zoom=([0-9.]+)/.exec(location.hash)?.[1]) > 1")
    wait_until(lambda: scale_of(picture) > before * 1.5)
    page.mouse.down()
    page.mouse.move(500, 400, steps=3)
    page.mouse.up()
    expect(readout(page)).to_contain_text("x 31 y 7")


@pytest.mark.usefixtures("chequered")
def test_two_fingers_zoom_and_move(page: Page, experiment: str) -> None:
    show_images(page, experiment, open=f"{experiment}/20/colours")
    picture = stage(page)
    before = scale_of(picture)
    touch = page.context.new_cdp_session(page)

    def fingers(kind: str, *points: tuple[int, int]) -> None:
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    fingers("touchStart", (500, 400), (600, 400))
    for apart in (10, 20, 30, 40, 50):
        fingers("touchMove", (500 - apart, 400), (600 + apart, 400))
    fingers("touchEnd")
    expect(page).to_have_url(re.compile("images.zoom"))
    wait_until(lambda: scale_of(picture) == pytest.approx(before * 2, rel=0.05))


def test_enlarged_pictures_show_their_pixels_and_fit_and_one_to_one_are_a_key_away(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, experiment, "wide", 1, plain(size=(2000, 100)))
    show_images(page, experiment, open=f"{experiment}/1/wide")
    image = stage(page).locator("img")
    wait_until(lambda: scale_of(stage(page)) < 1)
    expect(image).not_to_have_css("image-rendering", "pixelated")
    page.keyboard.press("1")
    expect(page.get_by_title("Pixels of the screen for one of the picture")).to_have_text("100 %")
    page.keyboard.press("+")
    expect(image).to_have_css("image-rendering", "pixelated")
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("images.zoom"))
    wait_until(lambda: scale_of(stage(page)) < 1)


@pytest.mark.usefixtures("chequered")
def test_brightness_and_contrast_change_what_is_seen(page: Page, experiment: str) -> None:
    show_images(page, experiment, open=f"{experiment}/20/colours")
    image = stage(page).locator("img")
    page.get_by_role("slider", name="Brightness").fill("1")
    page.get_by_role("slider", name="Contrast").fill("-1")
    expect(image).to_have_css("filter", "brightness(2) contrast(0.5)")
    expect(page).to_have_url(re.compile("images.light"))
    page.reload()
    expect(stage(page).locator("img")).to_have_css("filter", "brightness(2) contrast(0.5)")
    page.get_by_role("button", name="Reset").click()
    expect(image).to_have_css("filter", "brightness(1) contrast(1)")


@pytest.mark.usefixtures("chequered")
def test_arrow_keys_go_through_steps_and_experiments(page: Page, root: Path, experiment: str) -> None:
    log(root, f"{experiment}-2", "colours", 10, plain("#0a0b0c"))
    show_images(page, experiment, open=f"{experiment}/20/colours")
    point_at(stage(page), 5, 5)
    expect(readout(page)).to_contain_text("20 40 20")
    page.keyboard.press("ArrowLeft")
    expect(readout(page)).to_contain_text("20 40 10")
    page.keyboard.press("ArrowDown")
    expect(readout(page)).to_contain_text("10 11 12")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(readout(page)).to_contain_text("20 40 20")


@pytest.mark.usefixtures("chequered")
def test_viewer_follows_the_latest_step(page: Page, root: Path, experiment: str) -> None:
    show_images(page, experiment)
    shown(page, f"colours, {experiment}, step 20").click()
    point_at(stage(page), 5, 5)
    expect(readout(page)).to_contain_text("20 40 20")
    log(root, experiment, "colours", 30, plain("#010203"))
    expect(readout(page)).to_contain_text("1 2 3")


@pytest.mark.usefixtures("chequered")
def test_original_can_be_downloaded(page: Page, root: Path, experiment: str) -> None:
    show_images(page, experiment, open=f"{experiment}/20/colours")
    stage(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the original").click()
    original = root / experiment / "0020" / "colours.png"
    assert download.value.path().read_bytes() == original.read_bytes()


@pytest.mark.usefixtures("chequered")
def test_viewer_is_opened_and_closed_by_keyboard_and_by_the_back_button(
    page: Page, root: Path, experiment: str
) -> None:
    show_images(page, experiment)
    dialog = page.get_by_role("dialog", name="colours")
    opened = shown(page, f"colours, {experiment}, step 20")
    opened.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opened).to_be_focused()
    before = opened.element_handle()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    log(root, experiment, "deep/other", 20)
    expect(page.locator("[data-place$='deep/other']")).to_have_count(1)
    # All tiles were drawn anew, with folders.
    page.wait_for_function("(element) => !element.isConnected", arg=before)
    page.go_back()
    expect(dialog).to_have_count(0)
    expect(opened).to_be_focused()


# --- comparing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(root: Path, experiment: str) -> str:
    """Two experiments whose pictures differ in one pixel; gives the address of A beside B."""
    for name, colour in ((experiment, (100, 100, 100)), (f"{experiment}-2", (90, 130, 100))):
        image = plain("#646464")
        image.putpixel((20, 15), colour)
        log(root, name, "dot", 1, image)
    return f"{experiment}/1/dot"


@pytest.mark.usefixtures("pair")
def test_two_pictures_are_compared_from_the_grid_and_move_in_step(page: Page, experiment: str) -> None:
    show_images(page, experiment)
    for name in (experiment, f"{experiment}-2"):
        shown(page, f"dot, {name}, step 1").hover()
        figure = page.locator("figure").filter(has=tile(page, f"dot, {name}, step 1"))
        figure.get_by_role("button", name=re.compile("Compare")).click()
    first, second = stage(page, "Picture A"), stage(page, "Picture B")
    point_at(first, 20, 15)
    expect(readout(page)).to_contain_text(re.compile(r"A.*100 100 100.*B.*90 130 100.*10 30 0", re.DOTALL))
    before = scale_of(first)
    page.mouse.wheel(0, -600)
    wait_until(lambda: scale_of(first) > before)
    wait_until(lambda: scale_of(first) == pytest.approx(scale_of(second)))
    expect(readout(page)).to_contain_text("x 20 y 15")
    point_at(second, 20, 15)
    expect(readout(page)).to_contain_text("x 20 y 15")


def test_wipe_shows_a_on_the_left_and_b_on_the_right_of_its_handle(
    page: Page, experiment: str, pair: str
) -> None:
    show_images(page, experiment, open=pair, **{"with": f"{experiment}-2/1/dot", "compare": "wipe"})
    picture = stage(page, "Pictures A and B")
    layers = picture.locator(".layer")
    expect(layers.nth(0)).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    handle = page.get_by_role("slider", name="Between A")
    handle.press("ArrowRight")
    expect(layers.nth(0)).to_have_css("clip-path", "inset(0px 48% 0px 0px)")
    expect(layers.nth(1)).to_have_css("clip-path", "inset(0px 0px 0px 52%)")
    place, frame = at_rest(handle), at_rest(picture)
    page.mouse.move(place["x"] + 12, 500)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 4, 500, steps=2)
    page.mouse.up()
    expect(layers.nth(1)).to_have_css("clip-path", "inset(0px 0px 0px 25%)")


def test_blinking_shows_one_after_the_other(page: Page, experiment: str, pair: str) -> None:
    show_images(page, experiment, open=pair, **{"with": f"{experiment}-2/1/dot", "compare": "blink"})
    layers = stage(page, "Pictures A and B").locator(".layer")
    expect(layers.nth(1)).to_have_css("visibility", "visible")
    expect(layers.nth(0)).to_have_css("visibility", "hidden")
    page.get_by_role("button", name="Stop blinking").click()
    page.get_by_role("heading", name="dot").click()
    seen = layers.nth(0).evaluate("(layer) => getComputedStyle(layer).visibility")
    page.keyboard.press(" ")
    expect(layers.nth(0)).not_to_have_css("visibility", seen)


def test_difference_is_black_where_pictures_are_the_same(page: Page, experiment: str, pair: str) -> None:
    show_images(page, experiment, open=pair, **{"with": f"{experiment}-2/1/dot", "compare": "difference"})
    picture = stage(page, "Pictures A and B")
    page.mouse.move(1, 1)

    def colours() -> set[object]:
        seen = Image.open(io.BytesIO(picture.screenshot())).convert("RGB")
        seen = seen.crop((0, seen.height // 4, seen.width, seen.height))  # a note stands above
        return {colour for _, colour in seen.getcolors(maxcolors=1 << 20) or []}

    beside_the_picture = (247, 247, 248)
    wait_until(lambda: colours() == {(0, 0, 0), (10, 30, 0), beside_the_picture})


def test_either_side_can_be_any_experiment_label_and_step(
    page: Page, root: Path, experiment: str, pair: str
) -> None:
    log(root, f"{experiment}-2", "other", 7, plain("#070809"))
    show_images(page, experiment, open=pair)
    stage(page)
    page.get_by_role("button", name="Compare with another picture").click()
    page.get_by_role("combobox", name="Experiment of B").select_option(f"{experiment}-2")
    page.get_by_role("combobox", name="Label of B").select_option("other")
    point_at(stage(page, "Picture A"), 20, 15)
    expect(readout(page)).to_contain_text(re.compile(r"A.*100 100 100.*B.*7 8 9", re.DOTALL))
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("combobox", name="Label of A")).to_have_value("other")


def test_a_and_b_step_together_while_they_are_at_one_step_or_somebody_says_so(
    page: Page, root: Path, experiment: str
) -> None:
    for step in (10, 20, 30):
        log(root, experiment, "bird", step)
        log(root, f"{experiment}-2", "bird", step)
    show_images(page, experiment, open=f"{experiment}/10/bird", **{"with": f"{experiment}-2/10/bird"})
    chain = page.get_by_role("button", name="A and B step together")
    steps = [page.get_by_role("textbox", name=f"Step number of {side}") for side in "AB"]

    def expect_steps(*expected: int) -> None:
        for field, step in zip(steps, expected, strict=True):
            expect(field).to_have_value(str(step))

    expect(chain).to_have_attribute("aria-pressed", "true")
    for side in "AB":  # its steps are known
        expect(page.get_by_role("button", name=f"Next step of {side}")).to_be_enabled()
    page.keyboard.press("ArrowRight")
    expect_steps(20, 20)
    chain.click()
    expect(chain).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Next step of B").click()
    expect_steps(20, 30)
    page.keyboard.press("ArrowLeft")  # each among its own
    expect_steps(10, 20)
    # A link says how they are chained.
    page.reload()
    expect(chain).to_have_attribute("aria-pressed", "false")
    chain.click()
    expect_steps(10, 10)
    page.get_by_role("button", name="Next step of B").click()
    expect_steps(20, 20)


# --- everywhere -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("chequered")
def test_link_shows_the_same_view(page: Page, experiment: str) -> None:
    show_images(
        page,
        experiment,
        open=f"{experiment}/10/colours",
        zoom="3,0.25,0.75",
        compare="wipe",
        **{"with": f"{experiment}/20/colours"},
    )
    picture = stage(page, "Pictures A and B")
    point_at(picture, 10, 22)
    expect(readout(page)).to_contain_text(re.compile(r"A.*40 176 10.*B.*40 176 20", re.DOTALL))
    box = at_rest(picture)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(readout(page)).to_contain_text(re.compile(r"x (9|10) y (21|22|23)\b"))


@pytest.mark.usefixtures("pair")
def test_page_and_viewer_fit_a_phone(page: Page, experiment: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    show_images(page, experiment)
    shown(page, f"dot, {experiment}, step 1")
    wait_until(lambda: _overflow(page) == 0)
    shown(page, f"dot, {experiment}, step 1").click()
    stage(page)
    page.get_by_role("button", name="Compare with another picture").click()
    stage(page, "Picture B")
    wait_until(lambda: _overflow(page) == 0)
    for name in ("Close", "Zoom in", "Previous step of A", "Swap"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport()


def _overflow(page: Page) -> int:
    """By how many pixels something is wider than the window."""
    return int(
        page.evaluate(
            """() => Math.max(0, ...[...document.querySelectorAll("*")]
                 .filter((element) => element.closest("dialog[open]") || !document.querySelector("dialog[open]"))
                 .map((element) => (element.scrollWidth > element.clientWidth + 1
                   && getComputedStyle(element).overflowX === "auto" && !element.closest("nav"))
                   ? element.scrollWidth - element.clientWidth : 0),
                 document.documentElement.scrollWidth - innerWidth)"""
        )
    )
