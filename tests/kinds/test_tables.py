from __future__ import annotations

import io
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike import Logger
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import tables


def read(data: bytes, path: str = "a.csv", **asked: object) -> tables.TablePart:
    return tables.read_part(io.BytesIO(data), {name: str(value) for name, value in asked.items()}, path)


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1, max_size=5)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=5))
def test_rows_read_back_equal(rows: list[tuple[str, str]]) -> None:
    part = read(tables.encode(rows, ["first", 'the "second", of two']))
    assert part.columns == ["first", 'the "second", of two']
    assert part.rows == [list(row) for row in rows]
    assert (part.numbers, part.count, part.total) == (list(range(len(rows))), len(rows), len(rows))


class Frame:
    """What a data frame of pandas looks like, as far as we ask."""

    columns = ("a", "b")
    index = type("Index", (), {"names": [None]})()

    def itertuples(self, *, index: bool, name: None) -> list[tuple[int, float]]:
        assert (index, name) == (False, None)
        return [(1, 0.5)]


@pytest.mark.parametrize(
    ("table", "written"),
    [
        ([[1, None], [True, 0.1]], "0,1\n1,\nTrue,0.1\n"),
        ([{"a": 1}, {"b": 2}], "a,b\n1,\n,2\n"),
        ({"a": [1, 2], "b": ["x", "y"]}, "a,b\n1,x\n2,y\n"),
        (np.array([[1.5, 2.0]]), "0,1\n1.5,2.0\n"),
        ([[np.float32(0.5), date(2026, 3, 1)]], "0,1\n0.5,2026-03-01\n"),
        (Frame(), "a,b\n1,0.5\n"),
        ([[]], None),
        ([[""]], '0\n""\n'),
    ],
)
def test_rows_and_frames_are_taken(table: Any, written: str | None) -> None:
    if written is None:
        with pytest.raises(ValueError, match="at least one column"):
            tables.encode(table)
    else:
        assert tables.encode(table).decode() == written


@pytest.mark.parametrize(
    ("table", "header", "said"),
    [
        ([[1, 2]], ["a"], "2 cells"),
        (5, None, "list of rows, or a data frame"),
        ("abc", None, "list of rows, or a data frame"),
        (["abc"], None, r"table\[0\]"),
        ({"a": [1], "b": []}, None, "equally long"),
    ],
)
def test_what_is_no_table_is_refused(table: Any, header: list[str] | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tables.encode(table, header)


def test_numbers_are_sorted_as_numbers_and_words_as_words() -> None:
    data = b"n,w\n10,b\n9,A\n,c\nnan,d\n-1e2,\n"
    assert [row[0] for row in read(data, sort=0).rows] == ["-1e2", "9", "10", None, "nan"]
    assert [row[0] for row in read(data, sort=0, descending=1).rows][:3] == ["10", "9", "-1e2"]
    assert [row[1] for row in read(data, sort=1).rows] == ["A", "b", "c", "d", None]
    assert read(data, sort=1).numbers == [1, 0, 2, 3, 4]


def test_a_filter_is_looked_for_in_all_cells() -> None:
    data = b"a,b\nCar,1\ntree,2 x\n,car\n"
    assert read(data, filter="car").numbers == [0, 2]
    assert read(data, filter="car", exact=1).numbers == [2]
    assert read(data, filter="car", negate=1).numbers == [1]
    assert read(data, filter="2 x").numbers == [1]
    assert read(data, filter="^c", regex=1).numbers == [0, 2]
    with pytest.raises(ValueError, match="regular expression"):
        read(data, filter="(", regex=1)


ROWS = list(range(30))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("[10:20:2]", ROWS[10:20:2]),
        (":3", ROWS[:3]),
        ("-2:", ROWS[-2:]),
        ("::-1", ROWS[::-1]),
        ("5", [ROWS[5]]),
        ("[-1]", [ROWS[-1]]),
        (" 2 : 8 ", ROWS[2:8]),
        ("100:", []),
        ("-3:-1", ROWS[-3:-1]),
    ],
)
def test_a_slice_means_what_it_means_to_python(text: str, rows: list[int]) -> None:
    assert read(tables.encode([[row] for row in ROWS]), slice=text).numbers == rows


@pytest.mark.parametrize("text", ["a", "1:2:0", "1:2:3:4", "[", "1.5", "9" * 5000])
def test_what_is_no_slice_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no slice"):
        tables.slice_of(text, 10)


def test_filter_sort_slice_and_page_come_in_this_order() -> None:
    data = tables.encode([[row, "x" if row % 2 else "y"] for row in range(100)])
    part = read(data, filter="x", sort=0, descending=1, slice="::2", first=1, count=2)
    assert part.numbers == [95, 91]
    assert (part.first, part.count, part.total) == (1, 25, 100)


def test_files_of_other_programs_are_read() -> None:
    assert read(b"\xef\xbb\xbfa;b,c\r\n1,2\r\n\r\n3\r\n4,5,6\r\n").rows == [
        ["1", "2"],
        ["3", None],
        ["4", "5"],
    ]
    assert read(b"a\tb\n1,2\t3\n", "a.TSV").rows == [["1,2", "3"]]
    assert read(b"a\n\xff\n").rows == [["\ufffd"]]
    assert read(b"a,a\n1,2").columns == ["a", "a"]
    assert read(b"a,b\n").rows == []


@pytest.mark.parametrize("data", [b"", b"\n\n", b'a,b\n1,"2\n', b'"a', b"a,b\n\0\n\0"])
def test_a_broken_file_is_an_error_or_a_table_and_nothing_else(data: bytes) -> None:
    with suppress(LogFormatError):
        assert read(data).total <= 2


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        (b"epoch,loss\n1,2\n", (0, None, {1: "loss"}, 11, ",")),
        (b"\xef\xbb\xbf\r\nloss, epoch ,global_step\r\n", (2, None, {0: "loss", 1: "epoch"}, 31, ",")),
        (b"Step,timestamp,loss\n", (0, 1, {2: "loss"}, 20, ",")),
        (b"trainer/Global Step,,a\n", (0, None, {2: "a"}, 23, ",")),
        (b'"a, b",_step\n', (1, None, {0: "a, b"}, 13, ",")),
        (b"iteration\n", (0, None, {}, 10, "\x1f")),
        (b"epoch,loss", None),
        (b"name,size\nstep,1\n", None),
        (b"", None),
        (b"\x00\xff\n", None),
        (b"," * 3000 + b"step\n", None),
    ],
)
def test_the_column_of_steps_is_known_by_its_name(
    begin: bytes, expected: tuple[int, int | None, dict[int, str], int, str] | None
) -> None:
    found = tables.step_columns(begin, "t.csv")
    assert (found and found[:5]) == expected


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match="columns"):
        read(b"," * 2000 + b"\n")
    monkeypatch.setattr(tables, "MAX_CELLS", 100)
    with pytest.raises(LimitError, match="cells"):
        read(b"a\n" * 101)
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    with pytest.raises(LimitError, match="larger"):
        read(b"a\n" * 101)


def test_an_answer_holds_only_so_much() -> None:
    part = read(b"a,b\n" + b"1,2\n" * 60_000, count=60_000)
    assert (len(part.rows), part.count) == (tables.MAX_ROWS, 60_000)
    assert read(b"a\n" + b"x" * 20_000).rows == [["x" * tables.MAX_CELL_LETTERS]]


@pytest.mark.parametrize("asked", [{"sort": "2"}, {"sort": "x"}, {"first": "-1"}, {"count": "1e3"}])
def test_what_cannot_be_asked_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for people
        read(b"a,b\n1,2\n", **asked)


def test_frames_of_polars_are_taken() -> None:
    import polars as pl

    assert tables.encode(pl.DataFrame({"a": [1], "b": [None]})).decode() == "a,b\n1,\n"


def test_logger_writes_csv(tmp_path: Path) -> None:
    with Logger("exp", tmp_path) as logger:
        logger.log_table([[1, "a,b"]], "results", 3, header=["n", "text"])
    assert (tmp_path / "exp" / "0003" / "results.csv").read_text() == 'n,text\n1,"a,b"\n'
    assert "pandas" not in sys.modules


@pytest.mark.parametrize(
    ("data", "columns", "rows"),
    [
        (b"epoch;loss\n1;0,53\n2;0,42\n", ["epoch", "loss"], [["1", "0,53"], ["2", "0,42"]]),
        (b'"a;b",c\n1,2\n', ["a;b", "c"], [["1", "2"]]),
        (b"a;b;c,d\n1;2;3,4\n", ["a", "b", "c,d"], [["1", "2", "3,4"]]),
        (b"a\tb\n1\t2,5\n", ["a", "b"], [["1", "2,5"]]),
        (b"loss\n0,53\n", ["loss"], [["0,53"]]),
        (b"\n\na;b\n1;2\n", ["a", "b"], [["1", "2"]]),
        ("a;b\r\n1;2,5\r\n".encode("utf-16"), ["a", "b"], [["1", "2,5"]]),
    ],
)
def test_columns_are_divided_by_what_the_header_has(
    data: bytes, columns: list[str], rows: list[list[str]]
) -> None:
    part = read(data)
    assert (part.columns, part.rows) == (columns, rows)


def test_decimal_commas_are_sorted_as_numbers() -> None:
    data = b"name;loss\na;10,5\nb;9,25\nc;-1,5e-3\n"
    assert read(data, sort=1).numbers == [2, 1, 0]
    assert read(data.replace(b";", b",").replace(b",5", b"x"), sort=1).numbers == [2, 0, 1]


def test_an_index_that_is_named_as_a_column_is_written_once() -> None:
    class Indexed(Frame):
        index = type("Index", (), {"names": ["a"]})()

        def reset_index(self, *, level: list[str]) -> None:
            raise AssertionError(f"cannot insert {level}, already exists")

    assert tables.encode(Indexed()) == b"a,b\n1,0.5\n"


def test_an_expression_that_is_too_large_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"the regular expression '\(\?:a\?\)\{5000\}a\{5000\}': too large"):
        read(b"a\n" + b"a" * 1000 + b"\n", filter="(?:a?){5000}a{5000}", regex=1)
    assert read(b"a\n" + b"a" * 1000 + b"\n", filter="a" * 1000).count == 1


def test_a_filter_that_takes_too_long_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_FILTER_S", -1.0)
    with pytest.raises(ValueError, match="the filter 'x': the search takes too long"):
        read(b"a\n" + b"b\n" * 2_000_000, filter="x")
