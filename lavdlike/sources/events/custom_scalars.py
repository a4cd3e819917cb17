"""The layout of charts that TensorBoard's custom scalars plugin keeps in an event file (`add_custom_scalars`).

Messages as in `layout.proto` of `tensorboard/plugins/custom_scalar`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lavdlike import protobuf
from lavdlike.messages import SuggestedChart
from lavdlike.protobuf import BYTES, VARINT, Field

PLUGIN = "custom_scalars"
TAG = b"custom_scalars__config__"
# Tags without anything that means something else in a regular expression.
_PLAIN = re.compile(r"[\w/ :@%-]{1,500}")
# As many as the page takes.
_MAX_CHARTS = 40
_MAX_LABELS = 24
_MAX_TEXT = 900


class Margin(NamedTuple):
    """A line with a band: the tags of its values, of the band's lower and of its upper bound."""

    value: str
    lower: str
    upper: str


class Chart(NamedTuple):
    """`tags`: regular expressions, of a chart of lines; `margins`: of one of lines with bands."""

    title: str
    tags: tuple[str, ...]
    margins: tuple[Margin, ...]


class Category(NamedTuple):
    """Charts under a title. `is_closed`: folded at first."""

    title: str
    charts: tuple[Chart, ...]
    is_closed: bool


def layout_of(content: bytes) -> tuple[Category, ...]:
    """The categories of a layout, in their order.

    Args:
        content: a serialised `Layout`, the only string in the tensor of the tag `TAG`.

    Raises:
        BadMessageError: it is none.
    """
    whole = Field(0, BYTES, 0, len(content))
    return tuple(
        Category(
            _text(content, category, 1),
            tuple(_chart(content, chart) for chart in _messages(content, category, 2)),
            any(part.value for part in _fields(content, category) if part[:2] == (3, VARINT)),
        )
        for category in _messages(content, whole, 2)
    )


def charts_of(categories: Iterable[Category]) -> tuple[SuggestedChart, ...]:
    """The charts of a layout, as pages draw them: tags that are no regular expressions are labels.

    TensorBoard looks for its expressions from the begin of a tag on. Bands are lines as their values are.
    """
    charts = (
        SuggestedChart(
            chart.title[:_MAX_TEXT],
            category.title[:_MAX_TEXT],
            [
                *filter(_is_plain, chart.tags),
                *(tag for margin in chart.margins for tag in margin if tag),
            ][:_MAX_LABELS],
            _together([tag for tag in chart.tags if not _is_plain(tag)]),
        )
        for category in categories
        for chart in category.charts
    )
    return tuple(itertools.islice((each for each in charts if each.labels or each.pattern), _MAX_CHARTS))


def _is_plain(tag: str) -> bool:
    return _PLAIN.fullmatch(tag) is not None


def _together(patterns: list[str]) -> str:
    text = "|".join(patterns)
    return f"^(?:{text})" if 0 < len(text) <= _MAX_TEXT else ""


def _chart(data: bytes, chart: Field) -> Chart:
    lines = [
        protobuf.text(data, tag)
        for multiline in _messages(data, chart, 2)
        for tag in _messages(data, multiline, 1)
    ]
    margins = [
        Margin(*(_text(data, series, number) for number in (1, 2, 3)))
        for margin in _messages(data, chart, 3)
        for series in _messages(data, margin, 1)
    ]
    return Chart(_text(data, chart, 1), tuple(lines), tuple(margins))


def _fields(data: bytes, message: Field) -> Iterator[Field]:
    return protobuf.fields(data, message.begin, message.end)


def _messages(data: bytes, message: Field, number: int) -> Iterator[Field]:
    return (part for part in _fields(data, message) if part[:2] == (number, BYTES))


def _text(data: bytes, message: Field, number: int) -> str:
    return next((protobuf.text(data, part) for part in _messages(data, message, number)), "")
