"""The Graphs page in a browser: groups fold and unfold, nodes are found, and what is wrong is said."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lavdlike import Logger
from tests.browser.pages import show_page
from tests.expecting import expect
from tests.scripts import ROOT

pytestmark = pytest.mark.one_tab


def test_groups_unfold_and_nodes_are_found(page: Page, root: Path, experiment: str) -> None:
    names = [f"net/stage{number // 50}/block{number // 10}/op{number}" for number in range(1000)]
    with Logger(experiment, root) as logger:
        logger.log_graph([("input", names[0]), *itertools.pairwise(names)], "net")
    broken = {"nodes": ["a", "a", "<i>bold"], "edges": [["a", "<i>bold"], ["a", "gone"]]}
    (root / experiment / "broken.graph.json").write_text(json.dumps(broken))
    (events,) = (ROOT / "tests" / "corpus" / "graphs" / "torch").iterdir()
    shutil.copy(events, root / experiment)
    show_page(page, "graphs", experiment)

    of_torch = page.get_by_role("article", name=f"graph of {experiment}", exact=True)
    expect(of_torch.get_by_role("img", name="aten::relu")).to_be_visible()
    expect(of_torch).to_contain_text("Block[1]")

    card = page.get_by_role("article", name=f"broken of {experiment}")
    expect(card).to_contain_text("another node with the id 'a': the first one is shown (1 more are left out)")
    expect(card.get_by_role("img", name="<i>bold")).to_be_visible()

    page.get_by_role("article", name=f"net of {experiment}").get_by_role("button", name="Large view").click()
    large = page.get_by_role("dialog", name="net")
    drawing = large.get_by_role("application")
    boxes = drawing.get_by_role("img")
    expect(boxes).to_have_count(2)
    # With keys: to the group, and into it.
    drawing.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(large.get_by_role("region", name="Selected: net")).to_contain_text("1,000 nodes")
    page.keyboard.press("Enter")
    expect(boxes).to_have_count(22)
    # A node in folded groups.
    large.get_by_role("textbox", name="Find a node").fill("op457")
    large.get_by_role("button", name="op457").click()
    expect(drawing.get_by_role("img", name="op457")).to_be_in_viewport()
    about = large.get_by_role("region", name="Selected: op457")
    expect(about).to_contain_text("in net/stage9/block45")
    about.get_by_role("button", name="op456").click()
    expect(large.get_by_role("region", name="Selected: op456")).to_contain_text("1 output")
    large.get_by_role("button", name="Fold all groups").click()
    expect(boxes).to_have_count(2)
