"""An update of a plot as the lines that are appended to its file. Pure.

What Visdom's server does with an update is said by its package, `UpdateHandler` in server/handlers/web_handlers.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.kinds import plot_lines

Line = dict[str, Any]
Outline = dict[str, Any]

# Lists of a trace that grow together.
_AXES = ("x", "y", "z", "text")
_HEATMAP = "heatmap"
# What is done to z by the word for it, where the names are that go with it, and how they grow.
_DIRECTIONS = {
    "appendRow": ("append", "y", "append"),
    "prependRow": ("prepend", "y", "prepend"),
    "appendColumn": ("append_each", "x", "append"),
    "prependColumn": ("prepend_each", "x", "prepend"),
}
GROWING_TYPES = ("scatter", "scattergl", "scatter3d", "custom", _HEATMAP)


class UpdateRefusedError(Exception):
    """The update does not go with the plot; the text says why."""


def outline_of(figure: Mapping[str, Any]) -> Outline:
    """A figure without the points of its lines: what has to be known of it to change it. Heatmaps stay whole."""
    return {"data": [_outline(trace) for trace in figure["data"]], "layout": {}}


def noted(outline: Outline, lines: Sequence[Line]) -> None:
    """Do to an outline what lines do to its figure."""
    for line in lines:
        if "trace" in line:
            place = plot_lines.place_of(outline, line["trace"])
            trace = outline["data"][place]
            if type_of(trace) == _HEATMAP:
                plot_lines.apply(outline, line)
            else:
                trace.update(_outline(line.get("set", {})))
        elif "add" in line:
            outline["data"].append(_outline(line["add"]))
        elif "layout" not in line:
            plot_lines.apply(outline, line)


def lines_of(outline: Outline, message: Mapping[str, Any]) -> list[Line]:
    """The lines for what Visdom's client sends as an update; none if there is nothing to change.

    Raises:
        UpdateRefusedError: it does not go with the plot.
    """
    lines: list[Line] = []
    layout = {key: value for key, value in (message.get("layout") or {}).items() if value is not None}
    if layout:
        lines.append({"layout": layout})
    traces = outline["data"]
    legend = (message.get("opts") or {}).get("legend")
    if legend:
        lines += [{"trace": place, "set": {"name": name}} for place, name in enumerate(legend[: len(traces)])]
    name, new = message.get("name"), message.get("data")
    if name is None and new is None:
        return lines
    named = [place for place, trace in enumerate(traces) if name is None or trace.get("name") == name]
    if message.get("delete"):
        # From behind, so that the places of the others stay.
        return [*lines, *({"remove": place} for place in reversed(named))]
    for each in new or ():
        if not isinstance(each, dict):
            raise UpdateRefusedError("a trace must be a dict")
    if named and type_of(traces[named[0]]) == _HEATMAP:
        direction = message.get("updateDir") or ("appendRow" if message.get("append") else "replace")
        return [*lines, *_heatmap_lines(named[0], traces[named[0]], (new or [{}])[0], direction)]
    return [*lines, *_trace_lines(traces, named, new or [], message)]


def type_of(trace: Mapping[str, Any]) -> str:
    return str(trace.get("type", "scatter"))


def _outline(trace: Mapping[str, Any]) -> dict[str, Any]:
    if type_of(trace) == _HEATMAP:
        return dict(trace)
    kept = {key: [] if key in _AXES and isinstance(value, list) else value for key, value in trace.items()}
    marker = kept.get("marker")
    if isinstance(marker, dict) and isinstance(marker.get("color"), list):
        kept["marker"] = {**marker, "color": []}
    return kept


def _trace_lines(
    traces: Sequence[Mapping[str, Any]], named: Sequence[int], new: Sequence[Any], message: Mapping[str, Any]
) -> list[Line]:
    name = message.get("name")
    lines: list[Line] = []
    for place, each in zip(named, new, strict=False):
        x = each.get("x") or []
        if x and all(value is None or (isinstance(value, float) and math.isnan(value)) for value in x):
            continue
        lines.append(_trace_line(place, traces[place], each, is_appended=bool(message.get("append"))))
    further = new[len(named) :] if name is None or not named else []
    return [*lines, *({"add": each if name is None else {**each, "name": name}} for each in further)]


def _trace_line(place: int, trace: Mapping[str, Any], new: Mapping[str, Any], *, is_appended: bool) -> Line:
    axes = {axis: new[axis] for axis in _AXES if axis in new and (axis != "text" or axis in trace)}
    color = (new.get("marker") or {}).get("color")
    if is_appended:
        # A colour for all points stays that of all.
        grows = isinstance(color, list) and not isinstance((trace.get("marker") or {}).get("color"), str)
        return {"trace": place, "append": {**axes, **({"marker": {"color": color}} if grows else {})}}
    marker = {"marker": {**trace.get("marker", {}), "color": color}} if color is not None else {}
    return {"trace": place, "set": {**axes, **marker}}


def _heatmap_lines(
    place: int, trace: Mapping[str, Any], new: Mapping[str, Any], direction: str
) -> list[Line]:
    if direction == "replace":
        gone = {axis: None for axis in ("x", "y") if trace.get(axis) is not None}
        return [{"trace": place, "set": {**gone, **new}}]
    if direction not in _DIRECTIONS:
        raise UpdateRefusedError(
            f"a heatmap is updated by replace, remove, {', '.join(_DIRECTIONS)}, not {direction!r}"
        )
    verb, axis, verb_of_names = _DIRECTIONS[direction]
    z, names = new.get("z") or [], new.get(axis)
    _check_fits(trace, z, names, direction, axis)
    line: Line = {"trace": place, verb: {"z": z}}
    if names is not None:
        line.setdefault(verb_of_names, {})[axis] = names
    said = {key: value for key, value in new.items() if key not in ("x", "y", "z") and value is not None}
    return [{**line, "set": said} if said else line]


def _check_fits(trace: Mapping[str, Any], z: Sequence[Any], names: Any, direction: str, axis: str) -> None:
    there = trace.get("z") or []
    if direction.endswith("Row") and there and z and len(there[0]) != len(z[0]):
        raise UpdateRefusedError(f"the heatmap has {len(there[0])} columns, the new rows {len(z[0])}")
    if direction.endswith("Column") and len(there) != len(z):
        raise UpdateRefusedError(f"the heatmap has {len(there)} rows, the new columns {len(z)}")
    named = trace.get(axis)
    if (named is None) != (names is None):
        raise UpdateRefusedError(
            f"either both the heatmap and what is new must have names at {axis!r}, or neither"
        )
    if named is not None and set(named) & set(names):
        twice = ", ".join(map(repr, sorted(set(named) & set(names), key=str)[:5]))
        raise UpdateRefusedError(f"names must be other ones than those of the heatmap: {twice}")
