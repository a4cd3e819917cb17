"""Boards, as browsers see them: which there are, what each says, and who is told when one changes.

The files are the truth and are read whenever they are asked for. Kept are only their states, to see what has changed,
and of each the last state without a mistake, which is shown while there is one. Lives on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.board_messages import (
    Board,
    BoardFormat,
    BoardMistake,
    BoardOperation,
    BoardPage,
    BoardsPage,
    BoardSummary,
)
from lavdlike.boards import board_edits, board_files, written_boards
from lavdlike.bounded.yaml_reader import MAX_BYTES
from lavdlike.disk.opening import editor_at
from lavdlike.edits.editor import BoardContent
from lavdlike.edits.several_editors import SeveralEditors
from lavdlike.errors import EditError, LavdlikeError, LogFormatError, NothingThereError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.match import match_of
from lavdlike.messages import BoardsChanged, SuggestedChart
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.workers import Workers

# As if they were experiments: those that were given at the start, and the one that a run's charts make.
GIVEN = ".given"
CUSTOM_SCALARS = "custom_scalars"
_SUBJECT = "boards"
_STATES = "states of boards"
_LIMIT_S = 10.0
_MAX_LISTED = 500
# Boards whose states, and last good states, are kept.
_MAX_KEPT = 1_000
_MAX_GOOD = 100
_GIVEN_IS_READ = "it was given at the start, and is only read; copy it into the folder that is shown"


class _Read(NamedTuple):
    """A board as it is now. `content`: None without a file. `why_not`: why it cannot be changed, "" if it can."""

    content: bytes | None
    file: board_files.BoardFile
    why_not: str = ""
    format: BoardFormat | None = None

    @property
    def match(self) -> str:
        return match_of(self.content)


class Boards:
    """Those of all roots.

    Args:
        given: files of boards that were given at the start.
        homes: tells by which names the files directly in roots are asked for.
        charts_of: tells which charts the script of an experiment has laid out.
        keeps_states: whether what other programs save is kept in the history of boards that have one.
    """

    def __init__(
        self,
        editors: SeveralEditors,
        workers: Workers,
        publisher: Publisher,
        given: Sequence[Path],
        homes: Callable[[], set[str]],
        charts_of: Callable[[ExperimentId], Sequence[SuggestedChart]],
        *,
        keeps_states: bool,
        first_retry_s: float,
    ) -> None:
        self._keeps_states = keeps_states
        self._editors = editors
        self._workers = workers
        self._publisher = publisher
        self._given = {given_id(path): path for path in given}
        self._homes = homes
        self._charts_of = charts_of
        self._states: dict[str, str] = {}
        self._good: dict[str, Board] = {}
        self._asked: set[str] = set()
        self._looked_at = float("-inf")
        self._looks = Coalescer(self._look, first_retry_s=first_retry_s)

    # --- what is asked -----------------------------------------------------------------------------------------------

    async def listed(self, experiment: ExperimentId | None) -> BoardsPage:
        """The boards of an experiment; or of all roots, behind those that were given at the start.

        Raises:
            EditError: there is no such experiment.
            TooSlowError: not now.
        """
        charts = () if experiment is None else tuple(self._charts_of(experiment))

        def read() -> list[tuple[str, _Read]]:
            boards = [*(self._given if experiment is None else ()), *self._editors.boards(experiment)]
            found = [(board, self._read(board)) for board in boards[:_MAX_LISTED]]
            if experiment is not None and charts:
                found.append((f"{experiment}/{CUSTOM_SCALARS}", _of_charts(charts)))
            return found

        found = await self._workers.run(_SUBJECT, read, limit_s=_LIMIT_S)
        return BoardsPage([self._summary(board, now) for board, now in found if now.content is not None])

    async def page(self, board: str) -> BoardPage:
        """What a board says.

        Raises:
            FileNotFoundError: there is none of this id.
            EditError: it cannot be read.
            TooSlowError: not now.
        """
        experiment, name = layout.file_of_id(board)
        charts = self._charts_of(layout.experiment_id(experiment)) if name == CUSTOM_SCALARS else ()
        try:
            now = (
                _of_charts(charts)
                if charts
                else await self._workers.run(_SUBJECT, partial(self._read, board), limit_s=_LIMIT_S)
            )
        except NothingThereError:
            raise FileNotFoundError(2, "there is no such board", board) from None
        if now.content is None:
            raise FileNotFoundError(2, "there is no such board", board)
        summary = self._summary(board, now)
        content, is_last_good = self._shown(board, now)
        return BoardPage(
            board,
            summary.name,
            summary.experiment,
            summary.format,
            "" if charts else now.match,
            summary.can_edit,
            now.content.decode(errors="replace") if len(now.content) <= MAX_BYTES else "",
            content,
            is_last_good,
            now.file.mistakes,
            now.file.notes,
            _as_ours(summary.format, content, now.content),
        )

    async def preview(self, text: str, operations: Sequence[BoardOperation] = ()) -> BoardPage:
        """What a text says that is not saved, after the operations. Raises EditError: they cannot be done to it."""
        data = text.encode(errors="replace")
        if operations:
            change = partial(board_edits.changed, data, operations, "text")
            data = await self._workers.run(_SUBJECT, change, limit_s=_LIMIT_S)
            text = data.decode()
        found = await self._workers.run(_SUBJECT, partial(board_files.read, data, "text"), limit_s=_LIMIT_S)
        return BoardPage(
            "", "", None, found.format, "", False, text, found.board, False, found.mistakes, found.notes
        )

    # --- what changes ------------------------------------------------------------------------------------------------

    def hint(self, folder: str, name: str | None) -> None:
        """Something in a folder may have changed (None: anything): an experiment's, or by its home a root's."""
        if name is not None and layout.board_name(name) is None:
            return
        own = layout.file_id(ExperimentName(folder), "")
        names = [layout.file_id(ExperimentName(folder), name)] if name is not None else []
        self._ask(names or [board for board in self._states if board.rpartition("/")[0] + "/" == own])

    def look_at_all(self) -> None:
        """Any of those that somebody has asked for may have changed."""
        self._ask([*self._states])

    def look_if_old(self, now: float, age_s: float) -> None:
        """Look again at what may have changed without a hint. No file outside of the roots is watched."""
        self._ask([board for board in self._given if board in self._states])
        if now - self._looked_at > age_s:
            self._looked_at = now
            self.look_at_all()

    async def current(self, boards: Sequence[str]) -> None:
        """Look at these now, and at all that are known if there are none; wait until browsers are told.

        Raises:
            OSError, TooSlowError, LavdlikeError: they cannot be read now.
        """
        self._ask([layout.file_id(*layout.file_of_id(board)) for board in boards] or [*self._states])
        await self._looks.done()

    async def close(self) -> None:
        await self._looks.close()

    def _ask(self, boards: Sequence[str]) -> None:
        if boards:
            self._asked.update(boards)
            self._looks.ask()

    async def _look(self) -> None:
        asked = sorted(self._asked)

        def matches() -> list[str | None]:
            return [self._match_now(board) for board in asked]

        found = await self._workers.run(_SUBJECT, matches, limit_s=_LIMIT_S)
        self._asked.difference_update(asked)
        changed = [
            board
            for board, match in zip(asked, found, strict=True)
            if match is not None and self._states.get(board, "") != match
        ]
        self._states.update(
            (board, match) for board, match in zip(asked, found, strict=True) if match is not None
        )
        _keep_newest(self._states, _MAX_KEPT)
        if changed:
            self._publisher.publish(BoardsChanged(self._publisher.next_sequence(), changed))
        if changed and self._keeps_states:
            await self._workers.run(_STATES, partial(self._keep, changed), limit_s=_LIMIT_S)

    # --- in threads --------------------------------------------------------------------------------------------------

    def _keep(self, boards: Sequence[str]) -> None:
        for board in boards:
            if board not in self._given:
                with suppress(LavdlikeError):  # gone, too large, no permission: it still stands in the file
                    self._editors.keep_board(board)

    def _match_now(self, board: str) -> str | None:
        """None: it cannot be told."""
        try:
            return match_of(self._content(board).content)
        except NothingThereError:
            return ""
        except LavdlikeError:
            return None

    def _read(self, board: str) -> _Read:
        name = layout.shown(layout.file_of_id(board)[1])
        try:
            found = self._content(board)
        except LogFormatError as error:  # larger than anything that is read of it
            return _Read(b"", board_files.BoardFile("lavdlike", None, [BoardMistake(error.reason)], []))
        except NothingThereError:
            raise
        except EditError as error:  # a link, no permission
            mistakes = [BoardMistake(error.reason)]
            return _Read(b"", board_files.BoardFile("lavdlike", None, mistakes, []), error.reason)
        return _Read(found.content, board_files.read(found.content or b"", name), found.why_not)

    def _content(self, board: str) -> BoardContent:
        given = self._given.get(board)
        if given is not None:
            return BoardContent(editor_at(given.parent).read(given.name), _GIVEN_IS_READ)
        return self._editors.board(board)

    # --- what is said ------------------------------------------------------------------------------------------------

    def _shown(self, board: str, now: _Read) -> tuple[Board | None, bool]:
        """What is shown of a board, and whether that is of an earlier state."""
        if self._states.setdefault(board, now.match) != now.match:
            self._ask([board])  # others do not know it yet
        if not now.file.mistakes and now.file.board is not None:
            self._good.pop(board, None)
            self._good[board] = now.file.board
            _keep_newest(self._good, _MAX_GOOD)
        good = self._good.get(board)
        return (now.file.board, False) if good is None or not now.file.mistakes else (good, True)

    def _summary(self, board: str, now: _Read) -> BoardSummary:
        content, _ = self._shown(board, now)
        experiment, file = layout.file_of_id(board)
        is_of_root = experiment in (GIVEN, *self._homes())
        return BoardSummary(
            board,
            layout.shown(layout.board_name(file) or file),
            None if is_of_root else layout.experiment_id(experiment),
            content.title if content is not None else "",
            len(content.panels) if content is not None else 0,
            now.format or now.file.format,
            len(now.file.mistakes),
            not now.why_not,
        )


def given_id(path: Path) -> str:
    """The id of a board that was given at the start."""
    return layout.file_id(ExperimentName(GIVEN), path.name)


def _as_ours(format_: BoardFormat, board: Board | None, content: bytes) -> str:
    if format_ == "lavdlike" or board is None:
        return ""
    if format_ == "custom-scalars":
        return content.decode()
    try:
        return written_boards.of_board(board, "copy").decode()
    except EditError:  # more labels than fit into one of ours
        return ""


def _of_charts(charts: Sequence[SuggestedChart]) -> _Read:
    content = written_boards.of_charts(charts, CUSTOM_SCALARS)
    read = board_files.read(content, CUSTOM_SCALARS)
    return _Read(
        content, read, "it is made of what the script has laid out; copy it to change it", "custom-scalars"
    )


def _keep_newest(kept: dict[str, object] | dict[str, str] | dict[str, Board], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]
