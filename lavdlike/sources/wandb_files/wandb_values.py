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
# Items of a record of which it is kept what is done with them.
_MAX_KEPT = 500
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


class _Plan(NamedTuple):
    """What to do with the items of a record, by their places; most records of a run have the same.

    `steps`, `times`: those that say these. `objects`: the names of objects with a type. `parts`: of those, the place of
    an item, which object it is of, and its names there. `others`: what may hold such objects as JSON, with its names.
    """

    steps: list[int]
    times: list[int]
    objects: dict[tuple[str, ...], int]
    parts: list[tuple[int, int, tuple[str, ...]]]
    others: list[tuple[int, tuple[str, ...]]]


def _plan_of(keys: tuple[bytes, ...]) -> _Plan:
    plan = _Plan([], [], {}, [], [])
    names = [name_of(key) for key in keys]
    typed = {name.holders[-1] for name in names if name.role is _Role.TYPE}
    for place, name in enumerate(names):
        if name.role is _Role.STEP:
            plan.steps.append(place)
        elif name.role is _Role.TIME:
            plan.times.append(place)
        elif name.role is not _Role.NONE:
            holder = next(filter(typed.__contains__, name.holders), None)
            if holder is None:
                plan.others.append((place, name.names))
            elif not name.is_unused:
                number_of_object = plan.objects.setdefault(holder, len(plan.objects))
                plan.parts.append((place, number_of_object, name.names[len(holder) :]))
    return plan


_kept_plan_of = functools.lru_cache(maxsize=64)(_plan_of)


def values_in(
    record: bytes, begin: int, end: int
) -> tuple[int | None, float | None, list[tuple[str, dict[str, Any]]]]:
    """Step and time (Unix seconds) of a record, if it says them, and the objects with a type in it, with their labels.

    Raises:
        BadMessageError: it is none.
    """
    keys, texts, step = wandb_history.items_of(record, begin, end)
    plan = (_kept_plan_of if len(keys) <= _MAX_KEPT else _plan_of)(tuple(keys))
    if step is None and plan.steps:
        step = int(number(parsed(texts[plan.steps[0]]), -1))
    time = number(parsed(texts[plan.times[-1]]), 0.0) or None if plan.times else None
    objects: list[dict[str, Any]] = [{} for _ in plan.objects]
    for place, of, names in plan.parts:
        if len(names) == 1:
            objects[of][names[0]] = parsed(texts[place])
        else:
            _put(objects[of], names, parsed(texts[place]))
    values = dict(zip(plan.objects, objects, strict=True))
    for place, names in plan.others:
        if texts[place].startswith(b"{") and b"_type" in texts[place]:
            values |= dict(_typed(names, parsed(texts[place])))
    named = [(_label_of(names), value) for names, value in values.items() if isinstance(value.get(TYPE), str)]
    return step, time, named


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
