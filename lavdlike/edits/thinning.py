"""Thinning experiments: files of their steps are counted, or moved to the trash, by the rules of `thin_rules`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import EditableRoot, OpenedFolder
from lavdlike.edit_messages import EditAnswer, RefusedTarget, Target, Thin, Trashed
from lavdlike.edits import idle, rules, thin_rules, trash, trash_entries
from lavdlike.edits.desk import Desk, names_of
from lavdlike.edits.journal import Entry
from lavdlike.edits.one_by_one import one_by_one
from lavdlike.edits.thin_rules import Rule
from lavdlike.edits.trash import Thrown
from lavdlike.edits.trashing import Trashing
from lavdlike.errors import BadEditError
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot


class Thinning:
    """See `desk.Family`. The files of an experiment become one entry of the trash."""

    def do(self, edit: Thin, desk: Desk) -> EditAnswer:
        rules.check_targets(edit.targets)
        try:
            rule = thin_rules.checked_rule(edit.kinds, edit.every, edit.last)
        except ValueError as error:
            raise BadEditError("", str(error)) from None
        planned, refused = _planned(edit.targets, rule, desk)
        if edit.dry_run or not planned:
            return _counted(planned, rule, refused)
        return _thin(planned, rule, desk, refused)

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return Trashing().undo(entry, desk)


class _Planned(NamedTuple):
    """What goes of an experiment: the files, and what each takes on the disk; under which id."""

    target: Target
    name: ExperimentName
    id: str
    sizes: Mapping[str, int]


def _planned(targets: Sequence[Target], rule: Rule, desk: Desk) -> tuple[list[_Planned], list[RefusedTarget]]:
    """Those of which something goes."""

    def plan(target: Target) -> _Planned:
        name = desk.people.name_of(target.experiment)
        with idle.experiment_at(desk.root, name, target.match) as opened:
            sizes = _sizes_to_thin(desk.root, name, opened, rule)
        return _Planned(target, name, trash_entries.new_id(desk.now), sizes)

    planned, refused = one_by_one(targets, plan, lambda target, error: idle.refused(desk.root, target, error))
    return [each for each in planned if each.sizes], refused


def _counted(planned: Sequence[_Planned], rule: Rule, refused: list[RefusedTarget]) -> EditAnswer:
    files, size_bytes = sum(len(each.sizes) for each in planned), sum(sum(p.sizes.values()) for p in planned)
    what = f"would move {_what(planned, rule)} to the trash" if files else "there is nothing to thin"
    return EditAnswer("", what, refused=refused, files=files, size_bytes=size_bytes)


def _thin(planned: Sequence[_Planned], rule: Rule, desk: Desk, refused: list[RefusedTarget]) -> EditAnswer:
    trash_entries.check_trash(desk.root)
    experiments = [each.target.experiment for each in planned]
    what = f"moved {_what(planned, rule)} to the trash"
    details = {"trashed": [each.id for each in planned]}
    entry = desk.note("thin", what, experiments=experiments, details=details)
    moved, refused_later = one_by_one(
        planned,
        lambda each: _thin_one(each, rule, desk),
        lambda each, error: idle.refused(desk.root, each.target, error),
    )
    done, refused = [each for each in moved if each is not None], [*refused, *refused_later]
    if not done and not trash_entries.hold_something(desk.root, details["trashed"]):
        desk.cancel(entry.id)
        return EditAnswer("", "", refused=refused)
    files, size_bytes = sum(each.files for each in done), sum(each.size_bytes for each in done)
    return EditAnswer(entry.id, entry.what, refused=refused, files=files, size_bytes=size_bytes)


def _thin_one(planned: _Planned, rule: Rule, desk: Desk) -> Trashed | None:
    thrown, what = Thrown(planned.id, desk.now, desk.by), ", ".join(sorted(rule.kinds))
    with idle.experiment_at(desk.root, planned.name, planned.target.match) as opened:
        trashed = trash.put_files(desk.root, planned.name, planned.sizes, thrown, what=what)
        if not _may_run(planned.name, opened):  # a writer would find the folder gone that it has just made
            for folder in thin_rules.emptied(path.rpartition("/")[0] for path in planned.sizes):
                desk.root.remove_empty_folder(f"{planned.name}/{folder}")
    return trashed


def _what(planned: Sequence[_Planned], rule: Rule) -> str:
    return f"{', '.join(sorted(rule.kinds))} of {names_of([each.target.experiment for each in planned])}"


def _may_run(name: ExperimentName, opened: OpenedFolder) -> bool:
    return idle.status_of(name, opened) in idle.MAY_RUN


def _sizes_to_thin(
    root: EditableRoot, name: ExperimentName, opened: OpenedFolder, rule: Rule
) -> dict[str, int]:
    """The files that go, and what each takes on the disk; of one that may run, those of steps before its newest."""
    may_run = _may_run(name, opened)
    experiment = Snapshot(root, name, looks_inside=False)
    before = thin_rules.newest_step(experiment.tree) if may_run else None
    items = thin_rules.items_to_thin(experiment.tree, rule, before=before)
    named = {
        layout.from_id(file.path)
        for address in thin_rules.descriptions_that_stay(experiment.tree, items)
        if (item := experiment.read(address)) is not None
        for file in item.files
    }
    sizes = {}
    for path in thin_rules.files_to_thin(experiment.tree, items, named):
        with suppress(FileNotFoundError):
            sizes[path] = opened.status_of(path).st_blocks * 512
    return sizes
