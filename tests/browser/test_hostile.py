"""A real browser over the whole corpus of hostile files: nothing of the tree runs, and the page can be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import hostile
from tests.browser.pages import open_whole
from tests.expecting import expect

# Called by whatever of the tree runs in the page; frames without an origin cannot reach it, and are asked themselves.
_CANARY = """
    window.ran = [];
    window.canary = (what) => { window.ran.push(String(what)); };
    window.alert = window.canary;
"""
_BROKEN_PICTURES = (r"Failed to load resource: .* (404|403|422|416|503)",)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile-browser") / "log"
    hostile.make_root(root)
    return root


@pytest.fixture(scope="module")
def loaded_page(loaded_page: Page) -> Page:
    loaded_page.add_init_script(_CANARY)
    return loaded_page


def assert_nothing_ran(page: Page) -> None:
    for frame in page.frames:
        assert frame.evaluate("window.ran ?? []") == [], frame.url


@pytest.mark.expect_browser_errors(*_BROKEN_PICTURES, "Blocked script execution")
@pytest.mark.parametrize(
    "name",
    [
        "overview",
        "scalars",
        "images",
        "texts",
        "markdown",
        "logs",
        "plots",
        "meshes",
        "figures",
        "html",
        "embeddings",
        "audio",
        "videos",
        "histograms",
        "pr_curves",
        "confusion_matrices",
        "tables",
        "arrays",
        "files",
        "commands",
        "problems",
    ],
)
def test_every_page_shows_the_corpus_and_runs_nothing_of_it(lasting_page: Page, name: str) -> None:
    page = lasting_page
    open_whole(page, f"./#/{name}")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page.get_by_role("main")).not_to_be_empty()
    assert_nothing_ran(page)


@pytest.mark.expect_browser_errors(*_BROKEN_PICTURES)
@pytest.mark.parametrize("experiment", ["names", "documents", "special", "pictures"])
def test_folders_of_the_corpus_can_be_browsed(lasting_page: Page, experiment: str) -> None:
    page = lasting_page
    page.goto(f"./#/files?filter=t:{experiment}")
    page.get_by_role("table", name="Files").get_by_role("link", name=experiment, exact=True).click()
    expect(
        page.get_by_role("table", name="Files").get_by_role("link", name="0007", exact=True)
    ).to_be_visible()
    assert_nothing_ran(page)
