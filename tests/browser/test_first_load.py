"""What a page asks for before it shows anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from lavdlike.kinds.scalars import HEADER
from tests.expecting import expect


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("first") / "log"
    (root / "run").mkdir(parents=True)
    (root / "run" / "scalars.tsv").write_text(HEADER + "1\t1.0\tloss\t0.5\n2\t2.0\tloss\t0.25\n")
    return root


def test_what_draws_a_page_comes_while_the_server_says_what_there_is(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/root*", hold)
    # The server is told what is opened, so that it begins to read the files.
    opening = re.compile(r"/api/root\?page=scalars$")
    with page.expect_request(opening), page.expect_request(re.compile(r"/assets/charts-[^/]*\.js")):
        page.goto("./#/scalars", wait_until="commit")
    for route in held:
        route.continue_()
    page.unroute("**/api/root*")  # which lets go of what is held, too
    expect(page.locator(".chart canvas").first).to_be_visible()


def test_the_page_of_scalars_is_few_files(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("./#/scalars")
    expect(page.locator(".chart canvas").first).to_be_visible()
    assert len([url for url in asked if "/assets/" in url]) <= 15
    expect(page.locator("svg path[d='']")).to_have_count(0)  # icons that come after the frame
