"""Columns of many series as bytes that compress well (docs/protocol.md, "Series, binary form"). Pure, and exact.

What is smoothed and only drawn may be rounded before (`as_drawn`).

Steps and wall times become whole numbers, of which only differences are sent; all numbers are sent byte by byte: the
first bytes of all of them, then the second ones. So bytes that are alike lie side by side, which is what gzip needs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lavdlike.scalar_messages import PackedColumn

FloatArray = NDArray[np.float64]

_DOUBLE_BYTES = 8
# Whole numbers of wall times: milliseconds, as we log them, or microseconds.
_TIME_SCALES = (1, 1000, 1_000_000)
_MAX_EXACT = 2.0**53
# Differences up to here, and what becomes of them, are exact in doubles.
_MAX_DIFFERENCE = 2.0**47
# Of a range that is drawn in some hundred pixels; a thousandth of it can be zoomed into before it shows.
_DRAWN_BITS = 20
# Steps of a smaller range would not be normal doubles.
_LEAST_DRAWN = 1e-290


def pack(
    steps: Sequence[FloatArray], wall_times: Sequence[FloatArray], others: Sequence[Sequence[FloatArray]]
) -> tuple[list[PackedColumn], list[bytes]]:
    """Each argument has one array a series, `others` one such list a column: values, smoothed values.

    Returns:
        How each column is packed, and its bytes.
    """
    counts = np.array([len(column) for column in steps], dtype=np.int64)
    places = _Places(counts)
    all_steps = _joined(steps)
    packed = [_as_differences(all_steps, 1, places) or _as_they_are(all_steps)]
    packed.append(_pack_times(_joined(wall_times), all_steps, places))
    packed.extend(_as_they_are(_joined(column)) for column in others)
    return [form for form, _ in packed], [data for _, data in packed]


def as_drawn(values: FloatArray) -> FloatArray:
    """Values of an overview in steps of at most a millionth of their range: then half of their bytes are 0.

    For what is only drawn. What is not finite stays, and all do where doubles have no such steps.
    """
    finite = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        extent = float(finite.max() - finite.min()) if len(finite) else 0.0
    if not _LEAST_DRAWN < extent < math.inf:
        return values
    _, exponent = math.frexp(extent)
    step = math.ldexp(1.0, exponent - 1 - _DRAWN_BITS)
    with np.errstate(over="ignore", invalid="ignore"):
        rounded: FloatArray = np.rint(values / step) * step
    # The largest doubles have no multiple above them.
    return np.where((np.abs(values) < _MAX_EXACT * step) & np.isfinite(rounded), rounded, values)


def unpack(forms: Sequence[PackedColumn], data: bytes, counts: Sequence[int]) -> list[list[FloatArray]]:
    """The columns of each series again, in the order of `forms`: for scripts; the page does the same."""
    total, offset = sum(counts), 0
    ends = np.cumsum([0, *counts]).tolist()
    columns: list[list[FloatArray]] = []
    for form in forms:
        planes = np.zeros((total, _DOUBLE_BYTES), dtype=np.uint8)
        for plane in range(form.bytes):
            planes[:, plane] = np.frombuffer(data, np.uint8, total, offset)
            offset += total
        numbers = planes.view("<f8" if form.scale == 0 else "<u8").ravel()
        of_series = [numbers[begin:end] for begin, end in itertools.pairwise(ends)]
        if form.scale:
            of_series = [
                _unfolded(form, index, folded, columns[0][index] if columns else folded)
                for index, folded in enumerate(of_series)
            ]
        columns.append(of_series)
    return [list(each) for each in zip(*columns, strict=True)]


def _unfolded(
    form: PackedColumn, index: int, folded: NDArray[np.uint64], steps: FloatArray | NDArray[np.uint64]
) -> FloatArray:
    half = (folded >> np.uint64(1)).astype(np.float64)
    whole = form.firsts[index] + np.cumsum(np.where(folded & np.uint64(1), -half - 1, half))
    if form.slopes and len(steps):
        whole += np.floor(form.slopes[index] * (steps - steps[0]) + 0.5)
    return np.asarray(whole / form.scale)


class _Places:
    """Where series begin in a column of all of them; those without points are left out of `begins`."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self.counts = counts
        self.filled = counts > 0
        self.begins = (np.cumsum(counts) - counts)[self.filled]

    def spread(self, of_each: FloatArray) -> FloatArray:
        """One number a series  -> one a point."""
        if len(of_each) == len(self.counts):
            of_each = of_each[self.filled]
        return np.repeat(of_each, self.counts[self.filled])


def _joined(columns: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(columns) if columns else np.empty(0)


def _pack_times(times: FloatArray, steps: FloatArray, places: _Places) -> tuple[PackedColumn, bytes]:
    if not (np.abs(times) < _MAX_EXACT).all():  # or not a number
        return _as_they_are(times)
    for scale in _TIME_SCALES:
        whole = np.rint(times * scale)
        if (np.abs(whole) < _MAX_EXACT).all() and (whole / scale == times).all():
            slopes = _slopes(whole, steps, places)
            packed = _as_differences(whole - _expected(slopes, steps, places), scale, places)
            if packed is not None:
                packed[0].slopes = slopes.tolist()
                return packed
    return _as_they_are(times)


def _slopes(whole: FloatArray, steps: FloatArray, places: _Places) -> FloatArray:
    """By how much a series grows with each step, over all of it. One number a series, 0 for those without points."""
    slopes = np.zeros(len(places.counts))
    if len(places.begins):
        ends = places.begins + places.counts[places.filled] - 1
        rise, run = whole[ends] - whole[places.begins], steps[ends] - steps[places.begins]
        slopes[places.filled] = np.divide(rise, run, out=np.zeros(len(run)), where=run > 0)
    return slopes


def _expected(slopes: FloatArray, steps: FloatArray, places: _Places) -> FloatArray:
    """What the slope alone adds at each point. The page computes the same, to the last bit."""
    if not len(steps):
        return steps
    return np.floor(places.spread(slopes) * (steps - places.spread(steps[places.begins])) + 0.5)


def _as_differences(whole: FloatArray, scale: int, places: _Places) -> tuple[PackedColumn, bytes] | None:
    """None if the differences are too large, or not whole."""
    firsts = np.zeros(len(places.counts))
    firsts[places.filled] = whole[places.begins]
    differences = np.diff(whole, prepend=0.0)
    differences[places.begins] = 0
    if len(whole) and not (
        (np.abs(whole) < _MAX_EXACT).all()
        and (np.abs(differences) < _MAX_DIFFERENCE).all()
        and (np.floor(whole) == whole).all()
    ):
        return None
    # Small numbers of both signs become small numbers: 0, -1, 1, -2, ...
    folded = np.where(differences < 0, -2 * differences - 1, 2 * differences).astype(np.uint64)
    size_bytes = (int(folded.max()).bit_length() + 7) // 8 if len(folded) else 0
    return PackedColumn(size_bytes, scale, firsts.tolist()), _planes(folded, size_bytes)


def _as_they_are(column: FloatArray) -> tuple[PackedColumn, bytes]:
    return PackedColumn(_DOUBLE_BYTES, 0), _planes(column.astype("<f8", copy=False), _DOUBLE_BYTES)


def _planes(numbers: NDArray[np.uint64] | FloatArray, size_bytes: int) -> bytes:
    each = np.ascontiguousarray(numbers).view(np.uint8).reshape(len(numbers), _DOUBLE_BYTES)
    return each[:, :size_bytes].T.tobytes()
