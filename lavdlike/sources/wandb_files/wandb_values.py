"""Objects with a type in wandb's records: their items stand one by one in a record, or as JSON. Pure."""

from __future__ import annotations

import enum
import functools
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from lavdlike.sources.columns import valid_label
from lavdlike.sources.wandb_files import wandb_history

TYPE = "_type"
_MAX_DEPTH = 20
_MAX_KEY_BYTES = 4000
_UNUSED = frozenset({"sha256", "size", "format"})  # most of what is said of a file


class _Role(enum.Enum):
    """Which item of a record it is."""

    NONE = enum.auto()  # not read: no name, or one that lies too deep
    STEP = enum.auto()
    TIME = enum.auto()
    TYPE = enum.auto()  # of the last of its holders
    OTHER = enum.auto()


_ROLES = {("_step",): _Role.STEP, ("_timestamp",): _Role.TIME}


class _Name(NamedTuple):
    """What an item is called: names of objects in each other, at last its own.

    `holders`: the names of objects that it may be of, the outermost first. `is_unused`: whether nothing is made of it
    in an object with a type.
    """

    role: _Role
    names: tuple[str, ...] = ()
    holders: tuple[tuple[str, ...], ...] = ()
    is_unused: bool = False


@functools.lru_cache(maxsize=4096)  # the same few in most records
def name_of(key: bytes) -> _Name:
    """Of the fields of its name, as `wandb_history.items_of` gives them."""
    names = wandb_history.names_in(key) if len(key) <= _MAX_KEY_BYTES else ()
    if not 0 < len(names) <= _MAX_DEPTH:
        return _Name(_Role.NONE)
    if names in _ROLES:
        return _Name(_ROLES[names], names)
    role = _Role.TYPE if len(names) > 1 and names[-1] == TYPE else _Role.OTHER
    holders = tuple(names[:depth] for depth in range(1, len(names)))
    return _Name(role, names, holders, names[-1] in _UNUSED)


def values_in(
    record: bytes, begin: int, end: int
) -> tuple[int | None, float | None, list[tuple[str, dict[str, Any]]]]:
    """Step and time (Unix seconds) of a record, if it says them, and the objects with a type in it, with their labels.

    Raises:
        BadMessageError: it is none.
    """
    found, step = wandb_history.items_of(record, begin, end)
    time: float | None = None
    items: list[tuple[_Name, bytes]] = []
    typed: set[tuple[str, ...]] = set()
    for key, text in found:
        name = name_of(key)
        role = name.role
        if role is _Role.STEP:
            step = int(number(parsed(text), -1)) if step is None else step
        elif role is _Role.TIME:
            time = number(parsed(text), 0.0) or None
        elif role is not _Role.NONE:
            items.append((name, text))
            if role is _Role.TYPE:
                typed.add(name.holders[-1])
    values = _grouped(items, typed)
    named = [(_label_of(names), value) for names, value in values.items() if isinstance(value.get(TYPE), str)]
    return step, time, named


def _grouped(
    items: list[tuple[_Name, bytes]], typed: set[tuple[str, ...]]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """What is said of each object with a type, by its names."""
    values: dict[tuple[str, ...], dict[str, Any]] = {}
    for name, text in items:
        for holder in name.holders:
            if holder in typed:
                break
        else:
            if text.startswith(b"{") and b"_type" in text:
                values |= dict(_typed(name.names, parsed(text)))
            continue
        if name.is_unused:
            continue
        value = values.get(holder)
        if value is None:
            value = values[holder] = {}
        _put(value, name.names[len(holder) :], parsed(text))
    return values


@functools.lru_cache(maxsize=4096)  # the same few in most records
def _label_of(names: tuple[str, ...]) -> str:
    return valid_label(".".join(names))


def _typed(names: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The objects with a type in one that was logged as a whole."""
    if not isinstance(value, dict) or len(names) > _MAX_DEPTH:
        return
    if TYPE in value:
        yield names, value
        return
    for name, each in value.items():
        yield from _typed((*names, name), each)


def _put(into: dict[str, Any], names: tuple[str, ...], value: Any) -> None:
    for name in names[:-1]:
        below = into.setdefault(name, {})
        if not isinstance(below, dict):
            return
        into = below
    into[names[-1]] = value


def parsed(text: bytes) -> Any:
    """The value of an item; None of what is none."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):  # it knows no NaN
        with suppress(ValueError, RecursionError):
            return json.loads(text)
    return None


def number(value: Any, otherwise: float = 0.0) -> float:
    """A finite number; else the other."""
    try:
        found = float(value) if type(value) in (int, float) else otherwise
    except OverflowError:
        return otherwise
    return found if math.isfinite(found) else otherwise
