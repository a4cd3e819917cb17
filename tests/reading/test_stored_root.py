"""Files of many runs look like folders, in which each run has one: to discovery, rows, trees and series alike."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.root import Entry
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot, names_in, summaries_of
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.sources import store_registry
from lavdlike.sources.run_store import UnreadableStoreError
from lavdlike.sources.sqlite.row_records import RecordReader
from tests.sources.mlflow.databases import mlflow_store, mlflow_store_at
from tests.sources.trackio.test_trackio_database import TABLES as TRACKIO_TABLES

RUN = Name("sub/mlflow.db/vision/ab12")


@pytest.fixture
def root(tmp_path: Path) -> StoredRoot:
    """With the runs ab12 and cd34 in a folder, and an experiment of files beside it."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "notes.md").write_text("text")
    with mlflow_store(tmp_path / "sub" / "mlflow.db") as store:
        for key in ("ab12", "cd34"):
            store.run(key)
            store.metric(key, "loss", 0.5, 1)
            store.metric(key, "loss", 0.25, 2)
    return StoredRoot(tmp_path)


def entries(root: StoredRoot, path: str) -> list[tuple[str, str]]:
    with root.folder(path) as opened:
        return [(entry.name, entry.type) for entry in opened.entries()]


def test_a_file_of_runs_is_a_folder_of_folders(root: StoredRoot) -> None:
    assert entries(root, "sub") == [("mlflow.db", "folder")]
    assert entries(root, "sub/mlflow.db") == [("vision", "folder")]
    assert entries(root, "sub/mlflow.db/vision") == [("ab12", "folder"), ("cd34", "folder")]
    assert entries(root, RUN) == [("run.mlflow", "file")]
    for path in ("sub/mlflow.db/other", "sub/mlflow.db/vision/none", f"{RUN}/deeper"):
        with pytest.raises(FileNotFoundError), root.folder(path):
            pass


def test_listing_status_and_walking_agree_on_what_stands_where(root: StoredRoot) -> None:
    def check(path: str) -> None:
        with root.folder(path) as opened:
            for entry in list(opened.entries()):
                status = opened.status_of(entry.name)
                assert Entry(entry.name, entry.type, status.st_ino) == entry
                below = f"{path}/{entry.name}" if path else entry.name
                if entry.type == "file":
                    with opened.file(entry.name, below) as one, root.file(below) as other:
                        assert (one.run, one.status.st_ino) == (other.run, other.status.st_ino)
                        assert os.path.samestat(os.fstat(one.fd), os.fstat(other.fd))
                else:
                    with opened.folder(entry.name) as one, root.folder(below) as other:
                        assert one.status() == other.status()
                        assert one.status().st_ino == entry.inode
                        assert list(one.entries()) == list(other.entries())
                    check(below)

    check("")
    with root.folder("sub") as opened:
        assert opened.status_of("mlflow.db/vision/ab12/run.mlflow").st_size > 0
        with pytest.raises(FileNotFoundError):
            opened.status_of("mlflow.db/vision/none")
    with root.file("sub/mlflow.db") as file:  # as it is
        assert os.read(file.fd, 6) == b"SQLite"


def test_runs_are_experiments_with_their_own_points_and_rows(root: StoredRoot) -> None:
    names = sorted(names_in(root))
    assert names == ["plain", RUN, "sub/mlflow.db/vision/cd34"]
    rows = [read.summary for read in summaries_of(root, names)]
    assert [row.source for row in rows] == ["", "MLflow", "MLflow"]
    assert [row.is_foreign for row in rows] == [True] * 3
    assert [row.kinds for row in rows] == [["markdown"], ["scalars"], ["scalars"]]
    assert len({row.identity for row in rows}) == 3
    snapshot = Snapshot(root, RUN)
    assert [entry.label for entry in snapshot.scalar_labels()] == ["loss"]
    (series,) = snapshot.series_of("loss")
    assert series.columns.values.tolist() == [0.5, 0.25]
    assert snapshot.problems() == []
    assert list(snapshot.tree.items()) == []


def test_what_the_run_gains_is_new_and_other_runs_come(root: StoredRoot, tmp_path: Path) -> None:
    snapshot = Snapshot(root, RUN)
    assert snapshot.has_new_points()
    assert not snapshot.has_new_points()
    with mlflow_store_at(tmp_path / "sub" / "mlflow.db") as connection:
        connection.execute("INSERT INTO metrics VALUES ('loss', 1, 0, 'cd34', 3, 0)")
        connection.commit()
        assert not snapshot.has_new_points()
        connection.execute("INSERT INTO metrics VALUES ('loss', 1, 0, 'ab12', 3, 0)")
        connection.execute("INSERT INTO runs VALUES ('ef56', '', 'RUNNING', 1, NULL, 'active', 1)")
        connection.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'cd34'")
        connection.commit()
        assert snapshot.has_new_points()
    assert sorted(names_in(StoredRoot(tmp_path))) == ["plain", RUN, "sub/mlflow.db/vision/ef56"]


def test_databases_of_others_and_broken_ones_are_files(tmp_path: Path) -> None:
    with mlflow_store_at(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE metrics (key)")
    (tmp_path / "text.db").write_text("text")
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    (tmp_path / "link.db").symlink_to("/etc/passwd")
    root = StoredRoot(tmp_path)
    assert sorted(entries(root, "")) == [
        ("empty.db", "file"),
        ("folder.db", "folder"),
        ("link.db", "link"),
        ("other.db", "file"),
        ("text.db", "file"),
    ]
    assert names_in(root) == ["folder.db"]
    with pytest.raises(NotADirectoryError), root.folder("other.db/vision"):
        pass


def test_names_that_no_folder_can_have_are_escaped(tmp_path: Path) -> None:
    with mlflow_store(tmp_path / "mlflow.db") as store:
        for number, name in enumerate(("a/b", "/Users/me", "..", "x\0y\n", "50%2F", "é" * 200, "vision"), 2):
            if name != "vision":
                store.experiment(number, name)
        for number in range(1, 8):
            store.run(f"run{number}", number)
    names = sorted(names_in(StoredRoot(tmp_path)))
    assert [name for name in names if "é" not in name] == [
        "mlflow.db/%2E./run4",
        "mlflow.db/50%252F/run6",
        "mlflow.db/Users/me/run3",
        "mlflow.db/a/b/run2",
        "mlflow.db/vision/run1",
        "mlflow.db/x%00y%0A/run5",
    ]
    (long,) = (name for name in names if "é" in name)
    assert len(long.split("/")[1].encode()) < 256
    assert [row.summary.title for row in summaries_of(StoredRoot(tmp_path), names)] == [
        name.rpartition("/")[2] for name in names
    ]


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    with mlflow_store(outside / "mlflow.db") as store:
        store.run("ab12")
    (inside / "mlflow.db").symlink_to(outside / "mlflow.db")
    root = StoredRoot(inside)
    assert names_in(root) == []
    for path in ("mlflow.db", "mlflow.db/vision/ab12"):
        with pytest.raises((NotServedError, NotADirectoryError, FileNotFoundError)), root.folder(path):
            pass
    with pytest.raises(NotServedError), root.file("mlflow.db/vision/ab12/run.mlflow"):
        pass


def test_a_file_that_cannot_be_read_now_is_a_problem(
    root: StoredRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(descriptor: int, *, is_called: bool) -> None:  # noqa: ARG001
        raise UnreadableStoreError("it is written to all the time")

    monkeypatch.setattr(store_registry.STORES[0], "listed", busy)
    with pytest.raises(NotServedError, match="written to all the time"), root.folder("sub/mlflow.db"):
        pass
    assert entries(root, "sub") == [("mlflow.db", "folder")]


def test_what_has_changed_is_told_of_those_runs_alone(root: StoredRoot, tmp_path: Path) -> None:
    file = "sub/mlflow.db"
    assert (root.store_of(RUN), root.store_of("sub")) == ("", "")  # nothing was looked at
    names_in(root)
    assert [root.store_of(path) for path in (RUN, file, "sub", "plain/x.db")] == [file, file, "", ""]
    assert root.changes_in(file) == ([], [], False)
    with mlflow_store_at(tmp_path / "sub" / "mlflow.db") as connection:

        def after(sql: str) -> tuple[list[str] | None, list[str] | None, bool]:
            connection.execute(sql)
            connection.commit()
            names_in(root)  # whoever looks meanwhile
            found = root.changes_in(file)
            assert root.changes_in(file) == ([], [], False)
            return found

        metric = "INSERT INTO metrics VALUES ('loss', 1, 0, 'cd34', 3, 0)"
        assert after(metric) == (["vision/cd34"], [], False)
        assert after("INSERT INTO params VALUES ('lr', '1', 'ab12')") == ([], ["vision/ab12"], False)
        assert after("INSERT INTO tags VALUES ('team', 'a', 'ab12')") == ([], ["vision/ab12"], False)
        assert after("UPDATE tags SET value = 'b'") == ([], ["vision/ab12"], False)
        grown, told, is_relisted = after(
            "INSERT INTO runs VALUES ('ef56', '', 'RUNNING', 1, NULL, 'active', 1)"
        )
        assert (grown, "vision/ef56" in (told or ()), is_relisted) == ([], True, True)
        assert after("DELETE FROM metrics") == (None, None, False)
    with mlflow_store(tmp_path / "other") as store:
        store.run("gh78")
    (tmp_path / "other").rename(tmp_path / "sub" / "mlflow.db")
    names_in(root)
    assert root.changes_in(file) == (None, None, True)
    assert root.changes_in(file) == ([], [], False)
    (tmp_path / "sub" / "mlflow.db").unlink()
    entries(root, "sub")
    assert root.store_of(RUN) == ""


@pytest.mark.parametrize("program", ["mlflow", "trackio"])
def test_a_row_that_is_added_costs_the_same_however_many_runs_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    """Rows of tables that are taken apart, for the list of runs and for what has changed."""
    costs = []
    for count in (20, 400):
        path = tmp_path / str(count) / "project.db"
        path.parent.mkdir()
        keys = [f"{number:032}" for number in range(count)]
        if program == "mlflow":
            with mlflow_store(path) as store:
                for key in keys:
                    row = (key, "", "RUNNING", 1, None, "active", 1)
                    store.connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                store.connection.executemany(
                    "INSERT INTO metrics VALUES ('loss', 1, 0, ?, 1, 0)", [(key,) for key in keys]
                )
                store.connection.commit()
            added, folder = "INSERT INTO metrics VALUES ('loss', 1, 0, ?, 2, 0)", "vision/"
        else:
            with mlflow_store_at(path) as connection:
                connection.executescript(TRACKIO_TABLES)
                added = "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?1, '', ?1, 1, '{}')"
                connection.executemany(added, [(key,) for key in keys])
                connection.commit()
            folder = ""
        root = StoredRoot(path.parent)
        assert len(names_in(root)) == count
        rows: list[bytes] = []
        values = RecordReader.values

        def counted(self: RecordReader, payload: bytes) -> object:
            rows.append(payload)  # noqa: B023
            return values(self, payload)  # noqa: B023

        with mlflow_store_at(path) as connection:
            connection.execute(added, (keys[7],))
            connection.commit()
        with monkeypatch.context() as patched:
            patched.setattr(RecordReader, "values", counted)
            with root.folder("project.db") as opened:
                names = list(opened.entries())
            assert names
            assert root.changes_in("project.db").grown == [f"{folder}{keys[7]}"]
        costs.append(len(rows))
    assert costs[1] <= costs[0] + 5


BROKEN = {
    "zeros": (bytes(8192), "no SQLite file"),
    "text": (b"text" * 50, "no SQLite file"),
    "cut magic": (b"SQLite form", "no SQLite file"),
    "cut header": (b"SQLite format 3\0" + bytes(20), "its header is cut or broken"),
    "no header": (b"SQLite format 3\0" + bytes(8000), "its header is cut or broken"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_that_is_called_as_one_of_runs_is_a_problem_with_its_place(
    tmp_path: Path, kind: str
) -> None:
    content, reason = BROKEN[kind]
    (tmp_path / "run" / "trackio").mkdir(parents=True)
    for path in ("mlflow.db", "run/trackio/project.db", "run/any.db"):
        (tmp_path / path).write_bytes(content)
    (tmp_path / "run" / "mlflow.db").touch()  # of a program that has just begun
    root = StoredRoot(tmp_path)
    assert sorted(entries(root, "")) == [("mlflow.db", "file"), ("run", "folder")]
    Snapshot(root, Name("run"))
    said = {problem.path: (problem.reason, problem.position) for problem in root.problems_in_stores()}
    of_any = {"run/any.db"} if "header" in reason else set()  # what is no SQLite file at all may be anything
    assert said == dict.fromkeys({"mlflow.db", "run/trackio/project.db", *of_any}, (reason, "page 1"))
    (tmp_path / "mlflow.db").unlink()
    with mlflow_store(tmp_path / "run" / "trackio" / "new") as store:
        store.run("ab12")
    (tmp_path / "run" / "trackio" / "new").rename(tmp_path / "run" / "trackio" / "project.db")
    assert entries(root, "") == [("run", "folder")]
    assert entries(root, "run/trackio") == [("project.db", "folder")]
    assert {problem.path for problem in root.problems_in_stores()} == of_any


def test_of_a_file_that_is_half_copied_what_is_there_is_shown_and_the_rest_comes(tmp_path: Path) -> None:
    with mlflow_store(tmp_path / "whole") as store:
        for number in range(300):
            row = (f"{number:032}", "", "RUNNING", 1, None, "active", 1)
            store.connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        store.connection.executemany(
            "INSERT INTO metrics VALUES ('loss', ?, 0, ?, 1, 0)", [(n, f"{n:032}") for n in range(300)]
        )
        store.connection.commit()
    data = (tmp_path / "whole").read_bytes()
    path = tmp_path / "copied" / "mlflow.db"
    path.parent.mkdir()
    path.write_bytes(data[: len(data) // 2])
    root = StoredRoot(path.parent)
    names = names_in(root)
    assert 0 < len(names) < 300
    (problem, *_) = root.problems_in_stores()
    assert (problem.path, "cut" in problem.reason, problem.position[:5]) == ("mlflow.db", True, "page ")
    snapshot = Snapshot(root, names[0])
    snapshot.has_new_points()
    assert snapshot.problems() != []
    with path.open("ab") as file:
        file.write(data[len(data) // 2 :])
    assert len(names_in(root)) == 300
    assert root.problems_in_stores() == []
    snapshot.has_new_points()
    assert [entry.label for entry in snapshot.scalar_labels()] == ["loss"]
    assert snapshot.problems() == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mlflow.db", "mlflow.db"),
        ("mlflow.db-wal", "mlflow.db"),
        ("x.db-journal", "x.db"),
        ("x.dbx", ""),
        ("wal", ""),
    ],
)
def test_what_belongs_to_a_file_of_runs_is_known_by_its_name(name: str, expected: str) -> None:
    assert store_registry.changed_store(name) == expected
