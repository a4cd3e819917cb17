from __future__ import annotations

import pytest

from lavdlike.boards import board_files, written_boards
from lavdlike.errors import BadEditError
from lavdlike.messages import SuggestedChart
from tests.boards.test_board_fields import WHOLE
from tests.boards.test_streamvis_schemas import SCHEMA


def test_a_board_is_written_as_a_person_would() -> None:
    written = written_boards.text_of(
        {"title": "Losses", "filter": ""}, [{"chart": ["a", "b"]}, {"text": "# a\n"}], "x"
    )
    assert written == b"title: Losses\npanels:\n  - chart: [a, b]\n  - text: |\n      # a\n"
    assert written_boards.text_of({}, [], "x") == b"panels: []\n"
    with pytest.raises(BadEditError, match="it says not what it shows"):
        written_boards.text_of({}, [{"chrat": "a"}], "x")


def test_charts_that_a_program_laid_out_are_a_board_of_sections() -> None:
    charts = [SuggestedChart("both", "Losses", ["a", "b"]), SuggestedChart("", "Other", [], "^(?:c.*)")]
    found = board_files.read(written_boards.of_charts(charts, "x"), "x")
    assert (found.mistakes, found.notes) == ([], [])
    assert found.board is not None
    assert [section.title for section in found.board.sections] == ["Losses", "Other"]
    first, second = found.board.panels
    assert (first.title, first.section, first.labels, first.at) == (
        "both",
        "Losses",
        ["a", "b"],
        (0, 0, 6, 4),
    )
    assert (second.section, second.pattern, second.at) == ("Other", "^(?:c.*)", (0, 0, 6, 4))


def test_a_change_is_seen() -> None:
    signed = written_boards.signed(b"title: a\n")
    assert written_boards.is_as_signed(signed)
    assert not written_boards.is_as_signed(signed.replace(b"title: a", b"title: b"))
    assert not written_boards.is_as_signed(b"title: a\n")
    assert board_files.read(signed, "x").mistakes == []


def test_a_board_of_others_as_one_of_ours_shows_the_same() -> None:
    for text in (SCHEMA, WHOLE):
        board = board_files.read(text, "x").board
        assert board is not None
        found = board_files.read(written_boards.of_board(board, "x"), "x")
        assert (found.format, found.mistakes, found.notes) == ("lavdlike", [], [])
        assert found.board == board
