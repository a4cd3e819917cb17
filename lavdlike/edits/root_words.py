"""What people say of the whole root in `lavdlike.yaml`: what labels are, saved filters, the view."""

from __future__ import annotations

from typing import Any

import msgspec

from lavdlike.bounded import yaml_writer
from lavdlike.edit_messages import DefineLabels, EditAnswer, SaveFilter, SaveMedia, SaveView
from lavdlike.edits import file_edits, rules, yaml_file
from lavdlike.edits.desk import Desk
from lavdlike.edits.file_edits import Content, Wanted
from lavdlike.edits.journal import Entry
from lavdlike.root_settings import ROOT_SETTINGS_FILE

_FIELDS = ("goal", "unit", "x", "description")


class RootWords:
    """See `desk.Family`."""

    def do(self, edit: DefineLabels | SaveFilter | SaveView | SaveMedia, desk: Desk) -> EditAnswer:
        if isinstance(edit, DefineLabels):
            return _define(edit, desk)
        if isinstance(edit, SaveMedia):
            return _save_media(edit, desk)
        return _save_filter(edit, desk) if isinstance(edit, SaveFilter) else _save_view(edit, desk)

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return file_edits.undo(entry, desk)


def _define(edit: DefineLabels, desk: Desk) -> EditAnswer:
    rules.check_definition(edit.definition)
    said = msgspec.to_builtins(edit.definition)
    pattern = said.pop("pattern")

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        if not said:
            yaml_file.put(document, ("labels", pattern), None, say)
        for field in _FIELDS:
            yaml_file.put(document, ("labels", pattern, field), said.get(field), say)

    what = f"defined {pattern}" if said else f"removed the definition of {pattern}"
    return _apply(desk, edit.match, change, "define", what)


def _save_filter(edit: SaveFilter, desk: Desk) -> EditAnswer:
    rules.check_filter(edit.saved)
    name, filter_ = edit.saved.name.strip(), edit.saved.filter.strip()

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        yaml_file.put(document, ("filters", name), filter_ or None, say)

    what = f"saved the filter {name}" if filter_ else f"removed the filter {name}"
    return _apply(desk, edit.match, change, "filter", what)


def _save_view(edit: SaveView, desk: Desk) -> EditAnswer:
    rules.check_view(edit.view)

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        for key in [key for key in document.get("view") or {} if key not in edit.view]:
            yaml_file.put(document, ("view", key), None, say)
        for key, values in edit.view.items():
            yaml_file.put(document, ("view", key), values[0] if len(values) == 1 else list(values), say)

    what = "saved the view" if edit.view else "removed the saved view"
    return _apply(desk, edit.match, change, "view", what)


def _save_media(edit: SaveMedia, desk: Desk) -> EditAnswer:
    rules.check_media(edit.patterns)
    said = [{"match": pattern} for pattern in edit.patterns]

    def change(document: dict[str, Any], say: yaml_writer.Say) -> None:
        yaml_file.put(document, ("media",), said or None, say)

    what = "said which steps stand in paths" if said else "removed what was said of steps in paths"
    return _apply(desk, edit.match, change, "media", what)


def _apply(desk: Desk, match: str, change: yaml_writer.Change, action: str, what: str) -> EditAnswer:
    def changed(content: Content) -> Content:
        return yaml_file.changed(content, change)

    wanted = Wanted(ROOT_SETTINGS_FILE, match, changed)
    return file_edits.apply(desk, [wanted], action, lambda _: what)
