"""One server and one browser window a module; a test gets a fresh page in it, with nothing kept from the one before.

A module fills its own root: it overrides the fixture `root`, or writes while its pages are open.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import PAGE_ERRORS, PageErrors
from tests.scripts import ROOT

expect.set_options(timeout=8000)


class Running:
    """A `lavdlike` process that shows `root`, as a person starts it; it can be stopped and started at the same port."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self._options = options
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        command = [sys.executable, "-m", "lavdlike.server", str(self.root), f"--port={self._port}"]
        self._process = subprocess.Popen(
            [*command, "--no-browser", *self._options],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://[^/]+:(\d+)/(?:.* is in (.+)\))?", line)
        assert found, f"the server did not say where it is: {line!r}"
        self._port = int(found[1])
        self.link = Path(found[2]).read_text().strip() if found[2] else self.url

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None


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
        yield page_errors.listen(context)


@pytest.fixture
def page(context: BrowserContext, page_errors: PageErrors, request: pytest.FixtureRequest) -> Iterator[Page]:
    page_errors.forget()
    request.node.stash[PAGE_ERRORS] = page_errors
    page = context.new_page()
    yield page
    if page.url != "about:blank":
        page.evaluate("localStorage.clear()")
    page.close()


@pytest.fixture
def experiment(request: pytest.FixtureRequest) -> str:
    """The name of an experiment that only this test has, in the root that its module shares."""
    return re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")[-60:]
