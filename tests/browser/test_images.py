"""The Images page in a browser, on a tree that is written while it is open."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import ImageDraw
from playwright.sync_api import Page, Request

from tests.browser.pages import at_rest
from tests.browser.pictures import (
    TURNED,
    box,
    colour_of_canvas,
    expect_painted,
    log,
    plain,
    point_at,
    readout,
    replace,
    scale_of,
    show_images,
    shown,
    stage,
    tile,
)
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

# --- steps ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_steps(root: Path, experiment: str) -> None:
    for step in (10, 20, 30):
        log(root, experiment, "bird", step)


@pytest.mark.usefixtures("two_steps")
def test_slider_arrows_keys_and_number_choose_the_step(page: Page, experiment: str) -> None:
    show_images(page, experiment)
    shown(page, f"bird, {experiment}, step 30")
    page.get_by_role("button", name="Previous step").click()
    shown(page, f"bird, {experiment}, step 20")
    page.get_by_role("slider", name="Step").press("Home")
    shown(page, f"bird, {experiment}, step 10")
    page.get_by_role("textbox", name="Step number").fill("20")
    page.get_by_role("textbox", name="Step number").press("Enter")
    shown(page, f"bird, {experiment}, step 20")
    page.get_by_role("heading", name="Images").click()
    page.keyboard.press("ArrowRight")
    shown(page, f"bird, {experiment}, step 30")
    page.keyboard.press("ArrowLeft")
    shown(page, f"bird, {experiment}, step 20")


@pytest.mark.usefixtures("two_steps")
def test_followed_latest_step_moves_on_and_a_chosen_one_stays(
    page: Page, root: Path, experiment: str
) -> None:
    show_images(page, experiment)
    shown(page, f"bird, {experiment}, step 30")
    log(root, experiment, "bird", 40)
    shown(page, f"bird, {experiment}, step 40")
    page.get_by_role("button", name="Follow the latest step").click()
    log(root, experiment, "bird", 50)
    expect(page.get_by_role("button", name="Next step")).to_be_enabled()
    shown(page, f"bird, {experiment}, step 40")
    page.get_by_role("button", name="Follow the latest step").click()
    shown(page, f"bird, {experiment}, step 50")


@pytest.mark.usefixtures("two_steps")
def test_where_a_step_is_missing_the_one_before_is_shown_and_said(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, experiment, "tree", 20)
    show_images(page, experiment, step="30")
    shown(page, f"bird, {experiment}, step 30")
    shown(page, f"tree, {experiment}, step 20")
    expect(page.get_by_text("step 20, none at 30")).to_be_visible()
    expect(page.get_by_text("step 30, none at")).to_have_count(0)


def test_labels_can_have_steps_of_their_own(page: Page, root: Path, experiment: str) -> None:
    for name in (experiment, f"{experiment}-2"):
        for label in ("bird", "tree"):
            for step in (1, 2):
                log(root, name, label, step)
    show_images(page, experiment, each="1")
    shown(page, f"bird, {experiment}, step 2")
    page.get_by_role("button", name="Previous step of bird").click()
    shown(page, f"bird, {experiment}, step 1")
    shown(page, f"bird, {experiment}-2, step 1")
    shown(page, f"tree, {experiment}, step 2")
    expect(page).to_have_url(re.compile("images.own"))
    page.reload()
    shown(page, f"bird, {experiment}, step 1")
    page.get_by_role("button", name="Back to the page's step").click()
    shown(page, f"bird, {experiment}, step 2")


@pytest.fixture
def pictures_asked(page: Page) -> list[str]:
    """The addresses of all pictures that the page asks for."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/api/pictures/" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


# --- the grid ---------------------------------------------------------------------------------------------------------


def test_pictures_stand_by_label_or_by_experiment(page: Page, root: Path, experiment: str) -> None:
    for name in (experiment, f"{experiment}-2"):
        for label in ("street/bird", "street/tree"):
            log(root, name, label, 1)
    log(root, experiment, "cover")
    show_images(page, experiment)
    expect(page.get_by_role("button", name="street 2", exact=True)).to_be_visible()
    shown(page, f"street/tree, {experiment}-2, step 1")
    shown(page, f"cover, {experiment}, no step")
    page.get_by_role("button", name="Arrange").click()
    page.get_by_text("Experiment", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=experiment, exact=True)).to_be_visible()
    shown(page, f"street/tree, {experiment}-2, step 1")
    page.get_by_role("button", name=f"{experiment}-2", exact=True).last.click()
    expect(tile(page, f"street/tree, {experiment}-2, step 1")).to_have_count(0)
    expect(tile(page, f"street/tree, {experiment}, step 1")).to_be_visible()


def test_picture_in_place_of_another_is_shown(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "bird", 1, plain("#ff0000"))
    show_images(page, experiment)
    image = shown(page, f"bird, {experiment}, step 1").locator("img")
    before = image.get_attribute("src")
    log(root, experiment, "bird", 1, plain("#0000ff"))
    expect(image).not_to_have_attribute("src", before or "")
    page.wait_for_function(
        """(image) => { const canvas = new OffscreenCanvas(1, 1).getContext("2d");
                        canvas.drawImage(image, 0, 0, 1, 1);
                        return canvas.getImageData(0, 0, 1, 1).data[2] > 200; }""",
        arg=image.element_handle(),
    )


@pytest.mark.expect_browser_errors("422")
def test_broken_picture_says_why_and_leaves_the_others(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "bird", 1)
    replace(root / experiment / "0001" / "broken.png", b"\x89PNG\r\n\x1a\n and no more")
    show_images(page, experiment)
    shown(page, f"bird, {experiment}, step 1")
    broken = tile(page, f"broken, {experiment}, step 1")
    expect(broken).to_have_attribute("data-state", "failed")
    expect(broken).to_have_text(re.compile(r"\w+"))


def test_thumbnails_come_first_and_full_pictures_on_demand(
    page: Page, root: Path, experiment: str, pictures_asked: list[str]
) -> None:
    log(root, experiment, "large", 1, plain(size=(1500, 1000)))
    show_images(page, experiment)
    button = shown(page, f"large, {experiment}, step 1")
    assert all("size=" in address for address in pictures_asked)
    place = at_rest(button)
    button.click()
    stage(page)
    assert [address for address in pictures_asked if "size=" not in address]
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert at_rest(button) == place
    assert place["width"] / place["height"] == pytest.approx(4 / 3, rel=0.02)


# --- boxes ------------------------------------------------------------------------------------------------------------

BOXES = [
    box(5, 5, 15, 15, "car", 0.9),
    box(20, 5, 35, 25, "tree", 0.3),
    box(8, 8, 12, 12, "wheel", 0.6),
    box(2, 20, 10, 28),
]


@pytest.fixture
def boxed(root: Path, experiment: str) -> None:
    log(root, experiment, "street", 1, boxes=BOXES, classes=["car", "tree"], minProbability=0.5)


@pytest.mark.usefixtures("boxed")
def test_threshold_begins_as_the_file_says_and_boxes_without_probability_are_always_shown(
    page: Page, experiment: str
) -> None:
    show_images(page, experiment)
    shown(page, f"street, {experiment}, step 1")
    expect(page.get_by_title("Boxes shown of all")).to_have_text("3 / 4")
    page.get_by_role("button", name="Overlays", exact=True).click()
    panel = page.get_by_role("dialog", name="Overlays")
    expect(panel.get_by_role("slider", name="Probability from")).to_have_value("0.5")
    panel.get_by_role("slider", name="Probability from").fill("0.2")
    expect(page.get_by_title("Boxes shown of all")).to_have_text("4 / 4")
    number = panel.get_by_role("spinbutton", name="Probability from")
    number.fill("1")
    number.press("Enter")
    expect(panel.get_by_label("Boxes shown of all")).to_have_text("1 of 4")
    panel.get_by_role("button", name="Back").click()
    expect(panel.get_by_label("Boxes shown of all")).to_have_text("3 of 4")


@pytest.mark.usefixtures("boxed")
def test_classes_can_be_hidden_and_all_boxes(page: Page, experiment: str) -> None:
    show_images(page, experiment, threshold="0")
    shown(page, f"street, {experiment}, step 1")
    count = page.get_by_title("Boxes shown of all")
    expect(count).to_have_text("4 / 4")
    page.get_by_role("button", name="Overlays", exact=True).click()
    panel = page.get_by_role("dialog", name="Overlays")
    panel.get_by_role("switch", name="car").click()
    expect(count).to_have_text("3 / 4")
    panel.get_by_role("switch", name="Without a class").click()
    expect(count).to_have_text("2 / 4")
    expect(page).to_have_url(re.compile("images.hide=car.*images.hide=(&|$)"))
    page.reload()
    expect(count).to_have_text("2 / 4")
    page.keyboard.press("b")
    expect(page.locator("canvas")).to_have_count(0)


@pytest.mark.usefixtures("boxed")
def test_boxes_are_drawn_around_their_area_in_the_colour_of_their_class_which_is_remembered(
    page: Page, experiment: str
) -> None:
    show_images(page, experiment, open=f"{experiment}/1/street")
    picture = stage(page)
    inside, scale = 0.2, 1 / scale_of(picture)  # one pixel of the screen, in pixels of the picture
    expect_painted(picture, 5 - scale, 7)
    assert colour_of_canvas(picture, 5 + inside, 7)[3] == 0
    assert colour_of_canvas(picture, 27, 5 - scale)[3] == 0, "below the threshold"
    page.get_by_role("button", name="Colour of car").click()
    page.get_by_label("Any colour").fill("#ff00ff")
    page.wait_for_function("() => JSON.stringify(localStorage).includes('#ff00ff')")
    page.reload()
    stage(page)
    wait_until(lambda: colour_of_canvas(picture, 5 - scale, 7) == (255, 0, 255, 255))


@pytest.mark.usefixtures("boxed")
def test_boxes_under_the_pointer_are_listed(page: Page, experiment: str) -> None:
    show_images(page, experiment, open=f"{experiment}/1/street")
    picture = stage(page)
    point_at(picture, 10, 10)
    rows = page.get_by_label("What lies under the pointer").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_have_text(re.compile(r"wheel\s*0\.6\s*8 – 12\s*8 – 12\s*4 × 4"))
    expect(rows.nth(2)).to_have_text(re.compile(r"car\s*0\.9\s*5 – 15\s*5 – 15\s*10 × 10"))
    point_at(picture, 30, 1)
    expect(page.get_by_label("What lies under the pointer")).to_have_count(0)


@pytest.mark.usefixtures("boxed")
def test_writing_at_boxes_can_be_switched_on(page: Page, experiment: str) -> None:
    show_images(page, experiment, open=f"{experiment}/1/street")
    picture = stage(page)
    above = (5 + 1 / scale_of(picture), 5 - 6 / scale_of(picture))
    assert colour_of_canvas(picture, *above)[3] == 0
    page.get_by_role("switch", name="Class and probability").click()
    expect_painted(picture, *above)


def test_boxes_of_turned_pictures_turn_with_them(page: Page, root: Path, experiment: str) -> None:
    image = plain("#303030")
    ImageDraw.Draw(image).rectangle((0, 0, 7, 3), fill="#f0f0f0")
    boxes = [box(0, 0, 8, 4, "bright")]
    for orientation in TURNED:
        log(
            root,
            experiment,
            "turned",
            orientation,
            image,
            boxes=boxes,
            suffix=".jpg",
            orientation=orientation,
        )
    show_images(page, experiment, open=f"{experiment}/1/turned")
    dialog = page.get_by_role("dialog", name="turned")
    for orientation, (x, y) in TURNED.items():
        expect(dialog.get_by_role("textbox", name="Step number")).to_have_value(str(orientation))
        picture = stage(page)
        point_at(picture, x, y)
        expect(readout(page)).to_contain_text(
            re.compile(r"x 0 y 0\b.*\b2[345]\d 2[345]\d 2[345]\d", re.DOTALL)
        )
        expect(page.get_by_label("What lies under the pointer")).to_contain_text("bright")
        expect_painted(picture, x + 0.5, y + 0.5, least_alpha=1)
        beside = (14 if x == 0 else x - 14, 14 if y == 0 else y - 14)
        point_at(picture, *beside)
        expect(readout(page)).to_contain_text(re.compile(r"[34]\d [34]\d [34]\d"))
        expect(page.get_by_label("What lies under the pointer")).to_have_count(0)
        assert colour_of_canvas(picture, *beside)[3] == 0
        page.keyboard.press("ArrowRight")


def test_boxes_partly_outside_are_drawn_where_they_are(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, "street", 1, boxes=[box(-5, 10, 10, 40), box(100, 100, 120, 120)])
    show_images(page, experiment, open=f"{experiment}/1/street", zoom="0.5,0.5,0.5")
    picture = stage(page)
    scale = 1 / scale_of(picture)
    expect_painted(picture, -5 - scale, 20)
    expect_painted(picture, 5, 40 + scale)
    assert colour_of_canvas(picture, 5, 30)[3] == 0
    expect(page.get_by_label("Boxes shown of all").last).to_have_text("2 of 2")


# --- many -------------------------------------------------------------------------------------------------------------


def test_of_thousands_of_pictures_only_those_in_sight_are_asked_for(
    page: Page, root: Path, experiment: str, pictures_asked: list[str]
) -> None:
    written = io.BytesIO()
    plain(size=(4, 3)).save(written, "PNG")
    for step in range(2000):
        folder = root / experiment / f"{step:04}"
        folder.mkdir(parents=True)
        (folder / "dot.png").write_bytes(written.getvalue())
    show_images(page, experiment, all="1")
    expect(page.get_by_text("2,000 steps")).to_be_visible()
    shown(page, f"dot, {experiment}, step 0")
    assert len(pictures_asked) < 60
    before = len(pictures_asked)
    scroller = page.get_by_role("group", name="Images", exact=True)
    # Where a frame takes as long as on a busy machine, the pictures come to rest in it and are rightly asked for.
    rests = scroller.evaluate(
        """async (scroller) => {
             let rests = 0;
             for (let top = 0; top < scroller.scrollHeight; top += 2000) {
               const before = performance.now();
               scroller.scrollTop = top;
               await new Promise(requestAnimationFrame);
               if (performance.now() - before > 50) rests += 1;
             }
             scroller.scrollTop = scroller.scrollHeight;
             return rests;
           }"""
    )
    shown(page, f"dot, {experiment}, step 1,999")
    assert len(pictures_asked) - before < 200 + 60 * rests
    assert page.get_by_role("button", name=re.compile("^Open dot")).count() < 60
