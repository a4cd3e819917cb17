"""Boards, as they cross the wire: which there are, what one shows, how it is changed (docs/boards.md).

What a board shows is `Board`: the content of its file, checked and with every field of its own type. Words as in
`messages`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from lavdlike.layout import ExperimentId
from lavdlike.scalar_messages import SmoothingMethod, XAxis

# The columns of the grid that panels stand in.
COLUMNS: Final = 12
MAX_OPERATIONS: Final = 1000

# Whose a board is: a file of ours, a schema of Streamvis, charts that TensorBoard's custom scalars plugin keeps.
BoardFormat = Literal["lavdlike", "streamvis", "custom-scalars"]
PanelType = Literal["chart", "item", "table", "parallel", "text"]
AverageName = Literal["mean", "median"]
BandName = Literal["none", "deviation", "error", "interval", "range", "quartiles"]
Outliers = Literal["auto", "ignore", "show"]
Glyph = Literal["line", "scatter"]


class BoardMistake(msgspec.Struct, frozen=True):
    """Something in a board's text that means nothing. `line` and `column` from 1; 0 where it has no place."""

    reason: str
    line: int = 0
    column: int = 0


class ChartStyle(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the lines of labels look. `label`: a label, or a regular expression that is found in it; "": all.

    `colour`: as CSS writes it. `width`: in pixels. `dash`: lengths of strokes and gaps in pixels; [] is solid.
    """

    label: str = ""
    colour: str = ""
    width: float | None = None
    dash: list[float] | None = None


class BoardSettings(msgspec.Struct, omit_defaults=True):
    """How charts are drawn: of a board for all of its panels, of a panel in place of the board's. None: as elsewhere.

    `filter`: which experiments (docs/filter.md); a panel's further restricts the board's. `x_label`: the label whose
    values are the x axis. Ranges: lowest and highest, None where the values decide. `group_by`, `group_pattern`,
    `group_folder`: as of `filter_messages.Grouping`. `singles`: whether single experiments are drawn behind groups.
    """

    filter: str = ""
    x: XAxis | None = None
    x_label: str = ""
    log_x: bool | None = None
    log_y: bool | None = None
    x_range: tuple[float | None, float | None] | None = None
    y_range: tuple[float | None, float | None] | None = None
    smoothing: float | None = None
    smoothing_method: SmoothingMethod | None = None
    group_by: list[str] | None = None
    group_pattern: str = ""
    group_folder: bool | None = None
    average: AverageName | None = None
    band: BandName | None = None
    singles: bool | None = None
    outliers: Outliers | None = None


class BoardPanel(BoardSettings, omit_defaults=True, kw_only=True):
    """One panel. What of it counts depends on `type`.

    `index`: its place in the file's list, by which operations name it. `id`: what a person called it, "" if nobody did.
    `at`: column, row, width and height in the grid of its section; None: behind all others.

    - `chart`: lines of `labels`, of all labels in which `pattern` is found, and of `expressions`, those of `right` at
      the axis at the right. `glyph`, `styles`, `palette` (colours, by the order of the lines), `x_title`, `y_title`.
    - `item`: items of `kind` under `labels` or `pattern`, at `step` (None: the latest).
    - `table`: the overview with `columns`, sorted by `sort`; `parallel`: parallel coordinates of the fields `columns`,
      coloured by `colour`. Fields are those of docs/filter.md.
    - `text`: Markdown.

    `template`: a regular expression over labels, instead of `labels` and `pattern` of a chart or of items: there is a
    panel for each text that its groups capture (without groups: for each label in which it is found), with the labels
    that captured it.
    """

    type: PanelType
    index: int
    id: str = ""
    title: str = ""
    section: str = ""
    at: tuple[int, int, int, int] | None = None
    labels: list[str] = []
    pattern: str = ""
    expressions: list[str] = []
    template: str = ""
    right: list[str] = []
    glyph: Glyph | None = None
    styles: list[ChartStyle] = []
    palette: list[str] = []
    x_title: str = ""
    y_title: str = ""
    kind: str = ""
    step: int | None = None
    columns: list[str] = []
    sort: str = ""
    descending: bool | None = None
    colour: str = ""
    text: str = ""


class BoardSection(msgspec.Struct, frozen=True, omit_defaults=True):
    """A head, below which stand the panels that name its `title`. `closed`: folded at first."""

    title: str
    closed: bool = False


class Board(BoardSettings, omit_defaults=True, kw_only=True):
    """What a board shows. Panels without a section come first, then the sections in their order."""

    title: str = ""
    sections: list[BoardSection] = []
    panels: list[BoardPanel] = []


class BoardSummary(msgspec.Struct):
    """One board in the list. `board`: its id, `experiment/path` as ids of files are; of the root the root's own home.

    `experiment`: None of a board of the root. `mistakes`: how many; `can_edit`: whether its file may be changed, as far
    as the board is concerned.
    """

    board: str
    name: str
    experiment: ExperimentId | None
    title: str
    panels: int
    format: BoardFormat = "lavdlike"
    mistakes: int = 0
    can_edit: bool = True


class BoardsPage(msgspec.Struct):
    """`GET api/boards`: those given at the start (`--board`), then those of the roots, by name.

    With `experiment=ID` those of an experiment.
    """

    boards: list[BoardSummary]


class BoardPage(msgspec.Struct):
    """`GET api/boards/{experiment}/{path}`, and `POST api/boards/preview`, where nothing but the last three counts.

    `match`: names the state of the file, for edits; "" where there is no file of its own. `text`: the file, YAML.
    `content`: what it says; while there are `mistakes` that of the last state that had none, if this server has seen
    one, else what of it can be read, None if nothing can. `is_last_good`: whether it is that of an earlier state.
    `notes`: what of it is not shown, although it is no mistake. `as_ours`: a text of ours that shows the same, for who
    wants to change a board of another format; "" of one of ours.
    """

    board: str
    name: str
    experiment: ExperimentId | None
    format: BoardFormat
    match: str
    can_edit: bool
    text: str
    content: Board | None
    is_last_good: bool
    mistakes: list[BoardMistake] = []
    notes: list[BoardMistake] = []
    as_ours: str = ""


class SetInBoard(msgspec.Struct, tag="set", tag_field="operation"):
    """Put a value at a path of keys and places in lists (`["panels", 2, "title"]`), where its parent is there."""

    path: list[str | int]
    value: Any


class RemoveFromBoard(msgspec.Struct, tag="remove", tag_field="operation"):
    path: list[str | int]


class InsertPanel(msgspec.Struct, tag="insert", tag_field="operation"):
    """`panel`: as it stands in the file (docs/boards.md). `index`: before which one; None: at the end."""

    panel: dict[str, Any]
    index: int | None = None


class MovePanel(msgspec.Struct, tag="move", tag_field="operation"):
    """To the place `to` of the list without it."""

    index: int
    to: int


BoardOperation = SetInBoard | RemoveFromBoard | InsertPanel | MovePanel


class BoardPreview(msgspec.Struct):
    """`POST api/boards/preview`: a text that is not saved, after the operations."""

    text: str
    operations: Annotated[list[BoardOperation], msgspec.Meta(max_length=MAX_OPERATIONS)] = []


class WriteBoard(msgspec.Struct, tag="board", tag_field="action"):
    """Change a board, or make one: by `operations`, one after the other, or by a new `text`; "" removes the file.

    `name` in place of both: the board is called so from now on, as one edit that one undo takes back.
    `board`: its id. `match`: the state that who edits has seen, "" of a new one. Comments and keys that are not ours
    stay where operations change something else. A text, or a change, that has mistakes is refused.
    """

    board: str
    match: str
    operations: Annotated[list[BoardOperation], msgspec.Meta(max_length=MAX_OPERATIONS)] = []
    text: str | None = None
    name: str | None = None
