"""Contents that are made of others are made once, within a budget."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lavdlike.reading import made_contents
from lavdlike.reading.made_contents import MadeContents
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.sources.table_documents import TableDocuments


def test_what_is_large_is_made_once_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_contents, "_LEAST_BYTES", 3)
    monkeypatch.setattr(made_contents, "_MAX_BYTES", 8)
    made: list[int] = []

    def make(number: int, size: int = 4) -> bytes:
        made.append(number)
        return bytes([number]) * size

    kept = MadeContents()
    for number in (1, 2, 1, 3, 1, 2):
        assert kept.get((number,), lambda number=number: make(number)) == bytes([number]) * 4  # type: ignore[misc]
    assert made == [1, 2, 3, 2]
    for _ in range(2):
        kept.get((9,), lambda: make(9, 2))
    assert made[-2:] == [9, 9]


@pytest.mark.slow
def test_a_long_table_is_made_once_until_its_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run" / "t.json"
    path.parent.mkdir()
    calls: list[str] = []
    original = TableDocuments.content

    def counted(self: TableDocuments, descriptor: int, member: object, shown: str, beside: object) -> bytes:
        calls.append(shown)
        return original(self, descriptor, member, shown, beside)  # type: ignore[arg-type]

    monkeypatch.setattr(TableDocuments, "content", counted)
    root = StoredRoot(tmp_path)
    for count in (100_000, 100_001):
        path.write_text(json.dumps({"columns": ["a"], "data": [[number] for number in range(count)]}))
        for _ in range(3):
            with root.file("run/t.json!/item.csv") as opened:
                assert opened.read(2**24).count(b"\n") == count + 1
    assert len(calls) == 2
