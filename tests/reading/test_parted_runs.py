"""Runs whose parts lie beside those of others look like folders, each with its parts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edits.people_files import FilePlace, PeopleFiles
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot, names_in, summaries_of
from lavdlike.reading.stored_root import StoredRoot
from tests.reading.test_stored_root import entries
from tests.scripts import ROOT

EXPORT = ROOT / "tests/corpus/trackers/neptune"
RUN_1, RUN_2 = "RUN-1-549fcb30a0f06072", "RUN-2-54f5930fff19cfbd"
MEMBERS = [(f"part_000{number}.neptune", "file") for number in range(3)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """In `data`, with another file beside the runs."""
    shutil.copytree(EXPORT, tmp_path / "data/project")
    (tmp_path / "data/project/other.txt").write_text("text")
    return tmp_path / "data/project"


@pytest.fixture
def root(project: Path) -> StoredRoot:
    return StoredRoot(project.parent.parent)


def test_a_run_is_a_folder_of_its_parts(root: StoredRoot) -> None:
    found = sorted(entries(root, "data/project"))
    assert found == [(RUN_1, "folder"), (RUN_2, "folder"), ("other.txt", "file")]
    assert entries(root, f"data/project/{RUN_1}") == MEMBERS
    for path in ("data/project/RUN-3", f"data/project/{RUN_1}/deeper"):
        with pytest.raises(FileNotFoundError), root.folder(path):
            pass
    with pytest.raises(FileNotFoundError), root.file(f"data/project/{RUN_1}/part_0007.neptune"):
        pass


def test_what_is_no_name_of_a_run_has_no_parts(root: StoredRoot, project: Path) -> None:
    for part in project.glob("RUN-2*"):
        part.rename(part.with_name(f".{part.name}"))
    for run in (f".{RUN_2}", "\0", "", "."):
        with pytest.raises(FileNotFoundError), root.folder(f"data/project/{run}"):
            pass


def test_listing_status_and_opening_agree(root: StoredRoot, project: Path) -> None:
    path = f"data/project/{RUN_2}"
    with root.folder("data/project") as outer, root.folder(path) as opened, outer.folder(RUN_2) as other:
        (entry,) = (entry for entry in outer.entries() if entry.name == RUN_2)
        for part in project.glob("RUN-2*"):  # somebody reads them
            os.utime(part, ns=(part.stat().st_atime_ns + 10**10, part.stat().st_mtime_ns))
        status = outer.status_of(RUN_2)
        assert status == opened.status() == other.status() == opened.status_of(".")
        assert (entry.inode, status.st_dev) == (status.st_ino, project.stat().st_dev)
        assert status.st_mtime_ns == max(file.stat().st_mtime_ns for file in project.glob("RUN-2*"))
        for name, _ in MEMBERS:
            real = (project / f"{RUN_2}_part_{int(name[5:9])}.parquet").stat()
            assert outer.status_of(f"{RUN_2}/{name}").st_ino == real.st_ino
            with opened.file(name, name) as one, root.file(f"{path}/{name}") as two:
                assert one.status.st_ino == two.status.st_ino == real.st_ino


@pytest.mark.slow
def test_runs_are_experiments_and_a_broken_part_costs_only_itself(root: StoredRoot, project: Path) -> None:
    part = project / f"{RUN_1}_part_1.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    names = sorted(names_in(root))
    assert names == [f"data/project/{RUN_1}", f"data/project/{RUN_2}"]
    read = list(summaries_of(root, names))
    assert [row.summary.title for row in read] == ["named RUN-1", "named RUN-2"]
    assert len({row.summary.identity for row in read}) == 2
    snapshot = Snapshot(root, Name(names[0]))
    (series,) = snapshot.series_of("metrics/loss")
    assert series.columns.steps.tolist() == [0, 1, 2, 3]
    (path,) = {problem.path for problem in snapshot.problems()}
    assert path == f"data/project/{RUN_1}/part_0001.neptune"


@pytest.mark.slow
def test_a_first_part_that_is_cut_is_a_problem_of_its_run_alone(root: StoredRoot, project: Path) -> None:
    part = project / f"{RUN_1}_part_0.parquet"
    part.write_bytes(part.read_bytes()[:1000])
    assert sorted(names_in(root)) == [f"data/project/{RUN_1}", f"data/project/{RUN_2}"]
    snapshot = Snapshot(root, Name(f"data/project/{RUN_1}"))
    (series,) = snapshot.series_of("metrics/loss")
    assert series.columns.steps.tolist() == [4, 5, 6]
    assert snapshot.problems()


def test_what_is_no_run_in_parts_stays_as_it_is(root: StoredRoot, project: Path) -> None:
    (project / RUN_1).mkdir()  # what is on the disk comes first
    (project / f"{RUN_2}_part_0.parquet").unlink()
    (project / "link_part_0.parquet").symlink_to(f"{RUN_1}_part_0.parquet")
    (project / "text_part_0.parquet").write_text("text")
    found = dict(entries(root, "data/project"))
    assert [name for name, type_ in found.items() if type_ == "folder"] == [RUN_1]
    assert entries(root, f"data/project/{RUN_1}") == []
    assert found["link_part_0.parquet"] == "link"
    assert {f"{RUN_1}_part_2.parquet", f"{RUN_2}_part_2.parquet", "text_part_0.parquet"} <= found.keys()


def test_what_has_changed_is_told_once_for_each_run(root: StoredRoot, project: Path) -> None:
    path = f"data/project/{RUN_1}"
    assert root.store_of(f"{path}/part_0000.neptune") == ""  # was not met
    entries(root, "data/project")
    assert root.store_of(f"{path}/part_0000.neptune") == root.store_of(path) == path
    assert root.changes_in(path).grown == []
    shutil.copy(project / f"{RUN_2}_part_0.parquet", project / f"{RUN_1}_part_3.parquet")
    assert root.changes_in(path).grown is None
    assert root.changes_in(path).grown == []
    for file in project.glob(f"{RUN_1}*"):
        file.unlink()
    assert root.changes_in(path).is_relisted
    assert root.store_of(path) == ""


def test_nothing_is_written_where_a_run_seems_to_be(root: StoredRoot, project: Path, tmp_path: Path) -> None:
    people = PeopleFiles(LocalEditor(root.path), tmp_path / "own")
    run = f"data%2Fproject%2F{RUN_1}"
    assert people.place(run, "marks.json") == FilePlace("lavdlike.yaml", f"data/project/{RUN_1}")
    assert not (project / RUN_1).exists()
