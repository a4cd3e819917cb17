"""Runs of other programs: their settings, source and curves are on the pages as those of ours are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.expecting import expect
from tests.running import Running
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "texts"

pytestmark = pytest.mark.one_tab


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    return ("--no-token", "--allow-edits")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root") / "log"
    for name in ("lightning", "sacred", "mmengine", "ray_tune_by_hand"):
        shutil.copytree(CORPUS / name, root / name)
    shutil.copytree(CORPUS / "lightning", root / "both")
    shutil.copytree(CORPUS.parent / "events" / "torch_add_scalars", root / "laid_out")
    (root / "both" / "metrics.jsonl").write_text('{"step": 1, "train_loss": 0.0625}\n')
    return root


def test_a_run_of_another_program_has_its_source_and_settings(server: Running, page: Page) -> None:  # noqa: ARG001
    page.goto("./#/experiment?experiment.at=lightning")
    status = page.get_by_role("region", name="Status", exact=True)
    expect(status.get_by_role("link", name="Lightning", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Config", exact=True)).to_contain_text("adam")
    expect(page.get_by_role("region", name="Last values", exact=True)).to_contain_text("train_loss")
    status.get_by_role("link", name="Lightning", exact=True).click()
    table = page.get_by_role("table")
    expect(table.get_by_role("link", name="lightning", exact=True)).to_be_visible()
    expect(table.get_by_role("link", name="sacred", exact=True)).to_have_count(0)


def test_what_a_program_appends_is_in_its_chart(server: Running, page: Page) -> None:
    page.goto("./#/experiment?experiment.at=mmengine")
    values = page.get_by_role("region", name="Last values", exact=True)
    expect(values).to_contain_text("loss")
    with (server.root / "mmengine/20260101_120000/vis_data/scalars.json").open("a") as file:
        file.write('{"loss": 0.0625, "iter": 99, "step": 99}\n')
    expect(values.locator("tr", has_text="loss").first).to_contain_text("0.0625")


def test_of_files_that_hold_the_same_another_one_can_be_read(server: Running, page: Page) -> None:  # noqa: ARG001
    page.goto("./#/experiment?experiment.at=ray_tune_by_hand")
    values = page.get_by_role("region", name="Last values", exact=True)
    expect(values).to_contain_text("info.learner.kl")
    values.get_by_text("Also in progress.csv", exact=True).click()
    expect(values).to_contain_text("result.json is read instead: one program writes the same into both.")
    values.get_by_role("button", name="Read this one").click()
    expect(values.get_by_text("Also in result.json", exact=True)).to_be_visible()
    expect(values).to_contain_text("info/learner/kl")
    expect(values).not_to_contain_text("info.learner.kl")
    page.reload()
    expect(values).to_contain_text("info/learner/kl")
    values.get_by_text("Also in result.json", exact=True).click()
    values.get_by_role("button", name="Read this one").click()
    expect(values.get_by_text("Also in progress.csv", exact=True)).to_be_visible()


def test_a_label_that_two_formats_have_is_one_line(server: Running, page: Page) -> None:  # noqa: ARG001
    page.goto("./#/experiment?experiment.at=both")
    values = page.get_by_role("region", name="Last values", exact=True)
    expect(values.locator("tr", has_text="train_loss")).to_contain_text("0.0625")
    expect(values.locator("tr", has_text="val_loss")).to_have_count(1)  # which only the table has
    values.get_by_text("Also in metrics.csv", exact=True).click()
    expect(values).to_contain_text(
        "metrics.jsonl is read instead: both have train_loss; all other labels of this file are shown."
    )
    values.get_by_role("button", name="Read this one").click()
    expect(values.get_by_text("Also in metrics.jsonl", exact=True)).to_be_visible()
    expect(values.locator("tr", has_text="train_loss")).not_to_contain_text("0.0625")


def test_the_charts_of_a_layout_are_opened_with_one_click(server: Running, page: Page) -> None:  # noqa: ARG001
    page.goto("./#/experiment?experiment.at=laid_out")
    suggested = page.get_by_role("region", name="Suggested charts", exact=True)
    expect(suggested.get_by_role("listitem")).to_have_text(
        ["Losses: both loss/a, loss/b", "Losses: one /^(?:loss/.*)/", "Bands: band mean, low, high"]
    )
    suggested.get_by_role("button", name="Open as charts").click()
    expect(page.get_by_text("Your charts")).to_be_visible()
    for title in ("Losses: both", "Losses: one", "Bands: band"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    page.go_back()
    expect(suggested).to_be_visible()
