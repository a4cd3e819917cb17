"""What lies in files is told to the tree as if it were on the disk, and only what is new."""

from __future__ import annotations

import math
from pathlib import Path

from lavdlike.disk.several import Member, SeveralRoots
from lavdlike.layout import ExperimentName as Name
from lavdlike.named_roots import RootName
from lavdlike.reading import scan
from lavdlike.reading.inside import look_inside
from lavdlike.reading.scan_turns import Task
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address, ExperimentTree, TreeChanges
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import PNG, image

NAME = "events.out.tfevents.1"
INSIDE = f"{NAME}!"


def picture(step: int, tag: str = "a") -> bytes:
    return event(image(tag, PNG), step=step)


def scanned(root: StoredRoot, tree: ExperimentTree, *names: str) -> TreeChanges:
    """What a look at the run's folder changes: at all of it, or at these names."""
    changes = TreeChanges()
    task = Task("", frozenset(names), whole=not names)
    for seen in scan.scan_folders(root, "run", [task], tree.folders, lambda *_: None, budget_s=60):
        tree.apply(seen, changes)
    return changes


def looked(root: StoredRoot, tree: ExperimentTree) -> TreeChanges:
    changes = TreeChanges()
    found = look_inside(root, "run", INSIDE, tree.folders, budget_s=math.inf)
    assert found.is_all
    for seen in found.folders:
        tree.apply(seen, changes)
    return changes


def run_with(tmp_path: Path, content: bytes) -> StoredRoot:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / NAME).write_bytes(content)
    return StoredRoot(tmp_path)


def test_only_what_is_new_changes(tmp_path: Path) -> None:
    root, tree = run_with(tmp_path, VERSION + picture(1) + picture(1, "deep/er")), ExperimentTree()
    assert scanned(root, tree).new_folders == [INSIDE]
    assert looked(root, tree).items == {Address("images", "a", 1), Address("images", "deep/er", 1)}
    assert looked(root, tree).items == set()
    with (tmp_path / "run" / NAME).open("ab") as file:
        file.write(picture(2) + picture(1))
    changes = looked(root, tree)
    assert changes.items == {Address("images", "a", 2), Address("images", "a", 1)}
    assert changes.new_folders == [f"{INSIDE}/0002"]
    assert changes.unseen_folders() == []


def test_a_file_that_is_gone_takes_its_items_along(tmp_path: Path) -> None:
    root, tree = run_with(tmp_path, VERSION + picture(1)), ExperimentTree()
    scanned(root, tree)
    looked(root, tree)
    (tmp_path / "run" / NAME).unlink()
    assert scanned(root, tree, NAME).items == {Address("images", "a", 1)}
    assert not tree.insides
    assert list(tree.folders) == [""]


def test_a_file_that_was_written_anew_has_its_new_items_alone(tmp_path: Path) -> None:
    root, tree = run_with(tmp_path, VERSION + picture(1)), ExperimentTree()
    scanned(root, tree)
    looked(root, tree)
    (tmp_path / "run" / NAME).write_bytes(VERSION + picture(5))
    looked(root, tree)
    assert list(tree.items()) == [Address("images", "a", 5)]


def test_a_script_that_went_on_in_another_file_is_no_problem(tmp_path: Path) -> None:
    root = run_with(tmp_path, VERSION + picture(1) + picture(2))
    (tmp_path / "run" / "events.out.tfevents.2").write_bytes(VERSION + picture(2) + picture(3))
    snapshot = Snapshot(root, Name("run"))
    assert sorted(item.step or 0 for item in snapshot.tree.items()) == [1, 2, 3]
    assert snapshot.problems() == []


def test_what_cannot_be_shown_is_named_at_the_file(tmp_path: Path) -> None:
    root = run_with(tmp_path, VERSION + picture(2**53))
    (problem,) = Snapshot(root, Name("run")).problems()
    assert problem.path == f"run/{INSIDE}"
    assert "1 items at steps that are none" in problem.reason


def test_a_run_of_ours_has_its_own_files_beside(tmp_path: Path) -> None:
    root = run_with(tmp_path, VERSION + picture(1))
    (tmp_path / "run" / "0001").mkdir()
    (tmp_path / "run" / "0001" / "mine.png").write_bytes(PNG)
    snapshot = Snapshot(root, Name("run"))
    assert set(snapshot.tree.items()) == {Address("images", "a", 1), Address("images", "mine", 1)}


def test_it_is_the_same_in_one_of_several_roots(tmp_path: Path) -> None:
    several = SeveralRoots({"a": Member(RootName("a"), run_with(tmp_path, VERSION + picture(1)))})
    snapshot = Snapshot(several, Name("a/run"))
    assert list(snapshot.tree.items()) == [Address("images", "a", 1)]
    item = snapshot.read(Address("images", "a", 1))
    assert item is not None
    assert item.files[0].size_bytes == len(PNG)
