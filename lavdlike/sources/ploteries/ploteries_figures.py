"""Which lines the figures of a Ploteries data store draw, and how their numbers are stored. Pure.

What stands in its tables is JSON of the package `xerializer`; of that only what is looked for is read, nothing is
constructed. Formats: `ploteries/writer.py` and `ploteries/ndarray_data_handlers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike.sources.columns import valid_label
from lavdlike.sources.json_files import log_records

if TYPE_CHECKING:
    import numpy as np

# Of one figure; one with more is none of scalars.
MAX_LINES = 1000
_MAX_BYTES = 2**20
_ARRAYS = "UniformNDArrayDataHandler"
_DTYPE = re.compile(r"[<>|=]?(?:f[248]|[iu][1248]|b1)\Z")


class Line(NamedTuple):
    """A line: its label, of which data, and which place in each of their arrays."""

    label: str
    data: str
    place: int


def lines_of(figure: str, params: str | bytes) -> list[Line]:
    """The lines of a figure over the index of their data; none of a figure of another kind.

    Raises:
        ValueError: it is no JSON of a figure.
    """
    traces = _at(_load(params), "figure_dict", "data")
    if not isinstance(traces, list):
        raise ValueError("no traces")
    found = []
    for number, trace in enumerate(traces[:MAX_LINES]):
        drawn = _data_and_place(trace)
        if drawn is not None:
            name = trace.get("name")
            of_line = name if isinstance(name, str) and name else str(number)
            label = figure if len(traces) == 1 else f"{figure}/{of_line}"
            found.append(Line(valid_label(label.strip("/")) or "(no name)", *drawn))
    return found


def array_type(handler: object, params: str | bytes) -> np.dtype[Any] | None:
    """Of the numbers in each array of some data; None of data that are no lists of numbers.

    Raises:
        ValueError: it is no JSON of such data.
    """
    import numpy as np

    if not isinstance(handler, str) or not handler.endswith(_ARRAYS):
        return None
    spec = _at(_load(params), "ndarray_spec")
    spec = _at(spec, "__value__") or spec  # as older versions wrote it
    dtype, shape = _at(spec, "dtype"), _at(spec, "shape")
    is_list = isinstance(shape, list) and len(shape) == 1 and type(shape[0]) is int
    return np.dtype(dtype) if is_list and isinstance(dtype, str) and _DTYPE.match(dtype) else None


def _load(params: str | bytes) -> Any:
    if len(params) > _MAX_BYTES:
        raise ValueError("longer than 1 MiB")
    return log_records.load(params.encode(errors="surrogateescape") if isinstance(params, str) else params)


def _data_and_place(trace: object) -> tuple[str, int] | None:
    """Of a trace whose y is `data[:, place]` and whose x is the index of the same data."""
    x, y = list(_steps_of(trace, "x")), list(_steps_of(trace, "y"))
    if len(x) != 3 or len(y) != 3 or x[1:] != ["meta", "index"] or y[1] != "data":
        return None
    data, among = _at(y[0], "data"), _at(y[2], "value")
    if not isinstance(data, str) or _at(x[0], "data") != data:
        return None
    place = among[1] if isinstance(among, list) and len(among) == 2 else None
    return (data, place) if type(place) is int and 0 <= place < MAX_LINES else None


def _steps_of(trace: object, axis: str) -> Iterator[Any]:
    """How an axis is come by: a reference to data, and what of them."""
    steps = _at(trace, axis, "value")
    yield from steps if isinstance(steps, list) else ()


def _at(value: object, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
