"""What a board's file says, whoever wrote it: the board, what is wrong with it, and what of it is not shown."""

from __future__ import annotations

from typing import NamedTuple

from lavdlike.board_messages import Board, BoardFormat, BoardMistake
from lavdlike.boards import board_fields, board_yaml, streamvis_schemas
from lavdlike.boards.board_yaml import Placed
from lavdlike.errors import LogFormatError

# Of either list: who mends a file looks at the first ones.
MAX_TOLD = 20


class BoardFile(NamedTuple):
    """`board`: what of it can be read; None: nothing. `notes`: what is no mistake, and says nothing."""

    format: BoardFormat
    board: Board | None
    mistakes: list[BoardMistake]
    notes: list[BoardMistake]


def read(data: bytes, path: str) -> BoardFile:
    """Never raises: a file that is no YAML, or beyond the limits, is one mistake.

    Args:
        path: of the file, for messages.
    """
    try:
        return read_document(board_yaml.parse(data, path))
    except LogFormatError as error:
        return BoardFile("lavdlike", None, [board_yaml.mistake_of(error)], [])


def read_document(document: Placed) -> BoardFile:
    """What a file says that is YAML."""
    is_schema = streamvis_schemas.is_one(document)
    board, mistakes, notes = (streamvis_schemas if is_schema else board_fields).read(document)
    return BoardFile("streamvis" if is_schema else "lavdlike", board, mistakes[:MAX_TOLD], notes[:MAX_TOLD])


def shown_mistake(mistake: BoardMistake) -> str:
    """As one line, with its place.

    >>> shown_mistake(BoardMistake("no chart", 3, 5))
    'line 3, column 5: no chart'
    """
    return (
        f"line {mistake.line}, column {mistake.column}: {mistake.reason}" if mistake.line else mistake.reason
    )
