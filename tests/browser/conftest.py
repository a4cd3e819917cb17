"""One server and one browser window a module; a test gets a page that is loaded anew, in the tab of the test before.

A module fills its own root: it overrides the fixture `root`, or writes while its pages are open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.chromium import PAGE_ERRORS, PageErrors
from tests.running import Running

WINDOW = ViewportSize(width=1440, height=900)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of the module's server, empty."""
    return tmp_path_factory.mktemp("root") / "log"


@pytest.fixture(scope="module")
def options() -> tuple[str, ...]:
    """How the module's server is started."""
    return ("--no-token",)


@pytest.fixture(scope="module")
def server(root: Path, options: tuple[str, ...]) -> Iterator[Running]:
    root.mkdir(exist_ok=True)
    running = Running(root, *options, warm=True)
    yield running
    running.stop()


@pytest.fixture
def start_server() -> Iterator[Callable[..., Running]]:
    """Starts a further server, as `Running(...)` does.

    It goes on until the test is done and its pages have been asked what they said: what they still load then is no
    error of theirs, as it would be if the test stopped the server itself.
    """
    started: list[Running] = []

    def start(root: Path, *options: str) -> Running:
        started.append(Running(root, *options, warm=True))
        return started[-1]

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="module")
def page_errors() -> PageErrors:
    return PageErrors()


@pytest.fixture(scope="module")
def context(browser: Browser, server: Running, page_errors: PageErrors) -> Iterator[BrowserContext]:
    """The module's window: 1440 x 900, light."""
    with browser.new_context(base_url=server.url, viewport=WINDOW, color_scheme="light") as context:
        _keep_window(context)
        yield page_errors.listen(context)


def _keep_window(context: BrowserContext) -> None:
    """Open a page of the server's that stays, without asking the server.

    Then the tests' pages are tabs of one window and live in one process: half the work for each.
    """
    _show_nothing(context.new_page())


@pytest.fixture
def fresh_errors(page_errors: PageErrors, request: pytest.FixtureRequest) -> None:
    """What the module's pages say from now on is what the test is asked about."""
    page_errors.forget()
    request.node.stash[PAGE_ERRORS] = page_errors


@pytest.fixture
def page(
    context: BrowserContext,
    fresh_errors: None,  # noqa: ARG001  # before the page
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """The module's tab, which the test before has left; where a module is marked `one_tab`, at the address it was at.

    A test that provokes errors has its own in any case: what is said late is nobody else's.
    """
    markers = {marker.name for marker in request.node.iter_markers()}
    if markers & {"own_tab", "expect_browser_errors"}:
        page = context.new_page()
        yield page
        page.close()
    else:
        page = request.getfixturevalue("loaded_page")
        yield page
        _set_back(page)
        if "one_tab" not in markers:
            _leave(page)
    _clear_storage(context)


def _set_back(page: Page) -> None:
    """All but the address, which the next test gives."""
    page.keyboard.press("Escape")  # what stands open over the page
    page.mouse.move(0, 0)
    page.set_viewport_size(WINDOW)
    page.emulate_media(color_scheme="light")


def _leave(page: Page) -> None:
    """Whatever the test had loaded ends. From nothing of the same server on, the tab's process stays."""
    _show_nothing(page)
    page.unroute("**")


def _show_nothing(page: Page) -> None:
    """An empty document of the server's, without asking the server."""
    page.route(
        "**", lambda route: route.fulfill(content_type="text/html", body='<link rel="icon" href="data:,">')
    )
    page.goto("./empty")


def _clear_storage(context: BrowserContext) -> None:
    for window in context.pages[:1]:  # the one that is kept: tabs may be anywhere
        window.evaluate("localStorage.clear()")


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
