"""Files as people write them, of every form (docs/boards.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lavdlike.boards.board_files import MAX_TOLD, read, shown_mistake
from tests.scripts import ROOT

DOCS = Path(ROOT, "docs", "boards.md").read_text()


@pytest.mark.parametrize("text", re.findall(r"```yaml [^\n]*\.yaml\n(.*?)```", DOCS, re.DOTALL))
def test_examples_of_the_documentation_have_neither_mistakes_nor_notes(text: str) -> None:
    found = read(text.encode(), "x.board.yaml")
    assert (found.mistakes, found.notes) == ([], [])
    assert found.board is not None
    assert found.board.panels


def test_a_file_is_told_by_what_is_in_it() -> None:
    assert read(b"loss: {group_pattern: loss}", "x").format == "streamvis"
    assert read(b"", "x") == ("lavdlike", read(b"title: ''", "x").board, [], [])
    broken = read(b"panels: [", "x")
    assert broken.board is None
    assert [shown_mistake(each) for each in broken.mistakes] == [
        "line 2, column 1: not YAML: did not find expected node content"
    ]


def test_as_many_mistakes_are_told_as_anybody_reads() -> None:
    found = read(b"panels: [" + b"{}, " * 100 + b"]\n" + b"".join(b"x%d: 1\n" % i for i in range(100)), "x")
    assert (len(found.mistakes), len(found.notes)) == (MAX_TOLD, MAX_TOLD)
