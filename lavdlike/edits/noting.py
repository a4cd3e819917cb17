"""Notes: `my-notes.md`, or the experiment's words in `lavdlike.yaml`."""

from __future__ import annotations

from lavdlike import layout, root_settings
from lavdlike.edit_messages import EditAnswer, WriteNotes
from lavdlike.edits import file_edits, rules, yaml_file
from lavdlike.edits.desk import Desk
from lavdlike.edits.file_edits import Content, Wanted
from lavdlike.edits.journal import Entry
from lavdlike.edits.people_files import FilePlace
from lavdlike.root_settings import ROOT_SETTINGS_FILE


class Noting:
    """See `desk.Family`."""

    def do(self, edit: WriteNotes, desk: Desk) -> EditAnswer:
        rules.check_notes(edit.text)
        experiment = edit.target.experiment
        place = desk.people.place(experiment, layout.NOTES_FILE)

        def change(content: Content) -> Content:
            if not place.in_yaml:
                return edit.text.encode() or None
            path = ("experiments", place.in_yaml, "notes")
            return yaml_file.changed(
                content, lambda document, say: yaml_file.put(document, path, edit.text or None, say)
            )

        wanted = Wanted(
            place.path,
            edit.target.match,
            change,
            (experiment,),
            lambda content: text_in(place, content),
        )
        said = "wrote notes on" if edit.text else "removed the notes on"
        return file_edits.apply(desk, [wanted], "notes", lambda names: f"{said} {names}")

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return file_edits.undo(entry, desk)


def text_in(place: FilePlace, content: Content) -> str:
    """The notes that a file holds."""
    if place.in_yaml:
        return root_settings.read(content, ROOT_SETTINGS_FILE).notes.get(place.in_yaml, "")
    return file_edits.text_of(content)
