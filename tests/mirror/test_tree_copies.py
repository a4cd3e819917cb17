"""`push` and `pull`: a tree into a store and out of it, again and again, and nothing of anybody is overwritten."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from lavdlike.disk.parts import part_path
from lavdlike.errors import StoreError
from lavdlike.mirror.tree_copies import Copied, pull, push
from tests.mirror.stores import Fate, FaultyStore, tree_in

FILES = {
    "run/scalars.tsv": b"step\tvalue\n0\t1\n1\t2\n",
    "run/0001/bird.png": b"pixels",
    "run/\udcff.txt": b"a name that is no UTF-8",
    "run/experiment.json": b'{"sessions": []}',
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return written(tmp_path / "tree", FILES)


def written(tree: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(content)
    return tree


def files_in(tree: Path) -> dict[str, bytes]:
    return {str(file.relative_to(tree)): file.read_bytes() for file in tree.rglob("*") if file.is_file()}


def counts(done: Copied) -> tuple[int, int, int]:
    return done.files, done.same, len(done.problems)


def test_a_tree_goes_into_a_store_and_comes_out_of_it_as_it_was(tree: Path, tmp_path: Path) -> None:
    store = FaultyStore()
    assert counts(push(tree, store)) == (4, 0, 0)
    assert tree_in(store) == FILES
    assert not [found.path for found in store.list("run/scalars.tsv.d")]
    assert counts(push(tree, store)) == (0, 4, 0)
    assert counts(pull(tmp_path / "copy", store)) == (4, 0, 0)
    assert files_in(tmp_path / "copy") == FILES
    assert counts(pull(tmp_path / "copy", store)) == (0, 4, 0)


def test_only_what_changed_is_brought_over(tree: Path, tmp_path: Path) -> None:
    store = FaultyStore()
    push(tree, store)
    pull(tmp_path / "copy", store)
    with (tree / "run/scalars.tsv").open("ab") as file:
        file.write(b"2\t3\n")
    (tree / "run/0001/bird.png").write_bytes(b"other pixels")
    store.puts.clear()
    assert counts(push(tree, store)) == (2, 2, 0)
    assert {path.partition(".d/")[0] for path in store.puts} == {"run/scalars.tsv", "run/0001/bird.png"}
    assert counts(pull(tmp_path / "copy", store)) == (2, 2, 0)
    assert files_in(tmp_path / "copy") == files_in(tree)


def test_what_is_there_already_is_not_stored_twice(tree: Path, tmp_path: Path) -> None:
    """A tree that was brought there from another machine, which has gone on since."""
    store = FaultyStore()
    push(
        written(tmp_path / "other", {**FILES, "run/scalars.tsv": FILES["run/scalars.tsv"] + b"2\t3\n"}), store
    )
    done = push(tree, store)
    assert (done.files + done.same, done.problems) == (4, [])
    assert tree_in(store)["run/scalars.tsv"] == FILES["run/scalars.tsv"] + b"2\t3\n"


def test_what_people_changed_stays(tree: Path, tmp_path: Path) -> None:
    store = FaultyStore()
    push(tree, store)
    store.inner.put("run/0001/bird.png", b"changed there")
    push(tree, store)
    assert tree_in(store)["run/0001/bird.png"] == b"changed there"
    copy = tmp_path / "copy"
    pull(copy, store)
    (copy / "run/0001/bird.png").write_bytes(b"changed here")
    store.inner.put("run/0001/bird.png", b"changed there again")
    (problem,) = pull(copy, store).problems
    assert problem.path == "run/0001/bird.png"
    assert (copy / "run/0001/bird.png").read_bytes() == b"changed here"


def test_a_copy_that_broke_off_goes_on(tree: Path, tmp_path: Path) -> None:
    store = FaultyStore()
    drawn = random.Random(1)
    fates: tuple[Fate, ...] = ("answered", "answered", "answered", "answered", "lost", "unanswered")
    store.fate = lambda: drawn.choice(fates)
    for copy, folder in ((push, tree), (pull, tmp_path / "copy")):
        for _ in range(200):
            with suppress(StoreError):  # the list may fail as well
                if not copy(folder, store).problems:
                    break
    assert tree_in(store.inner) == FILES
    assert files_in(tmp_path / "copy") == FILES


@pytest.mark.usefixtures("tree")
def test_files_in_parts_are_pulled_as_one_and_hostile_names_are_not(tmp_path: Path) -> None:
    store = FaultyStore()
    store.inner.put(part_path("run/events.log", 0), b"1\n")
    store.inner.put(part_path("run/events.log", 2), b"2\n")
    store.inner.put("../outside.txt", b"out of the folder")
    store.inner.put("run/.lavdlike-mirror/address", b"s3://another/place")
    copy = tmp_path / "copy"
    assert counts(pull(copy, store)) == (1, 0, 2)
    assert files_in(copy) == {"run/events.log": b"1\n2\n"}
    store.inner.put(part_path("run/events.log", 4), b"3\n")
    pull(copy, store)
    assert files_in(copy) == {"run/events.log": b"1\n2\n3\n"}
    assert not (tmp_path / "outside.txt").exists()
