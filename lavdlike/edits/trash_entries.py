"""What is in the trash of a root: a folder each, `.lavdlike-trash/<id>/` (docs/format.md, "What people write").

It holds `content/`, with paths as they were below the root, so that a person can put things back with `mv`; and
`trashed.json`, which says what it is. The latter is written first and removed last: what has no content is nothing.
"""

from __future__ import annotations

import itertools
import json
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

import msgspec

from lavdlike import json_file, layout
from lavdlike.disk.root import EditableRoot
from lavdlike.edit_messages import Trashed
from lavdlike.errors import EditError, LogFormatError
from lavdlike.match import NO_FILE, match_of

TRASHED_FILE = "trashed.json"
CONTENT = "content"

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}\Z")
# An entry without content that is older is what a killed process left.
_LEFTOVER_AFTER_S = 3600.0


class Note(msgspec.Struct, rename="camel", frozen=True):
    """`trashed.json`; as `edit_messages.Trashed`."""

    name: str = ""
    time: float = 0.0
    by: str = ""
    what: str = ""
    files: int = 0
    size_bytes: int = 0


class Entry(NamedTuple):
    """`names`: of the experiments of which, or of whose files, its content is: one, unless a person changed it."""

    id: str
    note: Note
    names: list[str]

    @property
    def content(self) -> str:
        """The path of what it holds."""
        return f"{layout.TRASH_FOLDER}/{self.id}/{CONTENT}"

    def trashed(self) -> Trashed:
        note = self.note
        name = note.name or layout.shown(", ".join(sorted(self.names)))
        return Trashed(self.id, name, note.time, note.by, note.files, note.size_bytes, note.what)


def check_trash(root: EditableRoot) -> None:
    """Raises EditError if something else than a folder has the name of the trash."""
    found = root.look(layout.TRASH_FOLDER)
    if found is not None and found.type != "folder":
        kind = "a link" if found.type == "link" else "a file"
        raise EditError(layout.TRASH_FOLDER, f"it is {kind}, and has to be a folder: move it away first")


def new_id(now: float) -> str:
    """For what is thrown away now (Unix seconds)."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{secrets.token_hex(4)}"


def made(root: EditableRoot, id_: str, name: str, note: Note) -> Entry:
    """A new entry, still without content.

    Args:
        id_: a `new_id`.
        name: of the experiment's folder; `note.name` is how people see it.
    """
    check_trash(root)
    entry = Entry(id_, note, [name])
    root.make_folder("/".join((entry.content, *layout.outer_names(name)[:1])))
    try:
        write(root, entry)
    except EditError:
        discard_if_empty(root, id_, [name])
        raise
    return entry


def write(root: EditableRoot, entry: Entry) -> None:
    """Say in `trashed.json` what an entry is."""
    path = _note_path(entry.id)
    content = json.dumps(msgspec.to_builtins(entry.note), ensure_ascii=False, indent=2) + "\n"
    before = root.read(path)
    root.replace(path, content.encode(), NO_FILE if before is None else match_of(before))


def listed(root: EditableRoot) -> Iterator[Entry]:
    """All entries with content, in no order. Raises EditError as `check_trash`."""
    check_trash(root)
    for id_ in root.names(layout.TRASH_FOLDER):
        names: list[str] = []
        if _ID.match(id_):
            with suppress(EditError):  # not a folder, or another user's: no reason not to tell the others
                names = root.names(f"{layout.TRASH_FOLDER}/{id_}/{CONTENT}")
        if names and all(map(root.shows, names)):
            yield _entry(root, id_, names)


def entry_of(root: EditableRoot, id_: str) -> Entry:
    """Raises EditError: there is none of this id."""
    check_trash(root)
    names = root.names(f"{layout.TRASH_FOLDER}/{id_}/{CONTENT}") if _ID.match(id_) else []
    if not names or not all(map(root.shows, names)):
        raise EditError("", "nothing in the trash has this id or name, or no longer")
    return _entry(root, id_, names)


def hold_something(root: EditableRoot, ids: Iterable[object]) -> bool:
    """Whether any of these entries has content; what is no id, as somebody may have written it, has none."""
    known = (id_ for id_ in ids if isinstance(id_, str) and _ID.match(id_))
    return any(root.names(f"{layout.TRASH_FOLDER}/{id_}/{CONTENT}") for id_ in known)


def discard_if_empty(root: EditableRoot, id_: str, names: Iterable[str] = ()) -> None:
    """Remove what is left of an entry, unless it has content. `names`: as of `Entry`."""
    folder = f"{layout.TRASH_FOLDER}/{id_}"
    for outer in itertools.chain.from_iterable(map(layout.outer_names, names)):
        root.remove_empty_folder(f"{folder}/{CONTENT}/{outer}")
    if root.remove_empty_folder(f"{folder}/{CONTENT}"):
        if root.look(_note_path(id_)) is not None:
            root.remove(_note_path(id_))
        root.remove_empty_folder(folder)


def discard_leftovers(root: EditableRoot) -> None:
    """Remove the entries that were not filled because a process was killed."""
    for id_ in root.names(layout.TRASH_FOLDER):
        found = root.look(f"{layout.TRASH_FOLDER}/{id_}")
        if _ID.match(id_) and found is not None and found.modified < time.time() - _LEFTOVER_AFTER_S:
            with suppress(EditError):  # not a folder, or another user's
                discard_if_empty(root, id_)


def _entry(root: EditableRoot, id_: str, names: list[str]) -> Entry:
    """`names`: directly in the content. Of an experiment in a folder they are only the begin of its name."""
    note = _read(root, id_)
    name = layout.native(note.name)
    if layout.outer_names(name)[-1:] == names and layout.is_experiment_name(name):
        found = root.look(f"{layout.TRASH_FOLDER}/{id_}/{CONTENT}/{name}")
        names = names if found is None else [name]
    return Entry(id_, note, names)


def _note_path(id_: str) -> str:
    return f"{layout.TRASH_FOLDER}/{id_}/{TRASHED_FILE}"


def _read(root: EditableRoot, id_: str) -> Note:
    """What can be read of a note; a broken one says only when its folder last changed."""
    path = _note_path(id_)
    try:
        content = root.read(path)
        if content is not None:
            return json_file.convert(json_file.read_object(content, path), Note, path, "")
    except (EditError, LogFormatError):
        pass
    folder = root.look(f"{layout.TRASH_FOLDER}/{id_}")
    return Note(time=folder.modified if folder else 0.0)
