"""How the content of files is changed, whatever it is: all that an edit wants is looked at before any file is touched.

1. What the files hold now is compared with what who edits has seen, and the new content is made.
2. The states that are about to be replaced go to the history, and the edit into the journal. If the disk refuses that,
   nothing is done.
3. The files are replaced, one after the other; each is the old or the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.edit_messages import EditAnswer, RefusedTarget
from lavdlike.edits.desk import Desk, names_of
from lavdlike.edits.journal import Entry, FileChange
from lavdlike.errors import ConflictError, EditError, LavdlikeError
from lavdlike.layout import ExperimentId
from lavdlike.match import match_of

# Of a file; None: there is none.
Content = bytes | None
# Of the texts of all conflicts in an answer: foreign experiments share their file, and each is told of it.
_MAX_CHARACTERS = 2 * 2**20


def text_of(content: Content) -> str:
    """A file as text, for people."""
    return "" if content is None else content.decode(errors="replace")


class Wanted(NamedTuple):
    """What is to become of a file.

    `match`: the state that was seen. `change` makes the new content, the same bytes if there is nothing to do; it
    raises LavdlikeError if that cannot be. `experiments`: of which something is said; none if it is said of the root.
    `shown`: what of the content a conflict shows.
    """

    path: str
    match: str
    change: Callable[[Content], Content]
    experiments: tuple[ExperimentId, ...] = ()
    shown: Callable[[Content], str] = text_of


def apply(
    desk: Desk,
    wanted: Sequence[Wanted],
    action: str,
    say: Callable[[str], str],
    refused: Iterable[RefusedTarget] = (),
    *,
    in_order: bool = False,
) -> EditAnswer:
    """Change files as one edit.

    Args:
        say: the sentence about it, of the name of the experiment or of how many there are.
        refused: targets that were refused before.
        in_order: each file is changed only if those before it were.

    Raises:
        EditError: the history or the journal cannot be written; nothing was changed.
    """
    plan = _Plan(desk, list(refused))
    for each in wanted:
        plan.add(each)
    edits = [edit for edit in plan.files.values() if edit.after != edit.before]
    if not edits:
        return EditAnswer("", "", plan.only_match(), plan.refused)
    experiments = list(dict.fromkeys(name for edit in edits for name in edit.experiments))
    for edit in edits:
        desk.history.adopt_late(edit.path)
        desk.history.keep(edit.path, edit.before)
    changes = [_change_of(edit) for edit in edits]
    entry = desk.note(action, say(names_of(experiments)), experiments=experiments, changes=changes)
    replaced = 0
    for edit in edits:
        if _is_replaced(desk, edit, plan):
            replaced += 1
        elif in_order:
            break
    if replaced == 0:
        desk.cancel(entry.id)
        return EditAnswer("", "", "", plan.refused)
    return EditAnswer(entry.id, entry.what, plan.only_match(), plan.refused)


def undo(entry: Entry, desk: Desk, *, backwards: bool = False) -> EditAnswer:
    """Give files the states back that they had before an edit, those that are as the edit left them.

    Args:
        backwards: the last file first, the others only after it: what moved from file to file is never in neither.
    """
    wanted: list[Wanted] = []
    refused: list[RefusedTarget] = []
    for change in entry.changes:
        path = layout.from_id(change.path)
        try:
            _check_path(path, desk)
            before = desk.history.content_of(path, change.before)
        except EditError as error:
            refused.extend(
                RefusedTarget(target, error.reason) for target in _targets(change.experiments, path)
            )
        else:
            wanted.append(Wanted(path, change.after, partial(_back_to, before), change.experiments))
    if backwards:
        wanted.reverse()
    return apply(desk, wanted, entry.action, lambda _: entry.what, refused, in_order=backwards)


def _check_path(path: str, desk: Desk) -> None:
    """The journal is a file, too: what it says is no reason to change any other file of the tree."""
    if not desk.people.is_written_by_people(path):
        raise EditError(layout.shown(path), "not a file that people write here")


def _back_to(before: Content, _: Content) -> Content:
    return before


@dataclass
class _FileEdit:
    """A file, before and after. `done`: what changed it."""

    path: str
    before: Content
    after: Content
    done: list[Wanted] = field(default_factory=list)

    @property
    def experiments(self) -> tuple[ExperimentId, ...]:
        return tuple(dict.fromkeys(name for each in self.done for name in each.experiments))


class _Plan:
    """`refused`: what is not done, by who edits' names."""

    def __init__(self, desk: Desk, refused: list[RefusedTarget]) -> None:
        self._desk = desk
        self.files: dict[str, _FileEdit] = {}
        self.refused = refused
        self._characters_left = _MAX_CHARACTERS

    def add(self, wanted: Wanted) -> None:
        """Take what is wanted into the plan, or refuse it."""
        path = wanted.path
        try:
            if path not in self.files:
                content = self._desk.root_of(path).read(path)
                self.files[path] = _FileEdit(path, content, content)
            file = self.files[path]
            if match_of(file.before) != wanted.match:
                raise ConflictError(layout.shown(path), file.before)
            after = wanted.change(file.after)
        except LavdlikeError as error:
            self.refuse(wanted, error)
            return
        if after != file.after:
            file.after = after
            file.done.append(wanted)

    def refuse(self, wanted: Wanted, error: LavdlikeError) -> None:
        conflict = None
        if isinstance(error, ConflictError):
            conflict = self._desk.conflict(wanted.path, error.content, wanted.shown(error.content))
        for target in _targets(wanted.experiments, wanted.path):
            if conflict is not None:
                self._characters_left -= len(conflict.text)
                if self._characters_left < 0:
                    conflict = msgspec.structs.replace(conflict, text="")
            self.refused.append(RefusedTarget(target, getattr(error, "reason", str(error)), conflict))

    def only_match(self) -> str:
        """The new state if only one file was to be changed, and nothing was refused."""
        if len(self.files) != 1 or self.refused:
            return ""
        return match_of(next(iter(self.files.values())).after)


def _is_replaced(desk: Desk, edit: _FileEdit, plan: _Plan) -> bool:
    root = desk.root_of(edit.path)
    # Only in its own root a replaced file can be moved to the history.
    keep_as = desk.history.late_place(edit.path) if root is desk.store and edit.before is not None else ""
    try:
        root.replace(edit.path, edit.after, match_of(edit.before), keep_as=keep_as)
    except LavdlikeError as error:
        for each in edit.done:
            plan.refuse(each, error)
        return False
    # If that fails, it still stands in the file; only what another program writes over it unseen would not be kept.
    with suppress(LavdlikeError):
        desk.history.keep(edit.path, edit.after)
    return True


def _targets(experiments: tuple[ExperimentId, ...], path: str) -> tuple[str, ...]:
    """What a refusal names: experiments, or a file of the root."""
    return experiments or (layout.to_id(path),)


def _change_of(edit: _FileEdit) -> FileChange:
    return FileChange(layout.to_id(edit.path), match_of(edit.before), match_of(edit.after), edit.experiments)
