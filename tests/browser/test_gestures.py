"""Keys, clicks and selections in a browser reach the script that asked for them, in their order."""

from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from lavdlike.compat.visdom import Visdom
from lavdlike.event_lines import Event
from tests.browser.pages import at_rest, show_page
from tests.expecting import expect
from tests.limits import LIMIT_S

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gestures") / "log"


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


def heard_by(vis: Visdom, win: str) -> queue.Queue[dict[str, Any]]:
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    vis.register_event_handler(heard.put, win)
    return heard


def test_a_thousand_keys_arrive_in_order_and_none_twice(page: Page, root: Path, experiment: str) -> None:
    vis = Visdom(env=experiment, log_dir=root)
    keys = heard_by(vis, vis.text("Type here", win="pad"))
    vis.text("not asked for", win="other")
    show_page(page, "html", experiment)
    pad = page.get_by_role("article", name=f"pad of {experiment}")
    pad.locator("iframe").click()  # whose keys the page does not see
    expect(pad).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Shift+A")
    page.keyboard.press("ArrowLeft")
    told = [keys.get(timeout=LIMIT_S) for _ in range(4)]
    assert [(each["key"], each["key_code"]) for each in told] == [
        ("j", 74),
        ("Shift", 16),
        ("A", 65),
        ("ArrowLeft", 37),
    ]
    assert {(each["event_type"], each["eid"], each["pane_data"]["content"]) for each in told} == {
        ("KeyPress", experiment, "Type here")
    }
    text = "".join(chr(33 + n * 7 % 90) for n in range(1000))
    page.keyboard.type(text)
    assert "".join(keys.get(timeout=LIMIT_S)["key"] for _ in text) == text
    page.keyboard.press("Tab")  # leaves it
    expect(pad).not_to_be_focused()
    other = page.get_by_role("article", name=f"other of {experiment}")
    expect(other).not_to_have_attribute("tabindex", "0")
    vis.files.environment(experiment).end()
    expect(pad.get_by_role("status")).to_have_text("Script ended")
    expect(pad).not_to_have_attribute("tabindex", "0")
    assert keys.empty()


def test_a_click_on_a_picture_is_told_by_its_pixel(page: Page, root: Path, experiment: str) -> None:
    heard: queue.Queue[Event] = queue.Queue()
    with Logger(experiment, root) as logger:
        logger.log_image(np.zeros((40, 80, 3), np.uint8), "asked", 3)
        logger.log_image(np.zeros((40, 80, 3), np.uint8), "plain", 3)
        logger.on_event(heard.put, "asked", gestures=True)
        show_page(page, "images", experiment)
        picture = page.get_by_role("button", name="Open asked")
        expect(picture.locator("img")).to_be_visible()
        box = at_rest(picture)
        scale = box["width"] / 80
        picture.click(position={"x": 20.5 * scale, "y": box["height"] / 2 + 9.5 * scale})
        event = heard.get(timeout=LIMIT_S)
        assert (event.type, event.label, event.step, event.x, event.y) == ("clicked", "asked", 3, 20, 29)
        page.get_by_role("button", name="Open plain").click()
        expect(page.get_by_role("dialog")).to_be_visible()
    assert heard.empty()


def test_the_script_shows_what_is_picked_and_draws_what_is_selected(
    page: Page, root: Path, experiment: str
) -> None:
    vis = Visdom(env=experiment, log_dir=root)
    features = np.random.default_rng(1).normal(size=(12, 4))
    win = vis.embeddings(features, list("aabbccddeeff"), lambda at: f"<b>This is {at}</b>", "html", win="e")
    heard = heard_by(vis, win)
    show_page(page, "embeddings", experiment)
    card = page.get_by_role("article", name=f"e of {experiment}")
    canvas = card.locator("canvas")
    expect(canvas).to_have_attribute("data-drawn", "12")
    box = at_rest(canvas)
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    card.get_by_role("button", name="Large view").click()
    large = page.get_by_role("dialog").locator("canvas")
    expect(large).to_have_attribute("data-drawn", "12")
    box = at_rest(large)
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    for x, y in ((0.7, 0), (0.7, 1), (0, 1)):
        page.mouse.move(
            box["x"] + 2 + x * (box["width"] - 4), box["y"] + 2 + y * (box["height"] - 4), steps=3
        )
    page.mouse.up()
    page.keyboard.up("Shift")
    event = heard.get(timeout=LIMIT_S)
    while event["event_type"] != "RegionSelected":
        event = heard.get(timeout=LIMIT_S)
    chosen = event["selectedIdxs"]
    assert 0 < len(chosen) < 12
    expect(large).to_have_attribute("data-drawn", str(len(chosen)))
    page.get_by_role("dialog").get_by_role("button", name="Draw what was before").click()
    expect(large).to_have_attribute("data-drawn", "12")
    with (root / experiment / "events.jsonl").open("a") as file:
        file.write(json.dumps({"label": "e", "type": "picked", "indices": [5]}) + "\n")
    preview = page.get_by_role("dialog").frame_locator("iframe")
    expect(preview.get_by_text("This is 5")).to_be_visible()


def test_the_windows_of_an_environment_tell_of_keys_clicks_sliders_and_being_closed(
    page: Page, root: Path, experiment: str
) -> None:
    vis = Visdom(env=experiment, log_dir=root)
    for step in range(3):
        picture = np.full((3, 20, 40), 80 * step, np.uint8)
        vis.image(picture, win="past", opts={"title": "Past", "store_history": True})
    heard = heard_by(vis, "past")
    show_page(page, "windows", experiment)
    window = page.get_by_role("article", name="Window Past", exact=True)
    stage = window.get_by_role("img").locator("..")
    expect(window.get_by_role("img")).to_be_visible()
    box = at_rest(stage)
    stage.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.keyboard.press("ArrowLeft")
    window.get_by_role("button", name="Previous of Past").click()
    window.get_by_role("button", name="Close Past").click()
    told = [heard.get(timeout=LIMIT_S) for _ in range(4)]
    assert [each["event_type"] for each in told] == ["Click", "KeyPress", "SliderMoved", "Close"]
    assert told[0]["image_coord"] in [{"x": x, "y": y} for x in (19, 20) for y in (9, 10)]
    assert (told[1]["key"], told[2]["index"], told[3]["pane_data"]["title"]) == ("ArrowLeft", 1, "Past")
    expect(window).to_have_count(0)
    assert vis.win_exists("past") is False
