from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.annotation_file import HEADER
from lavdlike.disk.local import LocalRoot
from lavdlike.marks import Marks
from lavdlike.match import match_of
from lavdlike.reading import said
from lavdlike.reading.said import Said, read_said

NOTE = f"{HEADER}a1\t3\t\tloss\tada\t1763600000.000\thigh\n"


def said_in(folder: Path) -> Said:
    with LocalRoot(folder.parent).folder(folder.name) as opened:
        files = frozenset(entry.name for entry in opened.entries() if entry.type == "file")
        said = read_said(opened, folder.name)
        assert read_said(opened, folder.name, files) == said
        return said


@pytest.fixture
def exp(tmp_path: Path) -> Path:
    (tmp_path / "exp").mkdir()
    return tmp_path / "exp"


def test_nobody_has_said_anything(exp: Path) -> None:
    assert said_in(exp) == Said()


def test_marks_are_named_by_the_content_of_their_file(exp: Path) -> None:
    (exp / "marks.json").write_bytes(b'{"title": "The one", "tagsAdded": ["good"], "more": 1}')
    said = said_in(exp)
    assert said.marks == Marks(title="The one", tags_added=("good",))
    assert said.match == match_of(b'{"title": "The one", "tagsAdded": ["good"], "more": 1}')
    assert said.problems == ()


def test_another_state_of_notes_and_annotations_is_another_text(exp: Path) -> None:
    states = set()
    for number in range(3):
        (exp / "my-notes.md").write_text("x" * number)
        (exp / "annotations.tsv").write_text(NOTE + "\n" * number)
        said = said_in(exp)
        assert said == said_in(exp)
        states |= {said.notes, said.annotations}
    assert len(states) == 6


def test_broken_marks_say_nothing_and_are_a_problem(exp: Path) -> None:
    (exp / "marks.json").write_text('{"title": 7}')
    said = said_in(exp)
    assert said.marks == Marks()
    assert said.match
    assert [(problem.path, problem.position) for problem in said.problems] == [("exp/marks.json", ".title")]
    (exp / "marks.json").write_bytes(b" " * (2**20 + 1))
    assert "1 MiB" in said_in(exp).problems[0].reason


def test_files_of_old_trees_keep_what_they_are(exp: Path) -> None:
    (exp / "marks.json").write_text('{"images": {"source": "a.png"}}')
    (exp / "annotations.tsv").write_text("step\tloss\n1\t2\n")
    assert said_in(exp) == Said()


def test_links_and_pipes_say_nothing(exp: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.json").write_text('{"title": "a"}')
    (exp / "marks.json").symlink_to("../outside.json")
    os.mkfifo(exp / "my-notes.md")
    (exp / "annotations.tsv").mkdir()
    assert said_in(exp) == Said()


@pytest.mark.parametrize(
    ("path", "begin", "expected"),
    [
        ("my-notes.md", b"", True),
        ("0001/my-notes.md", b"", False),
        ("annotations.tsv", HEADER.encode(), True),
        ("annotations.tsv", b"step\tloss\n", False),
        ("0001/annotations.tsv", HEADER.encode(), False),
        ("marks.json", b"{}", False),
    ],
)
def test_what_people_say_is_told_by_path_and_begin(path: str, begin: bytes, *, expected: bool) -> None:
    assert said.is_said(path, begin) is expected
