"""The Models page in a browser: which tensors a checkpoint holds, and what differs from another step's."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages import show_page
from tests.expecting import expect
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "models"

pytestmark = pytest.mark.one_tab


def safetensors(path: Path, **shapes: list[int]) -> None:
    entries = {
        name: {"dtype": "U8", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()
    }
    head = json.dumps(entries).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(head)) + head)


def test_tensors_of_a_checkpoint_are_listed_and_filtered(page: Page, root: Path, experiment: str) -> None:
    (root / experiment / "0500").mkdir(parents=True)
    shutil.copy(CORPUS / "epoch=3-step=500.ckpt", root / experiment / "0500" / "last.ckpt")
    show_page(page, "models", experiment)
    shown = page.get_by_role("article", name=f"last of {experiment}")
    expect(shown).to_contain_text("PyTorch · 10.0 kB · 27 tensors · 405 parameters")
    expect(shown.get_by_role("definition").first).to_have_text("3")
    shown.get_by_role("textbox", name="Filter tensors").fill("conv.weight")
    expect(shown.get_by_role("row", name="state_dict.conv.weight")).to_contain_text("4 × 3 × 3 × 3")
    expect(shown.get_by_role("row")).to_have_count(2)


def test_a_checkpoint_is_compared_with_that_of_another_step(page: Page, root: Path, experiment: str) -> None:
    safetensors(root / experiment / "1" / "net.safetensors", gone=[2], kept=[3], grown=[4, 4])
    safetensors(root / experiment / "2" / "net.safetensors", kept=[3], grown=[8, 4], new=[1])
    show_page(page, "models", experiment)
    shown = page.get_by_role("article", name=f"net of {experiment}")
    shown.get_by_role("combobox", name="Compare with").select_option("step 1")
    expect(shown).to_contain_text("1 added, 1 removed, 1 changed")
    expect(shown.get_by_role("row", name="grown")).to_contain_text("was 4 × 4")
    expect(shown.get_by_role("row", name="gone")).to_contain_text("removed")


def test_a_checkpoint_that_was_cut_short_says_so(page: Page, root: Path, experiment: str) -> None:
    path = root / experiment / "net.safetensors"
    path.parent.mkdir()
    path.write_bytes(struct.pack("<Q", 10_000) + b'{"a": ')
    show_page(page, "models", experiment)
    expect(page.get_by_role("article", name=f"net of {experiment}")).to_contain_text("cut short")
