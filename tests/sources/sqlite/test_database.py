"""SQLite files are read as SQLite itself reads them, whatever its settings, while it writes, and broken ones."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.disk.beside import opened_beside
from lavdlike.sources.sqlite import database as database_module
from lavdlike.sources.sqlite import rollback_journal
from lavdlike.sources.sqlite.database import (
    JOURNAL_SUFFIX,
    WAL_SUFFIX,
    Database,
    Tables,
    Version,
    database_of,
    newest_and_version,
)
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.tree_pages import MAX_ROW_BYTES
from tests.sources.reading import opened

COLUMNS = ("key", "v", "t", "r", "b")
SETTINGS = list(
    itertools.product(("UTF-8", "UTF-16le", "UTF-16be"), ("delete", "wal", "persist"), (512, 4096, 65536))
)


@contextmanager
def connected(path: Path, *pragmas: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        for pragma in ("synchronous=off", *pragmas):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def fill(connection: sqlite3.Connection, rows: int = 1500) -> None:
    connection.execute(
        'CREATE TABLE "m" (key TEXT, v DOUBLE, "t" INTEGER, [r] VARCHAR(32), `b` BLOB, PRIMARY KEY (key, t))'
    )
    connection.execute("CREATE INDEX of_r ON m (r)")
    chosen = random.Random(1)
    texts = ["", "loss", "é" * 300, "\0a", "𝒳"]
    numbers = [0, 1, -1, 127, 128, -129, 2**15, 2**23, 2**31, 2**40, -(2**47), 2**60, -(2**63), 2**63 - 1]
    connection.executemany(
        "INSERT INTO m VALUES (?, ?, ?, ?, ?)",
        (
            (
                f"{chosen.choice(texts)}{index}",
                chosen.choice([None, 1.5, float("inf"), 3.0, -7e300, 5e-324]),
                chosen.choice(numbers),
                chosen.choice(["a", "b", "", None, 5, 5.0, b"b"]),
                chosen.choice([None, b"", b"x" * chosen.randrange(30 if index % 50 else 20_000)]),
            )
            for index in range(rows)
        ),
    )
    connection.execute("DELETE FROM m WHERE rowid % 7 = 0")
    connection.commit()


def expected(connection: sqlite3.Connection, where: str = "1") -> list[tuple[object, ...]]:
    rows = connection.execute(f"SELECT rowid, {', '.join(COLUMNS)} FROM m WHERE {where} ORDER BY rowid")  # noqa: S608
    return rows.fetchall()


def rows_of(tables: Tables) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = [(row.rowid, *row.values) for row in tables.rows("m", COLUMNS)]
    assert tables.damaged == []
    return found


def files_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "mode", "page_bytes"), SETTINGS)
def test_rows_are_those_that_sqlite_has(tmp_path: Path, encoding: str, mode: str, page_bytes: int) -> None:
    path = tmp_path / "x.db"
    pragmas = (f"encoding='{encoding}'", f"page_size={page_bytes}", f"journal_mode={mode}", "cache_size=10")
    with connected(path, *pragmas) as connection, opened_file(path) as descriptor:
        fill(connection)
        database = Database()
        assert database.look(descriptor, rows_of) == expected(connection)

        def of_b(tables: Tables) -> list[tuple[object, ...]]:
            found = tables.rows_of("m", COLUMNS, "r", "b", after=700)
            return [(row.rowid, *row.values) for row in found]

        assert database.look(descriptor, of_b) == expected(
            connection, "typeof(r) = 'text' AND r = 'b' AND rowid > 700"
        )
        connection.execute("INSERT INTO m VALUES ('new', 1, 2, 3, 4)")
        connection.commit()
        # A transaction that has not ended, larger than the cache: pages of it may stand in the file already.
        before = expected(connection)
        connection.execute("UPDATE m SET v = 9, b = 'changed'")
        was = files_in(tmp_path)
        assert database.look(descriptor, rows_of) == before
        assert files_in(tmp_path) == was
        connection.rollback()


@contextmanager
def opened_file(path: Path) -> Iterator[int]:
    path.touch()
    with opened(path) as descriptor:
        yield descriptor


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["delete", "wal", "truncate"])
@pytest.mark.parametrize("synchronous", ["off", "full"])
def test_a_file_left_by_a_killed_writer_is_as_after_its_last_commit(
    tmp_path: Path, mode: str, synchronous: str
) -> None:
    path, left = tmp_path / "x.db", tmp_path / "left"
    left.mkdir()
    with connected(path, f"journal_mode={mode}", "cache_size=10", f"synchronous={synchronous}") as connection:
        fill(connection)
        before = expected(connection)
        connection.execute("UPDATE m SET v = 9, b = 'changed'")
        for file in tmp_path.glob("x.db*"):  # with a hot journal, or uncommitted frames
            if not file.name.endswith("-shm"):
                shutil.copy(file, left)
    was = files_in(left)
    with opened(left / "x.db") as descriptor:
        assert Database().look(descriptor, rows_of) == before
        assert files_in(left) == was
    with connected(left / "x.db") as connection:
        assert expected(connection) == before


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_that_a_writer_has_locked_is_read(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "x.db"
    with connected(path, f"journal_mode={mode}", "locking_mode=exclusive") as connection:
        fill(connection, 50)
        connection.execute("BEGIN EXCLUSIVE")
        before = expected(connection)
        with closing(sqlite3.connect(path, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("SELECT * FROM m")
        with opened(path) as descriptor:
            assert Database().look(descriptor, rows_of) == before


def test_of_a_log_that_is_cut_or_half_written_what_was_committed_counts(tmp_path: Path) -> None:
    """As SQLite recovers it: cut anywhere, zeros behind, or a frame of which a part was written."""
    path, copied = tmp_path / "x.db", tmp_path / "copied"
    with connected(path, "journal_mode=wal", "page_size=512", "wal_autocheckpoint=0") as connection:
        fill(connection, 30)
        for number in range(6):
            connection.execute(f"INSERT INTO m VALUES ('commit {number}', 1, 2, 'a', NULL)")  # noqa: S608
            connection.commit()
        data, log = path.read_bytes(), (tmp_path / "x.db-wal").read_bytes()
    frame_bytes = 24 + 512
    seen = set()
    for back in (*(half * frame_bytes // 2 + half for half in range(0, 60, 3)), len(log) - 20):
        for end in (b"", bytes(2 * frame_bytes) if back % 2 else b"\xff" * 50):
            copied.mkdir()
            (copied / "x.db").write_bytes(data)
            (copied / "x.db-wal").write_bytes(log[: len(log) - back] + end)
            with opened(copied / "x.db") as descriptor:
                found = Database().look(descriptor, lambda tables: rows_of(tables) if tables.has("m") else [])
            with connected(copied / "x.db") as connection:
                assert found == (expected(connection) if found else [])
                assert bool(found) == bool(connection.execute("SELECT name FROM sqlite_master").fetchall())
            seen.add(len(found))
            shutil.rmtree(copied)
    assert len(seen) > 3


def test_a_journal_that_begins_during_a_look_belongs_to_a_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was empty when it was opened, and held a page when it was read; then the transaction ended."""
    path = tmp_path / "x.db"
    headers = [(b"", 0)]
    real = database_module._header_of
    monkeypatch.setattr(
        database_module, "_header_of", lambda descriptor: headers.pop() if headers else real(descriptor)
    )
    with connected(path, "journal_mode=delete", "page_size=512") as writer, opened(path) as descriptor:
        for name in ("one", "two"):
            writer.execute(f"CREATE TABLE {name} (text)")
        writer.execute("INSERT INTO one VALUES ('first')")
        writer.execute("INSERT INTO two VALUES ('first')")
        writer.commit()
        writer.execute("INSERT INTO one VALUES ('second')")
        writer.execute("PRAGMA user_version = 1")  # changes the first page, in which each commit is counted

        def counts(tables: Tables) -> tuple[int, int]:
            one = len(list(tables.rows("one", ["text"])))
            if writer.in_transaction:
                writer.execute("INSERT INTO two VALUES ('second')")
                writer.commit()
            return one, len(list(tables.rows("two", ["text"])))

        assert Database().look(descriptor, counts) == (2, 2)


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_look_while_it_is_written_to_sees_whole_commits_only(tmp_path: Path, mode: str) -> None:
    """Every commit writes two tables, so that both have as many rows at each moment."""
    path = tmp_path / "x.db"
    with connected(path, f"journal_mode={mode}", "wal_autocheckpoint=5", "page_size=512") as connection:
        for name in ("one", "two"):
            connection.execute(f"CREATE TABLE {name} (text)")
        is_over = threading.Event()

        def write() -> None:
            with connected(path, "wal_autocheckpoint=5", "synchronous=off") as own:
                while not is_over.is_set():
                    own.execute("INSERT INTO one VALUES ('some text that fills pages soon')")
                    own.execute("INSERT INTO two VALUES ('some text that fills pages soon')")
                    own.commit()
                    is_over.wait(0.001)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            counts: list[int] = []
            database = Database()
            with opened(path) as descriptor:
                while len(set(counts)) < 30:
                    one, two, damaged = database.look(
                        descriptor,
                        lambda tables: (
                            [row.rowid for row in tables.rows("one", ["text"])],
                            [row.rowid for row in tables.rows("two", ["text"])],
                            tables.damaged,
                        ),
                    )
                    assert damaged == []
                    assert one == two == list(range(1, len(one) + 1))
                    assert not counts or len(one) >= counts[-1]
                    counts.append(len(one))
        finally:
            is_over.set()
            writer.join()


def test_tables_and_indexes_are_found_by_their_sql(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with connected(path) as connection, opened_file(path) as descriptor:
        connection.executescript("""
            CREATE TABLE "a b" ("key (x), y" text /* , no */ DEFAULT (1 + 2), z INTEGER PRIMARY KEY, -- , none
              w int AS (z + 1), 'v' int GENERATED ALWAYS AS (z + 2) STORED, UNIQUE ("key (x), y", v), CHECK (z > 0));
            CREATE INDEX plain ON "a b" (v);
            CREATE INDEX down ON "a b" (v DESC);
            CREATE INDEX some ON "a b" (v) WHERE z > 5;
            CREATE INDEX of_expression ON "a b" (v + 1);
            CREATE VIEW view AS SELECT * FROM "a b";
            CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, name TEXT, UNIQUE(name));
            CREATE TABLE reversed ("id" INTEGER PRIMARY KEY DESC, name TEXT UNIQUE);
            CREATE TABLE without (a PRIMARY KEY) WITHOUT ROWID;
            INSERT INTO "a b" VALUES ('text', 7);
            INSERT INTO without VALUES (1);
        """)
        schema, rows, none, damaged = Database().look(
            descriptor,
            lambda tables: (
                tables.schema,
                list(tables.rows("a b", ["key (x), y", "z", "v", "absent"])),
                [*tables.rows("view", ["v"]), *tables.rows("absent", ["v"])],
                [*tables.rows("without", ["a"]), *tables.damaged],
            ),
        )
        assert schema.tables["a b"].columns == ("key (x), y", "z", "v")
        assert {each.columns for each in schema.indexes if each.table == "a b"} == {
            ("v",),
            ("key (x), y", "v"),
        }
        of_others = {each.table: each.columns for each in schema.indexes if each.table == "counted"}
        assert of_others == {"counted": ("name",)}
        assert [each.columns for each in schema.indexes if each.table == "reversed"] == [("id",), ("name",)]
        assert rows == [(7, ("text", None, 9, None))]  # what is the rowid is not stored once more
        assert none == []
        assert [type(each) for each in damaged] == [DamagedError]


def test_what_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with opened_file(path) as descriptor:
        for content, reason in (
            (b"", "no SQLite file"),
            (b"text" * 100, "no SQLite file"),
            (b"SQLite format 3\0" + bytes(20), "its header is cut or broken"),
            (b"SQLite format 3\0" + bytes(200), "its header is cut or broken"),
        ):
            path.write_bytes(content)
            with pytest.raises(DamagedError, match=reason):
                Database().look(descriptor, rows_of)


def test_of_a_file_that_is_cut_the_rest_is_read_and_the_place_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with connected(path) as connection:
        fill(connection)
        whole = expected(connection)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with opened(path) as descriptor:
        rows, damaged = Database().look(
            descriptor,
            lambda tables: ([(row.rowid, *row.values) for row in tables.rows("m", COLUMNS)], tables.damaged),
        )
    assert 0 < len(rows) < len(whole)
    assert set(rows) < set(whole)
    assert "cut" in damaged[0].reason
    assert damaged[0].page > len(data) // 2 // 4096


@settings(max_examples=3 * settings().max_examples)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
    st.sampled_from(["", "-wal", "-journal"]),
)
def test_mutated_files_give_rows_and_damage(changes: list[tuple[float, bytes]], beside: str) -> None:
    folder = _original()
    mutated = folder / "mutated"
    mutated.mkdir(exist_ok=True)
    for name in ("x.db", "x.db-wal", "x.db-journal"):
        data = bytearray((folder / name).read_bytes())
        for place, content in changes:
            begin = int(place**4 * len(data))  # most of what counts is at the begin
            data[begin : begin + len(content)] = content
        if name in ("x.db", f"x.db{beside}"):
            (mutated / name).write_bytes(data)
        else:
            (mutated / name).unlink(missing_ok=True)
    with opened(mutated / "x.db") as descriptor:
        database = Database()
        try:
            rows, alike, damaged = database.look(
                descriptor,
                lambda tables: (
                    [*tables.rows("m", COLUMNS), *tables.rows_of("m", COLUMNS, "r", "b")],
                    list(tables.alike_at("m", COLUMNS, np.arange(300))),
                    tables.damaged,
                ),
            )
        except DamagedError as error:
            damaged = [error]
        else:
            assert all(len(row.values) == len(COLUMNS) for row in rows)
            assert all(len(each.columns) == len(COLUMNS) for each in alike)
        assert all(error.reason for error in damaged)


def _original() -> Path:
    """A database in WAL mode with an old journal beside it, made once."""
    if not _made:
        folder = Path(_temporary.name)
        with connected(folder / "x.db", "page_size=512", "cache_size=10") as connection:
            fill(connection, 200)
            connection.execute("UPDATE m SET v = 9, b = 'changed'")
            shutil.copy(folder / "x.db-journal", folder / "kept")
            connection.rollback()
            connection.execute("PRAGMA journal_mode=wal")
            connection.execute("DELETE FROM m WHERE rowid % 3 = 0")
            connection.commit()
            shutil.copy(folder / "x.db-wal", folder / "kept-wal")
            shutil.copy(folder / "x.db", folder / "kept-db")
        for kept, name in (("kept", "x.db-journal"), ("kept-wal", "x.db-wal"), ("kept-db", "x.db")):
            (folder / kept).rename(folder / name)
        _made.append(folder)
    return _made[0]


_made: list[Path] = []
_temporary = TemporaryDirectory()


def test_hostile_lengths_and_trees_in_circles_come_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with connected(path, "page_size=512") as connection, opened_file(path) as descriptor:
        connection.execute("CREATE TABLE m (key, v, t, r, b)")
        connection.executemany("INSERT INTO m VALUES (?, 1, 2, 3, 4)", [("k" * 50,)] * 200)
        connection.commit()
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master").fetchone()
        data = bytearray(path.read_bytes())
        begin = (root - 1) * 512
        assert data[begin] == 5
        for place in range(begin + 12, begin + 40, 2):  # every cell of it leads to itself
            cell = int.from_bytes(data[place : place + 2], "big")
            if 0 < cell < 500:
                data[begin + cell : begin + cell + 4] = root.to_bytes(4, "big")
        path.write_bytes(data)
        damaged = Database().look(
            descriptor, lambda tables: (list(tables.rows("m", ["key"])), tables.damaged)[1]
        )
        assert "a tree that leads to itself" in {each.reason for each in damaged}
    path.unlink()
    with connected(path) as connection, opened_file(path) as descriptor:
        connection.execute("CREATE TABLE m (key)")
        connection.execute("INSERT INTO m VALUES (zeroblob(?))", [MAX_ROW_BYTES + 1])
        connection.execute("INSERT INTO m VALUES ('small')")
        connection.commit()
        rows, damaged = Database().look(
            descriptor, lambda tables: (list(tables.rows("m", ["key"])), tables.damaged)
        )
        assert [row.values for row in rows] == [("small",)]
        assert "16 MiB are the most" in damaged[0].reason


def test_a_journal_over_more_pages_than_are_taken_back_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollback_journal, "MAX_PAGES", 3)
    path = tmp_path / "x.db"
    with connected(path, "page_size=512", "cache_size=5") as connection, opened_file(path) as descriptor:
        fill(connection, 200)
        connection.execute("UPDATE m SET v = 9, b = 'changed'")
        with pytest.raises(DamagedError, match="more than 3 pages"):
            Database().look(descriptor, rows_of)


def version_of(database: Database, descriptor: int) -> Version:
    with (
        opened_beside(descriptor, WAL_SUFFIX) as wal,
        opened_beside(descriptor, JOURNAL_SUFFIX) as own_journal,
    ):
        return database.version(descriptor, wal, own_journal)


@pytest.mark.parametrize("mode", ["delete", "wal", "persist", "memory"])
def test_every_commit_makes_another_version_and_nothing_else_does(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "x.db"
    with (
        connected(path, f"journal_mode={mode}", "wal_autocheckpoint=3") as connection,
        opened_file(path) as descriptor,
    ):
        fill(connection, 10)
        database, versions = Database(), set()
        for _ in range(50):
            connection.execute("UPDATE m SET v = v + 1")
            connection.commit()
            version = version_of(database, descriptor)
            assert version == version_of(database, descriptor) == version_of(Database(), descriptor)
            database.look(descriptor, rows_of)
            assert version == version_of(database, descriptor)
            versions.add(version)
        assert len(versions) == 50


def test_a_database_is_kept_by_its_file_and_has_the_newest_time(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with connected(path, "journal_mode=wal") as connection, opened_file(path) as descriptor:
        fill(connection, 10)
        assert database_of(descriptor) is database_of(descriptor)
        for file in tmp_path.iterdir():
            os.utime(file, (1_700_000_000, 1_700_000_000))
        assert newest_and_version(descriptor)[0] == 1_700_000_000_000_000_000
        connection.execute("DELETE FROM m")
        connection.commit()
        assert newest_and_version(descriptor)[0] > 1_700_000_000_000_000_000


def test_a_commit_whose_log_is_gone_again_is_another_version(tmp_path: Path) -> None:
    """The last writer to close the file takes the log away; the counter in the header need not count then."""
    path = tmp_path / "a.db"

    def insert(text: str) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO t VALUES (?)", (text,))

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    versions = []
    for text in ("a", "b", "c"):
        insert(text)
        assert not path.with_name("a.db-wal").exists()
        with opened(path) as descriptor:
            versions.append(version_of(database_module.database_of(descriptor), descriptor))
    assert len(set(versions)) == 3
