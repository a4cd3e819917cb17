"""`lavdlike board`: boards of a root or of an experiment are listed, shown, made, and lose and gain panels."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from lavdlike import layout
from lavdlike.board_messages import (
    BoardOperation,
    BoardPanel,
    InsertPanel,
    RemoveFromBoard,
    SetInBoard,
    WriteBoard,
)
from lavdlike.boards import board_files, board_yaml
from lavdlike.boards.board_files import BoardFile, shown_mistake
from lavdlike.edit_messages import EditAnswer
from lavdlike.errors import LogFormatError, NotFoundError, UsageError
from lavdlike.kinds import plugins
from lavdlike.layout import ExperimentName
from lavdlike.match import match_of
from lavdlike.shell.answering import DONE, REFUSED, do, editor_of, tell
from lavdlike.shell.finding import root_at
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.text import escaped

# Somebody else's edit may come between the look and ours, each time.
_TRIES = 5


class BoardsOf:
    """The boards of a root, or of the experiment of a name in it.

    Raises:
        NotFoundError: there is no such folder.
    """

    def __init__(self, root: Path, experiment: str | None = None) -> None:
        plugins.load()  # whose kinds a panel may show
        self._root = root_at(root)
        self._experiment = None if experiment is None else layout.experiment_id(ExperimentName(experiment))
        self._home = ExperimentName(experiment or layout.ROOT_HOME)

    def list_all(self, *, as_json: bool = False) -> int:
        """Write which there are; the exit code."""
        files = editor_of(self._root).boards(self._experiment)

        def write(out: Output) -> int:
            for file in files:
                found = self._read(file)[1]
                title = found.board.title if found.board else ""
                panels = len(found.board.panels) if found.board else 0
                if as_json:
                    said = {"board": self._id(file), "title": title, "panels": panels}
                    out.json({**said, "mistakes": len(found.mistakes)})
                    continue
                wrong = f", {len(found.mistakes)} mistakes" if found.mistakes else ""
                name = layout.shown(layout.board_name(file) or file)
                out.line(escaped(f"{name}: {title + ', ' if title else ''}{panels} panels{wrong}"))
            return DONE

        return write_to_stdout(write, as_json=as_json)

    def show(self, name: str, *, as_json: bool = False) -> int:
        """Write the text of a board, and what is wrong with it; the exit code is 1 if anything is."""
        content, found = self._there(name)

        def write(out: Output) -> int:
            if as_json:
                said = {"board": self._id(_file_of(name)), "match": match_of(content), "content": found.board}
                out.json({**said, "mistakes": found.mistakes, "notes": found.notes})
            else:
                lines = content.decode(errors="replace").splitlines()
                out.lines([escaped(line, "\t") if out.is_terminal else line for line in lines])
            return DONE

        code = write_to_stdout(write, as_json=as_json)
        for mistake in () if as_json else found.mistakes:
            say(f"lavdlike: {escaped(shown_mistake(mistake))}", sys.stderr)
        return code or (REFUSED if found.mistakes else DONE)

    def add(
        self, name: str, panels: Sequence[str], *, title: str | None = None, as_json: bool = False
    ) -> int:
        """Put panels at the end of a board, which is made if there is none; the exit code.

        Args:
            panels: each in YAML, as in the file; a text is the label of a chart.

        Raises:
            UsageError: one is no YAML.
        """
        said = [_panel(text) for text in panels]
        operations: list[BoardOperation] = [] if title is None else [SetInBoard(["title"], title)]
        operations += [InsertPanel(panel) for panel in said]
        if not operations:
            operations = [SetInBoard(["panels"], [])]
        return self._change(name, lambda _: operations, as_json=as_json)

    def remove(self, name: str, panel: str | None, *, as_json: bool = False) -> int:
        """Take a panel out of a board, or remove the board; the exit code.

        Args:
            panel: its id or title, or its place in the file from 0.

        Raises:
            NotFoundError: there is no such board, or no such panel.
        """
        content, _ = self._there(name)
        if panel is None:
            edit = WriteBoard(self._id(_file_of(name)), match_of(content), [], "")
            return tell([do(self._root, edit)], as_json=as_json)
        return self._change(
            name, lambda found: [RemoveFromBoard(["panels", _index_of(panel, found)])], as_json=as_json
        )

    def _change(
        self, name: str, operations_of: Callable[[BoardFile], list[BoardOperation]], *, as_json: bool
    ) -> int:
        """Where somebody else is faster, it is done again to what stands there then."""
        file = _file_of(name)
        answer = EditAnswer("", "")
        for _ in range(_TRIES):
            content, found = self._read(file)
            edit = WriteBoard(self._id(file), match_of(content), operations_of(found))
            answer = do(self._root, edit)
            if not any(refused.conflict for refused in answer.refused):
                break
        return tell([answer], as_json=as_json)

    def _there(self, name: str) -> tuple[bytes, BoardFile]:
        file = _file_of(name)
        content, found = self._read(file)
        if content is None:
            names = [
                layout.board_name(each) or each for each in editor_of(self._root).boards(self._experiment)
            ]
            others = f"; there are {', '.join(map(layout.shown, names))}" if names else ""
            raise NotFoundError(f"there is no board {layout.shown(layout.board_name(file) or file)}{others}")
        return content, found

    def _read(self, file: str) -> tuple[bytes | None, BoardFile]:
        try:
            content = editor_of(self._root).board(self._experiment, file).content
        except LogFormatError as error:
            raise NotFoundError(str(error)) from None
        return content, board_files.read(content or b"", layout.shown(file))

    def _id(self, file: str) -> str:
        return layout.file_id(self._home, file)


def _file_of(name: str) -> str:
    return name if layout.board_name(name) is not None else f"{name}{layout.BOARD_SUFFIX}"


def _panel(text: str) -> dict[str, Any]:
    data = text.encode(errors="surrogateescape")
    try:
        board_yaml.parse(data, text)  # within bounds
        said = yaml.safe_load(data)
    except (LogFormatError, yaml.YAMLError, ValueError) as error:
        reason = getattr(error, "reason", str(error))
        raise UsageError(
            f"not a panel, such as 'val/loss' or 'images: val/pred': {text!r}: {reason}"
        ) from None
    return dict(said) if isinstance(said, dict) else {"chart": [text]}


def _index_of(panel: str, found: BoardFile) -> int:
    """Raises NotFoundError."""
    panels: list[BoardPanel] = found.board.panels if found.board is not None else []
    named = [each.index for each in panels if panel in (each.id, each.title)]
    if not named and panel.isascii() and panel.isdigit():
        named = [each.index for each in panels if each.index == int(panel)]
    if len(named) != 1:
        many = "several panels are called so" if named else f"there is no such panel among {len(panels)}"
        raise NotFoundError(f"{panel}: {many}; name it by its id, its title, or its place from 0")
    return named[0]
