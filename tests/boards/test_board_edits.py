from __future__ import annotations

import random
from typing import Any

import pytest

from lavdlike.board_messages import BoardOperation, InsertPanel, MovePanel, RemoveFromBoard, SetInBoard
from lavdlike.boards import board_edits, board_yaml
from lavdlike.errors import BadEditError, EditError

TEXT = """\
# my board
title: Detector  # the name
smoothing: 0.5
panels:
  # the loss
  - chart: [val/loss]
    at: [0, 0, 6, 4]   # left
    mine: {a: 1}  # my key

  # pictures
  - images: val/pred
    step: latest
  - text: |
      # What we learnt
      ...

# end
filter: tag=a   # mine
"""


def changed(*operations: BoardOperation, text: str = TEXT) -> str:
    return board_edits.changed(text.encode(), operations, "x.board.yaml").decode()


def test_a_panel_that_is_dragged_changes_its_place_and_no_other_letter() -> None:
    after = changed(SetInBoard(["panels", 0, "at"], [6, 0, 6, 4]))
    assert after == TEXT.replace("[0, 0, 6, 4]", "[6, 0, 6, 4]")


def test_panels_are_moved_put_in_and_removed_with_what_stands_above_them() -> None:
    after = changed(
        MovePanel(2, 0),
        InsertPanel({"chart": ["a", "b"], "y_range": [0, None], "title": "yes: no"}, 1),
        RemoveFromBoard(["panels", 3]),
        SetInBoard(["title"], "12"),
    )
    assert after.startswith('# my board\ntitle: "12"')
    assert after.partition("smoothing: 0.5\n")[2] == (
        "panels:\n  - text: |\n      # What we learnt\n      ...\n"
        "  - chart: [a, b]\n    y_range: [0, null]\n    title: 'yes: no'\n"
        "  # the loss\n  - chart: [val/loss]\n    at: [0, 0, 6, 4]   # left\n    mine: {a: 1}  # my key\n"
        "\n# end\nfilter: tag=a   # mine\n"
    )


@pytest.mark.parametrize(
    ("text", "operation", "after"),
    [
        ("", InsertPanel({"text": "# a\nb\n"}), "panels:\n  - text: |\n      # a\n      b\n"),
        ("title: a\npanels: []\n", InsertPanel({"chart": ["a"]}), "title: a\npanels:\n  - chart: [a]\n"),
        ("panels:\n- chart: a # x\n# foo\n", RemoveFromBoard(["panels", 0]), "panels: []\n# foo\n"),
        ("panels: [{chart: a}, {chart: b}] # x\n", MovePanel(0, 1), "panels: [chart: b, chart: a]     # x\n"),
        ("panels:\n- chart: a\n", SetInBoard(["panels", 0], {"chart": ["b"]}), "panels:\n- chart: [b]\n"),
        (
            "panels:\n- chart: a\n",
            SetInBoard(["panels", 0, "x_title"], "1"),
            'panels:\n- chart: a\n  x_title: "1"\n',
        ),
        ("# only\n", SetInBoard(["title"], "a"), "# only\ntitle: a\n"),
    ],
)
def test_files_of_every_form(text: str, operation: BoardOperation, after: str) -> None:
    assert changed(operation, text=text) == after


@pytest.mark.parametrize(
    "operation",
    [
        SetInBoard(["panels", 3, "at"], []),
        SetInBoard(["sections", 0], "a"),
        SetInBoard(["title", "a"], "a"),
        SetInBoard([], "a"),
        SetInBoard(["a"] * 30, "a"),
        RemoveFromBoard(["nothing"]),
        RemoveFromBoard(["panels", -1]),
        InsertPanel({"chart": ["a"]}, 9),
        MovePanel(0, 3),
        InsertPanel({"nothing": 1}),
        SetInBoard(["panels", 0, "at"], [0, 0, 13, 1]),
    ],
)
def test_an_operation_that_leads_nowhere_or_to_a_mistake_is_refused(operation: BoardOperation) -> None:
    with pytest.raises(BadEditError):
        changed(operation)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("panels: [", "line 2, column 1: not YAML"),
        ("a: {glyph: line}", "a schema of Streamvis"),
        ("panels:\n- &a {chart: x}\n- *a\n", "it cannot be changed by a program"),
        (
            "panels: [{chart: a}]\nb: [" + "x, " * 15_000 + "]",
            "more than 32 KiB would have to be written anew",
        ),
    ],
)
def test_a_file_that_is_none_of_ours_is_not_changed(text: str, reason: str) -> None:
    with pytest.raises(EditError, match=reason):
        changed(SetInBoard(["panels", 0, "title"], "b"), text=text)


def _random_panel(chance: random.Random) -> dict[str, Any]:
    text = chance.choice(
        ["a\n# b\n", "x: y", "'", "- a", " lead", "tail ", "#", "\u00e9\u202e", "a\n\n\nb", "null", "1e3"]
    )
    return {chance.choice(["text", "chart", "images"]): text, "mine": {"deep": [1, None, text, {"a": True}]}}


def test_any_operations_on_any_board_leave_just_what_they_say() -> None:
    """The result is compared with what the operations do to values; `changed` raises where they differ."""
    chance = random.Random(19)
    text = TEXT
    for _ in range(50):
        count = len((board_yaml.plain(board_yaml.parse(text.encode(), "x")) or {}).get("panels") or ())
        at = chance.randrange(count) if count else 0
        operations: list[BoardOperation] = [InsertPanel(_random_panel(chance), chance.choice([None, at]))]
        if count:
            more: list[BoardOperation] = [
                MovePanel(at, chance.randrange(count)),
                SetInBoard(["panels", at, "title"], chance.choice(["a", "# b", "1"])),
                SetInBoard(["panels", at, "at"], [chance.randrange(12), 0, 1, 1]),
            ]
            operations.append(chance.choice(more))
        if count > 8:
            operations += [RemoveFromBoard(["panels", chance.randrange(count)])] * 2
        text = changed(*operations, text=text)
    assert "# my board" in text
    assert "# end\nfilter: tag=a   # mine\n" in text
