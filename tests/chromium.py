"""A real browser for the tests: where it comes from, how it starts, and what its pages may not say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from tests.limits import LIMIT_S

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

# Without windows and what Chromium does for them: a tenth less CPU for the same pages. A package of Debian, too.
HEADLESS = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
# What costs time or asks for a network. The last such switch alone counts, so Playwright's own list stands here, too.
_DISABLED_FEATURES = (
    # Pages of the browser's own, which it makes with each window for what may be typed into its address bar.
    "PreloadTopChromeWebUI",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
    "Translate",
    # Playwright's
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)

ARGUMENTS = [
    # Chromium refuses to start its sandbox as root.
    *(["--no-sandbox"] if IS_ROOT else []),
    "--disable-gpu",
    f"--disable-features={','.join(_DISABLED_FEATURES)}",
    # A page that is opened while one of the same server is open needs no new process, nor to compile its scripts again.
    "--process-per-site",
    # Where the wheel was turned to is where the page is: nothing moves on under the pointer.
    "--disable-smooth-scrolling",
    # The rest keeps it from talking to anybody but the server under test.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What a page says of a server that is gone on purpose. Answers that are no success have a status instead.
SERVER_IS_GONE = ("net::ERR_", "WebSocket", "dynamically imported module")

_SEEN_CHARACTERS = 6000

# Whether each request of a page takes a quarter of a second more.
slow_down = False

_APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")


class NoBrowserError(Exception):
    """There is no browser and none could be installed. The message says what to do."""


def find_or_install(report: Callable[[str], None], *, names: tuple[str, ...] = NAMES) -> str:
    """The path of a Chromium or Chrome, which is installed if there is none.

    Args:
        report: told of each attempt to install one, as that takes minutes.
        names: of the programs that are looked for, the best first.

    Raises:
        NoBrowserError: every attempt failed, or the one that is named does not exist.
    """
    if found := _find(names):
        return found
    attempts: list[tuple[str, ...]] = [(sys.executable, "-m", "playwright", "install", "chromium")]
    if IS_ROOT and shutil.which("apt-get"):
        attempts += [(*_APT, "update"), (*_APT, "install", "-y", "--no-install-recommends", "chromium")]
    for attempt in attempts:
        report(f"no browser found, trying: {' '.join(attempt)}")
        try:
            subprocess.run(
                attempt,
                env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=600,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            report(str(error))
        if found := _find(names):
            return found
    raise NoBrowserError(
        "no browser for the browser tests: install Chromium or Chrome (Debian: apt-get install chromium), run "
        "`playwright install --with-deps chromium`, or set LAVDLIKE_CHROMIUM to the path of one"
    )


def _find(names: tuple[str, ...]) -> str | None:
    if named := os.environ.get("LAVDLIKE_CHROMIUM"):
        if not (found := shutil.which(named)):
            raise NoBrowserError(f"LAVDLIKE_CHROMIUM is {named}, which is no program")
        return found
    return next(filter(None, map(shutil.which, names)), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    try:
        # Playwright brings the browser but not the system libraries it needs: only a start tells.
        subprocess.run([path, "--version"], capture_output=True, timeout=LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return path


class PageErrors:
    """What the pages of some contexts said that they should not have."""

    def __init__(self) -> None:
        self._contexts: list[BrowserContext] = []
        self._errors: list[str] = []

    def listen(self, context: BrowserContext) -> BrowserContext:
        """Note the errors of all pages of `context` from now on; returns `context`."""
        # Violations of the content security policy and failed requests are console errors, too.
        context.on(
            "console", lambda message: self._errors.append(message.text) if message.type == "error" else None
        )
        context.on("weberror", lambda error: self._errors.append(f"uncaught: {error.error}"))
        if slow_down:
            context.on("page", _slow)
        self._contexts.append(context)
        return context

    def forget(self) -> None:
        """Begin anew, for the next test that uses the same contexts."""
        self._hear_out()
        self._errors.clear()

    def unexpected(self, expected: Iterable[str] = ()) -> list[str]:
        """The errors so far that none of the patterns `expected` is found in."""
        self._hear_out()
        patterns = [re.compile(pattern) for pattern in expected]
        return [error for error in self._errors if not any(pattern.search(error) for pattern in patterns)]

    def what_is_seen(self) -> str:
        """For a report of what went wrong: what stands on the pages, and what they have said."""
        pages = [page for context in self._contexts for page in context.pages]
        return "\n".join([*map(_description_of, pages), *self._errors])

    def _hear_out(self) -> None:
        """A round trip to each page: what it has said until now arrives before the answer."""
        for page in (page for context in self._contexts for page in context.pages):
            try:
                page.evaluate("0")
            except Error as error:
                if "navigation" not in error.message:  # it went elsewhere meanwhile, which is an answer, too
                    raise


def _description_of(page: Page) -> str:
    try:
        seen = page.locator("body").aria_snapshot(timeout=1000)
    except Error as error:
        seen = error.message
    return f"{page.url}\n{seen[:_SEEN_CHARACTERS]}"


def _slow(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 250, "downloadThroughput": -1, "uploadThroughput": -1},
    )


# What the pages of a test said: looked at when the test is done (tests/conftest.py).
PAGE_ERRORS = pytest.StashKey[PageErrors]()
