"""`marks.json`: what people said of an experiment (docs/format.md, "What people write"). Pure: bytes in, bytes out.

A file of its own, because `experiment.json` is the script's, and its time is the heartbeat.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lavdlike import json_file, layout
from lavdlike.edit_messages import Mark
from lavdlike.errors import LimitError, LogFormatError

MARKS_FILE = layout.MARKS_FILE
MAX_BYTES = 2**20


class Marks(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True):
    """What people said of an experiment; the same under its name in `lavdlike.yaml` if it is foreign.

    `tags_removed`: of the script's own tags; they stay removed if the script gives them again. `colour`: of its lines,
    as docs/format.md has it ("" for the one that the page gives); a text that is none says nothing. `read_files`:
    files of points that are read in place of others that hold the same (`sources.choice`).
    """

    title: str = ""
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
    starred: bool = False
    archived: bool = False
    colour: str = ""
    read_files: tuple[str, ...] = ()


_KEYS = frozenset(Marks.__struct_encode_fields__)


def read(data: bytes, path: str) -> Marks:
    """The content of a `marks.json`; unknown keys are left alone.

    Raises:
        LogFormatError: it is something else.
        LimitError: larger than 1 MiB.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(path, "larger than 1 MiB, the most that is read of it")
    return json_file.convert(json_file.read_object(data, path), Marks, path, "")


def is_ours(data: bytes) -> bool:
    """Whether a file of this name can be what the name says; else it is an item, as in trees of Lavd.

    An item has an object at a key of its kind and none of our keys. What is not JSON at all is a broken file of ours.
    """
    try:
        document = json_file.parse(data, MARKS_FILE)
    except LogFormatError:
        return True
    if not _KEYS.isdisjoint(document):
        return True
    return not any(isinstance(value, (dict, list)) for value in document.values())


def tags_of(logged: Sequence[str], marks: Marks) -> list[str]:
    """The tags to show: the script's and those that people added, without those that people removed."""
    removed = set(marks.tags_removed)
    return [tag for tag in _once((*logged, *marks.tags_added)) if tag not in removed]


def with_change(marks: Marks, change: Mark, logged_tags: Sequence[str]) -> Marks:
    """The marks after an edit. `logged_tags`: the script's own, which alone have to be remembered as removed."""
    added, removed = list(_once(marks.tags_added)), list(_once(marks.tags_removed))
    for tag in _once(change.add_tags):
        if tag in removed:
            removed.remove(tag)
        if tag not in logged_tags and tag not in added:
            added.append(tag)
    for tag in _once(change.remove_tags):
        if tag in added:
            added.remove(tag)
        if tag in logged_tags and tag not in removed:
            removed.append(tag)
    return Marks(
        title=marks.title if change.title is None else change.title,
        tags_added=tuple(added),
        tags_removed=tuple(removed),
        starred=marks.starred if change.starred is None else change.starred,
        archived=marks.archived if change.archived is None else change.archived,
        colour=marks.colour if change.colour is None else change.colour,
        read_files=marks.read_files if change.read_files is None else tuple(_once(change.read_files)),
    )


def changed(data: bytes | None, change: Mark, logged_tags: Sequence[str]) -> bytes | None:
    """The file after an edit: the same bytes if it changes nothing, None if nothing is said any more.

    Args:
        data: the file as it is, None without one. Its unknown keys are kept.

    Raises:
        LogFormatError: it cannot be read, or is not ours.
    """
    document: dict[str, Any] = {} if data is None else json_file.read_object(data, MARKS_FILE)
    if data is not None and not is_ours(data):
        raise LogFormatError(MARKS_FILE, "an item of the log, not what people say of the experiment")
    before = Marks() if data is None else read(data, MARKS_FILE)
    after = with_change(before, change, logged_tags)
    if after == before:
        return data
    said = msgspec.to_builtins(after)
    document = {key: value for key, value in document.items() if key not in _KEYS} | said
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode() if document else None


def _once(tags: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(tags)
