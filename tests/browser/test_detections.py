"""Boxes beside what they should be, our own and those of other programs, in a browser: right, wrong and missed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page

from tests.browser.pictures import expect_painted, log, point_at, replace, show_images, stage, tile
from tests.expecting import expect

pytestmark = pytest.mark.one_tab


def box(left: float, right: float, **more: Any) -> dict[str, Any]:
    return {"xStart": left, "yStart": 2, "xEnd": right, "yEnd": 12, "className": "person", **more}


def outcome(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=re.compile(name))


def test_expected_boxes_are_matched_counted_and_switched(page: Page, root: Path, experiment: str) -> None:
    log(
        root,
        experiment,
        "street",
        1,
        boxes=[box(2, 12, probability=0.9), box(26, 36, probability=0.4)],
        expectedBoxes=[box(3, 13), box(15, 22), box(24, 39, isCrowd=True)],
    )
    show_images(page, experiment, open=f"{experiment}/1/street")
    expect(page.get_by_role("dialog", name="street", exact=True)).to_be_visible()
    picture = stage(page)
    for name, count in (("Right", 1), ("Wrong", 0), ("Missed", 1)):
        expect(outcome(page, name)).to_contain_text(f"{count}")
    point_at(picture, 18, 7)
    expect(page.get_by_label("What lies under the pointer")).to_contain_text(re.compile(r"person\s*expected"))
    page.get_by_role("slider", name="Overlap from").fill("0.9")
    for name, count in (("Right", 0), ("Wrong", 1), ("Missed", 2)):
        expect(outcome(page, name)).to_contain_text(f"{count}")
    expect(page).to_have_url(re.compile(r"images\.iou=0\.9"))
    page.get_by_role("slider", name="Probability from").fill("0.95")
    expect(outcome(page, "Wrong")).to_contain_text("0")
    outcome(page, "Missed").press("Space")
    expect(outcome(page, "Missed")).not_to_be_checked()
    expect(page).to_have_url(re.compile(r"images\.outcomes=fn"))


def test_annotations_of_coco_lie_on_pictures_and_choose_them(page: Page, root: Path, experiment: str) -> None:
    """A folder as others have it: no file of ours in it."""
    folder = root / experiment
    (folder / "val").mkdir(parents=True)
    for name in "abc":
        Image.new("RGB", (40, 30), "navy").save(folder / "val" / f"{name}.png")
    boxes = [[2, 2, 10, 10], [2, 2, 10, 10], [20, 2, 10, 10]]
    annotations = [
        {
            "id": place + 1,
            "image_id": place,
            "category_id": 1,
            "bbox": box,
            "segmentation": [[2, 20, 9, 20, 9, 28]],
        }
        for place, box in enumerate(boxes)
    ]
    images = [{"id": place, "file_name": f"{name}.png"} for place, name in enumerate("abc")]
    classes = [{"id": 1, "name": "person"}]
    found = [{"image_id": 0, "category_id": 1, "bbox": [3, 2, 10, 10], "score": 0.9}]
    documents = {
        "instances_val.json": {"images": images, "annotations": annotations, "categories": classes},
        "predictions.json": found,
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))
    show_images(page, experiment)
    bar = page.get_by_role("region", name="Annotations")
    counts = bar.get_by_label("Boxes of all pictures")
    for text in ("TP 1", "FP 0", "FN 2"):
        expect(counts).to_contain_text(re.compile(text.replace(" ", r"\s*")))
    bar.get_by_label("Show").select_option("With a missed box")
    expect(bar.get_by_text("2 pictures")).to_be_visible()
    expect(tile(page, f"val/a, {experiment}, no step")).to_have_count(0)
    tile(page, f"val/b, {experiment}, no step").click()
    picture = stage(page)
    expect(outcome(page, "Missed")).to_contain_text("1")
    expect_painted(picture, 8, 26, least_alpha=1)
    page.keyboard.press("n")
    expect(page.get_by_role("dialog", name="val/c", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    bar.get_by_label("Class").select_option("person")
    expect(page).to_have_url(re.compile(r"images\.class=person"))
    bar.get_by_label("Predictions").select_option("None")
    expect(bar.get_by_text("3 boxes")).to_be_visible()


def test_changed_labels_are_told_of(page: Page, root: Path, experiment: str) -> None:
    """A folder as YOLO has it. The page is told of changes: it never comes to the round that it makes now and then."""
    page.add_init_script(
        "const later = window.setTimeout;"
        "window.setTimeout = (call, ms, ...rest) => later(call, ms === 10000 ? 2 ** 30 : ms, ...rest);"
    )
    folder = root / experiment
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for name in "ab":
        Image.new("RGB", (40, 30), "navy").save(folder / "images" / f"{name}.png")
    (folder / "labels/a.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    (folder / "labels/b.txt").write_text("")
    show_images(page, experiment)
    bar = page.get_by_role("region", name="Annotations")
    expect(bar.get_by_text("1 box", exact=True)).to_be_visible()
    with (folder / "labels/b.txt").open("a") as file:
        file.write("0 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4\n")
    expect(bar.get_by_text("3 boxes", exact=True)).to_be_visible()
    replace(folder / "labels/a.txt", b"0 0.5 0.5 0.2 0.4\n" * 3)
    expect(bar.get_by_text("5 boxes", exact=True)).to_be_visible()
