"""New points in few bytes, for browsers that were told before which series a number stands for (docs/protocol.md).

Little-endian. A whole number is a varint: seven bits a byte, the lowest first, the eighth bit set where more follow.

    1                       the version of this form
    sequence                as in `PointsAdded`
    count of moments, then of each: its step, and its wall time as a double
    count of series, then of each: its number, `first`, the place of its first moment, how many points,
        and a double for the value of each

The points of a series are at moments that follow each other, so that a line of many labels has its time once.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from lavdlike.layout import ExperimentId
from lavdlike.messages import NewPoints, PointsAdded

VERSION = 1
# What doubles hold exactly: longer whole numbers go as text.
_MAX_WHOLE = 2**53
# Series that have numbers; beyond, they are told anew, which costs bytes and nothing else.
_MAX_NUMBERED = 200_000

# How messages in JSON say them.
_NOT_FINITE = ("nan", "inf", "-inf")
_DOUBLE = struct.Struct("<d")


class SeriesNumbers:
    """Numbers of series, never given twice."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[ExperimentId, str, str, str], int] = {}
        self._given = 0

    def number(self, message: PointsAdded) -> None:
        """Put the numbers of its series into a message that nobody else has yet."""
        if len(self._numbers) > _MAX_NUMBERED:
            self._numbers.clear()
        for points in message.series:
            key = (message.experiment, points.label, points.writer, points.identity)
            number = self._numbers.get(key)
            if number is None:
                self._given += 1
                number = self._numbers[key] = self._given
            points.number = number


def packed(message: PointsAdded) -> bytes | None:
    """The message in this form; None if it holds what only JSON can say."""
    moments = _Moments()
    series = bytearray()
    for points in message.series:
        doubles = _doubles(points.values)
        if doubles is None or not points.number or not all(0 <= step <= _MAX_WHOLE for step in points.steps):
            return None
        place = moments.place_of(points)
        for whole in (points.number, points.first_index, place, len(points.values)):
            _add_varint(series, whole)
        series += doubles
    begin = bytearray([VERSION])
    _add_varint(begin, message.sequence)
    _add_varint(begin, len(moments.rows))
    for step, wall_time in moments.rows:
        _add_varint(begin, step)
        begin += _DOUBLE.pack(wall_time)
    _add_varint(begin, len(message.series))
    return bytes(begin + series)


class _Moments:
    """Steps with their times, once for all series that have the same ones in a row."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float]] = []
        self._places: dict[tuple[int, float], int] = {}

    def place_of(self, points: NewPoints) -> int:
        """Where those of the points begin, which are added if they are not there."""
        own = list(zip(points.steps, points.wall_times, strict=True))
        place = self._places.get(own[0], len(self.rows)) if own else 0
        if self.rows[place : place + len(own)] != own:
            place = len(self.rows)
            self.rows += own
            self._places.update((moment, place + index) for index, moment in enumerate(own))
        return place


def _doubles(values: Sequence[float | int | str]) -> bytes | None:
    """None if one of them is a longer whole number than a double holds."""
    numbers = []
    for value in values:
        is_long = value not in _NOT_FINITE if isinstance(value, str) else abs(value) > _MAX_WHOLE
        if is_long and not isinstance(value, float):
            return None
        numbers.append(float(value))
    return struct.pack(f"<{len(numbers)}d", *numbers)


def _add_varint(data: bytearray, whole: int) -> None:
    while whole > 0x7F:
        data.append(whole & 0x7F | 0x80)
        whole >>= 7
    data.append(whole)
