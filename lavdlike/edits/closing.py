"""Closing items: their files of all steps go to the trash, as one entry. Whoever writes them may go on, and anew."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from lavdlike import layout
from lavdlike.disk.root import EditableRoot, OpenedFolder
from lavdlike.edit_messages import CloseItems, EditAnswer, ItemName, RefusedTarget
from lavdlike.edits import idle, thin_rules, trash, trash_entries
from lavdlike.edits.desk import Desk
from lavdlike.edits.journal import Entry
from lavdlike.edits.trash import Thrown
from lavdlike.edits.trashing import Trashing
from lavdlike.errors import BadEditError, EditError
from lavdlike.kinds import registry
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot

MAX_ITEMS = 1_000
# The course of the run, what says how it was called, and files that are only listed: what people wrote is among them.
_STAY = frozenset(
    (
        registry.OTHERS.name,
        *(kind.name for kind in registry.KINDS if kind is registry.POINTS or kind.json_file),
    )
)
_SHOWN = 3
_NOTHING = "none of it has files of its own that could be moved"


class Closing:
    """See `desk.Family`."""

    def do(self, edit: CloseItems, desk: Desk) -> EditAnswer:
        if bool(edit.items) == edit.all:
            raise BadEditError("", "either items are closed, or all")
        if len(edit.items) > MAX_ITEMS:
            raise BadEditError("", f"more than {MAX_ITEMS:,} items at once")
        try:
            return _close(edit, desk)
        except EditError as error:
            return EditAnswer("", "", refused=[idle.refused(desk.root, edit.target, error)])

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return Trashing().undo(entry, desk)


def _close(edit: CloseItems, desk: Desk) -> EditAnswer:
    """Raises EditError: nothing was moved."""
    name = desk.people.name_of(edit.target.experiment)
    with idle.experiment_at(desk.root, name, edit.target.match) as opened:
        sizes = _sizes(desk.root, name, opened, None if edit.all else set(edit.items))
        if not sizes:
            return EditAnswer("", "", refused=[RefusedTarget(edit.target.experiment, _NOTHING)])
        trash_entries.check_trash(desk.root)
        words = "all items" if edit.all else _named(edit.items)
        thrown = Thrown(trash_entries.new_id(desk.now), desk.now, desk.by)
        entry = desk.note(
            "close",
            f"closed {words} of {layout.shown(name)}",
            experiments=[edit.target.experiment],
            details={"trashed": [thrown.id]},
        )
        done = trash.put_files(desk.root, name, sizes, thrown, what=words)
        if done is None:
            desk.cancel(entry.id)
            return EditAnswer("", "", refused=[RefusedTarget(edit.target.experiment, _NOTHING)])
    return EditAnswer(entry.id, entry.what, files=done.files, size_bytes=done.size_bytes)


def _sizes(
    root: EditableRoot, name: ExperimentName, opened: OpenedFolder, meant: Collection[ItemName] | None
) -> dict[str, int]:
    """The files that go, and what each takes on the disk. `meant` None: all items."""
    tree = Snapshot(root, name, looks_inside=False).tree
    items = {
        item
        for item in tree.items()
        if item.kind not in _STAY
        and (meant is None or ItemName(item.kind, layout.shown(item.label)) in meant)
    }
    sizes = {}
    for path in thin_rules.files_to_thin(tree, items, ()):
        with suppress(FileNotFoundError):
            sizes[path] = opened.status_of(path).st_blocks * 512
    return sizes


def _named(items: Collection[ItemName]) -> str:
    labels = list(dict.fromkeys(item.label for item in items))
    more = len(labels) - _SHOWN
    return ", ".join(labels[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
