"""What questions are asked of, made of the series of labels and their writers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from lavdlike.series.asked import AskedSeries
from lavdlike.series.point_series import Series
from lavdlike.series.results import CountedPoints
from lavdlike.sources.columns import Columns


class WriterSeries(NamedTuple):
    """All points that one writer has logged at a label."""

    writer: str
    identity: str
    columns: Columns


def series_in(by_writer: Mapping[str, Series]) -> list[WriterSeries]:
    return [
        WriterSeries(writer, series.identity, series.columns) for writer, series in sorted(by_writer.items())
    ]


def counted_in(by_writer: Mapping[str, Series]) -> list[CountedPoints]:
    return [series.counted for _, series in sorted(by_writer.items())]


def asked_in(by_label: Mapping[str, Mapping[str, Series]], first_wall_time: float) -> list[AskedSeries]:
    return [
        AskedSeries(label, writer, series.identity, *series.counted, first_wall_time)
        for label, by_writer in by_label.items()
        for writer, series in sorted(by_writer.items())
    ]
