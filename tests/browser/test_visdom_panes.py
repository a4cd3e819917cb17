"""Panes of Visdom's environments are on the pages of their kinds, as its own server and client wrote them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import show_page
from tests.browser.pictures import show_images, shown
from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "log"
    shutil.copytree(ROOT / "tests/corpus/trackers/visdom_panes", root / "panes")
    return root


def test_every_pane_is_shown_as_what_it_is(server: Running, page: Page) -> None:  # noqa: ARG001
    show_images(page, "panes")
    shown(page, "main/photo, panes, no step")
    shown(page, "main/progress/sample, panes, step 2")
    show_page(page, "plots", "panes")
    expect(page.locator("main iframe").first).to_be_visible()
    show_page(page, "tables", "panes")
    expect(page.get_by_role("cell", name="green", exact=True)).to_be_visible()
    show_page(page, "embeddings", "panes")
    expect(page.get_by_label("main/words: 3 vectors")).to_have_attribute("data-drawn", "3")
    show_page(page, "html", "panes")
    expect(page.frame_locator("main iframe").first.locator("i", has_text="more")).to_be_visible()
    show_page(page, "texts", "panes")
    expect(page.locator("main").get_by_text("1 < 2 & größer", exact=True)).to_be_visible()
    show_page(page, "audio", "panes")
    expect(page.locator("audio").first).to_have_js_property("error", None)
