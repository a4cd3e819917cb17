"""Boxes beside what they should be, in a browser: right, wrong and missed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.pictures import log, point_at, show_images, stage
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
