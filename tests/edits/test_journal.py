from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edits import journal
from lavdlike.edits.journal import Entry, FileChange, Journal

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
