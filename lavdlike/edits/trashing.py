"""The actions of the trash: moving experiments there, putting back what is in it, removing that for good."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.edit_messages import EditAnswer, EmptyTrash, RefusedTarget, Restore, Target, Trash, Trashed
from lavdlike.edits import idle, journal, rules, trash, trash_entries
from lavdlike.edits.desk import Desk, names_of
from lavdlike.edits.journal import Entry
from lavdlike.edits.one_by_one import one_by_one
from lavdlike.edits.trash import Thrown
from lavdlike.errors import EditError
from lavdlike.layout import ExperimentId, ExperimentName

# Of all experiments of an edit together: what is not counted by then is moved all the same.
_COUNT_S = 5.0


class Trashing:
    """See `desk.Family`."""

    def do(self, edit: Trash | Restore | EmptyTrash, desk: Desk) -> EditAnswer:
        if isinstance(edit, Trash):
            return _put(edit.targets, desk)
        rules.check_targets(edit.trashed)
        return _restore(edit.trashed, desk) if isinstance(edit, Restore) else _empty(edit.trashed, desk)

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        if "restored" not in entry.details:
            return _restore(journal.details_of(entry, _WentToTheTrash).trashed, desk, what=entry.what)
        restored = journal.details_of(entry, _CameBack).restored
        targets = [Target(each.experiment, each.identity) for each in restored]
        return _put(targets, desk, what=entry.what, ids={each.experiment: each.id for each in restored})

    def undo_making(self, made: Target, what: str, desk: Desk) -> EditAnswer:
        """Take back that an experiment was made, of which `what` says how."""
        return _put([made], desk, what=what)


class _Restored(NamedTuple):
    """An experiment that came back: which folder it is, and under which id it was in the trash.

    If that is taken back it has the same id again: the edit that moved it there can then be taken back as well.
    """

    experiment: ExperimentId
    identity: str
    id: str


class _WentToTheTrash(msgspec.Struct):
    """The details of an entry. `trashed`: ids in the trash."""

    trashed: list[str]


class _CameBack(msgspec.Struct):
    """The details of an entry."""

    restored: list[_Restored]


class _Idle(NamedTuple):
    """An experiment that can be moved, under which id, and its files and their size."""

    target: Target
    name: ExperimentName
    id: str
    counted: tuple[int, int]


def _put(
    targets: Sequence[Target],
    desk: Desk,
    *,
    what: str = "",
    ids: Mapping[ExperimentId, str] = MappingProxyType({}),
) -> EditAnswer:
    """`what`: of the edit that is taken back by this; `ids`: those that experiments had in the trash."""
    rules.check_targets(targets)
    trash_entries.check_trash(desk.root)
    found, refused = _idle_ones(targets, ids, desk)
    if not found:
        return EditAnswer("", "", refused=refused)
    experiments = [each.target.experiment for each in found]
    what = what or f"moved {names_of(experiments)} to the trash"
    details = {"trashed": [each.id for each in found]}
    entry = desk.note("trash", what, experiments=experiments, details=details)
    done, refused_later = one_by_one(
        found,
        lambda each: trash.put(
            desk.root, each.name, each.target.match, Thrown(each.id, desk.now, desk.by), each.counted
        ),
        lambda each, error: idle.refused(desk.root, each.target, error),
    )
    return _answer(desk, entry, done, [*refused, *refused_later])


def _idle_ones(
    targets: Sequence[Target], ids: Mapping[ExperimentId, str], desk: Desk
) -> tuple[list[_Idle], list[RefusedTarget]]:
    until = time.monotonic() + _COUNT_S

    def look(target: Target) -> _Idle:
        name = desk.people.name_of(target.experiment)
        with idle.experiment_at(desk.root, name, target.match) as opened:
            idle.check_idle(desk.root, name, opened)
            id_ = ids.get(target.experiment) or trash_entries.new_id(desk.now)
            return _Idle(target, name, id_, trash.count(opened, until=until))

    return one_by_one(targets, look, lambda target, error: idle.refused(desk.root, target, error))


def _restore(ids: Sequence[str], desk: Desk, *, what: str = "") -> EditAnswer:
    """`what`: of the edit that is taken back by this."""
    entries, refused = _entries(ids, desk)
    if not entries:
        return EditAnswer("", "", refused=refused)
    what = what or f"restored {_names(entries)}"
    restored = [] if any(entry.note.what for entry in entries) else _restored(entries, desk)
    entry = desk.note(
        "restore",
        what,
        experiments=_experiments(entries),
        details={"restored": restored},
        can_be_undone=bool(restored),
    )
    done, refused_later = one_by_one(
        [entry.id for entry in entries], lambda each: trash.restore(desk.root, each), _refusal_of_entry
    )
    return _answer(desk, entry, done, [*refused, *refused_later])


def _empty(ids: Sequence[str], desk: Desk) -> EditAnswer:
    entries, refused = _entries(ids, desk)
    if not entries:
        return EditAnswer("", "", refused=refused)
    what = f"removed {_names(entries)} for good"
    entry = desk.note("empty-trash", what, can_be_undone=False)
    done, refused_later = one_by_one(
        [entry.id for entry in entries], lambda each: trash.empty(desk.root, each), _refusal_of_entry
    )
    return _answer(desk, entry, done, [*refused, *refused_later])


def _answer(desk: Desk, entry: Entry, done: Sequence[Trashed], refused: list[RefusedTarget]) -> EditAnswer:
    if not done:
        desk.cancel(entry.id)
        return EditAnswer("", "", refused=refused)
    files, size_bytes = sum(each.files for each in done), sum(each.size_bytes for each in done)
    return EditAnswer(entry.id, entry.what, refused=refused, files=files, size_bytes=size_bytes)


def _entries(ids: Sequence[str], desk: Desk) -> tuple[list[trash_entries.Entry], list[RefusedTarget]]:
    each_once = dict.fromkeys(ids)
    return one_by_one(each_once, lambda id_: trash_entries.entry_of(desk.root, id_), _refusal_of_entry)


def _refusal_of_entry(id_: str, error: EditError) -> RefusedTarget:
    return RefusedTarget(id_, error.reason)


def _experiments(entries: Sequence[trash_entries.Entry]) -> list[ExperimentId]:
    return list(
        dict.fromkeys(layout.experiment_id(ExperimentName(name)) for entry in entries for name in entry.names)
    )


def _restored(entries: Sequence[trash_entries.Entry], desk: Desk) -> list[_Restored]:
    """What is about to come back."""
    found = [
        (entry.id, name, desk.root.look(f"{entry.content}/{name}"))
        for entry in entries
        for name in entry.names
    ]
    return [
        _Restored(layout.experiment_id(ExperimentName(name)), folder.identity, id_)
        for id_, name, folder in found
        if folder is not None
    ]


def _names(entries: Sequence[trash_entries.Entry]) -> str:
    if len(entries) == 1:
        trashed = entries[0].trashed()
        return f"{trashed.what} of {trashed.name}" if trashed.what else trashed.name
    return f"{len(entries)} things in the trash"
