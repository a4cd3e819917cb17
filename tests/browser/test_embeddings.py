"""The Embeddings page in a browser: vectors laid out, coloured, searched, selected, and their neighbours."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route

from lavdlike import Logger
from tests.browser.pages import at_rest, choose, show_page, write
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

# Two groups of 20, far from each other along the first dimension.
VECTORS = np.random.default_rng(0).normal(0, 1, (40, 6)) + np.repeat([0, 30], 20)[:, None] * np.eye(6)[0]
NAMES = [f"{'left' if row < 20 else 'right'} {row}" for row in range(40)]
CLASSES = ["left"] * 20 + ["right"] * 20


def log(root: Path, experiment: str, count: int = 40) -> None:
    with Logger(experiment, root) as logger:
        labels = {"side": CLASSES[:count], "name": NAMES[:count]}
        images = [np.full((4, 4, 3), [255 * (row < 20), 0, 0], np.uint8) for row in range(count)]
        logger.log_embedding(VECTORS[:count], "points", 1, labels=labels, images=images)


def explore(page: Page, experiment: str) -> Locator:
    """The large view, with its vectors laid out."""
    show_page(page, "embeddings", experiment, open=f"{experiment}/step/points")
    dialog = page.get_by_role("dialog", name="points")
    expect(dialog.get_by_label("Large points: 40 vectors")).to_have_attribute("data-drawn", "40")
    return dialog


def test_embedding_is_shown_and_follows_its_files(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment, 30)
    show_page(page, "embeddings", experiment)
    expect(page.get_by_label("points: 30 vectors")).to_have_attribute("data-drawn", "30")
    expect(page.get_by_role("list", name="Colours").get_by_role("listitem")).to_have_text(["left", "right"])
    log(root, experiment)
    expect(page.get_by_label("points: 40 vectors")).to_have_attribute("data-drawn", "40")


def test_vectors_are_searched_selected_and_laid_out_by_themselves(
    page: Page, root: Path, experiment: str
) -> None:
    log(root, experiment)
    dialog = explore(page, experiment)
    expect(
        dialog.get_by_text(re.compile("40 vectors of 6 dimensions · 9. % of the variance"))
    ).to_be_visible()
    dialog.get_by_role("searchbox", name="Search vectors").fill("left 1")
    expect(dialog.get_by_role("heading", name="11 vectors found")).to_be_visible()
    dialog.get_by_role("button", name="side: left, name: left 12").click()
    near = dialog.get_by_role("list", name="Nearest to side: left, name: left 12").get_by_role("listitem")
    expect(near).to_have_count(20)
    choose(page, "Distance", "Euclidean")
    distances = np.linalg.norm(VECTORS - VECTORS[12], axis=1)
    nearest = int(np.argsort(distances)[1])
    expect(near.first).to_have_text(re.compile(rf"{NAMES[nearest]}\s*{distances[nearest]:.2f}"))
    dialog.get_by_role("button", name="Clear").click()
    # A line around the half of the plot in which one of the groups lies.
    dialog.get_by_role("switch", name="Select by drawing").check()
    box = at_rest(dialog.get_by_label("Large points: 40 vectors"))
    left, middle, top, bottom = (
        box["x"] + 4,
        box["x"] + box["width"] / 2,
        box["y"] + 4,
        box["y"] + box["height"] - 4,
    )
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((middle, top), (middle, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=2)
    page.mouse.up()
    expect(dialog.get_by_role("heading", name="20 vectors selected")).to_be_visible()
    dialog.get_by_role("button", name="Lay out only these").click()
    expect(dialog.get_by_label("Large points: 20 vectors")).to_have_attribute("data-drawn", "20")
    dialog.get_by_role("button", name="Lay out all").click()
    expect(dialog.get_by_label("Large points: 40 vectors")).to_be_visible()


def test_server_lays_out_by_tsne_in_three_dimensions(page: Page, root: Path, experiment: str) -> None:
    log(root, experiment)
    dialog = explore(page, experiment)
    dialog.get_by_role("group", name="Dimensions").get_by_text("3-D").click()
    expect(dialog.get_by_text("% of the variance")).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/projections", hold)  # the server may be done before anybody looks
    choose(page, "Method", "t-SNE")
    expect(dialog.get_by_role("progressbar", name="Computing the layout")).to_be_visible()
    wait_until(lambda: page.evaluate("true") and bool(held))  # handlers have their turn in calls alone
    for route in held:
        route.continue_()
    page.unroute("**/api/projections")
    expect(dialog.get_by_text("% of the variance")).to_have_count(0)
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(dialog.get_by_label("Large points: 40 vectors")).to_have_attribute("data-drawn", "40")


@pytest.mark.expect_browser_errors("status of 40[34]")
def test_broken_embedding_says_why(page: Page, root: Path, experiment: str) -> None:
    for name, vectors in (
        ("gone", "missing.npy"),
        ("outside", "../../../../etc/passwd"),
        ("text", "text.json"),
    ):
        write(root, f"{experiment}/0001/{name}.json", f'{{"embeddings": {{"vectors": "{vectors}"}}}}')
    write(root, f"{experiment}/0001/wrong.json", '{"embeddings": {"vectors": 1}}')
    show_page(page, "embeddings", experiment)
    for label, reason in (
        ("gone", "nothing of this name"),
        ("text", "no array of NumPy"),
        ("wrong", "Expected `str`"),
    ):
        card = page.get_by_role("article", name=f"{label} of")
        expect(card.get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_role("article", name="outside of").get_by_role("alert")).to_be_visible()
