"""The model of random edits: everything that anybody was told is written, and where it has to be in the end."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path

from lavdlike import layout
from lavdlike.edits.journal import Entry
from lavdlike.match import match_of

MARKS, NOTES = layout.MARKS_FILE, layout.NOTES_FILE
ROOT_SETTINGS = "lavdlike.yaml"
FOREIGN = ("foreign", "sweep/theirs")
_STATE = re.compile(r"[0-9]{8,}-([0-9a-f]{32})\Z")


class Told:
    """Who edits tell it at once, from several threads.

    A state is a file's name and its match: what it belongs to may be renamed, trashed and restored meanwhile.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: set[tuple[str, str]] = set()
        self._edits: dict[str, tuple[str, frozenset[str]]] = {}

    def wrote(self, file: str, match: str, *, of: str) -> None:
        """A state of a file that is the experiment's own."""
        if of not in FOREIGN:  # its notes are a part of lavdlike.yaml
            with self._lock:
                self._states.add((file, match))

    def edited(self, id_: str, by: str, refused: Iterable[str]) -> None:
        """An edit was answered; the journal says which states it made."""
        with self._lock:
            self._edits[id_] = (by, frozenset(refused))

    def who(self, id_: str) -> str | None:
        with self._lock:
            return self._edits[id_][0] if id_ in self._edits else None

    def check(self, root: Path, entries: Iterable[Entry], *, written_over: set[tuple[str, str]]) -> str:
        """That all of it is in files or in the history, and the journal says who did it; what was checked, in words."""
        by_id = {entry.id: entry for entry in entries}
        states = set(self._states)
        for id_, (by, refused) in self._edits.items():
            assert id_ in by_id, f"the edit {id_} of {by} is not in the journal"
            assert by_id[id_].by == by, f"the edit {id_} of {by} is said to be of {by_id[id_].by}"
            states |= {
                (layout.from_id(layout.ExperimentId(change.path)).rpartition("/")[2], change.after)
                for change in by_id[id_].changes
                if change.after and refused.isdisjoint(change.experiments or (change.path,))
            }
        lost = states - written_over - kept(root)
        assert not lost, f"{len(lost)} of {len(states)} states are lost: {sorted(lost)[:5]}"
        return (
            f"{len(self._edits)} edits by their makers, {len(states)} states in their files or in the history"
        )


def kept(root: Path) -> set[tuple[str, str]]:
    """The states in the files, in the trash, and in the history."""
    found = set()
    for path in root.rglob("*"):
        if not path.is_file():
            continue
        if layout.HISTORY_FOLDER in path.parts:
            state = _STATE.match(path.name)
            content = match_of(path.read_bytes())
            assert state is None or state[1] == content, f"{path} is another state than it says"
            found.add((path.parent.name, content))
        elif path.name in (MARKS, NOTES, layout.ANNOTATIONS_FILE, ROOT_SETTINGS):
            found.add((path.name, match_of(path.read_bytes())))
    return found
