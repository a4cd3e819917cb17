"""Giving an experiment that does not run another name, which is its folder's."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.bounded import yaml_writer
from lavdlike.disk.root import EditableRoot
from lavdlike.edit_messages import EditAnswer, Rename, Target
from lavdlike.edits import idle, journal, yaml_file
from lavdlike.edits.desk import Desk
from lavdlike.edits.file_edits import Content
from lavdlike.edits.journal import Entry, FileChange
from lavdlike.errors import BadEditError, EditError, LavdlikeError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.match import match_of
from lavdlike.reading.discovery import experiments_in
from lavdlike.root_settings import ROOT_SETTINGS_FILE


class Renaming:
    """See `desk.Family`."""

    def do(self, edit: Rename, desk: Desk) -> EditAnswer:
        try:
            new_name = layout.check_experiment(edit.name, argument="the new name")
        except ValueError as error:
            raise BadEditError("", str(error)) from None
        folder = layout.outer_names(layout.experiment_name(edit.target.experiment))[:1]
        return _rename(edit.target, ExperimentName("/".join((*folder, layout.native(new_name)))), desk)

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        renamed = journal.details_of(entry, _Renamed)
        target = Target(renamed.new, renamed.identity)
        return _rename(target, layout.experiment_name(renamed.old), desk, what=entry.what)


class _Renamed(msgspec.Struct):
    """The details of an entry. `identity`: of the folder."""

    old: ExperimentId = msgspec.field(name="from")
    new: ExperimentId = msgspec.field(name="to")
    identity: str


def _rename(target: Target, new_name: ExperimentName, desk: Desk, *, what: str = "") -> EditAnswer:
    """`what`: of the edit that is taken back by this."""
    root = desk.root
    try:
        name = desk.people.name_of(target.experiment)
        with idle.experiment_at(root, name, target.match) as opened:
            idle.check_idle(root, name, opened)
            _check_free(new_name, root)
            what = what or f"renamed {layout.shown(name)} to {layout.shown(new_name)}"
            words = _words_of_inner_ones(name, new_name, desk)
            entry = _note(target, new_name, desk, what, words)
            try:
                stranded = f"it is called {layout.shown(new_name)}"
                idle.move(root, name, new_name, opened, when_stranded=stranded)
            except LavdlikeError:
                desk.cancel(entry.id)
                raise
    except EditError as error:
        return EditAnswer("", "", refused=[idle.refused(root, target, error)])
    _take_along(name, new_name, words, desk)
    return EditAnswer(entry.id, entry.what, target.match)


class _Words(NamedTuple):
    """`lavdlike.yaml`, which names experiments by their paths, before and after one has another."""

    before: Content
    after: Content

    @property
    def changes(self) -> list[FileChange]:
        path = layout.to_id(ROOT_SETTINGS_FILE)
        before, after = match_of(self.before), match_of(self.after)
        return [FileChange(path, before, after)] if before != after else []


def _words_of_inner_ones(old: ExperimentName, new: ExperimentName, desk: Desk) -> _Words:
    """What is said of experiments in one. A file that no program can change stays as it is."""
    begin, new_begin = layout.shown(f"{old}/"), layout.shown(f"{new}/")

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        said = document.get("experiments") or {}
        for name in [name for name in said if name.startswith(begin)]:
            yaml_file.put(said, (new_begin + name[len(begin) :],), said[name], say)
            del said[name]

    content: Content = None
    try:
        content = desk.store.read(ROOT_SETTINGS_FILE)
        return _Words(content, yaml_file.changed(content, change))
    except LavdlikeError:
        return _Words(content, content)


def _take_along(old: ExperimentName, new: ExperimentName, words: _Words, desk: Desk) -> None:
    """What people said goes with an experiment, and with those in it; what the disk refuses keeps the old name."""
    with suppress(LavdlikeError):
        desk.history.rename(old, new)
    for inner in experiments_in(desk.root, new):
        with suppress(LavdlikeError):
            desk.history.rename(old + inner[len(new) :], inner)
    with suppress(LavdlikeError):
        for change in words.changes:
            late_place = desk.history.late_place(ROOT_SETTINGS_FILE)
            desk.history.keep(ROOT_SETTINGS_FILE, words.before)
            desk.store.replace(ROOT_SETTINGS_FILE, words.after, change.before, keep_as=late_place)
            desk.history.keep(ROOT_SETTINGS_FILE, words.after)


def _check_free(name: ExperimentName, root: EditableRoot) -> None:
    if root.look(name) is not None:
        raise EditError(name, f"there is a {layout.shown(name)} in the root already")


def _note(target: Target, new_name: ExperimentName, desk: Desk, what: str, words: _Words) -> Entry:
    to = layout.experiment_id(new_name)
    details = _Renamed(layout.usual_experiment_id(target.experiment), to, target.match)
    said = msgspec.to_builtins(details)
    return desk.note("rename", what, experiments=[to], changes=words.changes, details=said)
