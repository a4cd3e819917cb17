"""The one way in which people's edits are made, for server and shell: `Editor(root).do(edit, by=...)`.

One edit at a time in a root, also among processes; reading waits for nobody. Everything blocks.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout, marks, root_settings
from lavdlike.disk.opening import EditorOfRoot
from lavdlike.disk.root import EditableRoot
from lavdlike.edit_messages import Annotation, DoneEdit, Edit, EditAnswer, FileState, Trashed, Undo
from lavdlike.edits import annotating, journal, marking, noting, page_events, trash, trash_entries
from lavdlike.edits.action_registry import FAMILIES
from lavdlike.edits.board_writing import check_may_write, experiment_and_file
from lavdlike.edits.desk import Desk, Family
from lavdlike.edits.file_edits import text_of
from lavdlike.edits.history import MAX_STATES, History
from lavdlike.edits.journal import Entry, Journal
from lavdlike.edits.people_files import FilePlace, PeopleFiles, own_folder_of
from lavdlike.errors import BadEditError, EditError, LavdlikeError
from lavdlike.layout import ExperimentId
from lavdlike.marks import Marks
from lavdlike.match import NO_FILE, match_of
from lavdlike.messages import Problem, RootSettings
from lavdlike.page_event_messages import EventsRequest
from lavdlike.root_settings import ROOT_SETTINGS_FILE, RootFile

_LOCK_FILE = f"{layout.HISTORY_FOLDER}/lock"
_MAX_DONE = 200
_MAX_STATES_BYTES = 8 * 2**20


class SaidMarks(NamedTuple):
    """What people said of an experiment. `tags`: the script's, too. `match`: of the file that holds it."""

    marks: Marks
    tags: list[str]
    match: str


class Notes(NamedTuple):
    """What people wrote about an experiment, "" if nothing; `match` names the state of the file that holds it."""

    text: str
    match: str


class Annotations(NamedTuple):
    annotations: Sequence[Annotation]
    match: str


class BoardContent(NamedTuple):
    """A board's file. `content`: None without one. `why_not`: why it cannot be changed, "" if it can."""

    content: bytes | None
    why_not: str = ""


class Editor:
    """Edits of one root.

    Args:
        own_folder: of the user, for what is said of a root of other programs; by default in the configuration folder.
    """

    def __init__(self, root: EditorOfRoot, *, own_folder: Path | None = None) -> None:
        self._root: EditableRoot = root
        self.people = PeopleFiles(root, own_folder or own_folder_of(root.said_at))

    def do(self, edit: Edit, *, by: str) -> EditAnswer:
        """Make an edit. `refused` has the targets that were not changed, with what stands there if that is why.

        Args:
            by: who edits, "" where nobody is told apart.

        Raises:
            BadEditError: what is asked for breaks a rule.
            EditError: the disk refuses, or another edit is in the way; nothing was changed.
        """
        store = self.people.store(make=True)
        with store.locked(_LOCK_FILE):
            desk = Desk(self._root, store, self.people, by, time.time())
            if isinstance(edit, Undo):
                return _undo(edit, desk)
            return _family_of(str(edit.__struct_config__.tag)).do(edit, desk)

    def tell(self, experiment: ExperimentId, request: EventsRequest, *, by: str) -> int:
        """Tell the experiment's script what was done to its items; see `page_events.append`."""
        return page_events.append(self._root, self.people, experiment, request, by=by, now=time.time())

    def done(self) -> list[DoneEdit]:
        """The last edits, newest first."""
        entries = [
            entry
            for entry in Journal(self.people.store()).entries()
            if all(self._root.shows(layout.experiment_name(each)) for each in entry.experiments)
        ]
        undone = journal.undone(entries)
        return [
            DoneEdit(
                entry.id,
                entry.time,
                entry.by,
                entry.what,
                list(entry.experiments),
                undone=entry.id in undone,
                can_be_undone=entry.id not in undone and self._can_be_undone(entry),
            )
            for entry in reversed(entries[-_MAX_DONE:])
        ]

    def _can_be_undone(self, entry: Entry) -> bool:
        """As far as is known; of what went to the trash, whether something of it is there still."""
        if not entry.can_be_undone or entry.action not in FAMILIES:
            return False
        trashed = entry.details.get("trashed")
        return not isinstance(trashed, list) or trash_entries.hold_something(self._root, trashed)

    def root_file(self) -> RootFile:
        """What `lavdlike.yaml` says; a file that cannot be read is a problem of its settings."""
        try:
            content = self.people.store().read(ROOT_SETTINGS_FILE)
        except LavdlikeError as error:
            problem = Problem(ROOT_SETTINGS_FILE, getattr(error, "reason", str(error)))
            return RootFile(RootSettings(problem=problem), {}, {}, {})
        return root_settings.read(content, ROOT_SETTINGS_FILE)

    def root_file_path(self) -> Path:
        """Where the `lavdlike.yaml` that counts is, or would be: in a foreign root it is not in the root."""
        return self.people.store().path / ROOT_SETTINGS_FILE

    def marks_match(self, experiment: ExperimentId) -> str:
        """Names the state of the file that holds an experiment's marks. Raises EditError."""
        return match_of(self._content(self.people.place(experiment, layout.MARKS_FILE)))

    def marks(self, experiment: ExperimentId) -> SaidMarks:
        """Raises LavdlikeError: there is no such experiment, or what is said of it cannot be read."""
        place = self.people.place(experiment, layout.MARKS_FILE)
        content = self._content(place)
        said = marking.marks_in(place, content)
        tags = marks.tags_of(self.people.logged_tags(experiment), said)
        return SaidMarks(said, tags, match_of(content))

    def notes(self, experiment: ExperimentId) -> Notes:
        """Raises EditError: there is no such experiment, or its notes cannot be read."""
        place = self.people.place(experiment, layout.NOTES_FILE)
        content = self._content(place)
        return Notes(noting.text_in(place, content), match_of(content))

    def annotations(self, experiment: ExperimentId) -> Annotations:
        """Raises LavdlikeError: there is no such experiment, or its annotations cannot be read."""
        place = self.people.place(experiment, layout.ANNOTATIONS_FILE)
        content = self._content(place)
        return Annotations(annotating.annotations_in(place, content), match_of(content))

    def boards(self, experiment: ExperimentId | None) -> list[str]:
        """See `PeopleFiles.boards`."""
        return self.people.boards(experiment)

    def board(self, experiment: ExperimentId | None, file: str) -> BoardContent:
        """A board of an experiment, or of the root (None).

        Raises:
            EditError: there is no such experiment, the file cannot be read, or can be none of a board.
            LimitError: it is larger than what is edited.
        """
        path = self.people.board_place(experiment, file)
        content = self.people.root_of(path).read(path)
        try:
            check_may_write(self.people, experiment)
        except EditError as error:
            return BoardContent(content, error.reason)
        return BoardContent(content)

    def keep_board(self, experiment: ExperimentId | None, file: str) -> None:
        """Put the present state of a board among its earlier ones, if it has any: who saved it may do so again.

        Without earlier ones nobody has changed it here, and nothing is written.

        Raises:
            EditError, LimitError: it cannot be read or kept.
        """
        path = self.people.board_place(experiment, file)
        store, root = self.people.store(), self.people.root_of(path)
        kept = History(store).states(path)
        if not kept or match_of(root.read(path)) in (NO_FILE, kept[0].match):
            return
        with store.locked(_LOCK_FILE):
            History(store).keep(path, root.read(path))

    def history(self, experiment: ExperimentId, file: str) -> list[FileState]:
        """Earlier states of a file that people write, newest first; as many as fit into 8 MiB.

        Args:
            experiment: of a board of the root its home.
            file: one of `layout.PEOPLE_FILES` of the experiment, a board, or `lavdlike.yaml`.

        Raises:
            BadEditError: another file.
        """
        place = self._place(experiment, file)
        store = self.people.store()
        kept, entries = History(store), Journal(store).entries()
        left = _MAX_STATES_BYTES
        now = match_of(self._content(place))
        listed = kept.states(place.path)[: MAX_STATES + 1]
        states = [FileState(match_of(late), 0.0, "", text_of(late)) for late in kept.late_states(place.path)]
        for state in listed:
            content = None if state.match == now else kept.content(state)
            if content is None:
                continue
            left -= len(content)
            if left < 0 and states:
                break
            entry = journal.replacer_of(entries, place.path, state.match)
            found = store.look(state.path)
            time_ = entry.time if entry else found.modified if found else 0.0
            states.append(FileState(state.match, time_, entry.by if entry else "", text_of(content)))
        return states

    def trashed(self) -> list[Trashed]:
        """What is in the trash, newest first. Raises EditError."""
        return trash.listed(self._root)

    def _place(self, experiment: ExperimentId, file: str) -> FilePlace:
        if file == ROOT_SETTINGS_FILE:
            return FilePlace(file)
        if layout.board_name(file) is not None:
            of, _ = experiment_and_file(f"{experiment}/")
            return FilePlace(self.people.board_place(of, file))
        if file not in layout.PEOPLE_FILES:
            raise BadEditError(file, "not a file that people write here")
        return self.people.place(experiment, file)

    def _content(self, place: FilePlace) -> bytes | None:
        return self.people.root_of(place.path).read(place.path)


def _undo(edit: Undo, desk: Desk) -> EditAnswer:
    entry = _entry_of(desk.done, edit.edit)
    return _family_of(entry.action).undo(entry, dataclasses.replace(desk, undoes=entry))


def _entry_of(entries: list[Entry], id_: str) -> Entry:
    entry = next((entry for entry in entries if entry.id == id_), None)
    if entry is None:
        raise BadEditError("", "there is no such edit, or it was done too long ago to be taken back")
    if entry.id in journal.undone(entries):
        raise BadEditError("", f"this was taken back already: {entry.what}")
    if not entry.can_be_undone:
        raise BadEditError("", f"this cannot be taken back: {entry.what}")
    return entry


def _family_of(action: str) -> Family:
    family = FAMILIES.get(action)
    if family is None:
        raise BadEditError("", f"not possible here: {action}")
    return family
