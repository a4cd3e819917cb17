"""Making experiments from the page, as environments of Visdom: an empty one, or a copy of another (docs/visdom.md)."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import msgspec

from lavdlike import layout, window_records
from lavdlike.disk.root import EditableRoot, OpenedFolder
from lavdlike.edit_messages import EditAnswer, ForkExperiment, MakeExperiment, Target
from lavdlike.edits import idle, journal
from lavdlike.edits.desk import Desk
from lavdlike.edits.journal import Entry
from lavdlike.edits.trashing import Trashing
from lavdlike.errors import BadEditError, EditError, LavdlikeError
from lavdlike.experiment import FINISHED
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.match import NO_FILE, match_of
from lavdlike.reading.discovery import experiments_in
from lavdlike.window_records import EnvironmentHead

# What is not whole yet.
_UNFINISHED = f"{layout.HISTORY_FOLDER}/making"
# Of the names of windows; a longer file is copied as it is, and names the environment that it was copied from.
_MAX_WINDOWS_BYTES = 64 * 2**20


class Making:
    """See `desk.Family`."""

    def do(self, edit: MakeExperiment | ForkExperiment, desk: Desk) -> EditAnswer:
        if isinstance(edit, MakeExperiment):
            return _make(edit.experiment, desk)
        try:
            return _fork(edit, desk)
        except EditError as error:
            return EditAnswer("", "", refused=[idle.refused(desk.root, edit.target, error)])

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return Trashing().undo_making(journal.details_of(entry, _Made).made, entry.what, desk)


class _Made(msgspec.Struct):
    """The details of an entry."""

    made: Target


def _make(experiment: ExperimentId, desk: Desk) -> EditAnswer:
    name = _checked(layout.shown(layout.experiment_name(experiment)))
    with _whole(desk.root, name) as made:
        desk.root.make_folder(made)
        # Of ours, and not of another program: boards and marks can be put into it.
        said = json.dumps({"created": desk.now}, indent=2).encode()
        desk.root.replace(f"{made}/{layout.EXPERIMENT_FILE}", said, NO_FILE)
        head = window_records.to_line(EnvironmentHead(layout.shown(name)))
        desk.root.replace(f"{made}/{window_records.FILE}", head, NO_FILE)
        return _moved(made, name, f"made the environment {layout.shown(name)}", desk)


def _fork(edit: ForkExperiment, desk: Desk) -> EditAnswer:
    """Raises EditError: nothing was copied."""
    source = desk.people.name_of(edit.target.experiment)
    folder = layout.outer_names(source)[:1]
    name = ExperimentName("/".join((*folder, _checked(edit.name))))
    with idle.experiment_at(desk.root, source, edit.target.match) as opened, _whole(desk.root, name) as made:
        inner = {each[len(source) + 1 :] for each in experiments_in(desk.root, source, opened=opened)}
        records = _records(opened, source, layout.shown(name))
        desk.root.copy(source, made, leave_out=inner if records is None else {*inner, window_records.FILE})
        if records is not None:
            desk.root.replace(f"{made}/{window_records.FILE}", records, NO_FILE)
        with suppress(LavdlikeError):  # a file that says nothing of sessions
            _end_sessions(desk.root, f"{made}/{layout.EXPERIMENT_FILE}", desk.now)
        return _moved(made, name, f"forked {layout.shown(source)} to {layout.shown(name)}", desk)


def _checked(name: str) -> ExperimentName:
    try:
        return ExperimentName(layout.native(layout.check_experiment(name, argument="the name")))
    except ValueError as error:
        raise BadEditError("", str(error)) from None


@contextmanager
def _whole(root: EditableRoot, name: ExperimentName) -> Iterator[str]:
    """Where an experiment is made, hidden; what is left there at the end is removed.

    Raises:
        EditError: its name is taken.
    """
    if root.look(name) is not None:
        raise EditError(name, f"there is a {layout.shown(name)} already")
    path = f"{_UNFINISHED}/{secrets.token_hex(8)}"
    root.make_folder(_UNFINISHED)
    try:
        yield path
    finally:
        with suppress(LavdlikeError):
            if root.look(path) is not None:
                root.remove(path)


def _moved(made: str, name: ExperimentName, what: str, desk: Desk) -> EditAnswer:
    """Give what is whole its name."""
    found = desk.root.look(made)
    id_ = layout.experiment_id(name)
    target = Target(id_, found.identity if found else "")
    details = msgspec.to_builtins(_Made(target))
    entry = desk.note("fork", what, experiments=[id_], details=details)
    try:
        desk.root.move(made, name)
    except LavdlikeError:
        desk.cancel(entry.id)
        raise
    return EditAnswer(entry.id, entry.what, target.match)


def _records(opened: OpenedFolder, source: str, env: str) -> bytes | None:
    """The records of windows of an environment, for one that is called so; None: there are none, or too many."""
    file = window_records.FILE
    try:
        with opened.file(file, f"{source}/{file}") as found:
            if found.status.st_size > _MAX_WINDOWS_BYTES:
                return None
            head, newline, rest = found.read(_MAX_WINDOWS_BYTES).partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EditError(f"{source}/{file}", error.strerror or str(error)) from error
    if window_records.env_of(head) is not None:
        head = window_records.to_line(EnvironmentHead(env)).rstrip(b"\n")
    return head + newline + rest


def _end_sessions(root: EditableRoot, path: str, now: float) -> None:
    """Nobody writes the copy: what its sessions did not say of their end is said."""
    content = root.read(path)
    document = None if content is None else _object_in(content)
    sessions = (document or {}).get("sessions")
    if content is None or not isinstance(sessions, list):
        return
    for session in sessions:
        if isinstance(session, dict) and session.get("ended") is None:
            session.update(ended=now, outcome=FINISHED)
    root.replace(path, json.dumps(document, ensure_ascii=False, indent=2).encode(), match_of(content))


def _object_in(content: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
