"""What lies in TensorBoard's event files is on the pages of its kinds, live, and broken records name themselves."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.pages import show_page
from tests.browser.pictures import show_images, shown
from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import image

CORPUS = ROOT / "tests" / "corpus" / "event_items"
EVENTS = "events.out.tfevents.1"

pytestmark = pytest.mark.one_tab


def png(width: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, 10), (200, 30, 30)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "log"
    shutil.copytree(CORPUS / "torch", root / "torch")
    shutil.copytree(CORPUS.parent / "projector" / "torch", root / "projector")
    (root / "growing").mkdir()
    (root / "growing" / EVENTS).write_bytes(VERSION + event(image("seen", png(20)), step=1))
    whole, broken = event(image("whole", png(20)), step=1), bytearray(event(image("broken", png(20)), step=1))
    broken[-20] ^= 1
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    (root / "hostile").mkdir()
    (root / "hostile" / EVENTS).write_bytes(
        VERSION + whole + broken + event(image("bomb", bomb.getvalue()), step=1)
    )
    return root


def test_pictures_are_shown_whatever_their_tag_is(server: Running, page: Page) -> None:  # noqa: ARG001
    show_images(page, "torch")
    shown(page, "input, torch, step 20")
    for label in ("../up", "a//b", ".hidden", "face.mask", "100%2F", "ü/ß"):
        shown(page, f"{label}, torch, step 1")


def test_what_is_appended_comes_by_itself(server: Running, page: Page) -> None:
    show_images(page, "growing")
    shown(page, "seen, growing, step 1")
    with (server.root / "growing" / EVENTS).open("ab") as file:
        file.write(event(image("seen", png(30)), step=2))
    shown(page, "seen, growing, step 2")


def test_all_other_kinds_are_on_their_pages(server: Running, page: Page) -> None:  # noqa: ARG001
    show_page(page, "markdown", "torch")
    expect(page.locator("main strong", has_text="step")).to_be_visible()
    show_page(page, "histograms", "torch")
    expect(page.get_by_text("200 values", exact=False).first).to_be_visible()
    show_page(page, "pr_curves", "torch")
    expect(page.locator("main canvas").first).to_be_visible()
    show_page(page, "audio", "torch")
    expect(page.locator("audio").first).to_have_js_property("error", None)
    show_page(page, "meshes", "torch")
    expect(page.get_by_text("5 vertices · 2 triangles", exact=True)).to_be_visible()
    show_page(page, "embeddings", "projector")
    expect(page.get_by_label("words: 5 vectors")).to_have_attribute("data-drawn", "5")


@pytest.mark.expect_browser_errors("the server responded with a status of")
def test_what_is_broken_or_too_large_says_so_beside_the_rest(server: Running, page: Page) -> None:  # noqa: ARG001
    show_images(page, "hostile")
    shown(page, "whole, hostile, step 1")
    expect(page.get_by_text("does not fit its checksum", exact=False).first).to_be_visible()
    expect(page.get_by_text("pixels", exact=False).first).to_be_visible()
