from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edits import journal
from lavdlike.edits.journal import Entry, FileChange, Journal
from lavdlike.errors import EditError
from tests.scripts import ROOT

CHANGE = FileChange("run/marks.json", "before", "after", ("run",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / ".lavdlike-history").mkdir()
    return tmp_path / ".lavdlike-history" / "edits.jsonl"


def entry(id_: str, **fields: object) -> Entry:
    return Entry(id_, 1.0, "mark", **fields)  # type: ignore[arg-type]  # a test's shorthand


def test_entries_are_lines_and_come_back_in_their_order(tmp_path: Path, file: Path) -> None:
    kept = Journal(LocalEditor(tmp_path))
    assert kept.entries() == []
    entries = [
        entry("1", by="ada", what="tagged run: a\nb", changes=(CHANGE,)),
        entry("2", details={"x": [1]}),
    ]
    for each in entries:
        kept.add(each)
    assert kept.entries() == entries
    assert len(file.read_text().splitlines()) == 2


def test_lines_that_are_torn_or_not_ours_are_nothing(tmp_path: Path, file: Path) -> None:
    kept = Journal(LocalEditor(tmp_path))
    file.write_bytes(b'\xff\n[]\n{}\n{"id": "torn", "ti')
    kept.add(entry("1"))
    assert [each.id for each in kept.entries()] == ["1"]


def test_only_the_end_of_a_long_journal_is_read(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Journal(LocalEditor(tmp_path))
    for number in range(100):
        kept.add(entry(str(number)))
    monkeypatch.setattr(journal, "_READ_BYTES", file.stat().st_size // 2)
    assert 40 < len(kept.entries()) < 60


def test_a_full_journal_is_kept_beside_a_new_one_and_the_one_before_goes(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_FULL_BYTES", 2_000)
    kept, before = Journal(LocalEditor(tmp_path)), file.with_name("edits-before.jsonl")
    largest, first = 0, 0
    for number in range(200):
        kept.add(entry(str(number)))
        first, *others = [int(each.id) for each in kept.entries()]
        assert [first, *others] == list(range(first, number + 1))
        largest = max(largest, file.stat().st_size, before.stat().st_size if before.exists() else 0)
    assert first > 0
    assert 2_000 <= largest < 2_100
    assert sorted(path.name for path in file.parent.iterdir()) == ["edits-before.jsonl", "edits.jsonl"]


def test_between_two_steps_of_that_nothing_that_is_read_is_missing(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process that is killed leaves it, and as somebody sees it who reads meanwhile."""
    kept = Journal(LocalEditor(tmp_path))
    for number in range(40):
        kept.add(entry(str(number)))
    monkeypatch.setattr(journal, "_FULL_BYTES", file.stat().st_size)
    monkeypatch.setattr(journal, "_READ_BYTES", file.stat().st_size // 2)
    file.with_name("edits-before.jsonl").write_text("much older\n")
    seen = [kept.entries()]
    for step in ("remove", "move"):
        original = getattr(LocalEditor, step)

        def look(*arguments: object, original: Any = original, **options: object) -> None:
            original(*arguments, **options)
            seen.append(kept.entries())

        monkeypatch.setattr(LocalEditor, step, look)
    kept.add(entry("40"))
    assert len(seen) == 3
    assert seen[0] == seen[1]
    assert [each.id for each in seen[2]][-19:] == [str(number) for number in range(21, 40)]
    assert [each.id for each in kept.entries()][-19:] == [str(number) for number in range(22, 41)]


def test_a_full_journal_that_cannot_be_moved_grows_on(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_FULL_BYTES", 1)
    file.with_name("edits-before.jsonl").mkdir()
    (file.with_name("edits-before.jsonl") / "a").touch()
    monkeypatch.setattr(LocalEditor, "remove", refuse)
    kept = Journal(LocalEditor(tmp_path))
    for number in range(3):
        kept.add(entry(str(number)))
    assert len(file.read_text().splitlines()) == 3


def refuse(_: LocalEditor, path: str) -> None:
    raise EditError(path, "no permission to change it")


_WRITER = """
import itertools, sys
from pathlib import Path
from lavdlike.disk.edit import LocalEditor
from lavdlike.edits import journal
journal._FULL_BYTES = journal._READ_BYTES = 20_000
root = LocalEditor(Path(sys.argv[1]))
for number in itertools.count() if sys.argv[2] == "a" else range(400):
    with root.locked(".lavdlike-history/lock"):
        journal.Journal(root).add(journal.Entry(f"{sys.argv[2]} {number}", 1.0, "mark"))
    print(number, flush=True)
"""


def test_several_write_at_once_and_one_is_killed(tmp_path: Path) -> None:
    """What was answered last is there, in its order, of each of them."""
    (tmp_path / ".lavdlike-history").mkdir()
    command = [sys.executable, "-c", _WRITER, str(tmp_path)]
    writers = [
        subprocess.Popen([*command, name], cwd=ROOT, stdout=subprocess.PIPE, text=True) for name in "abc"
    ]
    try:
        for line in writers[0].stdout or ():
            if line == "350\n":
                writers[0].kill()
        _, *said = [writer.communicate()[0].splitlines() for writer in writers]
        assert [writer.returncode for writer in writers] == [-signal.SIGKILL, 0, 0]
    finally:
        for writer in writers:
            writer.kill()
    files = [tmp_path / ".lavdlike-history" / name for name in ("edits-before.jsonl", "edits.jsonl")]
    found = [json.loads(line)["id"].split() for file in files for line in file.read_text().splitlines()]
    assert len(found) >= 200
    assert len(found) < 1_000
    numbers = {name: [int(number) for writer, number in found if writer == name] for name in "abc"}
    for name in "abc":
        begin = 400 - len(numbers[name]) if name != "a" else min(numbers[name], default=0)
        assert numbers[name] == list(range(begin, begin + len(numbers[name])))
    assert max(numbers["a"], default=400) >= 350
    assert [lines[-1] for lines in said] == ["399", "399"]


def test_an_edit_that_failed_is_crossed_out(tmp_path: Path, file: Path) -> None:
    kept = Journal(LocalEditor(tmp_path))
    for each in (entry("1"), entry("2"), entry("3", cancels="1")):
        kept.add(each)
    assert [each.id for each in kept.entries()] == ["2"]
    assert file.exists()


def test_what_was_taken_back_and_what_was_put_forward_again() -> None:
    entries = [entry("1"), entry("2"), entry("3", undoes="1"), entry("4", undoes="2"), entry("5", undoes="4")]
    assert journal.undone(entries) == {"1", "4"}


def test_who_made_and_who_replaced_a_state() -> None:
    entries = [entry("1", changes=(CHANGE,)), entry("2", changes=(CHANGE,)), entry("3")]
    assert journal.writers(entries)["run/marks.json", "after"].id == "2"
    assert journal.replacer_of(entries, "run/marks.json", "before") == entries[1]
    assert ("run/marks.json", "before") not in journal.writers(entries)
