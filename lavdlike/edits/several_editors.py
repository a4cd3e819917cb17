"""The editors of several roots as one: each edit goes to the root of what it is about, and only there.

One of experiments in several roots is an edit in the history of each, and its id names all of them, so that one undo
takes it back. What is said of all roots together (saved filters, what labels are, the view) stands in `lavdlike.yaml`
of the root that says it already, else of the first one that can be written. With one root all of it is its editor's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar, cast

import msgspec

from lavdlike import layout
from lavdlike.board_messages import WriteBoard
from lavdlike.disk.opening import EditorOfRoot
from lavdlike.edit_messages import (
    Annotate,
    CloseItems,
    DefineLabels,
    DoneEdit,
    Edit,
    EditAnswer,
    EmptyTrash,
    ExperimentUsage,
    FileState,
    ForkExperiment,
    MakeExperiment,
    Mark,
    RefusedTarget,
    Rename,
    Restore,
    SaveFilter,
    SaveMedia,
    SaveView,
    Target,
    Thin,
    Trash,
    Trashed,
    Undo,
    WriteNotes,
)
from lavdlike.edits import usage
from lavdlike.edits.board_writing import experiment_and_file
from lavdlike.edits.editor import Annotations, BoardContent, Editor, Notes
from lavdlike.errors import BadEditError, EditError, NothingThereError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import RootSettings
from lavdlike.named_roots import RootName
from lavdlike.page_event_messages import EventsRequest

T = TypeVar("T")

_MAX_DONE = 200
# Between the parts of an id that names edits in several roots, and of a match that names the states of several files;
# neither an id nor a match has one.
_AND = " "
_OF_MATCHES = ","


class RootEditor(NamedTuple):
    """One root. `words`: asks what its `lavdlike.yaml` said at the last look. `may_edit`: asks the disk."""

    called: RootName
    root: EditorOfRoot
    editor: Editor
    words: Callable[[], RootSettings]
    may_edit: Callable[[], bool]

    def outer_id(self, experiment: ExperimentId) -> ExperimentId:
        return layout.experiment_id(ExperimentName(self.called.outer(layout.experiment_name(experiment))))

    def inner_id(self, experiment: ExperimentId) -> ExperimentId:
        return layout.experiment_id(ExperimentName(self.called.inner(layout.experiment_name(experiment))))

    def inner_board(self, board: str) -> str:
        """The id of a board, as the root itself names it."""
        experiment, file = layout.file_of_id(board)
        return layout.file_id(ExperimentName(self.called.inner(experiment)), file)

    def outer_board(self, experiment: ExperimentId | None, file: str) -> str:
        name = "" if experiment is None else layout.experiment_name(experiment)
        return layout.file_id(ExperimentName(self.called.outer(name) if name else self.called.home), file)

    def outer_key(self, key: str) -> str:
        """Of an edit or of something in the trash."""
        return f"{layout.experiment_id(ExperimentName(self.called.name))}/{key}" if self.called.name else key

    def said(self, what: str) -> str:
        return f"{what} (in {self.called.name})" if what and self.called.name else what


class SeveralEditors:
    """To be used from any thread.

    Args:
        editors: of all roots, in their order; more may come while it is used.
    """

    def __init__(self, editors: Sequence[RootEditor]) -> None:
        self._editors = editors

    def roots_of(self, edit: Edit) -> list[RootName]:
        """The roots that an edit is about.

        Raises:
            EditError: there is none of such a name.
        """
        return [each.called for each, _ in self._parts(edit)]

    def do(self, edit: Edit, *, by: str) -> EditAnswer:
        """See `Editor.do`. What one root refuses altogether keeps nothing from being done in another."""
        answers: list[tuple[RootEditor, EditAnswer]] = []
        errors: list[EditError] = []
        refused: list[RefusedTarget] = []
        for each, part in self._parts(edit):
            try:
                answers.append((each, each.editor.do(part, by=by)))
            except EditError as error:
                errors.append(error)
                refused += [RefusedTarget(target, error.reason) for target in _targets_of(each, part)]
        if not answers:
            raise errors[0] if errors else BadEditError("", "nothing is named that could be changed")
        return self._answer(edit, answers, refused)

    def done(self) -> list[DoneEdit]:
        """The last edits, newest first."""
        found = [_called_edit(each, edit) for each in self._editors for edit in each.editor.done()]
        return sorted(found, key=lambda edit: -edit.time)[:_MAX_DONE]

    def trashed(self) -> list[Trashed]:
        """What is in the trash of any root, newest first. Raises EditError."""
        found = [
            msgspec.structs.replace(entry, id=each.outer_key(entry.id), name=each.called.outer(entry.name))
            for each in self._editors
            for entry in each.editor.trashed()
        ]
        return sorted(found, key=lambda entry: -entry.time)

    def notes(self, experiment: ExperimentId) -> Notes:
        """See `Editor.notes`."""
        each = self._of(experiment)
        return each.editor.notes(each.inner_id(experiment))

    def annotations(self, experiment: ExperimentId) -> Annotations:
        """See `Editor.annotations`."""
        each = self._of(experiment)
        return each.editor.annotations(each.inner_id(experiment))

    def boards(self, experiment: ExperimentId | None) -> list[str]:
        """The ids of the boards of an experiment, or of all roots (None), by name. Raises EditError."""
        of_roots = self._editors if experiment is None else [self._of(experiment)]
        found = []
        for each in of_roots:
            inner = None if experiment is None else each.inner_id(experiment)
            found += [each.outer_board(inner, file) for file in each.editor.boards(inner)]
        return found

    def board(self, board: str) -> BoardContent:
        """See `Editor.board`."""
        each = self._of(board.partition("/")[0])
        return each.editor.board(*experiment_and_file(each.inner_board(board)))

    def tell(self, experiment: ExperimentId, request: EventsRequest, *, by: str) -> int:
        """See `Editor.tell`."""
        each = self._of(experiment)
        return each.editor.tell(each.inner_id(experiment), request, by=by)

    def keep_board(self, board: str) -> None:
        """See `Editor.keep_board`."""
        each = self._of(board.partition("/")[0])
        each.editor.keep_board(*experiment_and_file(each.inner_board(board)))

    def history(self, experiment: ExperimentId, file: str) -> list[FileState]:
        """See `Editor.history`."""
        each = self._of(experiment)
        return each.editor.history(each.inner_id(experiment), file)

    def usage(self, experiment: ExperimentId, *, budget_s: float) -> ExperimentUsage:
        """See `usage.usage_of`."""
        each = self._of(experiment)
        name = layout.experiment_name(each.inner_id(experiment))
        found = usage.usage_of(each.root, name, budget_s=budget_s)
        return msgspec.structs.replace(found, experiment=each.outer_id(found.experiment))

    # --- which root ------------------------------------------------------------------------------------------------

    def _of(self, experiment: ExperimentId) -> RootEditor:
        name = layout.experiment_name(experiment)
        first = name.partition("/")[0]
        for each in self._editors:
            if each.called.name in ("", first):
                return each
        raise NothingThereError(layout.shown(name), "there is no root of this name")

    def _parts(self, edit: Edit) -> Iterator[tuple[RootEditor, Edit]]:
        """What of an edit each root is to do, in its own words."""
        match edit:
            case Mark() | Trash() | Thin():
                for each, targets in _by_root(
                    (self._of(target.experiment), target) for target in edit.targets
                ):
                    yield each, _with(edit, targets=[_inner(each, target) for target in targets])
            case WriteNotes() | Annotate() | Rename() | CloseItems() | ForkExperiment():
                each = self._of(edit.target.experiment)
                yield each, _with(edit, target=_inner(each, edit.target))
            case MakeExperiment():
                each = self._of(edit.experiment)
                yield each, _with(edit, experiment=each.inner_id(edit.experiment))
            case WriteBoard():
                each = self._of(edit.board.partition("/")[0])
                yield each, _with(edit, board=each.inner_board(edit.board))
            case Restore() | EmptyTrash():
                for each, keys in _by_root(map(self._of_key, edit.trashed)):
                    yield each, _with(edit, trashed=keys)
            case Undo():
                # In the order in which it was done, last first.
                for each, key in reversed([self._of_key(key) for key in edits_in(edit.edit)]):
                    yield each, Undo(key)
            case DefineLabels() | SaveFilter() | SaveView() | SaveMedia():
                yield self._of_words(edit)

    def _of_key(self, key: str) -> tuple[RootEditor, str]:
        root, slash, own = key.rpartition("/")
        for each in self._editors:
            if each.outer_key(own) == key or (not each.called.name and not slash):
                return each, own
        raise BadEditError("", f"there is no root {layout.from_id(root)!r} in which this was done")

    def _of_words(self, edit: DefineLabels | SaveFilter | SaveView | SaveMedia) -> tuple[RootEditor, Edit]:
        saying = [each for each in self._editors if _says(edit, each.words())]
        can = saying or [each for each in self._editors if each.may_edit()] or list(self._editors)
        if not can:
            raise EditError("", "none of the roots is there")
        each = can[0]
        matches = edit.match.split(_OF_MATCHES)
        place = list(self._editors).index(each)
        if len(matches) != len(self._editors):  # another root has come since
            raise EditError("", "the roots that are shown are other ones now; load the page again")
        return each, _with(edit, match=matches[place])

    def _answer(
        self, edit: Edit, answers: Sequence[tuple[RootEditor, EditAnswer]], refused: list[RefusedTarget]
    ) -> EditAnswer:
        done = [(each, answer) for each, answer in answers if answer.id]
        match = answers[0][1].match if len(answers) == 1 and not refused else ""
        if isinstance(edit, DefineLabels | SaveFilter | SaveView | SaveMedia):
            match = self._all_matches(edit.match, answers[0][0], match)
        return EditAnswer(
            _AND.join(each.outer_key(answer.id) for each, answer in done),
            "; ".join(each.said(answer.what) for each, answer in answers if answer.what),
            match,
            [
                *refused,
                *(_called_refusal(each, edit, no) for each, answer in answers for no in answer.refused),
            ],
            sum(answer.files for _, answer in answers),
            sum(answer.size_bytes for _, answer in answers),
        )

    def _all_matches(self, before: str, changed: RootEditor, match: str) -> str:
        matches = before.split(_OF_MATCHES)
        matches[list(self._editors).index(changed)] = match
        return _OF_MATCHES.join(matches)


def edits_in(id_: str) -> list[str]:
    """The edits that an id names, one a root, in the order in which they were done."""
    return id_.split(_AND)


def merged_words(of_roots: Sequence[RootSettings]) -> RootSettings:
    """What is said of all roots together: the first one that says something of a label, or under a name, holds.

    `match` names the states of all of their files.
    """
    if len(of_roots) == 1:
        return of_roots[0]
    labels = {each.pattern: each for said in reversed(of_roots) for each in reversed(said.labels)}
    filters = {each.name: each for said in reversed(of_roots) for each in reversed(said.filters)}
    return RootSettings(
        match=_OF_MATCHES.join(said.match for said in of_roots),
        labels=list(reversed(labels.values())),
        filters=list(reversed(filters.values())),
        view=next((said.view for said in of_roots if said.view), {}),
        media=list(dict.fromkeys(each for said in of_roots for each in said.media)),
        problem=next((said.problem for said in of_roots if said.problem is not None), None),
    )


def _says(edit: DefineLabels | SaveFilter | SaveView | SaveMedia, words: RootSettings) -> bool:
    if isinstance(edit, DefineLabels):
        return any(each.pattern == edit.definition.pattern for each in words.labels)
    if isinstance(edit, SaveFilter):
        return any(each.name == edit.saved.name.strip() for each in words.filters)
    return bool(words.media if isinstance(edit, SaveMedia) else words.view)


def _by_root(parts: Iterable[tuple[RootEditor, T]]) -> list[tuple[RootEditor, list[T]]]:
    found: dict[str, tuple[RootEditor, list[T]]] = {}
    for each, part in parts:
        found.setdefault(each.called.name, (each, []))[1].append(part)
    return list(found.values())


def _with(edit: Edit, **changed: object) -> Edit:
    return cast(Edit, msgspec.structs.replace(cast(msgspec.Struct, edit), **changed))


def _inner(each: RootEditor, target: Target) -> Target:
    return Target(each.inner_id(target.experiment), target.match)


def _targets_of(each: RootEditor, edit: Edit) -> list[str]:
    """What a refusal of all of it names."""
    match edit:
        case Mark() | Trash() | Thin():
            return [each.outer_id(target.experiment) for target in edit.targets]
        case Restore() | EmptyTrash():
            return [each.outer_key(key) for key in edit.trashed]
        case _:
            return [each.called.name]


def _called_refusal(each: RootEditor, edit: Edit, refusal: RefusedTarget) -> RefusedTarget:
    is_key = isinstance(edit, Restore | EmptyTrash)
    target = each.outer_key(refusal.target) if is_key else each.outer_id(refusal.target)
    return msgspec.structs.replace(refusal, target=target) if each.called.name else refusal


def _called_edit(each: RootEditor, edit: DoneEdit) -> DoneEdit:
    return msgspec.structs.replace(
        edit,
        id=each.outer_key(edit.id),
        what=each.said(edit.what),
        experiments=[each.outer_id(experiment) for experiment in edit.experiments],
    )
