"""What trackers logged beside numbers is on the pages of its kinds: media of wandb, artifacts and models of MLflow."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import show_page
from tests.browser.pictures import show_images
from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT
from tests.sources.mlflow.test_mlflow_artifacts import database_in
from tests.sources.wandb_files.test_wandb_media import corpus_in

CORPUS = ROOT / "tests" / "corpus" / "media"

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All three runs are called `owl` by their trackers."""
    root = tmp_path_factory.mktemp("root") / "log"
    root.mkdir()
    corpus_in(root)
    database_in(root)
    said = json.loads((CORPUS / "expected.json").read_text())["mlflow_files"]
    shutil.copytree(CORPUS / "mlflow_files" / "vision", root / "store" / said["experiment"])
    return root


def test_pictures_of_wandb_and_mlflow_stand_at_their_steps(server: Running, page: Page) -> None:  # noqa: ARG001
    show_images(page, "owl")
    for label, step in (("image", 2), ("classes", 10), ("clip", 11), ("dogs", 2)):
        found = page.get_by_role("button", name=f"Open {label}, owl, step {step}", exact=True)
        expect(found.first).to_have_attribute("data-state", "ready")
    expect(page.get_by_text("moving", exact=True)).to_be_visible()


def test_pictures_in_cells_of_tables(server: Running, page: Page) -> None:  # noqa: ARG001
    show_page(page, "tables", "owl")
    page.get_by_label("Filter labels").fill("predictions")
    wandb = page.get_by_role("article", name="predictions of run", exact=True)
    mlflow = page.get_by_role("article", name="artifacts/tables/predictions of", exact=False)
    for table in (wandb, mlflow.first):
        cells = table.locator("td img")
        expect(cells).to_have_count(3)
        expect(cells.first).to_have_js_property("naturalWidth", 16)


def test_sounds_plots_and_point_clouds_of_wandb(server: Running, page: Page) -> None:  # noqa: ARG001
    show_page(page, "audio", "owl")
    expect(page.locator("audio").first).to_have_js_property("error", None)
    show_page(page, "plots", "owl")
    expect(page.frame_locator("iframe").first.locator(".scatterlayer .trace").first).to_be_visible()
    show_page(page, "meshes", "owl")
    expect(page.get_by_text("6 points", exact=True).first).to_be_visible()
    show_page(page, "histograms", "owl")
    expect(page.get_by_text("10 values", exact=False).first).to_be_visible()


def test_a_model_of_mlflow_has_its_signature(server: Running, page: Page) -> None:  # noqa: ARG001
    show_page(page, "markdown", "owl")
    expect(page.get_by_role("heading", name="Inputs", exact=True).first).to_be_visible()
    expect(page.get_by_role("cell", name="double", exact=True).first).to_be_visible()
