"""Plots that grow: the lines of a `.plotly.jsonl` and the figure that they come to (docs/format.md, "Plots"). Pure.

The first line is a figure, each further one a change of it, so that a curve gets a point by a line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from lavdlike.errors import LogFormatError

SUFFIX = ".plotly.jsonl"
# What a line does to the lists of a trace, to what is in them (`_each`), where at.
_VERBS = ("append", "prepend", "append_each", "prepend_each")
_OF_TRACE = frozenset({"trace", "set", *_VERBS})
# How nearly all lines begin, which leave the traces what they are unless something is set.
_CHANGES_ONE, _SETS = b'{"trace":', b'"set"'


class Folded(NamedTuple):
    """A figure after all its changes, and how many lines were none that it could take."""

    figure: dict[str, Any]
    skipped: int


class _Trace(msgspec.Struct):
    type: Any = "scatter"
    name: Any = None


class _Figure(msgspec.Struct):
    data: list[_Trace]


def folded(data: bytes, path: str) -> Folded:
    """The figure that the lines of a file come to; a last line without a newline is still being written.

    Raises:
        LogFormatError: it does not begin with a figure.
    """
    lines = _whole_lines(data)
    figure: dict[str, Any] = {}
    skipped = 0
    for line in lines:
        try:
            apply(figure, json.loads(line))
        except (ValueError, TypeError, RecursionError):  # cut by a kill, or of another program
            skipped += 1
        if not figure:
            raise LogFormatError(
                path, "does not begin with a plot: a line with 'data', a list of traces", "line 1"
            )
    if not figure:
        raise LogFormatError(path, "empty, or its first line is not finished")
    return Folded(figure, skipped)


def trace_types(data: bytes, path: str) -> list[str]:
    """The type of each trace after all changes. Points are not looked at, so that it costs little for a long file.

    Raises:
        LogFormatError: it does not begin with a figure.
    """
    lines = _whole_lines(data)
    try:
        first = msgspec.json.decode(next(lines, b""), type=_Figure)
    except (msgspec.DecodeError, UnicodeDecodeError):  # NaN, or no figure
        return [type_of(trace) for trace in folded(data, path).figure["data"]]
    figure = {"data": [{"type": trace.type, "name": trace.name} for trace in first.data], "layout": {}}
    for line in lines:
        if not line.startswith(_CHANGES_ONE) or _SETS in line:
            try:
                apply(figure, json.loads(line))
            except (ValueError, TypeError, RecursionError):
                continue
    return [type_of(trace) for trace in figure["data"]]


def apply(figure: dict[str, Any], change: Any) -> None:
    """Change a figure as a line says.

    Raises:
        ValueError: the line is none, or the figure has not what it changes. Nothing was changed.
    """
    if not isinstance(change, dict):
        raise ValueError("a line must be an object")
    if "data" in change:
        _check_traces(change["data"])
        figure.clear()
        figure.update({**change, "layout": _object(change.get("layout", {}), "layout")})
    elif not figure:
        raise ValueError("the first line must be a figure")
    elif "trace" in change:
        _change_trace(figure["data"][place_of(figure, change["trace"])], change)
    elif "add" in change:
        _check_traces([change["add"]])
        figure["data"].append(change["add"])
    elif "remove" in change:
        del figure["data"][place_of(figure, change["remove"])]
    elif "layout" in change:
        figure["layout"].update(_object(change["layout"], "layout"))
    else:
        raise ValueError(
            f"a line must have one of data, trace, add, remove, layout, not {sorted(change)[:5]}"
        )


def type_of(trace: Mapping[str, Any]) -> str:
    """What plotly draws a trace as."""
    return str(trace.get("type", "scatter"))


def place_of(figure: Mapping[str, Any], trace: Any) -> int:
    """Which trace is meant by its place or its name.

    Raises:
        ValueError: there is none.
    """
    traces = figure["data"]
    if isinstance(trace, str):
        for place, each in enumerate(traces):
            if each.get("name") == trace:
                return place
    elif type(trace) is int and 0 <= trace < len(traces):
        return trace
    raise ValueError(f"there is no trace {trace!r}")


def _change_trace(trace: dict[str, Any], change: Mapping[str, Any]) -> None:
    if unknown := change.keys() - _OF_TRACE:
        raise ValueError(f"a line about a trace has {sorted(unknown)[:5]}, which nothing is known of")
    given = _object(change.get("set", {}), "set")
    additions = [
        addition
        for verb in _VERBS
        if verb in change
        for addition in _additions(trace, _object(change[verb], verb), verb)
    ]
    for is_behind, there, more in additions:
        at = len(there) if is_behind else 0
        there[at:at] = more
    trace.update(given)


def _additions(
    target: dict[str, Any], given: Mapping[str, Any], verb: str
) -> Iterator[tuple[bool, list[Any], list[Any]]]:
    """Each list that grows, whether at its end, and by what."""
    for key, value in given.items():
        if isinstance(value, dict):
            yield from _additions(_object(target.setdefault(key, {}), key), value, verb)
            continue
        there = target.setdefault(key, [])
        pairs = list(zip(there, value, strict=True)) if verb.endswith("_each") else [(there, value)]
        if not all(isinstance(each, list) for pair in pairs for each in pair):
            raise ValueError(f"{key!r} is no list")
        yield from ((verb.startswith("append"), *pair) for pair in pairs)


def _whole_lines(data: bytes) -> Iterator[bytes]:
    begin = 0
    while (end := data.find(b"\n", begin)) >= 0:
        if end > begin:
            yield data[begin:end]
        begin = end + 1


def _check_traces(traces: Any) -> None:
    if not isinstance(traces, list) or not all(isinstance(trace, dict) for trace in traces):
        raise ValueError("'data' must be a list of traces, each an object")


def _object(value: Any, key: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{key!r} must be an object")
    return value
