"""Kinds of installed packages: entry points of the group `lavdlike.kinds` (docs/kinds.md).

Nothing that such a package does keeps lavdlike from starting: one that cannot be loaded, takes too long, or contradicts
another kind is left out, and said. What its readers raise is a problem of the file that they read.
"""

from __future__ import annotations

import functools
import logging
import re
import threading
from collections.abc import Callable, Iterable
from concurrent import futures
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from lavdlike.errors import LavdlikeError, LogFormatError
from lavdlike.kinds import registry, shown
from lavdlike.kinds.kind import FramePage, Kind, ShownPage
from lavdlike.messages import Problem

if TYPE_CHECKING:  # 60 ms that only those who load plug-ins need
    from importlib.metadata import EntryPoint

GROUP = "lavdlike.kinds"
# To import a package. The server starts without one that takes longer.
LIMIT_S = 5.0
# Also names of pages that are no kinds'.
_PAGES = frozenset({"overview", "settings", "problems"})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}\Z")
_SUFFIX = re.compile(r"\.[a-z0-9_+-]{1,20}\Z")
_CARD_HEIGHTS = range(80, 2001)
# What the ends of names, points of series and the age of an experiment mean must not depend on what is installed.
_OURS = ("overlay", "number_of", "growing_files")

_log = logging.getLogger(__name__)


class PluginError(LavdlikeError):
    """A plug-in is not used; says why."""


class Plugins(NamedTuple):
    """The kinds that are used, and why others are not."""

    kinds: tuple[Kind, ...] = ()
    problems: tuple[Problem, ...] = ()


@functools.cache
def load() -> Plugins:
    """Make the kinds of all installed packages known to the readers of this process. Only the first call does."""
    from importlib.metadata import entry_points

    try:
        found = entry_points(group=GROUP)
    except Exception as error:  # noqa: BLE001 - of the metadata of any package
        return Plugins(problems=(_left_out("the list of installed kinds", error),))
    return add(found)


def add(entry_points: Iterable[EntryPoint]) -> Plugins:
    """Load the kinds of these entry points, in the order of their names, and register those that can be used."""
    order = sorted(entry_points, key=lambda entry_point: (entry_point.name, entry_point.value))
    found = [_used(entry_point) for entry_point in order]
    return Plugins(
        tuple(each for each in found if isinstance(each, Kind)),
        tuple(each for each in found if isinstance(each, Problem)),
    )


def _used(entry_point: EntryPoint) -> Kind | Problem:
    try:
        kind = _loaded(entry_point)
        _check(kind)
    except Exception as error:  # noqa: BLE001 - of code that is not ours
        return _left_out(f"the kind {entry_point.name} ({entry_point.value})", error)
    guarded = _guarded(kind)
    registry.add(guarded)
    return guarded


def _left_out(what: str, error: Exception) -> Problem:
    reason = str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
    _log.warning("%s cannot be used: %s", what, reason, exc_info=_log.isEnabledFor(logging.DEBUG))
    return Problem(what, f"cannot be used: {reason}")


def _loaded(entry_point: EntryPoint) -> Any:
    """What the entry point names. Its import that takes too long goes on, in a thread that nobody waits for."""
    loaded: futures.Future[Any] = futures.Future()

    def import_it() -> None:
        try:
            loaded.set_result(entry_point.load())
        except BaseException as error:  # noqa: BLE001 - an exit, too, would end only this thread, and be told to nobody
            loaded.set_exception(PluginError(f"{type(error).__name__}: {error}"))

    threading.Thread(target=import_it, name=f"lavdlike-kind-{entry_point.name}", daemon=True).start()
    try:
        return loaded.result(LIMIT_S)
    except futures.TimeoutError:
        raise PluginError(f"not imported within {LIMIT_S:g} s") from None


def _check(kind: object) -> None:
    """Raise `PluginError` unless it is a kind that stands beside all others."""
    if not isinstance(kind, Kind):
        raise PluginError(f"not a lavdlike.kinds.kind.Kind, but {type(kind).__name__}")
    if not _NAME.match(kind.name):
        raise PluginError(f"its name is not of lower-case letters, digits and underscores: {kind.name!r}")
    if kind.name in registry.BY_NAME or kind.name in _PAGES:
        raise PluginError(f"there is {kind.name!r} already")
    for suffix in sorted(kind.suffixes):
        if not _SUFFIX.match(suffix) or suffix == ".json":
            raise PluginError(
                f"not a suffix of its own, in lower case and with one dot, such as '.xyz': {suffix!r}"
            )
        if other := registry.kind_of_suffix(suffix):
            raise PluginError(f"{suffix} is of the kind {other.name}")
    if kind.json_key and any(kind.json_key == other.json_key for other in registry.BY_NAME.values()):
        raise PluginError(f"the key {kind.json_key!r} of JSON files is of another kind")
    if (kind.json_key or kind.is_document) and kind.read_json is None:
        raise PluginError("it is found in JSON files, but has no 'read_json'")
    if not (kind.suffixes or kind.json_key or kind.is_document):
        raise PluginError("there is no file of it: it has neither suffixes nor a key of JSON files")
    if used := [name for name in _OURS if getattr(kind, name)]:
        raise PluginError(f"{used[0]!r} is for lavdlike's own kinds")
    known_types = {type_ for other in registry.KINDS for type_ in other.media_types.values()}
    if unknown := kind.media_types.keys() - kind.suffixes or set(kind.media_types.values()) - known_types:
        raise PluginError(f"not a suffix of it, or no media type of lavdlike's own kinds: {sorted(unknown)}")
    _check_page(kind)


def _check_page(kind: Kind) -> None:
    if kind.page is None:
        return
    if isinstance(kind.page, FramePage):
        if not any((kind.page.folder / name).is_file() for name in ("index.js", "index.html")):
            raise PluginError(f"there is no index.js in the folder of its page: {kind.page.folder}")
    elif not (kind.read_file or kind.read_head or kind.read_json):
        raise PluginError("it has nothing to show: neither 'read_file', 'read_head' nor 'read_json'")
    if kind.page.card_height not in _CARD_HEIGHTS:
        raise PluginError(f"card_height is not from {_CARD_HEIGHTS[0]} to {_CARD_HEIGHTS[-1]} pixels")


def _guarded(kind: Kind) -> Kind:
    """The kind with readers that raise nothing unexpected, and whose content can be sent."""
    return replace(
        kind,
        content=shown.ShownContent if isinstance(kind.page, ShownPage) else kind.content,
        read_file=_reader(kind, kind.read_file),
        read_head=_reader(kind, kind.read_head),
        read_part=_reader(kind, kind.read_part),
        read_json=_reader(kind, kind.read_json),
        is_document=_otherwise(kind, kind.is_document, False),
        source_of=_otherwise(kind, kind.source_of, ""),
        parts_of=_otherwise(kind, kind.parts_of, ()),
        problems_of=_otherwise(kind, kind.problems_of, ()),
    )


def _reader(kind: Kind, read: Callable[..., Any] | None) -> Callable[..., Any] | None:
    if read is None:
        return None

    def guarded(*arguments: Any) -> Any:
        try:
            content = read(*arguments)
            if isinstance(kind.page, ShownPage) and read is not kind.read_part:
                content = shown.content_of(kind.page.show(content), str(arguments[-1]))
            msgspec.json.encode(content)
        except LogFormatError:
            raise
        except Exception as error:
            if isinstance(error, ValueError) and read is kind.read_part:
                raise  # there is no such part
            _log.debug("the kind %s failed", kind.name, exc_info=True)
            path = str(arguments[-1])
            raise LogFormatError(
                path, f"the kind {kind.name} failed: {type(error).__name__}: {error}"
            ) from None
        return content

    return guarded


def _otherwise(kind: Kind, function: Callable[..., Any] | None, fallback: Any) -> Callable[..., Any] | None:
    if function is None:
        return None

    def guarded(argument: Any) -> Any:
        try:
            return function(argument)
        except Exception:  # noqa: BLE001 - of code that is not ours
            _log.debug("the kind %s failed", kind.name, exc_info=True)
            return fallback

    return guarded
