"""What was done: one line of JSON an edit, appended to `.lavdlike-history/edits.jsonl` before it is done.

A line says what is needed to take the edit back. A last line without its end (the process was killed, the disk was
full) is nothing; one of an edit that then failed is crossed out by another line. A file that is large enough becomes
`edits-before.jsonl`, in the place of the one before.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from lavdlike import layout
from lavdlike.disk.root import EditableRoot
from lavdlike.errors import BadEditError, EditError
from lavdlike.layout import ExperimentId

JOURNAL_FILE = f"{layout.HISTORY_FOLDER}/edits.jsonl"
_BEFORE_FILE = f"{layout.HISTORY_FOLDER}/edits-before.jsonl"
# So much of the end of both is read.
_READ_BYTES = 8 * 2**20
# A file of more bytes is not appended to. Not less than what is read: then the one that goes is not needed any more,
# and it does not matter between which two steps a process is killed, or somebody reads.
_FULL_BYTES = 16 * 2**20

T = TypeVar("T")


class FileChange(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True):
    """One file's part of an edit.

    `path`: of the root, percent-encoded. `before`, `after`: the matches of its states. `experiments`: whose file it is.
    """

    path: str
    before: str
    after: str
    experiments: tuple[ExperimentId, ...] = ()


class Entry(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True):
    """An edit that was done.

    `action`: the tag of its message (`edit_messages`), which says who can undo it. `what`: a sentence for people.
    `undoes`: the id of the edit that it takes back. `cancels`: the id of one that was not done after all; such a line
    is no edit. `details`: what actions need that change more than the content of files.
    """

    id: str
    time: float
    action: str
    by: str = ""
    what: str = ""
    experiments: tuple[ExperimentId, ...] = ()
    changes: tuple[FileChange, ...] = ()
    undoes: str = ""
    cancels: str = ""
    can_be_undone: bool = True
    details: dict[str, Any] = {}


class Journal:
    def __init__(self, store: EditableRoot) -> None:
        self._store = store

    def add(self, entry: Entry) -> None:
        """Append an entry; its folder is there. For who holds the lock of the root.

        Raises:
            EditError: the disk refuses.
        """
        with suppress(EditError):  # then it grows on
            self._begin_anew_if_full()
        self._store.append(JOURNAL_FILE, msgspec.json.encode(entry))

    def _begin_anew_if_full(self) -> None:
        found = self._store.look(JOURNAL_FILE)
        if found is None or found.size_bytes < _FULL_BYTES:
            return
        if self._store.look(_BEFORE_FILE) is not None:
            self._store.remove(_BEFORE_FILE)
        self._store.move(JOURNAL_FILE, _BEFORE_FILE, identity=found.identity)

    def entries(self) -> list[Entry]:
        """The last edits, oldest first: those in the last 8 MiB."""
        data = self._store.read(JOURNAL_FILE, last_bytes=_READ_BYTES) or b""
        if len(data) < _READ_BYTES:
            before = self._store.read(_BEFORE_FILE, last_bytes=_READ_BYTES - len(data)) or b""
            data = before + b"\n" + data
        found = [entry for line in data.split(b"\n") if (entry := _parsed(line)) is not None]
        cancelled = {entry.cancels for entry in found}
        return [entry for entry in found if not entry.cancels and entry.id not in cancelled]


def details_of(entry: Entry, type_: type[T]) -> T:
    """What an action noted in its entry.

    Raises:
        BadEditError: another program, or another person, wrote the line.
    """
    try:
        return msgspec.convert(entry.details, type_)
    except msgspec.ValidationError:
        raise BadEditError(
            "", f"this cannot be taken back, its line in the journal is not ours: {entry.what}"
        ) from None


def new_id() -> str:
    return secrets.token_hex(8)


def undone(entries: list[Entry]) -> set[str]:
    """The ids of those that were taken back, and not put forward again by taking that back."""
    ids: set[str] = set()
    for entry in reversed(entries):
        if entry.undoes and entry.id not in ids:
            ids.add(entry.undoes)
    return ids


def writers(entries: list[Entry]) -> dict[tuple[str, str], Entry]:
    """The newest edit that made a state of a file, by the path as `FileChange` has it and the state's match."""
    return {(change.path, change.after): entry for entry in entries for change in entry.changes}


def replacer_of(entries: list[Entry], path: str, match: str) -> Entry | None:
    """The newest edit that replaced this state of a file."""
    id_ = layout.to_id(path)
    for entry in reversed(entries):
        if any(change.path == id_ and change.before == match for change in entry.changes):
            return entry
    return None


def _parsed(line: bytes) -> Entry | None:
    try:
        return msgspec.json.decode(line, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError):  # cut, or not ours
        return None
