"""Which names of an archive are part of the tree, and what is said of the others."""

from __future__ import annotations

import pytest

from lavdlike.disk.archives import archive_tree
from lavdlike.disk.archives.archive_tree import ArchiveTree, Part

PART = Part(7, 3, 9, 1.5, 2**32 - 1, True, True)


def test_files_stand_in_their_folders() -> None:
    tree = ArchiveTree()
    for name in ("./run/0001/x.png", "run/log.txt", "run/.hidden", "__MACOSX/._run", "./"):
        tree.add(name, PART)
    tree.add("empty/", None)
    assert sorted(tree.names("")) == [("empty", True), ("run", True)]
    assert sorted(tree.names("run")) == [("0001", True), ("log.txt", False)]
    assert tree.part("run/0001/x.png") == PART
    assert tree.part("run/0001") is tree.part("no") is None
    assert tree.problems == []


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/passwd", "its name leads out of the archive"),
        ("run/../../x", "its name leads out of the archive"),
        ("/etc/passwd", "an absolute name"),
        ("a\0b", "its name leads out of the archive"),
        ("n" * 5000, "its name is longer than 4,096 characters"),
        ("d/" * 70 + "x", "it is deeper than 64 folders"),
    ],
)
def test_a_name_that_is_none_is_said(name: str, reason: str) -> None:
    tree = ArchiveTree()
    tree.add(name, PART)
    tree.add("run/x", PART)
    assert [problem.reason for problem in tree.problems] == [reason]
    assert list(tree.names("")) == [("run", True)]


def test_of_two_of_one_name_the_later_one_counts() -> None:
    tree = ArchiveTree()
    tree.add("run/x", PART)
    tree.add("run/x", PART._replace(size_bytes=10))
    assert tree.part("run/x") == PART._replace(size_bytes=10)
    assert [(each.path, each.reason) for each in tree.problems] == [
        ("run/x", "it is there twice; the later one is shown")
    ]


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a")])
def test_a_folder_comes_before_a_file_of_its_name(names: tuple[str, str]) -> None:
    tree = ArchiveTree()
    for name in names:
        tree.add(name, PART)
    assert list(tree.names("")) == [("a", True)]
    assert [each.reason for each in tree.problems] == [
        "a file and a folder have this name; the folder is shown"
    ]


def test_of_too_many_files_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_tree, "MAX_FILES", 3)
    tree = ArchiveTree()
    for number in range(10):
        tree.add(f"run/{number}", PART)
        tree.add(f"../{number}", PART)
    assert len(list(tree.names("run"))) == 3
    assert tree.problems[-1].reason == "it holds more than 3 files: 7 of them are not shown"


def test_of_very_many_problems_the_first_are_said() -> None:
    tree = ArchiveTree()
    for number in range(1000):
        tree.add(f"../{number}", PART)
    assert len(tree.problems) == 101
    assert tree.problems[-1].reason == "900 more names in it are not shown"
