"""The outside world of the tests: a browser, a Node, a current build of the page.

Whatever has to be fetched is fetched before the first test, so that no test's time limit has to cover a download.
Where it cannot be had, the tests that need it fail with one line that says what to install; none is skipped.

A browser test asks for pytest-playwright's `page` (or `new_context`). It fails by itself on console errors, uncaught
exceptions and violations of the page's policy; `@pytest.mark.expect_browser_errors("pattern")` names the errors that a
test provokes on purpose.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import logging
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import toolchain
from hypothesis import HealthCheck, settings
from playwright.sync_api import BrowserContext

from tests import chromium, quick

# Thousands of asserts and hundreds of started programs: compiled once, whatever the environment of a container says.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples at each run, and no clock in a test's result.
# Nor is it a fault to be slow: how long examples take to make says how busy the machine is.
settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("suite"), max_examples=10)
settings.register_profile("long", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# Less than pytest's `timeout`, whose signal leaves the event loop where it is, so that no fixture could end after it.
_ASYNC_LIMIT_S = 90

_FRONTEND = pytest.StashKey[toolchain.Frontend | toolchain.ToolchainError]()
_BROWSER = pytest.StashKey[str | chromium.NoBrowserError]()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two for the whole suite, three for its quick tests, which wait more; none for chosen tests, which are few."""
    if config.args != config.getini("testpaths"):
        return 0
    return 3 if config.option.quick else 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick", action="store_true", help="without browser and started programs, for every save"
    )
    parser.addoption(
        "--slow-page",
        action="store_true",
        help="a slow network for the page, which shows what tests do not wait for",
    )


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # while tests are collected, of which all is kept
    chromium.slow_down = config.option.slow_page
    if config.option.quick:
        settings.load_profile("quick")
        sys.addaudithook(quick.refuse_programs)
    _let_programs_be_stopped()


def _let_programs_be_stopped() -> None:
    """Under `nohup` and in the background of a script, programs started by tests would ignore the tests' signals.

    A signal that is handled here goes to them with its default action, one that is ignored stays ignored in them.
    """
    for name in ("SIGHUP", "SIGINT", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda _number, _frame: None)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.option.quick and quick.is_left_out(collection_path) else None


@pytest.hookimpl(tryfirst=True)  # before `-m` is applied
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of the page; files with browser tests last, in either process, the longest of them first.

    From the first on, Playwright's event loop runs in the tests' thread, and no other can. A process that took a long
    file in the end would be waited for.
    """
    for item in items:
        if quick.needs_page(getattr(item, "fixturenames", ())):
            item.add_marker("page")
    if config.option.quick:
        chosen = [item for item in items if _is_quick(item)]
        config.hook.pytest_deselected(items=list(set(items).difference(chosen)))
        items[:] = chosen
    with_browser = {item.path for item in items if _needs_browser(item)}
    tests_of = Counter(item.path for item in items)
    # Stable: otherwise the order stays.
    items.sort(key=lambda item: (1, -tests_of[item.path]) if item.path in with_browser else (0, 0))
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            item.obj = _limited(item.obj)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Provide what the collected tests need, and only that."""
    gc.freeze()  # thousands of tests would be looked through again and again
    gc.enable()
    if session.config.option.collectonly:
        return
    stash = session.config.stash
    needed = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if "frontend" in needed:
        stash[_FRONTEND] = _current_frontend()
    if any(map(_needs_browser, session.items)):
        stash[_BROWSER] = _browser()


def _limited(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(test)
    async def limited(*args: Any, **options: Any) -> None:
        await asyncio.wait_for(test(*args, **options), _ASYNC_LIMIT_S)

    return limited


def _is_quick(item: pytest.Item) -> bool:
    if item.get_closest_marker("slow"):
        return False
    if not isinstance(item, pytest.Function):  # a doctest, say
        return True
    definitions = item._fixtureinfo.name2fixturedefs
    fixtures = {name: found[-1].func for name, found in definitions.items()}
    return quick.is_quick(item.path, fixtures, [item.function, item.cls])


def _needs_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


def _current_frontend() -> toolchain.Frontend | toolchain.ToolchainError:
    frontend = toolchain.Frontend.of(Path(__file__).resolve().parent.parent)
    try:
        toolchain.install(frontend, report=_say)
        toolchain.build(frontend, with_tests=True, report=_say)
    except toolchain.ToolchainError as error:
        return error
    return frontend


def _browser() -> str | chromium.NoBrowserError:
    try:
        return chromium.find_or_install(_say, names=(chromium.HEADLESS, *chromium.NAMES))
    except chromium.NoBrowserError as error:
        return error


def _say(line: str) -> None:
    print(line, file=sys.__stderr__, flush=True)  # past pytest's capture: somebody waits


@pytest.fixture(scope="session", autouse=True)
def _keys_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Generator[None, None, None]:
    """Servers keep their keys and links in a folder of the tests, not of the person who runs them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        environment.delenv("XDG_RUNTIME_DIR", raising=False)
        yield


@pytest.fixture(scope="session")
def frontend(pytestconfig: pytest.Config) -> toolchain.Frontend:
    """The frontend with all its packages installed and a current build in `lavdlike/server/static`."""
    frontend = pytestconfig.stash[_FRONTEND]
    return frontend if isinstance(frontend, toolchain.Frontend) else _fail(frontend)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
    frontend: toolchain.Frontend,  # noqa: ARG001  # no browser test may see an old build
    pytestconfig: pytest.Config,
) -> dict[str, Any]:
    """pytest-playwright's way to start a browser, with the one that was found."""
    path = pytestconfig.stash[_BROWSER]
    if not isinstance(path, str):
        _fail(path)
    return {**browser_type_launch_args, "executable_path": path, "args": chromium.ARGUMENTS}


def _fail(problem: Exception) -> NoReturn:
    pytest.fail(str(problem), pytrace=False)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], request: pytest.FixtureRequest
) -> Callable[..., BrowserContext]:
    """pytest-playwright's way to every page, here with an ear on what the pages say."""
    errors = request.node.stash[chromium.PAGE_ERRORS] = chromium.PageErrors()
    return lambda **options: errors.listen(new_context(**options))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Look at what the pages said as part of the test, so that the test fails and not its teardown."""
    try:
        result = yield
    except Exception:
        if errors := pyfuncitem.stash.get(chromium.PAGE_ERRORS, None):
            pyfuncitem.add_report_section("call", "pages", errors.what_is_seen())
        raise
    if errors := pyfuncitem.stash.get(chromium.PAGE_ERRORS, None):
        markers = pyfuncitem.iter_markers("expect_browser_errors")
        unexpected = errors.unexpected(pattern for marker in markers for pattern in marker.args)
        if unexpected:
            pytest.fail("\n".join(["the page reported errors:", *unexpected]), pytrace=False)
    return result


@pytest.fixture
def kept_loggers() -> Generator[None, None, None]:
    """For tests that set up the server's log in their own process: afterwards it is as before."""
    loggers = [logging.getLogger(name) for name in ("lavdlike", "uvicorn.error", "asyncio")]
    before = [(logger.handlers, logger.level, logger.propagate) for logger in loggers]
    last_resort = logging.lastResort
    yield
    logging.lastResort = last_resort
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.fixture
def anyio_backend() -> str:
    """What `@pytest.mark.anyio` tests run on: the server is written for asyncio."""
    return "asyncio"
