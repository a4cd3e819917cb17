from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.kinds import scalars
from lavdlike.layout import MAX_STEP

labels = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\0"), min_size=1)
numbers = st.floats() | st.integers()


@given(st.integers(0, MAX_STEP), st.floats(0, 1e11), labels, numbers)
@example(0, 0.0, "loss", 0.1 + 0.2)
@example(MAX_STEP, 1e11, "größe", 2**63)
@example(1, 1.0, "x", 1.0)
def test_what_is_formatted_reads_back_equal(
    step: int, wall_time: float, label: str, value: float | int
) -> None:
    line = scalars.format_line(step, wall_time, label, value)
    assert line.endswith("\n")
    point = scalars.parse_line(line[:-1].encode())
    assert isinstance(point, scalars.ScalarPoint)
    assert (point.step, point.label) == (step, label)
    assert abs(point.wall_time - wall_time) <= 0.001
    assert type(point.value) is type(value)
    assert point.value == value or (math.isnan(point.value) and math.isnan(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1.0, "1.0"),
        (1, "1"),
        (1e-7, "1e-07"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_values_are_the_shortest_text(value: float | int, text: str) -> None:
    assert scalars.format_line(1, 2.0, "x", value) == f"1\t2.000\tx\t{text}\n"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"1\t2\tx\t5", 5),
        (b"1\t2\tx\t-5", -5),
        (b"1\t2\tx\t5.", 5.0),
        (b"1\t2\tx\t.5", 0.5),
        (b"1\t2\tx\t1E5", 1e5),
        (b"1\t2\tx\t1e400", math.inf),
        (b"1\t2\tx\tInfinity", math.inf),
        (b"1\t2\tx\t-INF", -math.inf),
        (b"1\t2\tx\t5\r", 5),
        (b"0001\t2\tx\t5", 5),
    ],
)
def test_values_of_other_writers_are_taken(line: bytes, value: float) -> None:
    point = scalars.parse_line(line)
    assert isinstance(point, scalars.ScalarPoint)
    assert point.value == value
    assert type(point.value) is type(value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1\t2\tx\t0.12\t!cut", "cut short"),
        (b"1\t2\t!cut", "cut short"),
        (b"1\t2\tx", "3 fields"),
        (b"1\t2\tx\t3\t4", "5 fields"),
        (b"-1\t2\tx\t3", "the step"),
        (b"1.5\t2\tx\t3", "the step"),
        ("１\t2\tx\t3".encode(), "the step"),
        (b"9007199254740992\t2\tx\t3", "the step is larger"),
        (b"1\tnoon\tx\t3", "the wall time"),
        (b"1\t2\t\t3", "the label is empty"),
        (b"1\t2\t\xff\t3", "the label is not UTF-8"),
        (b"1\t2\tx\tthree", "the value"),
        (b"1\t2\tx\t1_000", "the value"),
        (b"1\t2\tx\t", "the value"),
        (b"1\t2\tx\t" + b"9" * 5000, "too many digits"),
        (b"oops", "1 fields"),
    ],
)
def test_a_bad_line_says_why(line: bytes, reason: str) -> None:
    found = scalars.parse_line(line)
    assert isinstance(found, scalars.BadLine)
    assert reason in found.reason
    assert len(found.text) <= 83


@pytest.mark.parametrize("line", [b"", b"\r", scalars.HEADER.strip().encode()])
def test_blank_lines_and_repeated_headers_are_nothing(line: bytes) -> None:
    assert scalars.parse_line(line) is None


def test_a_value_behind_a_killed_write_is_saved() -> None:
    whole = scalars.format_line(7, 1763600000.5, "loss", 0.25)[:-1].encode()
    line = b"6\t17636000" + whole
    at_page_end = scalars.PAGE_BYTES - len(b"6\t17636000")
    assert isinstance(scalars.parse_line(line), scalars.BadLine)
    assert scalars.parse_line(line, at_page_end) == (7, 1763600000.5, "loss", 0.25)
    assert isinstance(scalars.parse_line(line, at_page_end - 1), scalars.BadLine)


def test_a_whole_line_over_a_page_end_is_one_value() -> None:
    line = scalars.format_line(7, 1763600000.5, "loss", 0.25)[:-1].encode()
    assert scalars.parse_line(line, scalars.PAGE_BYTES - 1) == (7, 1763600000.5, "loss", 0.25)


def test_json_values_keep_their_type() -> None:
    assert scalars.from_json({"value": 1}, "a.json").value == 1
    assert type(scalars.from_json({"value": 1}, "a.json").value) is int
    assert type(scalars.from_json({"value": 1.0}, "a.json").value) is float
    assert scalars.from_json({"value": True, "other": 2}, "a.json").value == 1


@pytest.mark.parametrize("value", [{}, {"value": "1"}, {"value": None}, {"value": [1]}])
def test_json_without_a_number_is_an_error_with_its_place(value: object) -> None:
    with pytest.raises(LogFormatError, match=r"^1/a.json, scalars"):
        scalars.from_json(value, "1/a.json")


@pytest.mark.parametrize("offset", [None, 0])
@pytest.mark.parametrize(
    "line",
    [
        b"7\t1.0\ta\t" + b"1" * 2**20 + b"x",
        b"7\t1.0\ta\t1." + b"1" * 2**20 + b"x",
        b"7\t1.0\ta\t1e" + b"1" * 2**20 + b"x",
        b"7\t" + b"1" * 2**20 + b"x\ta\t1",
        b"0" * 2**20,
        (b"7\t1.0\t" + b"a" * 4089) * 256,
    ],
    ids=["digits", "fraction", "exponent", "wall time", "zeros", "labels"],
)
def test_a_bad_line_is_known_in_a_time_that_grows_with_its_length(line: bytes, offset: int | None) -> None:
    """Tried in every way in which its digits can be divided, it would take hours, in which nobody else is answered."""
    assert isinstance(scalars.parse_line(line, offset), scalars.BadLine)
