"""Plots: figures of plotly, as plotly itself writes them to JSON, or as lines that grow (docs/format.md, "Plots")."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lavdlike import json_file
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import numbers, plot_lines
from lavdlike.kinds.kind import Kind

SUFFIX = ".plotly.json"
GROWING = plot_lines.SUFFIX
_MAX_TYPES = 20
_PLAIN = {type(None), str, bool, int, float}


class PlotContent(msgspec.Struct):
    """What a figure is made of; the figure itself is its file. `types`: of its traces, each once, in their order."""

    traces: int
    types: list[str] = []


def from_file(data: bytes, path: str) -> PlotContent:
    """What a `.plotly.json` holds, whose layout may be left out, or a `.plotly.jsonl`."""
    if path.lower().endswith(GROWING):
        return _content_of(plot_lines.trace_types(data, path))
    document = json_file.read_object(data, path)
    document.setdefault("layout", {})
    return from_json(document, path)


def from_json(value: object, path: str) -> PlotContent:
    """What a JSON file holds that is a figure as a whole."""
    if not isinstance(value, dict) or not is_figure(value):
        raise LogFormatError(path, "not a plot: it needs 'data', a list of traces, and 'layout', an object")
    for index, trace in enumerate(value["data"]):
        if not isinstance(trace, dict):
            raise LogFormatError(path, "a trace that is no object", f"data[{index}]")
    return _content_of([plot_lines.type_of(trace) for trace in value["data"]])


def is_figure(document: Mapping[str, object]) -> bool:
    """Whether a JSON document is a figure of plotly."""
    return isinstance(document.get("data"), list) and isinstance(document.get("layout"), dict)


def encode(figure: Any) -> bytes:
    """The bytes of a `.plotly.json`: indented, but numbers in rows side by side, so that people and `diff` can read it.

    Args:
        figure: a Figure of plotly, anything else with its `to_plotly_json`, or a dict with `data` and `layout`; with
            lists, arrays of numpy, tensors, dates and anything with `tolist` in it. What is not finite becomes null.

    Raises:
        ValueError: it is none of these.
    """
    document = figure_of(figure)
    # A lone surrogate becomes its escape, which JSON has.
    return (_indented(document, "\n") + "\n").encode(errors="backslashreplace")


def figure_of(figure: Any) -> dict[str, Any]:
    """A figure as JSON has it, with `data` and `layout`. Arguments and errors are those of `encode`."""
    document = _plain(figure)
    if not isinstance(document, dict) or "data" not in document:
        raise ValueError(
            f"figure must be a plotly Figure or a dict with 'data' and 'layout', not {type(figure).__name__}"
        )
    document.setdefault("layout", {})
    if isinstance(document["data"], dict):
        document["data"] = [document["data"]]
    if not is_figure(document) or not all(isinstance(trace, dict) for trace in document["data"]):
        raise ValueError("figure must have a list of traces as 'data' and a dict as 'layout'")
    try:
        json_file.check_limits(document, "figure")
    except LimitError as error:
        raise ValueError(f"figure has {error.reason}") from None
    return document


def encode_line(line: Mapping[str, Any]) -> bytes:
    """A line of a `.plotly.jsonl`, with what `encode` takes in it.

    Raises:
        ValueError: no dict, or nested deeper than readers follow, as a value is that holds itself.
    """
    if not isinstance(line, Mapping):
        raise ValueError(f"changes must be dicts, not {type(line).__name__}")
    try:
        return msgspec.json.encode(line) + b"\n"  # writes null for what is not finite
    except (TypeError, ValueError, OverflowError, RecursionError):  # arrays, huge integers, lone surrogates
        pass
    document = _plain(line)
    try:
        json_file.check_limits(document, "line")
    except LimitError as error:
        raise ValueError(f"line has {error.reason}") from None
    return _line(document).encode(errors="backslashreplace") + b"\n"


KIND = Kind(
    "plots",
    frozenset({SUFFIX, GROWING}),
    is_document=is_figure,
    content=PlotContent,
    read_file=from_file,
    max_bytes=json_file.MAX_BYTES,
    read_json=from_json,
)


def _content_of(types: Sequence[str]) -> PlotContent:
    each_once = dict.fromkeys(types)
    return PlotContent(len(types), [type_[:50] for type_ in each_once][:_MAX_TYPES])


def _plain(value: Any) -> Any:
    """A value of a figure as plotly writes it to JSON."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "to_plotly_json"):
        return _plain(value.to_plotly_json())
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list) and (kinds := set(map(type, value))) <= _PLAIN:  # many numbers, at once
        is_finite = float not in kinds or all(
            type(each) is not float or math.isfinite(each) for each in value
        )
        return list(value) if is_finite else [_plain(entry) for entry in value]
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [_plain(entry) for entry in value]
    if numbers.is_masked(value):
        return None
    if getattr(getattr(value, "dtype", None), "kind", "") == "M":  # as numbers these would be nanoseconds
        value = value.astype(str)
    if isinstance(found := numbers.to_python(value), (bool, int, float, list)):
        return _plain(found)
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _indented(value: Any, newline: str) -> str:
    if isinstance(value, dict) and value:
        inner = newline + " "
        entries = [f"{_line(key)}: {_indented(entry, inner)}" for key, entry in value.items()]
        return "{" + inner + f",{inner}".join(entries) + newline + "}"
    if isinstance(value, list) and any(isinstance(entry, (dict, list)) for entry in value):
        inner = newline + " "
        return "[" + inner + f",{inner}".join(_indented(entry, inner) for entry in value) + newline + "]"
    return _line(value)


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
