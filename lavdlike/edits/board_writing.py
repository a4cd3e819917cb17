"""Boards: `<name>.board.yaml` in the root or in an experiment, changed by small operations or as a text."""

from __future__ import annotations

from lavdlike import layout
from lavdlike.board_messages import WriteBoard
from lavdlike.boards import board_edits
from lavdlike.edit_messages import EditAnswer
from lavdlike.edits import file_edits
from lavdlike.edits.desk import Desk
from lavdlike.edits.file_edits import Content, Wanted
from lavdlike.edits.journal import Entry
from lavdlike.edits.people_files import PeopleFiles
from lavdlike.errors import BadEditError, NothingThereError
from lavdlike.layout import ExperimentId
from lavdlike.match import match_of


class BoardWriting:
    """See `desk.Family`."""

    def do(self, edit: WriteBoard, desk: Desk) -> EditAnswer:
        if (edit.text is not None) + bool(edit.operations) + (edit.name is not None) != 1:
            raise BadEditError("", "a board is changed by operations, by a text, or by a name")
        experiment, file = experiment_and_file(edit.board)
        path = desk.people.board_place(experiment, file)
        check_may_write(desk.people, experiment)
        if edit.name is not None:
            return _renamed(edit.name, path, edit.match, experiment, desk)

        def change(content: Content) -> Content:
            if edit.text is None:
                return board_edits.changed(content or b"", edit.operations, file)
            try:
                return board_edits.checked(edit.text.encode(), file) if edit.text else None
            except UnicodeEncodeError:
                raise BadEditError(file, "not valid Unicode") from None

        if edit.text:
            change(None)  # so that what is wrong with a text is no matter of what stands there
        name = layout.shown(layout.board_name(file) or file)
        said = "removed" if edit.text == "" else "changed" if edit.match else "made"
        wanted = Wanted(path, edit.match, change, _experiments(experiment))
        return file_edits.apply(
            desk, [wanted], "board", lambda _: f"{said} the board {name}{_of(experiment)}"
        )

    def undo(self, entry: Entry, desk: Desk) -> EditAnswer:
        return file_edits.undo(entry, desk, backwards=True)


def _renamed(name: str, path: str, match: str, experiment: ExperimentId | None, desk: Desk) -> EditAnswer:
    """Call the board at a path otherwise: the same content in a new file, and only then no more in the old one."""
    file = name + layout.BOARD_SUFFIX
    to = desk.people.board_place(experiment, file)
    content = desk.root_of(path).read(path)
    if content is None:
        raise NothingThereError(layout.shown(path), "there is no such board")
    if desk.root_of(to).read(to) is not None:
        raise BadEditError(file, "there is a board of this name")
    made = Wanted(to, "", lambda _: content, _experiments(experiment))
    removed = Wanted(path, match, lambda _: None, _experiments(experiment))
    before = layout.shown(layout.board_name(path.rpartition("/")[2]) or path)
    said = f"renamed the board {before}{_of(experiment)} to {layout.shown(name)}"
    # Of another state than the one seen nothing is made, either.
    wanted = [made, removed] if match_of(content) == match else [removed]
    return file_edits.apply(desk, wanted, "board", lambda _: said, in_order=True)


def _experiments(experiment: ExperimentId | None) -> tuple[ExperimentId, ...]:
    return () if experiment is None else (experiment,)


def _of(experiment: ExperimentId | None) -> str:
    return "" if experiment is None else f" of {layout.shown(layout.experiment_name(experiment))}"


def experiment_and_file(board: str) -> tuple[ExperimentId | None, str]:
    """Of the id of a board, as the root itself names it: its experiment, None of one of the root, and its file."""
    experiment, file = layout.file_of_id(board)
    return (None if experiment in ("", layout.ROOT_HOME) else layout.experiment_id(experiment)), file


def check_may_write(people: PeopleFiles, experiment: ExperimentId | None) -> None:
    """Raises BadEditError: another program writes the experiment, so that nothing is written into its folder."""
    if experiment is not None and people.is_foreign(experiment):
        name = layout.shown(layout.experiment_name(experiment))
        raise BadEditError(name, "another program writes it; make a board of the root with a filter for it")
