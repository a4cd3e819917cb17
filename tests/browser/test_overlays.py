"""What lies on pictures besides boxes, and pictures that stand in a grid, in a browser while they are written."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, Request

from lavdlike import Logger
from tests.browser.pages import at_rest
from tests.browser.pictures import (
    SIZE,
    TURNED,
    colour_of_canvas,
    expect_painted,
    log,
    point_at,
    replace,
    show_images,
    shown,
    stage,
    tile,
)
from tests.expecting import expect
from tests.limits import LIMIT_S
from tests.running import Running

pytestmark = pytest.mark.one_tab

WIDTH, HEIGHT = SIZE
CLASSES = ["background", "car", "person"]
PEOPLE: list[dict[str, Any]] = [
    {
        "points": [[30, 5], [30, 15], None],
        "edges": [[0, 1], [1, 2]],
        "names": ["head", "hip", "foot"],
        "probabilities": [0.9, 0.8, 0],
        "className": "person",
    }
]
POLYGONS = [{"points": [[2, 20], [12, 20], [12, 28], [2, 28]], "className": "car", "probability": 0.6}]


def write_mask(root: Path, experiment: str, name: str, mask: Image.Image) -> None:
    written = io.BytesIO()
    mask.save(written, "PNG")
    (root / experiment / "0001").mkdir(parents=True, exist_ok=True)
    replace(root / experiment / "0001" / name, written.getvalue())


def mask_of(*rectangles: tuple[int, tuple[int, int, int, int]], size: tuple[int, int] = SIZE) -> Image.Image:
    mask = Image.new("L", size)
    for value, corners in rectangles:
        ImageDraw.Draw(mask).rectangle(corners, fill=value)
    return mask


def under(page: Page) -> Locator:
    return page.get_by_label("What lies under the pointer")


def open_picture(page: Page, experiment: str, label: str, **parameters: str) -> Locator:
    show_images(page, experiment, open=f"{experiment}/1/{label}", **parameters)
    expect(page.get_by_role("dialog", name=label, exact=True)).to_be_visible()  # and not that of before
    return stage(page)


def expect_alpha(picture: Locator, x: float, y: float, alpha: int) -> None:
    """Of the overlays at the middle of a pixel, once they are drawn."""
    picture.page.wait_for_function(
        """([element, x, y, alpha, across, down]) => {
             const image = element.querySelector("img").getBoundingClientRect();
             const canvas = element.querySelector("canvas");
             if (!canvas) return alpha === 0;
             const frame = canvas.getBoundingClientRect();
             const ratio = canvas.width / frame.width;
             const left = Math.floor((image.left - frame.left + ((x + 0.5) / across) * image.width) * ratio);
             const top = Math.floor((image.top - frame.top + ((y + 0.5) / down) * image.height) * ratio);
             return Math.abs(canvas.getContext("2d").getImageData(left, top, 1, 1).data[3] - alpha) <= 1;
           }""",
        arg=[picture.element_handle(), x, y, alpha, *_size_of(picture)],
    )


def _size_of(picture: Locator) -> list[int]:
    size: list[int] = picture.locator("img").evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
    return size


def test_masks_are_painted_pixel_by_pixel_with_opacity_and_classes_shared_with_boxes(
    page: Page, root: Path, experiment: str
) -> None:
    write_mask(
        root,
        experiment,
        "street.mask.png",
        mask_of((1, (0, 0, 9, 9)), (2, (10, 0, 19, 9)), (9, (0, 20, 4, 24))),
    )
    log(root, experiment, "street", 1, classes=CLASSES, masks=[{"source": "street.mask.png"}])
    picture = open_picture(page, experiment, "street")
    expect_alpha(picture, 0, 0, 128)
    expect_alpha(picture, 9, 9, 128)
    expect_alpha(picture, 9, 10, 0)
    assert colour_of_canvas(picture, 9.95, 5) != colour_of_canvas(picture, 10.05, 5), (
        "no smoothing between classes"
    )
    for (x, y), name in (((5, 5), "car"), ((15, 5), "person"), ((2, 22), "9")):
        point_at(picture, x, y)
        expect(under(page)).to_contain_text(re.compile(rf"{name}\s*mask"))
    point_at(picture, 30, 25)
    expect(under(page)).to_have_count(0)
    page.get_by_role("slider", name="Opacity of masks").fill("1")
    expect_alpha(picture, 5, 5, 255)
    page.get_by_role("switch", name="car").click()
    expect_alpha(picture, 5, 5, 0)
    expect_alpha(picture, 15, 5, 255)
    page.get_by_role("switch", name="Masks").click()
    expect_alpha(picture, 15, 5, 0)
    expect(page).to_have_url(re.compile("images.hide=car"))
    expect(tile(page, f"street.mask, {experiment}, step 1")).to_have_count(0)


def test_masks_and_keypoints_of_turned_pictures_turn_with_them(
    page: Page, root: Path, experiment: str
) -> None:
    mask = mask_of((1, (0, 0, 7, 3)))
    people = [{"points": [[0.5, 20.5]], "names": ["corner"]}]
    for orientation in (3, 6, 7):
        log(
            root,
            experiment,
            f"turned{orientation}",
            1,
            orientation=orientation,
            suffix=".jpg",
            keypoints=people,
            masks=[{"source": f"turned{orientation}.mask.png"}],
        )
        write_mask(root, experiment, f"turned{orientation}.mask.png", mask)
        picture = open_picture(page, experiment, f"turned{orientation}")
        x, y = TURNED[orientation]
        expect_alpha(picture, x, y, 128)
        point_at(picture, x, y)
        expect(under(page)).to_contain_text(re.compile(r"1\s*mask"))
        expect_alpha(picture, 14 if x == 0 else x - 14, 14 if y == 0 else y - 14, 0)
        far = {3: (39, 9), 6: (9, 0), 7: (9, 39)}[orientation]
        point_at(picture, *far)
        expect(under(page)).to_contain_text(re.compile(r"corner\s*–\s*0\.5\s*20\.5"))


def test_keypoints_polygons_and_caption_are_shown_named_and_switched(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, experiment, "street", 1, keypoints=PEOPLE, polygons=POLYGONS, caption="Crossing <b>at noon</b>")
    show_images(page, experiment)
    shown(page, f"street, {experiment}, step 1")
    expect(page.get_by_title("Crossing <b>at noon</b>")).to_be_visible()
    picture = open_picture(page, experiment, "street")
    expect(page.get_by_role("dialog").get_by_text("Crossing <b>at noon</b>")).to_be_visible()
    point_at(picture, 29.5, 4.5)
    expect(under(page)).to_contain_text(re.compile(r"person\s*head\s*0\.9\s*30\s*5"))
    point_at(picture, 5, 24)
    expect(under(page)).to_contain_text(re.compile(r"car\s*polygon\s*0\.6\s*2 – 12\s*20 – 28\s*10 × 8"))
    point_at(picture, 20, 15)
    expect_painted(picture, 30, 10)  # the edge between head and hip
    expect_painted(picture, 7, 24, least_alpha=1)
    page.get_by_role("switch", name="Keypoints").click()
    expect_alpha(picture, 29.5, 9.5, 0)
    page.get_by_role("slider", name="Probability from").fill("0.7")
    expect_alpha(picture, 7, 24, 0)
    picture.press("b")
    expect(picture.locator("canvas")).to_have_count(0)
    picture.press("b")
    expect(page.get_by_role("switch", name="Keypoints")).to_be_checked()


def test_a_changed_mask_and_caption_are_shown_at_once(page: Page, root: Path, experiment: str) -> None:
    write_mask(root, experiment, "street.mask.png", mask_of((1, (0, 0, 9, 9))))
    masks = [{"source": "street.mask.png"}]
    log(root, experiment, "street", 1, masks=masks, caption="before")
    picture = open_picture(page, experiment, "street")
    expect_alpha(picture, 5, 5, 128)
    write_mask(root, experiment, "street.mask.png", mask_of((1, (20, 20, 29, 29))))
    expect_alpha(picture, 25, 25, 128)
    expect_alpha(picture, 5, 5, 0)
    log(root, experiment, "street", 1, masks=masks, caption="afterwards")
    expect(page.get_by_role("dialog").get_by_text("afterwards")).to_be_visible()


@pytest.mark.expect_browser_errors("404")
def test_what_cannot_be_shown_of_a_picture_is_said_on_it(page: Page, root: Path, experiment: str) -> None:
    write_mask(root, experiment, "street.mask-small.png", mask_of(size=(3, 2)))
    replace(root / experiment / "0001" / "street.mask-text.png", b"no picture")
    names = ("small", "text", "gone")
    masks = [{"source": f"street.mask-{name}.png", "name": name} for name in names]
    masks.append({"source": "../../../etc/passwd", "name": "out"})
    polygons = [{"points": [[1, 1]]}]
    log(root, experiment, "street", 1, masks=masks, polygons=polygons, keypoints="none")
    picture = open_picture(page, experiment, "street")
    for said in (
        "Mask small: it has 3 × 2 pixels, the picture 40 × 30 as stored",
        "Mask text: it is not a PNG",
        "Mask gone: There is nothing of this name.",
        "Mask out: its source leads out of the experiment",
        "1 of 1 polygons have fewer than three points",
        "images.keypoints: Expected",
    ):
        expect(picture.get_by_text(said)).to_be_visible()
    page.keyboard.press("Escape")
    expect(tile(page, f"street, {experiment}, step 1").get_by_text("Not all of it is shown")).to_have_count(1)


def test_logged_images_stand_in_their_grid_with_their_captions(
    page: Page, root: Path, experiment: str
) -> None:
    with Logger(experiment, root) as logger:
        pictures = np.zeros((7, 8, 8, 3), dtype=np.uint8)
        logger.log_images(pictures, "samples", 1, nrow=3, padding=6, captions=list("abcdefg"))
    show_images(page, experiment)
    tiles = [shown(page, f"samples/00{index}, {experiment}, step 1") for index in range(7)]
    places = [at_rest(tile) for tile in tiles]
    assert len({place["x"] for place in places}) == 3
    assert [len({place["y"] for place in row}) for row in (places[:3], places[3:6])] == [1, 1]
    assert places[1]["x"] - places[0]["x"] - places[0]["width"] == pytest.approx(6, abs=0.5)
    expect(page.get_by_title("g", exact=True)).to_be_visible()


def test_of_500_pictures_each_is_fetched_when_it_is_shown_and_the_server_stays_small(
    page: Page, root: Path, experiment: str, server: Running
) -> None:
    asked: set[str] = set()

    def note(request: Request) -> None:
        if "/api/pictures/" in request.url:
            asked.add(request.url)

    written = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((160, 120)).save(written, "PNG")
    (root / experiment / "0001/many").mkdir(parents=True)
    for index in range(500):
        (root / experiment / f"0001/many/{index:03}.png").write_bytes(written.getvalue())
    page.on("request", note)
    show_images(page, experiment)
    shown(page, f"many/000, {experiment}, step 1")
    before = server.rss_bytes()
    assert len(asked) < 80
    scroller = page.get_by_role("group", name="Images", exact=True)
    scroller.evaluate("(scroller) => { scroller.scrollTop = scroller.scrollHeight; }")
    shown(page, f"many/499, {experiment}, step 1")
    assert len(asked) < 160
    address = f"{server.url}api/pictures/{experiment}/1/many"
    with httpx.Client(timeout=LIMIT_S, trust_env=False) as client, ThreadPoolExecutor(2) as threads:
        answers = threads.map(lambda index: client.get(f"{address}/{index:03}?size=128"), range(500))
        assert {answer.status_code for answer in answers} == {200}
    assert server.rss_bytes() - before < 20 * 2**20
