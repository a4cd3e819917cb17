"""Every page, full of data, by the rules of axe-core: light on a desk, dark on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.pages import open_whole
from tests.scripts import ROOT

PAGES = (
    "overview",
    "scalars",
    "images",
    "texts",
    "markdown",
    "logs",
    "plots",
    "meshes",
    "embeddings",
    "commands",
    "histograms",
    "pr_curves",
    "confusion_matrices",
    "tables",
    "arrays",
    "files",
    "problems",
)


@pytest.fixture(scope="module")
def root() -> Path:
    return ROOT / "example_logs"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 360)])
def test_axe_finds_nothing_serious(page: Page, name: str, theme: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    open_whole(page, f"./#/{name}")
    violations = Axe().run(page).response["violations"]
    serious = [each for each in violations if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
