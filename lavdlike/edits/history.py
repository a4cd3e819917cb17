"""Earlier states of the files that people write: the last ones of each, in hidden folders of the root.

`.lavdlike-history/states/<experiment's id>/<file>/<number>-<match>`; those of files in the root itself are in `.root`.
What an edit replaces is kept before, and what it writes behind it: another program may write over it. The replaced file
itself is kept for a while as well: a program that had it open may write into it still, and that is a state, too.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import EditableRoot
from lavdlike.errors import EditError, LavdlikeError
from lavdlike.layout import ExperimentName
from lavdlike.match import match_of

MAX_STATES = 50
# Of a small file of which each move of a panel is a state.
MAX_STATES_OF_BOARD = 1_000
_SMALL_BYTES = 2**16
# How long a program may write into a file that it had opened before the file was replaced, and how many are kept.
LATE_S = 10.0
MAX_LATE = 50

_STATES = f"{layout.HISTORY_FOLDER}/states"
_STATE = re.compile(r"(?P<number>[0-9]{8,})-(?P<match>[0-9a-f]{32})\Z")
_LATE = re.compile(r"late-(?P<microseconds>[0-9]+)-[0-9a-f]+\Z")
_MAX_NAME = 200


class State(NamedTuple):
    """A kept state. `path`: of its own file. Larger numbers are newer."""

    number: int
    match: str
    path: str


class History:
    """The earlier states of the files of a root. For who holds its lock; only reading is for everybody."""

    def __init__(self, store: EditableRoot) -> None:
        self._store = store

    def keep(self, path: str, content: bytes | None) -> None:
        """Keep a state of a file, as its newest; one that is kept already is not kept twice.

        Raises:
            EditError: the disk refuses; no state is lost.
        """
        if content is not None:
            self._store.make_folder(_folder(path))
            self._store.close_as(_folder(path), path)  # who may not read the file may not read what it was
            self._add(path, content)

    def adopt_late(self, path: str) -> None:
        """Take what was written into replaced files among the states, and remove those that are old enough."""
        for content in self.late_states(path):
            self._add(path, content)
        files = self._late_files(path)
        until = time.time_ns() // 1000 - int(LATE_S * 1e6)
        for place in files:
            if _late_time(place) < until or place not in files[-MAX_LATE:]:
                self._store.remove(place)

    def late_place(self, path: str) -> str:
        """Where the file itself that is about to be replaced is moved (`EditableRoot.replace`)."""
        return f"{_folder(path)}/late-{time.time_ns() // 1000}-{secrets.token_hex(4)}"

    def states(self, path: str) -> list[State]:
        """Newest first."""
        folder = _folder(path)
        found = ((name, _STATE.match(name)) for name in self._store.names(folder))
        states = [State(int(m["number"]), m["match"], f"{folder}/{name}") for name, m in found if m]
        return sorted(states, reverse=True)

    def late_states(self, path: str) -> list[bytes]:
        """What was written into replaced files and is not yet among the states."""
        known = {state.match for state in self.states(path)}
        late = [self._read(file) for file in self._late_files(path)]
        return [content for content in late if content and match_of(content) not in known]

    def content(self, state: State) -> bytes | None:
        """None if it is gone meanwhile."""
        return self._store.read(state.path)

    def content_of(self, path: str, match: str) -> bytes | None:
        """A file's state by its match; None of "no file".

        Raises:
            EditError: it is not kept any more.
        """
        if not match:
            return None
        for state in self.states(path):
            if state.match == match:
                content = self.content(state)
                if match_of(content) == match:
                    return content
        raise EditError(layout.shown(path), "that state is not kept any more")

    def rename(self, old: str, new: str) -> None:
        """An experiment has another name: its states go with it."""
        source, target = f"{_STATES}/{_key(old)}", f"{_STATES}/{_key(new)}"
        if self._store.look(source) is None:
            return
        if self._store.look(target) is not None:  # of one that had the name before
            self._store.move(target, f"{_STATES}/{_key(new)[:150]}~{secrets.token_hex(4)}")
        self._store.move(source, target)

    def _add(self, path: str, content: bytes) -> None:
        match, states = match_of(content), self.states(path)
        if states and states[0].match == match:
            return
        number = states[0].number + 1 if states else 1
        place = f"{_folder(path)}/{number:08d}-{match}"
        known = [state for state in states if state.match == match]
        if known:
            self._store.move(known[0].path, place)
        else:
            self._store.replace(place, content, "")
            for old in states[_most_of(path, content) :]:  # beside the newest, which is the file's own
                self._store.remove(old.path)

    def _late_files(self, path: str) -> list[str]:
        """Oldest first."""
        folder = _folder(path)
        places = [f"{folder}/{name}" for name in self._store.names(folder) if _LATE.match(name)]
        return sorted(places, key=_late_time)

    def _read(self, path: str) -> bytes | None:
        try:
            return self._store.read(path)
        except LavdlikeError:  # too large by now
            return None


def _most_of(path: str, content: bytes) -> int:
    is_board = layout.board_name(path.rpartition("/")[2]) is not None
    return MAX_STATES_OF_BOARD if is_board and len(content) <= _SMALL_BYTES else MAX_STATES


def _late_time(place: str) -> int:
    found = _LATE.match(place.rpartition("/")[2])
    return int(found["microseconds"]) if found else 0


def _folder(path: str) -> str:
    experiment, slash, name = path.rpartition("/")
    return f"{_STATES}/{_key(experiment)}/{name}" if slash else f"{_STATES}/.root/{path}"


def _key(experiment: str) -> str:
    name = layout.experiment_id(ExperimentName(experiment))
    if len(name) <= _MAX_NAME:
        return name
    return f"{name[:150]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
