from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike import root_settings
from lavdlike.disk.local import LocalRoot
from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot, names_in, summaries_of
from lavdlike.reading.tree import Address


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "log"


def write(root: Path, path: str, content: str) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content)
    return target


def snapshot(root: Path, name: str = "run") -> Snapshot:
    return Snapshot(LocalRoot(root), ExperimentName(name))


def steps(of: Snapshot, label: str = "loss") -> list[int]:
    return [int(step) for series in of.series_of(label) for step in series.columns.steps]


def test_every_folder_in_the_root_is_an_experiment_but_hidden_ones(root: Path) -> None:
    for path in ("a/x.txt", "b/x.txt", ".hidden/x.txt", "file.txt"):
        write(root, path, "")
    assert sorted(names_in(LocalRoot(root))) == ["a", "b"]


def test_rows_are_of_those_that_are_there(root: Path) -> None:
    write(root, "a/experiment.json", "{")
    rows = summaries_of(LocalRoot(root), [ExperimentName("a"), ExperimentName("gone")])
    assert [row.summary.name for row in rows] == ["a"]
    assert rows[0].problems


def test_it_holds_what_was_there_at_the_last_look(root: Path) -> None:
    write(root, "run/0001/note.txt", "one")
    held = snapshot(root)
    write(root, "run/0002/note.txt", "two")
    assert [item.step for item in held.items("note")] == [1]
    held.look()
    assert [item.step for item in held.items("note")] == [2, 1]


def test_items_stand_by_kind_the_newest_first_and_global_ones_last(root: Path) -> None:
    for path in ("run/0001/x.txt", "run/0010/x.txt", "run/x.txt", "run/0001/x.md"):
        write(root, path, "")
    assert [(item.kind, item.step) for item in snapshot(root).items("x")] == [
        ("markdown", 1),
        ("texts", 10),
        ("texts", 1),
        ("texts", None),
    ]


def test_an_item_has_its_content_until_it_is_gone(root: Path) -> None:
    path = write(root, "run/0001/note.txt", "words")
    held = snapshot(root)
    (address,) = held.items("note")
    item = held.read(address)
    assert item is not None
    assert item.problem is None
    path.unlink()
    held.look()
    assert held.read(address) is None
    assert held.read(Address("texts", "never", 1)) is None


def test_points_are_read_as_they_come_and_a_cut_line_is_left(root: Path) -> None:
    path = write(root, "run/scalars.tsv", HEADER + "1\t1.0\tloss\t0.5\n2\t2.0\tlo")
    held = snapshot(root)
    assert held.has_new_points()
    assert steps(held) == [1]
    assert not held.has_new_points()
    with path.open("a") as file:
        file.write("ss\t0.25\n")
    assert held.has_new_points()
    assert steps(held) == [1, 2]


def test_a_replaced_file_of_points_is_read_anew(root: Path) -> None:
    path = write(root, "run/scalars.tsv", HEADER + "1\t1.0\tloss\t0.5\n")
    held = snapshot(root)
    held.has_new_points()
    write(root, "run/.new", HEADER + "7\t1.0\tloss\t0.5\n").replace(path)
    assert held.has_new_points()
    assert steps(held) == [7]


def test_points_of_json_files_and_of_new_writers_are_found_without_a_look(root: Path) -> None:
    write(root, "run/0001/loss.json", '{"scalars": {"value": 0.5}}')
    held = snapshot(root)
    held.has_new_points()
    write(root, "run/0002/loss.json", '{"scalars": {"value": 0.25}}')
    assert held.has_new_points()
    assert steps(held) == [1, 2]
    write(root, "run/scalars.worker.tsv", HEADER + "9\t1.0\tloss\t0.5\n")
    assert held.has_new_points()
    assert steps(held) == [1, 2, 9]


def test_problems_are_those_of_row_files_and_points_each_once(root: Path) -> None:
    write(root, "run/experiment.json", "{")
    write(root, "run/bad.json", "{")
    write(root, "run/scalars.tsv", HEADER + "oops\n")
    held = snapshot(root)
    paths = [problem.path for problem in held.problems()]
    assert sorted(paths) == ["run/bad.json", "run/experiment.json", "run/scalars.tsv"]


def test_one_that_is_not_there_holds_nothing(root: Path) -> None:
    root.mkdir()
    held = snapshot(root, "missing")
    assert held.items("x") == []
    assert held.scalar_labels() == []
    assert held.summary() is None
    assert held.problems() == []
    assert not held.has_new_points()


def test_one_that_is_removed_and_made_again_is_found_again(root: Path) -> None:
    path = write(root, "run/scalars.tsv", HEADER + "1\t1.0\tloss\t0.5\n")
    held = snapshot(root)
    held.has_new_points()
    path.unlink()
    path.parent.rmdir()
    assert held.has_new_points()
    assert steps(held) == []
    write(root, "run/scalars.tsv", HEADER + "5\t1.0\tloss\t0.5\n")
    assert held.has_new_points()
    assert steps(held) == [5]


def test_a_file_is_opened_by_its_path_in_the_experiment(root: Path) -> None:
    write(root, "run/deep/file.bin", "bytes")
    with snapshot(root).file("deep/file.bin") as opened:
        assert os.pread(opened.fd, 10, 0) == b"bytes"


def test_of_foreign_experiments_the_root_file_says_what_people_said(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    name = ExperimentName("theirs")
    said = root_settings.read(b"experiments: {theirs: {title: Theirs, tagsAdded: [a]}}", "lavdlike.yaml")
    [row] = summaries_of(LocalRoot(tmp_path), [name], lambda: said)
    assert (row.summary.title, row.summary.tags) == ("Theirs", ["a"])
    assert Snapshot(LocalRoot(tmp_path), name, lambda: said).summary() == row.summary
    [row] = summaries_of(LocalRoot(tmp_path), [name])
    assert (row.summary.title, row.summary.tags) == ("", [])


def test_files_are_read_that_people_chose(root: Path) -> None:
    write(root, "run/result.json", '{"training_iteration": 1, "loss": 0.5}\n')
    write(root, "run/progress.csv", "training_iteration,trial_id,loss\n2,a,0.25\n")
    write(root, "lavdlike.yaml", "experiments: {run: {readFiles: [progress.csv]}}")
    assert steps(snapshot(root)) == [1]
    said = root_settings.read((root / "lavdlike.yaml").read_bytes(), "lavdlike.yaml")
    chosen = Snapshot(LocalRoot(root), ExperimentName("run"), lambda: said)
    assert steps(chosen) == [2]
    assert [each.path for each in chosen.chosen_files().left_out] == ["result.json"]
