"""Edits of people: made in threads, and seen by all browsers when they are answered. Lives on the event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from lavdlike import layout
from lavdlike.board_messages import WriteBoard
from lavdlike.bounded import giving_up
from lavdlike.edit_messages import (
    Annotate,
    CloseItems,
    DoneEdit,
    Edit,
    EditAnswer,
    ExperimentAnnotations,
    ExperimentUsage,
    FileState,
    ForkExperiment,
    MakeExperiment,
    Mark,
    Rename,
    Restore,
    Thin,
    Trash,
    Trashed,
    Undo,
    WriteNotes,
)
from lavdlike.edits.editor import Notes
from lavdlike.edits.several_editors import SeveralEditors, edits_in
from lavdlike.errors import EditError, LavdlikeError, LimitError, LogFormatError, NotServedError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.page_event_messages import EventsRequest
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.workers import TooSlowError

T = TypeVar("T")

# What they are about, for `Workers`: an edit that hangs is no reason not to read.
_EDITS, _READS, _EVENTS = "edits", "what people wrote", "events of items"
# They wait for each other anyway (`EditableRoot.locked`), and must not hold all threads meanwhile.
_AT_ONCE = 2
# Of thousands of experiments, or of many files that are moved.
EDIT_S = 60.0
_NEW_ROWS = 512
# For counting the files of several experiments; well below what an answer may take.
_USAGE_S = 20.0
# Of the annotations in one answer: each experiment may have 8 MiB of them.
_MAX_CHARACTERS = 32 * 2**20


class Edits:
    """Of one hub, which is started before the first edit."""

    def __init__(self, hub: Hub) -> None:
        self._editor = hub.editors
        self._hub = hub
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def do(self, edit: Edit, *, by: str) -> EditAnswer:
        """Make an edit. When it is answered, what it changed has been told to all browsers.

        Args:
            by: the name of who edits, "" where nobody is told apart.

        Raises:
            EditError, LogFormatError: nothing was changed; says why.
            TooSlowError: it is not known whether anything was.
        """
        async with self._turns:
            answer = await self._hub.workers.run(
                _EDITS, partial(self._editor.do, edit, by=by), limit_s=EDIT_S
            )
        if answer.id or answer.refused:  # for another state stands there than the one that was seen
            with suppress(
                OSError, TooSlowError, LavdlikeError
            ):  # it is answered all the same; browsers will see it
                await self._look_again(edit)
        return answer

    async def tell(self, experiment: ExperimentId, request: EventsRequest, *, by: str) -> int:
        """See `Editor.tell`; raises as `do`."""
        return await self._hub.workers.run(
            _EVENTS, partial(self._editor.tell, experiment, request, by=by), limit_s=EDIT_S
        )

    async def done(self) -> list[DoneEdit]:
        """The last edits, newest first."""
        return await self._read(self._editor.done)

    async def notes(self, experiment: ExperimentId) -> Notes:
        return await self._read(partial(self._editor.notes, experiment))

    async def history(self, experiment: ExperimentId, file: str) -> list[FileState]:
        return await self._read(partial(self._editor.history, experiment, file))

    async def annotations(self, experiments: Sequence[ExperimentId]) -> list[ExperimentAnnotations]:
        """Of those that are there; none of a file that is broken, which is a problem of its row.

        Raises:
            LimitError: more than is told at once.
        """

        def read() -> list[ExperimentAnnotations]:
            found = []
            characters_left = _MAX_CHARACTERS
            for experiment in experiments:
                giving_up.check()
                with suppress(EditError):
                    found.append(_annotations_of(self._editor, experiment))
                    characters_left -= _characters_of(found[-1])
                if characters_left < 0:
                    raise LimitError(
                        "annotations",
                        f"more than {_MAX_CHARACTERS // 2**20} MiB, the most that is told at once",
                    )
            return found

        return await self._read(read)

    async def trashed(self) -> list[Trashed]:
        """Newest first."""
        return await self._read(self._editor.trashed)

    async def usage(self, experiments: Sequence[ExperimentId]) -> list[ExperimentUsage]:
        """Of those that are there, all together within a time."""

        def read() -> list[ExperimentUsage]:
            until = time.monotonic() + _USAGE_S
            found = []
            for experiment in experiments:
                giving_up.check()
                with suppress(FileNotFoundError, NotADirectoryError, NotServedError, EditError):
                    left_s = max(0.0, until - time.monotonic())
                    found.append(self._editor.usage(experiment, budget_s=left_s))
            return found

        return await self._read(read)

    async def _read(self, function: Callable[[], T]) -> T:
        """Call what reads files, where it may block; raises what it does, and TooSlowError."""
        return await self._hub.workers.run(_READS, function, limit_s=self._hub.limits.read_s)

    async def _look_again(self, edit: Edit) -> None:
        """Without waiting for the system to report what was changed; it may not do so."""
        hub = self._hub
        changed = set(self._editor.roots_of(edit))
        for part in [each for each in hub.parts.all if each.called in changed]:
            await part.people.current()
            if isinstance(edit, Trash | Restore | Rename | MakeExperiment | ForkExperiment | Undo):
                part.rows.hint(None)
                await part.rows.scanned()
                part.nested.look_at_folders_of_runs()
                await part.nested.found()
        names = [*map(layout.experiment_name, await self._experiments_of(edit)), *self._new_rows()]
        await hub.rows.read_now([name for name in dict.fromkeys(names) if name in hub.rows.rows])
        if isinstance(edit, WriteBoard | Undo):
            await hub.boards.current([edit.board] if isinstance(edit, WriteBoard) else ())
        if isinstance(edit, Thin | CloseItems | Restore | Undo):
            for known in hub.known.all():
                hub.known.check(known)

    async def _experiments_of(self, edit: Edit) -> list[ExperimentId]:
        """Those that are still called as they were."""
        if isinstance(edit, Mark | Thin):
            return [target.experiment for target in edit.targets]
        if isinstance(edit, WriteNotes | Annotate | CloseItems):
            return [edit.target.experiment]
        if isinstance(edit, Undo):
            done, undone = await self.done(), edits_in(edit.edit)
            return [experiment for each in done if each.id in undone for experiment in each.experiments]
        return []

    def _new_rows(self) -> list[ExperimentName]:
        """Those that were put back or renamed. Not thousands, which are read in their turn after the start."""
        new = [name for name, row in self._hub.rows.rows.items() if not row.summary.details]
        return new if len(new) <= _NEW_ROWS else []


def _characters_of(annotations: ExperimentAnnotations) -> int:
    return sum(len(each.text) + len(each.label) + len(each.author) for each in annotations.annotations)


def _annotations_of(editor: SeveralEditors, experiment: ExperimentId) -> ExperimentAnnotations:
    try:
        annotations, match = editor.annotations(experiment)
    except LogFormatError:
        return ExperimentAnnotations(experiment, "", [])
    return ExperimentAnnotations(experiment, match, list(annotations))
