"""Which tests `pytest --quick` runs, for every save: all but those that need a browser, start programs or are `slow`.

Tests that take about half a second or more, all cases together, are marked `slow`. The rest is read off the tests
themselves: off the fixtures they ask for, and off what their own code and the helpers in `tests` reach. What escapes
that is refused when it happens. (The package itself may start a program; tests of the sandboxes, which do little else,
are left out as a room, as are those of the host, which wait for connections to be given up.)
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

_PAGE_FIXTURES = {"browser", "frontend"}
_TESTS = Path(__file__).parent
_SLOW_ROOMS = {_TESTS / "server" / "sandbox", _TESTS / "server" / "host", _TESTS / "browser"}
_PACKAGE = _TESTS.parent / "lavdlike"
_EVENTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec"}
_STARTERS = frozenset(
    {"subprocess", "multiprocessing", "concurrent.futures.process", "playwright", "runpy", "toolchain"}
)
_OURS = frozenset({"tests"})
_FORKS = {id(getattr(os, name)) for name in ("fork", "posix_spawn", "system", "execv") if hasattr(os, name)}


def is_quick(path: Path, fixtures: dict[str, Callable[..., Any]], test: Iterable[object]) -> bool:
    """Whether a test needs neither a browser nor a program.

    Args:
        path: of the test's module.
        fixtures: those that the test asks for, also through others, by name.
        test: its function, and the class that holds it.
    """
    if needs_page(fixtures) or is_left_out(path):
        return False
    return not any(map(starts_programs, (*test, *fixtures.values())))


@functools.cache
def is_left_out(path: Path) -> bool:
    """Whether it is a room of tests of which none is quick, or in one: such are not even read."""
    return not _SLOW_ROOMS.isdisjoint((path, *path.parents))


def needs_page(fixtures: Iterable[str]) -> bool:
    """Whether a test with these fixtures needs a browser or a build of the page."""
    return not _PAGE_FIXTURES.isdisjoint(fixtures)


@functools.cache
def starts_programs(code: object) -> bool:
    """Whether a function or a class, or what it reaches in `tests`, names a module that starts processes."""
    seen: set[int] = set()
    to_do = [code]
    while to_do:
        value = to_do.pop()
        if _is_starter(value):
            return True
        if id(value) not in seen:
            seen.add(id(value))
            to_do.extend(_reached(value))
    return False


def refuse_programs(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (`sys.addaudithook`): an error where a test, not the package or a library, starts a process."""
    if event not in _EVENTS:
        return
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if _PACKAGE in path.parents or "site-packages" in path.parts:
            return
        if _TESTS in path.parents:
            raise AssertionError(f"a test for every save starts a program: {arguments}; see tests/quick.py")
        frame = frame.f_back


def _is_starter(value: object) -> bool:
    module = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return id(value) in _FORKS or (isinstance(module, str) and _is_within(module, _STARTERS))


def _reached(value: object) -> Iterator[object]:
    """What the code of a function or of a class's methods names, if it stands in `tests`."""
    value = inspect.unwrap(value) if callable(value) else value
    if not _is_within(getattr(value, "__module__", None) or "tests", _OURS):
        return
    if isinstance(value, type):
        yield from (*vars(value).values(), *value.__bases__)
    elif isinstance(value, property):
        yield value.fget
    elif isinstance(value, (staticmethod, classmethod)):
        yield value.__func__
    elif isinstance(value, FunctionType):
        for code in _codes(value.__code__):
            yield from _named(code.co_names, value.__globals__)
    elif _is_within(type(value).__module__, _OURS):  # an object: its methods
        yield type(value)


def _named(names: tuple[str, ...], scope: dict[str, Any]) -> Iterator[object]:
    for found in (scope[name] for name in names if name in scope):
        yield found
        if isinstance(found, ModuleType):  # `scripts.run`, `os.fork`
            yield from (vars(found)[name] for name in names if name in vars(found))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Itself, and that of the functions within."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


@functools.cache
def _is_within(module: str, packages: frozenset[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
