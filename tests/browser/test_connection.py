"""A page whose server goes and comes back: it claims nothing meanwhile, and loads what it could not load."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Error, Locator, Page

from lavdlike.kinds import audio, videos
from tests.browser.pages import write
from tests.chromium import SERVER_IS_GONE
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.expect_browser_errors(*SERVER_IS_GONE)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("connection") / "log"
    figure = {"data": [{"type": "bar", "y": [2, 1]}], "layout": {}}
    write(root, "run/0001/bars.plotly.json", json.dumps(figure))
    write(root, "run/0001/note.txt", "a note")
    write(root, "run/0001/report.html", "<p>a report</p>")
    write(root, "run/0001/dot.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"></svg>')
    (root / "run/0001/tone.wav").write_bytes(audio.encode(np.zeros(8000), 8000))
    videos.save(np.zeros((10, 32, 32, 3), np.uint8), root / "run/0001/clip.mp4", 25)
    return root


def connection(page: Page, word: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^Connection: {word}"))


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Pages").get_by_role("link", name=name)


def open_overview(page: Page) -> None:
    page.goto("./")
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    expect(connection(page, "live")).to_be_visible()


def bring_back(page: Page, server: Running) -> None:
    """The page is told that its network is back: by itself it waits, the longer the more often it has tried."""
    server.start()

    def is_live() -> bool:
        with suppress(Error):  # it loads itself anew at this moment, for a part that it could not load
            page.evaluate("dispatchEvent(new Event('online'))")
        return connection(page, "live").is_visible()

    wait_until(is_live)


def test_nothing_is_said_to_be_seen_at_once_while_the_server_is_gone(page: Page, server: Running) -> None:
    open_overview(page)
    connection(page, "live").click()
    expect(page.get_by_text("at once", exact=True)).to_be_visible()
    server.stop()
    expect(page.get_by_text("not now", exact=True)).to_be_visible()
    expect(page.get_by_text("at once", exact=True)).to_have_count(0)
    expect(page.get_by_text("The system tells the server of changes")).to_have_count(0)
    bring_back(page, server)
    expect(page.get_by_text("at once", exact=True)).to_be_visible()


@pytest.mark.parametrize("name", ["Texts", "Files"])
def test_part_of_the_page_that_could_not_be_loaded_is_loaded_once_the_server_is_back(
    page: Page, server: Running, name: str
) -> None:
    open_overview(page)
    server.stop()
    tab(page, name).click()
    expect(page.get_by_text("This part of the page could not be loaded")).to_be_visible()
    bring_back(page, server)
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_frame_that_could_not_be_loaded_is_loaded_once_the_server_is_back(
    page: Page, server: Running
) -> None:
    page.goto("./#/plots")
    page.route(re.compile("frames/plots"), lambda route: route.abort())
    page.reload()
    frame = page.get_by_title("Plot of bars", exact=True)
    expect(frame).to_have_attribute("data-state", "drawing")
    page.unroute(re.compile("frames/plots"))
    server.stop()
    expect(connection(page, "live")).to_have_count(0)
    bring_back(page, server)
    expect(frame).to_have_attribute("data-state", "drawn")


@pytest.mark.expect_browser_errors("416")
def test_pages_drawings_films_and_sounds_are_loaded_again_once_the_server_is_back(
    page: Page, server: Running
) -> None:
    """What the browser asks for itself, while nobody answers."""
    whole = {
        "html": page.frame_locator("iframe[title='Page report']").get_by_text("a report"),
        "figures": page.get_by_role("img", name="Figure dot"),
        "videos": page.get_by_label("Video clip"),
        "audio": page.get_by_label("Sound tone"),
    }
    size = "(element) => element.naturalWidth || element.duration || element.textContent.length"
    files = re.compile("/api/files/")

    def is_loaded(element: Locator) -> bool:
        try:
            return element.count() == 1 and bool(element.evaluate(size, timeout=1000))
        except Error:  # it has gone since it was counted
            return False

    open_overview(page)
    for kind, element in whole.items():
        page.route(files, lambda route: route.abort())
        page.goto(f"./#/{kind}")
        page.reload()
        expect(page.get_by_role("article")).to_have_count(1)
        server.stop()
        expect(connection(page, "live")).to_have_count(0)
        for words, count in (("none", 0), ("", 1)):  # shown anew
            page.get_by_label("Filter labels").fill(words)
            expect(page.get_by_role("article")).to_have_count(count)
        assert not is_loaded(element), kind
        page.unroute(files)
        bring_back(page, server)
        wait_until(lambda element=element: is_loaded(element))  # type: ignore[misc]
