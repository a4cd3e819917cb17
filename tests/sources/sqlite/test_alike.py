"""Rows that are taken apart together have the values that they have one by one, to the last bit."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lavdlike.sources.sqlite.alike import Alike, last_of, of_rows
from lavdlike.sources.sqlite.database import Database, Tables
from lavdlike.sources.sqlite.pages import Pages
from lavdlike.sources.sqlite.row_records import RecordReader, Row, Value
from tests.sources.reading import opened
from tests.sources.sqlite.test_database import connected, fill

TYPES = {
    "number": (
        0,
        1,
        5,
        -1,
        127,
        128,
        -129,
        2**15,
        -(2**23),
        2**31,
        2**40,
        -(2**47),
        2**60,
        -(2**63),
        2**63 - 1,
    ),
    "double": (0.5, -0.0, 5e-324, float("inf"), 1.7976931348623157e308),
    "text": ("", "a", "loss\0", "é" * 70, "𝒳", "long " * 2000),
    "bytes": (b"", b"\0", b"\xff" * 40),
    "none": (None,),
}


def rows_in(alike: Sequence[Alike]) -> list[Row]:
    """One by one, by their rowids."""
    found = []
    for each in alike:
        for index, rowid in enumerate(each.rowids.tolist()):
            values: list[Value] = []
            for column in each.columns:
                if column is None:
                    values.append(None)
                else:
                    assert len(column) == len(each.rowids)
                    values.append(column[index] if isinstance(column, list) else column[index].item())
            found.append(Row(rowid, tuple(values)))
    return sorted(found, key=lambda row: row.rowid)


def exact(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    """With the types, and the signs of zeros."""
    return [(row.rowid, *((type(value), repr(value)) for value in row.values)) for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("page_bytes", [512, 4096, 65536])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le"])
def test_rows_of_any_types_are_as_one_by_one(tmp_path: Path, page_bytes: int, encoding: str) -> None:
    path = tmp_path / "x.db"
    chosen = random.Random(page_bytes)
    every = [value for values in TYPES.values() for value in values]
    with connected(path, f"page_size={page_bytes}", f"encoding='{encoding}'") as connection:
        connection.execute("CREATE TABLE m (a, b, c)")
        connection.executemany(
            "INSERT INTO m VALUES (?, ?, ?)", [[chosen.choice(every) for _ in "abc"] for _ in range(900)]
        )
        connection.execute("DELETE FROM m WHERE rowid % 11 = 0")
        connection.commit()
    wanted = np.array([rowid for rowid in range(-5, 1000) if rowid % 3], np.int64)

    def read(tables: Tables) -> tuple[list[Row], list[Row], list[Row]]:
        columns = ("c", "a", "absent", "b")
        one_by_one = [row for row in tables.rows("m", columns) if row.rowid % 3]
        at = list(tables.rows_at("m", columns, wanted))
        alike = rows_in(list(tables.alike_at("m", columns, wanted)))
        assert tables.damaged == []
        return one_by_one, at, alike

    with opened(path) as descriptor:
        one_by_one, at, alike = Database().look(descriptor, read)
    assert len(one_by_one) > 500
    assert exact(at) == exact(one_by_one)
    assert exact(alike) == exact(one_by_one)
    assert exact(rows_in(of_rows(one_by_one))) == exact(one_by_one)
    assert exact([last_of(of_rows(one_by_one)) or Row(0, ())]) == exact(one_by_one[-1:])


def test_rowids_of_an_index_are_those_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with connected(path, "page_size=512") as connection:
        fill(connection)
        connection.execute("CREATE INDEX of_r_and_t ON m (v, t)")
        connection.commit()
        expected = {
            value: [
                rowid
                for (rowid,) in connection.execute("SELECT rowid FROM m WHERE r = ? ORDER BY 1", [value])
            ]
            for value in ("a", "b", "", "none")
        }
        (of_v,) = ([row[0] for row in connection.execute("SELECT rowid FROM m WHERE v = 3 ORDER BY 1")],)
    with opened(path) as descriptor:
        database = Database()
        for value, rowids in expected.items():
            for after, count in ((-(2**63), None), (700, None), (700, 30), (-3, 1)):
                found = database.look(
                    descriptor,
                    lambda tables, value=value, after=after, count=count: tables.rowids_of(  # type: ignore[misc]
                        "m", "r", value, after=after, count=count
                    ),
                )
                assert found is not None
                assert found.tolist() == [rowid for rowid in rowids if rowid > after][:count]
        found = database.look(descriptor, lambda tables: tables.rowids_of("m", "v", 3))
        assert found is not None
        assert found.tolist() == of_v
        assert database.look(descriptor, lambda tables: tables.rowids_of("m", "b", "x")) is None


def test_rows_that_lie_far_apart_cost_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page that one is in is read once, and nothing else is taken apart."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE m (text)")
        connection.executemany("INSERT INTO m VALUES (?)", ([f"row {index}"] for index in range(50_000)))
        connection.commit()
    pages: list[int] = []
    rows: list[bytes] = []
    page, values = Pages.page, RecordReader.values

    def counted_page(self: Pages, number: int) -> bytes:
        pages.append(number)
        return page(self, number)

    def counted_values(self: RecordReader, payload: bytes) -> tuple[Value, ...]:
        rows.append(payload)
        return values(self, payload)

    with opened(path) as descriptor:
        database = Database()
        database.look(descriptor, lambda tables: tables.has("m"))
        monkeypatch.setattr(Pages, "page", counted_page)
        monkeypatch.setattr(RecordReader, "values", counted_values)
        wanted = np.arange(1, 50_000, 1000, dtype=np.int64)
        found = database.look(descriptor, lambda tables: list(tables.rows_at("m", ["text"], wanted)))
    assert [row.values for row in found] == [(f"row {index}",) for index in range(0, 50_000, 1000)]
    assert len(rows) == 50
    assert len(pages) == len({*pages}) + 1 < 50 + 5  # the first one twice, for its schema


def test_columns_of_a_broken_row_are_none_and_the_others_are_given(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE m (key, v)")
        connection.executemany("INSERT INTO m VALUES (?, 0.5)", ([f"key {index:03}"] for index in range(100)))
        connection.commit()
    data = path.read_bytes()
    for broken, reason in (
        (b"\x03\x1b\x07", b"\x03\x7f\x07"),  # a text that is longer than the row
        (b"\x03\x1b\x07", b"\x7f\x1b\x07"),  # a header that is
        (b"\x03\x1b\x07", b"\x03\x0b\x07"),  # a type that there is not
        (b"\x03\x1b\x07", b"\x00\x1b\x07"),  # no header
    ):
        place = data.index(broken + b"key 050")
        path.write_bytes(data[:place] + reason + data[place + 3 :])
        with opened(path) as descriptor:
            alike, damaged = Database().look(
                descriptor,
                lambda tables: (list(tables.alike_at("m", ("key", "v"), np.arange(101))), tables.damaged),
            )
        keys = [str(row.values[0]) for row in rows_in(alike)]
        assert [key for key in keys if key.startswith("key")] == [
            f"key {index:03}" for index in range(100) if index != 50
        ]
        if reason != b"\x00\x1b\x07":
            assert len(damaged) == 1, reason
