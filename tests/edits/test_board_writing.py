from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lavdlike.board_messages import BoardOperation, InsertPanel, SetInBoard, WriteBoard
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import EditAnswer, Undo
from lavdlike.edits.editor import Editor
from lavdlike.edits.history import MAX_STATES_OF_BOARD, History
from lavdlike.edits.people_files import own_folder_of
from lavdlike.errors import BadEditError, EditError, NothingThereError
from lavdlike.match import match_of
from tests.edits.world import World

BOARD = ".root/x.board.yaml"
TEXT = "# mine\ntitle: a\npanels:\n  - chart: a\n"


def write(
    world: World, text: str | None = None, board: str = BOARD, *, match: str | None = None
) -> EditAnswer:
    """A text, or without one a panel more."""
    experiment, _, file = board.partition("/")
    seen = world.editor.board(None if experiment == ".root" else experiment, file).content
    operations: list[BoardOperation] = [] if text is not None else [InsertPanel({"text": "b"})]
    return world.do(WriteBoard(board, match_of(seen) if match is None else match, operations, text))


@pytest.mark.parametrize(
    ("board", "path"), [(BOARD, "x.board.yaml"), ("one/y.board.yaml", "one/y.board.yaml")]
)
def test_a_board_is_made_changed_removed_and_each_is_taken_back(world: World, board: str, path: str) -> None:
    assert write(world, TEXT, board).what.startswith("made the board ")
    changed = write(world, None, board)
    assert changed.match == match_of((world.root / path).read_bytes())
    assert world.file(path) == TEXT + "  - text: b\n"
    removed = write(world, "", board)
    assert removed.what.startswith("removed the board ")
    assert world.file(path) is None
    for edit in (removed, changed):
        assert world.do(Undo(edit.id)).id
    assert world.file(path) == TEXT
    states = world.editor.history(board.partition("/")[0], path.rpartition("/")[2])
    assert [state.text for state in states] == [TEXT + "  - text: b\n"]


@pytest.mark.parametrize("board", [BOARD, "one/y.board.yaml"])
def test_a_board_is_renamed_by_one_edit_and_back_by_one_undo(world: World, board: str) -> None:
    folder = "" if board == BOARD else "one/"
    old, new = f"{folder}{board.rpartition('/')[2]}", f"{folder}Ä b.board.yaml"
    write(world, TEXT, board)
    renamed = world.do(WriteBoard(board, match_of(TEXT.encode()), name="Ä b"))
    assert renamed.what.startswith("renamed the board ")
    assert (world.file(old), world.file(new)) == (None, TEXT)
    undone = world.do(Undo(renamed.id))
    assert (world.file(old), world.file(new)) == (TEXT, None)
    world.do(Undo(undone.id))
    assert (world.file(old), world.file(new)) == (None, TEXT)


def test_a_board_that_cannot_be_renamed_stays_where_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(world, TEXT)
    write(world, "title: other\n", ".root/there.board.yaml")
    (refused,) = world.do(WriteBoard(BOARD, "0" * 32, name="new")).refused
    assert refused.conflict is not None
    match = match_of(TEXT.encode())
    with pytest.raises(BadEditError, match="there is a board of this name"):
        world.do(WriteBoard(BOARD, match, name="there"))
    for name in ("a/b", "", "../a", "x" * 250):
        with pytest.raises(NothingThereError):
            world.do(WriteBoard(BOARD, match, name=name))
    with pytest.raises(NothingThereError):
        world.do(WriteBoard(".root/nothing.board.yaml", match, name="new"))

    # Somebody makes a file of the new name just then.
    late = world.root / "late.board.yaml"
    replace = LocalEditor.replace

    def slow(self: LocalEditor, path: str, *given: Any, **more: Any) -> None:
        late.write_text("title: theirs\n")
        replace(self, path, *given, **more)

    monkeypatch.setattr(LocalEditor, "replace", slow)
    assert world.do(WriteBoard(BOARD, match, name="late")).refused
    assert (world.file("x.board.yaml"), late.read_text()) == (TEXT, "title: theirs\n")
    assert world.file("new.board.yaml") is None


def test_another_state_is_a_conflict_and_a_mistake_is_refused(world: World) -> None:
    write(world, TEXT)
    (refused,) = write(world, "title: b\n", match="0" * 32).refused
    assert refused.conflict is not None
    assert refused.conflict.text == TEXT
    for board in (BOARD, ".root/new.board.yaml"):
        with pytest.raises(BadEditError, match="line 1, column 8: title: Expected"):
            write(world, "title: [a]\n", board)
    with pytest.raises(BadEditError):
        world.do(WriteBoard(BOARD, "", [SetInBoard(["a"], 1)], "title: b"))
    (world.root / "x.board.yaml").write_text("panels: [")
    (refused,) = write(world).refused
    assert "line 2, column 1: not YAML" in refused.reason
    assert write(world, "title: mended\n").id


@pytest.mark.parametrize(
    "board",
    [
        "../x.board.yaml",
        "one/../x.board.yaml",
        "one/0001/x.board.yaml",
        "nobody/x.board.yaml",
        ".root/marks.json",
        ".root/.board.yaml",
        "one/%2e%2e%2fx.board.yaml",
        ".root/" + "x" * 250 + ".board.yaml",
        "",
    ],
)
def test_what_is_the_place_of_no_board_is_refused(world: World, board: str) -> None:
    with pytest.raises(NothingThereError):
        world.do(WriteBoard(board, "", [], "title: a"))


def test_nothing_is_written_into_what_another_program_writes(world: World, tmp_path: Path) -> None:
    with pytest.raises(EditError, match="make a board of the root"):
        world.do(WriteBoard("foreign/x.board.yaml", "", [], "title: a"))
    foreign = tmp_path / "mlruns"
    (foreign / "run").mkdir(parents=True)
    (foreign / "run" / "metrics.csv").write_text("step,loss\n1,2\n")
    editor = Editor(LocalEditor(foreign), own_folder=own_folder_of(foreign))
    assert editor.do(WriteBoard(BOARD, "", [], TEXT), by="").id
    assert [path.name for path in foreign.iterdir()] == ["run"]
    assert editor.boards(None) == ["x.board.yaml"]
    assert editor.board(None, "x.board.yaml").content == TEXT.encode()
    (foreign / "theirs.board.yaml").write_text("title: a\n")  # a person's, where it lies
    assert editor.boards(None) == ["theirs.board.yaml", "x.board.yaml"]
    assert editor.do(
        WriteBoard(".root/theirs.board.yaml", match_of(b"title: a\n"), [], "title: b\n"), by=""
    ).id
    assert (foreign / "theirs.board.yaml").read_text() == "title: b\n"


def test_a_link_is_not_followed_and_a_run_that_is_shown_alone_has_its_own_boards(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("title: a\n")
    (world.root / "x.board.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(EditError):
        world.editor.board(None, "x.board.yaml")
    assert world.do(WriteBoard(BOARD, match_of(b"title: a\n"), [], "title: b\n")).refused
    assert (tmp_path / "secret").read_text() == "title: a\n"
    alone = Editor(LocalEditor(world.root, only="one"), own_folder=tmp_path / "own")
    assert alone.boards(None) == []
    with pytest.raises(NothingThereError):
        alone.do(WriteBoard(".root/y.board.yaml", "", [], TEXT), by="")
    assert alone.do(WriteBoard("one/y.board.yaml", "", [], TEXT), by="").id


def test_a_small_board_has_more_earlier_states_than_other_files(world: World) -> None:
    history = History(LocalEditor(world.root))
    for number in range(60):
        history.keep("x.board.yaml", f"title: {number}".encode())
    assert len(history.states("x.board.yaml")) == 60 < MAX_STATES_OF_BOARD
    assert len(world.editor.history(".root", "x.board.yaml")) == 51
