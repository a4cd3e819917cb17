"""One server and one browser window a module; a test gets a fresh page in it, with nothing kept from the one before.

A module fills its own root: it overrides the fixture `root`, or writes while its pages are open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import PAGE_ERRORS, PageErrors
from tests.running import Running

expect.set_options(timeout=8000)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the module's server, empty."""
    return tmp_path_factory.mktemp("root") / "log"


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Running]:
    root.mkdir(exist_ok=True)
    running = Running(root, "--no-token")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def page_errors() -> PageErrors:
    return PageErrors()


@pytest.fixture(scope="module")
def context(browser: Browser, server: Running, page_errors: PageErrors) -> Iterator[BrowserContext]:
    """The module's window: 1440 x 900, light."""
    with browser.new_context(
        base_url=server.url, viewport={"width": 1440, "height": 900}, color_scheme="light"
    ) as context:
        _keep_window(context)
        yield page_errors.listen(context)


def _keep_window(context: BrowserContext) -> None:
    """Open a page of the server's that stays, without asking the server.

    Then the tests' pages are tabs of one window and live in one process: half the work for each.
    """
    page = context.new_page()
    page.route(
        "**", lambda route: route.fulfill(content_type="text/html", body='<link rel="icon" href="data:,">')
    )
    page.goto("./")


@pytest.fixture
def fresh_errors(page_errors: PageErrors, request: pytest.FixtureRequest) -> None:
    """What the module's pages say from now on is what the test is asked about."""
    page_errors.forget()
    request.node.stash[PAGE_ERRORS] = page_errors


@pytest.fixture
def page(context: BrowserContext, fresh_errors: None) -> Iterator[Page]:  # noqa: ARG001  # before the page
    page = context.new_page()
    yield page
    if page.url != "about:blank":
        page.evaluate("localStorage.clear()")
    page.close()


@pytest.fixture(scope="module")
def loaded_page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def lasting_page(loaded_page: Page, fresh_errors: None) -> Page:  # noqa: ARG001  # before the test
    """The same page in each test of the module, for those that only look: it is loaded once."""
    return loaded_page


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> str:
    """The name of an experiment that only this test has, in the root that its module shares."""
    return re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")[-60:]
