"""Changes a board's text by small operations and leaves everything else as it stands. Text in, text out.

What the result should say is known before it is written (the operations are done on values as well), and what does not
say just that is not taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from lavdlike.board_messages import (
    BoardMistake,
    BoardOperation,
    InsertPanel,
    MovePanel,
    RemoveFromBoard,
    SetInBoard,
)
from lavdlike.boards import board_files, board_yaml, panel_lines
from lavdlike.boards.board_files import BoardFile
from lavdlike.boards.board_yaml import Placed
from lavdlike.boards.panel_lines import PanelLines
from lavdlike.bounded import yaml_writer
from lavdlike.errors import BadEditError, EditError, LogFormatError

_PANELS = "panels"
_MAX_PATH = 20
# Where a panel says its place, in one line.
_PLACES = re.compile(r"^(?P<key> +(?:- )?at: +)\[[0-9, ]*\]", re.MULTILINE)
# Of what ruamel.yaml writes anew: some seconds on a busy machine. A panel of its own lines is far smaller.
_MAX_REWRITTEN_BYTES = 2**15
# Of the dashes of a list in a new file.
_OFFSET = 2


def changed(data: bytes, operations: Sequence[BoardOperation], path: str) -> bytes:
    """The file after the operations, one after the other.

    Args:
        data: the file; empty for a new one.
        path: of the file, for messages.

    Raises:
        BadEditError: an operation leads nowhere, or what would come out has a mistake.
        EditError: the file has mistakes, or cannot be changed by a program.
    """
    before = _parsed(data, path)
    found = board_files.read_document(before)
    if found.mistakes:
        raise _not_changed(path, found.mistakes[0])
    if found.format != "lavdlike":
        raise EditError(path, "it is a schema of Streamvis; change its text, or make a board of your own")
    wanted = board_yaml.plain(before) or {}
    for operation in operations:
        _apply(operation, wanted, path)
    text = data.decode("utf-8-sig")
    parts = panel_lines.find(text, before)
    by_lines = None if parts is None else _by_lines(parts, operations, path)
    after = None if by_lines is None else _if_it_says(by_lines, wanted, path)
    if after is None:
        by_lines = _written(text, operations, path, dash_offset=_OFFSET)
        after = _if_it_says(by_lines, wanted, path)
    if by_lines is None or after is None:
        raise EditError(path, "it cannot be changed by a program (anchors?); edit it by hand")
    _check(board_files.read_document(after), path)
    return by_lines.encode()


def checked(data: bytes, path: str) -> bytes:
    """The file itself.

    Raises:
        BadEditError: it has a mistake.
    """
    _check(board_files.read(data, path), path)
    return data


def _check(found: BoardFile, path: str) -> None:
    if found.mistakes:
        raise BadEditError(path, board_files.shown_mistake(found.mistakes[0]))


def _not_changed(path: str, mistake: BoardMistake) -> EditError:
    said = board_files.shown_mistake(mistake)
    return EditError(path, f"it has a mistake, so that it is not changed: {said}; mend its text")


def _parsed(data: bytes, path: str) -> Placed:
    try:
        return board_yaml.parse(data, path)
    except LogFormatError as error:
        raise _not_changed(path, board_yaml.mistake_of(error)) from None


def _if_it_says(text: str, wanted: Any, path: str) -> Placed | None:
    """What a text says, if that is what is wanted."""
    try:
        after = board_yaml.parse(text.encode(), path)
    except (LogFormatError, UnicodeEncodeError):
        return None
    return after if (board_yaml.plain(after) or {}) == wanted else None


# --- on values -------------------------------------------------------------------------------------------------------


def _apply(operation: BoardOperation, document: dict[str, Any], path: str) -> None:
    """Do an operation on what a text says, where every scalar is a text."""
    match operation:
        case SetInBoard():
            parent, key = _parent_of(operation.path, document, path)
            parent[key] = board_yaml.as_text(operation.value)
        case RemoveFromBoard():
            parent, key = _parent_of(operation.path, document, path)
            if isinstance(parent, dict) and key not in parent:
                raise BadEditError(path, f"there is no {_shown(operation.path)}")
            del parent[key]
        case InsertPanel():
            panels = _panels_of(document, path)
            index = len(panels) if operation.index is None else operation.index
            if not 0 <= index <= len(panels):
                raise BadEditError(path, f"there is no place {index} among {len(panels)} panels")
            panels.insert(index, board_yaml.as_text(operation.panel))
        case MovePanel():
            panels = _panels_of(document, path)
            if not (0 <= operation.index < len(panels) and 0 <= operation.to < len(panels)):
                raise BadEditError(path, f"there is no place {operation.to} or {operation.index} of a panel")
            panels.insert(operation.to, panels.pop(operation.index))


def _panels_of(document: dict[str, Any], path: str) -> list[Any]:
    if document.get(_PANELS) is None:
        document[_PANELS] = []
    panels = document[_PANELS]
    if not isinstance(panels, list):
        raise BadEditError(path, "its panels are no list")
    return panels


def _parent_of(keys: Sequence[str | int], document: Any, path: str) -> tuple[Any, Any]:
    """What holds the value at the end of a path, and by which key; what is set there may be new in a mapping."""
    if not 0 < len(keys) <= _MAX_PATH:
        raise BadEditError(path, f"a path of 1 to {_MAX_PATH} keys is expected")
    for depth, key in enumerate(keys):
        is_last = depth == len(keys) - 1
        fits = (isinstance(document, dict) and isinstance(key, str) and (is_last or key in document)) or (
            isinstance(document, list) and isinstance(key, int) and 0 <= key < len(document)
        )
        if not fits:
            raise BadEditError(path, f"there is no {_shown(keys[: depth + 1])}")
        if not is_last:
            document = document[key]
    return document, keys[-1]


def _shown(keys: Sequence[str | int]) -> str:
    return ".".join(map(str, keys))[:80]


# --- on text ---------------------------------------------------------------------------------------------------------


def _by_lines(parts: PanelLines, operations: Sequence[BoardOperation], path: str) -> str | None:
    """The text, of which only what the operations are about is written anew; None where that cannot be told apart."""
    for operation in operations:
        changed = _with(parts, operation, path)
        if changed is None:
            return None
        parts = changed
    return parts.text


def _with(parts: PanelLines, operation: BoardOperation, path: str) -> PanelLines | None:
    blocks, indent = parts.blocks, parts.indent
    match operation:
        case InsertPanel():
            index = len(blocks) if operation.index is None else operation.index
            blocks.insert(index, _block_of(operation.panel, indent, path))
        case MovePanel():
            blocks.insert(operation.to, blocks.pop(operation.index))
        case SetInBoard() | RemoveFromBoard() if operation.path[0] != _PANELS:
            return _around_panels(parts, operation, path)
        case SetInBoard(path=[_, int(index)]):
            lead, _ = panel_lines.split_block(blocks[index], indent)
            blocks[index] = lead + _block_of(operation.value, indent, path)
        case RemoveFromBoard(path=[_, int(index)]):
            if len(blocks) == 1:
                return None  # an empty list stands elsewhere
            del blocks[index]
        case SetInBoard(path=[_, int(index), *_]) | RemoveFromBoard(path=[_, int(index), *_]):
            blocks[index] = _changed_block(blocks[index], operation, indent, path)
        case _:
            return None
    return parts


def _around_panels(
    parts: PanelLines, operation: SetInBoard | RemoveFromBoard, path: str
) -> PanelLines | None:
    """Change something beside the panels, in the text without them."""
    around = _written(parts.head + parts.tail, [operation], path, dash_offset=parts.indent)
    lines = around.splitlines(keepends=True)
    place = next((index for index, line in enumerate(lines) if line.startswith(f"{_PANELS}:")), None)
    if place is None:
        return None
    return parts._replace(head="".join(lines[: place + 1]), tail="".join(lines[place + 1 :]))


def _changed_block(block: str, operation: SetInBoard | RemoveFromBoard, indent: int, path: str) -> str:
    _, _, *below = operation.path
    if isinstance(operation, SetInBoard) and below == ["at"] and len(_PLACES.findall(block)) == 1:
        # What is dragged all the time; ruamel.yaml would take some milliseconds for each.
        return _PLACES.sub(lambda found: f"{found['key']}{json.dumps(operation.value)}", block)
    lead, own = panel_lines.split_block(block, indent)
    local = msgspec.structs.replace(operation, path=[0, *below])
    return lead + panel_lines.indented(_written(own, [local], path), indent)


def _block_of(panel: Any, indent: int, path: str) -> str:
    text = _written("", [SetInBoard([_PANELS], [panel])], path)
    return panel_lines.indented(text.partition("\n")[2], indent)


def _written(text: str, operations: Sequence[BoardOperation], path: str, *, dash_offset: int = 0) -> str:
    def change(document: Any, _: yaml_writer.Say) -> None:
        for operation in operations:
            _change(operation, document)

    data = text.encode()
    if len(data) > _MAX_REWRITTEN_BYTES:
        limit = f"{_MAX_REWRITTEN_BYTES // 2**10} KiB"
        raise EditError(path, f"more than {limit} would have to be written anew for that; change its text")
    written = yaml_writer.written(data, change, path, dash_offset=dash_offset)
    return yaml_writer.with_all_comments(data, written).decode()


def _change(operation: BoardOperation, document: Any) -> None:
    """`_apply` on a document that remembers how it was written."""
    match operation:
        case SetInBoard():
            _at(document, operation.path)[operation.path[-1]] = _said(operation.value)
        case RemoveFromBoard():
            del _at(document, operation.path)[operation.path[-1]]
        case InsertPanel():
            if document.get(_PANELS) is None:
                document[_PANELS] = _said([])
            panels = document[_PANELS]
            panels.fa.set_block_style()
            panels.insert(len(panels) if operation.index is None else operation.index, _said(operation.panel))
        case MovePanel():
            panels = document[_PANELS]
            panels.insert(operation.to, panels.pop(operation.index))


def _at(document: Any, keys: Sequence[str | int]) -> Any:
    for key in keys[:-1]:
        document = document[key]
    return document


def _said(value: Any) -> Any:
    """A value as it is put into a document: lists of labels and numbers stand in one line."""
    ready = yaml_writer.ready(value)
    _lay_out(ready)
    return ready


def _lay_out(value: Any) -> None:
    if isinstance(value, list):
        if not any(isinstance(each, list | dict) or "\n" in str(each) for each in value):
            value.fa.set_flow_style()  # type: ignore[attr-defined]
        for each in value:
            _lay_out(each)
    elif isinstance(value, dict):
        for each in value.values():
            _lay_out(each)
