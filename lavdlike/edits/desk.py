"""What every family of actions is given: the root and what belongs to it, who edits, and when."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from lavdlike import layout
from lavdlike.disk.root import EditableRoot
from lavdlike.edit_messages import Conflict, EditAnswer
from lavdlike.edits import journal
from lavdlike.edits.history import History
from lavdlike.edits.journal import Entry, FileChange, Journal
from lavdlike.edits.people_files import PeopleFiles
from lavdlike.errors import LavdlikeError
from lavdlike.layout import ExperimentId
from lavdlike.match import match_of

_MAX_CONFLICT_CHARACTERS = 2**20
_TAKEN_BACK, _DONE_AGAIN = "took back: ", "did again: "


@dataclass(frozen=True)
class Desk:
    """Held by one editor at a time, under the lock of the root.

    `root`: the tree. `store`: holds `lavdlike.yaml` and the history; mostly the root as well. `by`: who edits, "" where
    nobody is told apart. `now`: Unix seconds. `undoes`: the edit that is being taken back.
    """

    root: EditableRoot
    store: EditableRoot
    people: PeopleFiles
    by: str
    now: float
    undoes: Entry | None = None

    @property
    def history(self) -> History:
        return History(self.store)

    @property
    def journal(self) -> Journal:
        return Journal(self.store)

    @cached_property
    def done(self) -> list[Entry]:
        """What was done before, oldest first."""
        return self.journal.entries()

    @cached_property
    def _writers(self) -> dict[tuple[str, str], Entry]:
        return journal.writers(self.done)

    def root_of(self, path: str) -> EditableRoot:
        """The root that a file stands in."""
        return self.people.root_of(path)

    def note(
        self,
        action: str,
        what: str,
        *,
        experiments: Sequence[ExperimentId] = (),
        changes: Sequence[FileChange] = (),
        details: dict[str, Any] | None = None,
        can_be_undone: bool = True,
    ) -> Entry:
        """Write into the journal what is about to be done; `id` and `what` of the entry are for the answer.

        Of an edit that takes back another, `what` is the other's.

        Raises:
            EditError: the disk refuses; then nothing may be done.
        """
        if self.undoes is not None:
            begin = _DONE_AGAIN if self.undoes.what.startswith(_TAKEN_BACK) else _TAKEN_BACK
            what = begin + what.removeprefix(_TAKEN_BACK).removeprefix(_DONE_AGAIN)
        entry = Entry(
            id=journal.new_id(),
            time=self.now,
            action=action,
            by=self.by,
            what=what,
            experiments=tuple(experiments),
            changes=tuple(changes),
            undoes="" if self.undoes is None else self.undoes.id,
            can_be_undone=can_be_undone,
            details=details or {},
        )
        self.journal.add(entry)
        return entry

    def cancel(self, edit: str) -> None:
        """Cross out what was noted, as nothing of it could be done."""
        # If even that fails, it is in the list; to take it back changes nothing: no file is in the state that it made.
        with suppress(LavdlikeError):
            self.journal.add(Entry(id=journal.new_id(), time=self.now, action="", cancels=edit))

    def conflict(self, path: str, content: bytes | None, text: str) -> Conflict:
        """What is told of the state that stands at a path."""
        match = match_of(content)
        writer = self._writers.get((layout.to_id(path), match))
        by, time = ("", None) if writer is None else (writer.by, writer.time)
        if writer is None and content is not None:
            found = self.root_of(path).look(path)
            time = None if found is None else found.modified
        return Conflict(match, text[:_MAX_CONFLICT_CHARACTERS], by, time)


class Family(Protocol):
    """Actions that belong together. The editor calls both under the lock of the root."""

    def do(self, edit: Any, desk: Desk) -> EditAnswer:
        """Do an edit of one of its actions.

        What could not be done is in `EditAnswer.refused`.

        Raises:
            EditError: nothing was done.
        """

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        """Take back what the entry says, as an edit of its own (`Desk.note` notes `Desk.undoes`). Raises EditError."""


def names_of(experiments: Sequence[ExperimentId]) -> str:
    """For a sentence: the name of one experiment, or how many there are."""
    if len(experiments) == 1:
        return layout.shown(layout.experiment_name(experiments[0]))
    return f"{len(experiments)} experiments"
