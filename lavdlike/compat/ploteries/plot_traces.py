"""Traces and layouts as Ploteries takes them, as figures of plotly. Pure.

Both may name what lies deeper by underscores, as plotly's Python takes them: `marker_color` is `marker.color`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.kinds import numbers

# Names of plotly that have an underscore themselves.
_WHOLE = ("error_x", "error_y", "error_z")
_MAX_DEPTH = 20


def nested(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """What the keywords say, each at its place; where two say something of one place, both hold.

    >>> nested({"xaxis_title": "epoch", "xaxis": {"type": "log"}})
    {'xaxis': {'title': {'text': 'epoch'}, 'type': 'log'}}
    """
    return _nested(keywords, 0)


def at(trace: Mapping[str, Any], name: str) -> Any:
    """What stands at the place of a keyword; None if nothing does."""
    found: Any = trace
    for part in _parts(name):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def type_of(value: Any) -> Any:
    """The type of an array as numpy describes it in `.npy`; None of what is none."""
    from numpy.lib import format as npy

    if not getattr(value, "shape", None) or not hasattr(value, "dtype"):
        return None
    return npy.dtype_to_descr(numbers.to_array(value, argument="values").dtype)


def array_of(value: Any, descr: Any) -> Any:
    """What JSON has of an array as one of that type; any other value as it is.

    Raises:
        ValueError, TypeError: it is none of that type.
    """
    import numpy as np
    from numpy.lib import format as npy

    if descr is None or not isinstance(value, list):
        return value
    dtype = npy.descr_to_dtype([tuple(field) for field in descr] if isinstance(descr, list) else descr)
    if dtype.hasobject:
        raise ValueError("Python objects")
    return np.array([tuple(record) for record in value] if dtype.names else value, dtype)


def figure_of(
    values: Sequence[Mapping[str, Any]],
    traces: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
) -> dict[str, Any]:
    """The figure of the values of one step; what they say goes before what their traces say.

    At its key `ploteries`: which of the values were arrays, and of which type.
    """
    drawn = [
        _nested(
            {"type": "scatter", "mode": "lines", **(traces[index] if index < len(traces) else {}), **value}, 0
        )
        for index, value in enumerate(values)
    ]
    types = [{name: type_of(each) for name, each in value.items()} for value in values]
    return {"data": drawn, "layout": nested(layout), "ploteries": {"types": types}}


def values_of(figure: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values of a figure that `figure_of` made and JSON kept.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    types, traces = figure["ploteries"]["types"], figure["data"]
    return [
        {name: array_of(at(trace, name), descr) for name, descr in of_trace.items()}
        for trace, of_trace in zip(traces, types, strict=True)
    ]


def _nested(keywords: Mapping[str, Any], depth: int) -> dict[str, Any]:
    if depth > _MAX_DEPTH:
        raise ValueError(f"traces and layouts must not be deeper than {_MAX_DEPTH} levels")
    found: dict[str, Any] = {}
    for name, value in keywords.items():
        *parts, last = _parts(str(name))
        inner = found
        for part in parts:
            inner = _inner(inner, part)
        if isinstance(value, Mapping):
            _inner(inner, last).update(_nested(value, depth + 1))
        elif last == "title" and isinstance(value, str):  # plotly's own short form
            _inner(inner, last)["text"] = value
        else:
            inner[last] = value
    return found


def _inner(outer: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(outer.get(name), dict):
        outer[name] = {}
    inner: dict[str, Any] = outer[name]
    return inner


def _parts(name: str) -> list[str]:
    for whole in _WHOLE:
        if name == whole or name.startswith(f"{whole}_"):
            return [whole, *filter(None, name.removeprefix(whole).split("_"))]
    return [part for part in name.split("_") if part] or [name]
