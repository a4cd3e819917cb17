from __future__ import annotations

import math
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.kinds import scalars
from lavdlike.kinds.scalars import BadLine, ScalarPoint, format_line, parse_line
from lavdlike.sources import scalar_lines

scalar_lines.preload()

_LABELS = st.one_of(
    st.sampled_from(
        ["loss", "accuracy", 'a "quoted" one', "'", '"', "# no comment", "null", "Verlust in µ", " "]
    ),
    st.text(st.characters(exclude_characters="\t\n", exclude_categories=["Cs"]), min_size=1, max_size=6),
)
_VALUES = st.one_of(
    st.floats(),
    st.integers(),
    st.integers(min_value=2**53 - 2, max_value=2**70),
    st.sampled_from(
        [2**53, 2**53 + 1, -(2**53) - 1, 10**400, -(10**400), 10**4299, 1e16, 5e-324, 1.7976931348623157e308]
    ),
)
_POINTS = st.builds(format_line, st.integers(0, 2**53 - 1), st.floats(-1e10, 1e11), _LABELS, _VALUES).map(
    str.encode
)
# Nearly lines: what a program, a person or a crash could leave, and what parsers read differently.
_NUMBER_TEXTS = st.sampled_from(
    [
        *(
            "1",
            "01",
            "+1",
            "-1",
            "1.",
            ".5",
            "-.5",
            "+.5",
            "1e5",
            "1e400",
            "-1e400",
            "1E+5",
            "1_0",
            "0x1",
            "1,5",
        ),
        *(
            "nan",
            "NaN",
            "-nan",
            "inf",
            "+Inf",
            "-infinity",
            "Infinity",
            "-0",
            "-0.0",
            "true",
            "null",
            "１",
            "1f",
        ),
        *("1d5", "1e", "e1", '"1"', "00000000000000000001", "99999999999999999999", "9007199254740991"),
        "9007199254740992",
    ]
).flatmap(lambda text: st.sampled_from([text, "", " " + text, text + " ", text + "\r", text * 5000]))
_NEARLY = st.lists(st.one_of(_NUMBER_TEXTS, _LABELS, st.just("!cut")), max_size=6).map(
    lambda fields: "\t".join(fields).encode() + b"\n"
)
_ODD_FIELDS = st.tuples(_NUMBER_TEXTS, _NUMBER_TEXTS, _LABELS, _NUMBER_TEXTS).map(
    lambda fields: "\t".join(fields).encode() + b"\n"
)
_NOISE = st.binary(max_size=20).map(lambda noise: noise.replace(b"\n", b"") + b"\n")


def _by_parse_line(data: bytes, offset: int) -> dict[str, list[tuple[int, float, float | int]]]:
    points: dict[str, list[tuple[int, float, float | int]]] = {}
    for line in data.split(b"\n")[:-1]:
        point = parse_line(line, offset)
        offset += len(line) + 1
        if isinstance(point, ScalarPoint):
            points.setdefault(point.label, []).append((point.step, point.wall_time, point.value))
    return points


def _assert_same(
    block: scalar_lines.Block, expected: dict[str, list[tuple[int, float, float | int]]]
) -> None:
    assert list(block.columns) == list(expected)
    for label, points in expected.items():
        columns = block.columns[label]
        assert columns.steps.tolist() == [step for step, _, _ in points]
        assert columns.wall_times.tolist() == [wall_time for _, wall_time, _ in points]
        for index, (_, _, value) in enumerate(points):
            got = columns.values[index]
            if isinstance(value, int) and abs(value) > 2**53:
                assert columns.exact[index] == value
                assert got == float(str(value))
            elif isinstance(value, int):
                assert got == value
                assert index not in columns.exact
            else:
                assert np.float64(value).tobytes() == got.tobytes() or (math.isnan(value) and math.isnan(got))
                assert index not in columns.exact


@given(st.lists(st.one_of(_POINTS, _NEARLY, _ODD_FIELDS, _NOISE), max_size=8), st.integers(0, 10_000))
def test_plain_parser_reads_what_parse_line_reads(lines: list[bytes], offset: int) -> None:
    data = b"".join(lines)
    block = scalar_lines.parse_plainly(offset, data)
    _assert_same(block, _by_parse_line(data, offset))
    assert block.lines == data.count(b"\n")
    bad = [number for number, line in enumerate(data.split(b"\n")) if isinstance(parse_line(line), BadLine)]
    assert ([place.line for place in block.bad], block.bad_lines) == (bad, len(bad))


_PARSERS = pytest.mark.parametrize(
    "parse", [scalar_lines.parse_fields, scalar_lines.parse_regular], ids=["fields", "polars"]
)
_Parser = Callable[[bytes], "scalar_lines.Block | None"]


@_PARSERS
@given(lines=st.lists(_POINTS, min_size=1, max_size=20))
@settings(max_examples=2 * settings().max_examples)
def test_parser_of_whole_texts_reads_what_parse_line_reads(parse: _Parser, lines: list[bytes]) -> None:
    data = b"".join(lines)
    block = parse(data)
    if block is not None:
        _assert_same(block, _by_parse_line(data, 0))
        assert block.lines == len(lines)


@_PARSERS
@given(lines=st.lists(st.one_of(_NEARLY, _ODD_FIELDS, _NOISE, _POINTS), min_size=1, max_size=3))
@settings(max_examples=5 * settings().max_examples)
def test_parser_of_whole_texts_declines_what_it_would_read_differently(
    parse: _Parser, lines: list[bytes]
) -> None:
    data = b"".join(lines)
    block = parse(data)
    if block is not None:
        _assert_same(block, _by_parse_line(data, 0))


@pytest.mark.parametrize("value", ["0.1", "nan", "-inf", "5e-324", "12345678901234567890", "-0.0", "1e300"])
@pytest.mark.parametrize("label", ["loss", "a/b c", 'with "quotes"', "größe", "温度"])
@_PARSERS
def test_ordinary_lines_are_parsed_as_a_whole(parse: _Parser, label: str, value: str) -> None:
    data = f"1\t1763600000.000\t{label}\t{value}\n2\t1763600000.500\tother\t1.5\n".encode()
    block = parse(data)
    assert block is not None
    _assert_same(block, _by_parse_line(data, 0))


@pytest.mark.slow
@_PARSERS
@pytest.mark.parametrize("count", [255, 256, 70_000])
def test_any_number_of_labels_stay_in_the_order_of_their_first_lines(parse: _Parser, count: int) -> None:
    names = [f"label {11 * number % count}" for number in range(count)]
    lines = [f"{step}\t10.000\t{name}\t{step}.5\n" for step in (1, 2) for name in names]
    block = parse("".join(lines).encode())
    assert block is not None
    assert list(block.columns) == list(dict.fromkeys(names))
    assert {tuple(columns.steps) for columns in block.columns.values()} == {(1.0, 2.0)}
    assert {tuple(columns.values) for columns in block.columns.values()} == {(1.5, 2.5)}


def test_field_too_many_in_one_line_and_too_few_in_the_next_are_no_values() -> None:
    data = b"1\t2.0\ta\n0.5\t3\t4.0\tb\t0.7\n"
    assert scalar_lines.parse_fields(data) is None


def test_few_bad_lines_in_a_long_text_cost_only_their_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    plainly: list[int] = []
    original = scalar_lines.parse_plainly

    def counted(offset: int, data: bytes) -> scalar_lines.Block:
        plainly.append(len(data))
        return original(offset, data)

    monkeypatch.setattr(scalar_lines, "parse_plainly", counted)
    lines = [f"{step}\t1763600000.000\tloss\t{step / 7!r}\n".encode() for step in range(100_000)]
    lines[20_000] = b"oops\n"
    lines[70_000] = b"70000\t1763600000.000\tloss\t0.1\t!cut\n"
    data = b"".join(lines)
    blocks = list(scalar_lines.parse(27, data))
    assert sum(plainly) < len(data) / 20
    assert sum(block.lines for block in blocks) == 100_000
    steps = np.concatenate([block.columns["loss"].steps for block in blocks])
    assert steps.tolist() == [step for step in range(100_000) if step not in (20_000, 70_000)]
    bad = [place for block in blocks for place in block.bad]
    assert [place.offset for place in bad] == [27 + data.index(b"oops"), 27 + data.index(lines[70_000])]
    assert "cut short" in bad[1].reason


@pytest.mark.slow
@pytest.mark.parametrize("line", [b"x\n", b"\r\n", b"1\t1.0\tloss\tx\n", b"1\t1.0\tloss\t0.5\nx\n"])
def test_work_for_bad_lines_grows_with_the_text_and_few_of_them_are_named(
    monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    described = 0
    real = scalars._reason

    def count(line: bytes) -> str:
        nonlocal described
        described += 1
        return real(line)

    monkeypatch.setattr(scalars, "_reason", count)
    lengths = []
    for size in (2**17, 2**18):
        text = line * (size // len(line))
        blocks = list(scalar_lines.parse(0, text))
        lengths.append(len(blocks))
        assert sum(block.lines for block in blocks) == text.count(b"\n")
        bad = 0 if line == b"\r\n" else size // len(line)
        assert sum(block.bad_lines for block in blocks) == bad
        assert all(len(block.bad) <= 100 for block in blocks)
    assert lengths[0] < 2**17 / 500
    assert lengths[1] <= 2 * lengths[0]
    assert described == 0  # but for those that are asked for


def test_value_behind_a_cut_line_is_read_and_the_cut_reported() -> None:
    cut = b"1\t1763600000.000\tloss\t0.12"
    data = b"\n" * (4096 - len(cut)) + cut + b"2\t1763600001.000\tloss\t0.5\n"
    block = scalar_lines.parse_plainly(0, data)
    assert block.columns["loss"].steps.tolist() == [2]
    assert len(block.bad) == 1
    assert "cut short" in block.bad[0].reason


def test_without_its_libraries_preloading_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no descriptors are left at the start; whoever needs them is told."""
    monkeypatch.setitem(sys.modules, "polars", None)
    scalar_lines.preload()
