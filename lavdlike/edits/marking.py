"""Titles, tags, stars and the archive: `marks.json`, or the experiment's words in `lavdlike.yaml`."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from lavdlike import layout, marks, root_settings
from lavdlike.bounded import yaml_writer
from lavdlike.edit_messages import EditAnswer, Mark, RefusedTarget, Target
from lavdlike.edits import file_edits, rules, yaml_file
from lavdlike.edits.desk import Desk
from lavdlike.edits.file_edits import Content, Wanted
from lavdlike.edits.journal import Entry
from lavdlike.edits.people_files import FilePlace
from lavdlike.errors import BadEditError, EditError
from lavdlike.layout import ExperimentId
from lavdlike.marks import Marks
from lavdlike.root_settings import ROOT_SETTINGS_FILE

_KEYS = Marks.__struct_encode_fields__


class Marking:
    """See `desk.Family`."""

    def do(self, edit: Mark, desk: Desk) -> EditAnswer:
        rules.check_targets(edit.targets)
        edit = _checked(edit)
        plan = _Plan(edit, desk)
        for target in edit.targets:
            plan.add(target)
        return file_edits.apply(
            desk, plan.wanted(), "mark", lambda names: _sentence(edit, names), plan.refused
        )

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return file_edits.undo(entry, desk)


def marks_in(place: FilePlace, content: Content) -> Marks:
    """What a file says of its experiment. Raises LogFormatError."""
    if place.in_yaml:
        return root_settings.read(content, ROOT_SETTINGS_FILE).marks.get(place.in_yaml, Marks())
    return Marks() if content is None else marks.read(content, place.path)


def _checked(edit: Mark) -> Mark:
    title = None if edit.title is None else rules.checked_title(edit.title)
    add, remove = rules.checked_tags(edit.add_tags), rules.checked_tags(edit.remove_tags)
    if both := set(add) & set(remove):
        raise BadEditError("", f"a tag cannot be added and removed at once: {min(both)}")
    colour = None if edit.colour is None else rules.checked_colour(edit.colour)
    read_files = None if edit.read_files is None else rules.checked_paths(edit.read_files)
    said = (title, edit.starred, edit.archived, colour, read_files)
    if not add and not remove and all(each is None for each in said):
        raise BadEditError("", "nothing is said that could be changed")
    return msgspec.structs.replace(
        edit, title=title, add_tags=add, remove_tags=remove, colour=colour, read_files=read_files
    )


class _Plan:
    """What is to become of which file; one change for all foreign experiments, which share theirs."""

    def __init__(self, edit: Mark, desk: Desk) -> None:
        self._edit = edit
        self._desk = desk
        self._own: list[Wanted] = []
        self._foreign: dict[str, dict[ExperimentId, str]] = {}  # by match: names in the file by id
        self.refused: list[RefusedTarget] = []

    def add(self, target: Target) -> None:
        try:
            place = self._desk.people.place(target.experiment, layout.MARKS_FILE)
        except EditError as error:
            self.refused.append(RefusedTarget(target.experiment, error.reason))
            return
        if place.in_yaml:
            self._foreign.setdefault(target.match, {})[target.experiment] = place.in_yaml
            return
        logged = self._desk.people.logged_tags(target.experiment)
        change = partial(_changed_file, path=place.path, edit=self._edit, logged=logged)
        self._own.append(Wanted(place.path, target.match, change, (target.experiment,)))

    def wanted(self) -> list[Wanted]:
        foreign = [
            Wanted(
                ROOT_SETTINGS_FILE,
                match,
                partial(_changed_in_yaml, edit=self._edit, names=list(names.values())),
                tuple(names),
            )
            for match, names in self._foreign.items()
        ]
        return self._own + foreign


def _changed_file(content: Content, *, path: str, edit: Mark, logged: list[str]) -> Content:
    after = marks.changed(content, edit, logged)
    _check_tags(Marks() if after is None else marks.read(after, path), edit)
    return after


def _changed_in_yaml(content: Content, *, edit: Mark, names: list[str]) -> Content:
    known = root_settings.read(content, ROOT_SETTINGS_FILE).marks
    said = {}
    for name in names:
        before = known.get(name, Marks())
        after = marks.with_change(before, edit, [])
        _check_tags(after, edit)
        if after != before:
            said[name] = msgspec.to_builtins(after)

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        for name, words in said.items():
            for key in _KEYS:
                value = words.get(key)
                value = list(value) if isinstance(value, (list, tuple)) else value
                yaml_file.put(document, ("experiments", name, key), value, say)

    return yaml_file.changed(content, change) if said else content


def _check_tags(after: Marks, edit: Mark) -> None:
    if edit.add_tags or edit.remove_tags:
        rules.check_number_of_tags(max(len(after.tags_added), len(after.tags_removed)))


def _sentence(edit: Mark, names: str) -> str:
    parts = []
    if edit.title is not None:
        parts.append(f"titled {names}: {edit.title}" if edit.title else f"removed the title of {names}")
    if edit.add_tags:
        parts.append(f"tagged {names}: {', '.join(edit.add_tags)}")
    if edit.remove_tags:
        parts.append(f"removed tags of {names}: {', '.join(edit.remove_tags)}")
    if edit.starred is not None:
        parts.append(f"{'starred' if edit.starred else 'removed the star of'} {names}")
    if edit.archived is not None:
        parts.append(f"{'archived' if edit.archived else 'took out of the archive:'} {names}")
    if edit.colour is not None:
        parts.append(f"coloured {names}: {edit.colour}" if edit.colour else f"removed the colour of {names}")
    if edit.read_files is not None:
        files = ", ".join(edit.read_files) or "the usual files"
        parts.append(f"chose to read the scalars of {names} from {files}")
    return "; ".join(parts)
