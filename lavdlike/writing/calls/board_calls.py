"""The method of `Logger` for boards: which of its labels stand where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lavdlike import layout
from lavdlike.errors import EditError
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_text

_MAX_BYTES = 2**20  # of a board


class BoardCalls(Family):
    """Pages of panels."""

    def board(
        self,
        name: str,
        panels: Sequence[str | Mapping[str, Any]],
        *,
        title: str = "",
        of_all: bool = False,
        **settings: Any,
    ) -> None:
        """Lay out a board, in `<name>.board.yaml` (docs/boards.md): charts, pictures, tables and text on one page.

        A later call replaces what an earlier one wrote. What somebody has changed since, by hand or in the page, stays
        as it is: then nothing is written.

        Args:
            panels: of each what it shows and where, as in the file; a text is the label of a chart.
            of_all: the board is about all experiments, in their folder; else about this one.
            settings: of all panels, and other keys of a board: `filter`, `smoothing`, `group_by`, `sections`.

        Raises:
            ValueError: a bad argument, or a board that would have a mistake; nothing was written.

        >>> with Logger("example") as logger:
        ...     logger.board("losses", ["val/loss", {"images": "val/pred", "at": [6, 0, 6, 4]}], title="Losses")
        """
        from lavdlike.boards import written_boards
        from lavdlike.kinds import plugins

        writer = self._active
        if writer is None:
            return
        check_text(name, "name")
        check_text(title, "title")
        layout.check_label(name, step=0)
        file = f"{name}{layout.BOARD_SUFFIX}"
        if layout.board_name(file) is None:
            raise ValueError(f"name must be one file's name, without '/': {name!r}")
        said = [{"chart": [panel]} if isinstance(panel, str) else panel for panel in _checked(panels)]
        fields = {"title": title, **settings}
        try:
            try:
                text = written_boards.text_of(fields, said, file)
            except EditError:
                plugins.load()  # perhaps it shows a kind of an installed package
                text = written_boards.text_of(fields, said, file)
        except EditError as error:
            raise ValueError(f"this is no board: {error.reason}") from None
        path = (self.base_dir if of_all else self.log_dir) / layout.native(file)
        content = written_boards.signed(text)
        there = _content_of(path)
        if there is None or (there != content and written_boards.is_as_signed(there)):
            writer.replace(path, content)


def _checked(panels: object) -> list[str | Mapping[str, Any]]:
    if not isinstance(panels, list | tuple) or not all(isinstance(each, str | Mapping) for each in panels):
        raise ValueError(
            "panels must be a list of labels and mappings, such as ['val/loss', {'images': 'val/pred'}]"
        )
    return list(panels)


def _content_of(path: Path) -> bytes | None:
    """What stands there already; None if nothing does. What cannot be read is left alone."""
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError:
        return b""
