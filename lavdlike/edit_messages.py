"""What the page asks to change, and what it is told of it: the part of the protocol that writes (docs/protocol.md).

Every edit is one of plain files (docs/format.md, "What people write"). Words, times and sizes as in `messages`.
"""

from __future__ import annotations

import msgspec

from lavdlike.board_messages import WriteBoard
from lavdlike.layout import ExperimentId
from lavdlike.messages import LabelDefinition, SavedFilter


class Target(msgspec.Struct, frozen=True):
    """One experiment of an edit. `match`: the state that who edits has seen, as this API's If-Match.

    It is `marks`, the notes' or the annotations' `match` for what changes a file ("" if there was none), and `identity`
    for what is done to the folder. Another state means that nothing is changed: a conflict.
    """

    experiment: ExperimentId
    match: str


class Mark(msgspec.Struct, tag="mark", tag_field="action"):
    """Say something of experiments; None leaves it as it is, an empty title or colour removes it.

    `read_files`: of files of points that hold the same as others, those that are read (`ScalarLabels.left_out`).
    """

    targets: list[Target]
    title: str | None = None
    starred: bool | None = None
    archived: bool | None = None
    add_tags: list[str] = []
    remove_tags: list[str] = []
    colour: str | None = None
    read_files: list[str] | None = None


class WriteNotes(msgspec.Struct, tag="notes", tag_field="action"):
    """The whole of an experiment's `my-notes.md`; empty text removes the file."""

    target: Target
    text: str


class Annotation(msgspec.Struct, frozen=True):
    """A text that a person put to a step, a range of steps or a point of a label's line.

    `id`: names it in its experiment, "" for a new one. `end_step`: of a range, inclusive. `label`: whose point it is,
    "" for the whole experiment. `author` and `time` (Unix seconds) are the server's to say.
    """

    step: int
    text: str
    id: str = ""
    end_step: int | None = None
    label: str = ""
    author: str = ""
    time: float = 0.0


class Annotate(msgspec.Struct, tag="annotate", tag_field="action"):
    """Add an annotation, or put it in the place of that of its id. An empty text removes it."""

    target: Target
    annotation: Annotation


class Trash(msgspec.Struct, tag="trash", tag_field="action"):
    """Move experiments to the trash; not those that run."""

    targets: list[Target]


class Restore(msgspec.Struct, tag="restore", tag_field="action"):
    """Put back what is in the trash, by the ids of `Trashed`."""

    trashed: list[str]


class EmptyTrash(msgspec.Struct, tag="empty-trash", tag_field="action"):
    """Remove for good what is in the trash, by the ids of `Trashed`. Cannot be undone."""

    trashed: list[str]


class Rename(msgspec.Struct, tag="rename", tag_field="action"):
    """Give an experiment that does not run another name."""

    target: Target
    name: str


class DefineLabels(msgspec.Struct, tag="define", tag_field="action"):
    """Declare in `lavdlike.yaml` what labels are; a definition that says nothing but its pattern is removed."""

    match: str
    definition: LabelDefinition


class SaveFilter(msgspec.Struct, tag="filter", tag_field="action"):
    """Keep a filter under a name; an empty one is removed."""

    match: str
    saved: SavedFilter


class SaveView(msgspec.Struct, tag="view", tag_field="action"):
    """Keep the settings of the view for the root."""

    match: str
    view: dict[str, list[str]]


class SaveMedia(msgspec.Struct, tag="media", tag_field="action"):
    """Say in `lavdlike.yaml` which paths outside of steps say a step (`messages.MediaPattern`), in place of all."""

    match: str
    patterns: list[str]


class Thin(msgspec.Struct, tag="thin", tag_field="action"):
    """Move files of steps to the trash: of each label of these kinds, all but every Nth and the last N steps.

    `every`: 0 keeps only the last. `dry_run`: only count.
    """

    targets: list[Target]
    kinds: list[str]
    every: int
    last: int
    dry_run: bool = False


class ItemName(msgspec.Struct, frozen=True):
    """All items of a kind under a label, of all steps."""

    kind: str
    label: str


class CloseItems(msgspec.Struct, tag="close", tag_field="action"):
    """Move the files of items of an experiment to the trash; it may run.

    `all`: of all items, instead of those that are named. Points of scalars stay, and what lies behind links.
    """

    target: Target
    items: list[ItemName] = []
    all: bool = False


class MakeExperiment(msgspec.Struct, tag="make", tag_field="action"):
    """Make an empty experiment, an environment of Visdom: the id that it is to have, which is directly in a root."""

    experiment: ExperimentId


class ForkExperiment(msgspec.Struct, tag="fork", tag_field="action"):
    """Copy an experiment to another name beside it. Runs in its folder are not copied."""

    target: Target
    name: str


class Undo(msgspec.Struct, tag="undo", tag_field="action"):
    """Take back what was done (`DoneEdit.id`), unless it was changed again since."""

    edit: str


Edit = (
    Mark
    | WriteNotes
    | Annotate
    | Trash
    | Restore
    | EmptyTrash
    | Rename
    | DefineLabels
    | SaveFilter
    | SaveView
    | SaveMedia
    | WriteBoard
    | Thin
    | CloseItems
    | MakeExperiment
    | ForkExperiment
    | Undo
)


class EditRequest(msgspec.Struct):
    """`POST api/edits`."""

    edit: Edit


class Conflict(msgspec.Struct):
    """The state that stands there instead of the one that was seen. `by`, `time`: if known.

    `text`: of the file; "" as well for the last of so many conflicts that all of their texts would be too much.
    """

    match: str
    text: str
    by: str = ""
    time: float | None = None


class RefusedTarget(msgspec.Struct):
    """One experiment, or id of the trash, that an edit did not touch, and why."""

    target: str
    reason: str
    conflict: Conflict | None = None


class EditAnswer(msgspec.Struct):
    """What became of an edit. `id`: of the `DoneEdit`, "" if nothing was changed. `match`: the new state of one target.

    With 409 instead of 200 if every target was refused. `files` and `size_bytes`: of what was moved or removed.
    """

    id: str
    what: str
    match: str = ""
    refused: list[RefusedTarget] = []
    files: int = 0
    size_bytes: int = 0


class DoneEdit(msgspec.Struct):
    """`what`: a sentence, such as "tagged 3 experiments: bad". `can_be_undone`: as far as is known."""

    id: str
    time: float
    by: str
    what: str
    experiments: list[ExperimentId] = []
    undone: bool = False
    can_be_undone: bool = True


class EditsPage(msgspec.Struct):
    """`GET api/edits`: the last 200, newest first."""

    edits: list[DoneEdit]


class NotesPage(msgspec.Struct):
    """`GET api/notes/{experiment}`: what people wrote about it, "" if nothing. `html`: safe to insert."""

    text: str
    html: str
    match: str


class NotesPreview(msgspec.Struct):
    """`POST api/notes/{experiment}`: Markdown that is not saved; answered by a `NotesPage` without `match`."""

    text: str


class AnnotationsRequest(msgspec.Struct):
    """`POST api/annotations`."""

    experiments: list[ExperimentId]


class ExperimentAnnotations(msgspec.Struct):
    experiment: ExperimentId
    match: str
    annotations: list[Annotation]


class AnnotationsPage(msgspec.Struct):
    experiments: list[ExperimentAnnotations]


class FileState(msgspec.Struct):
    """A state that a file had until `time`. `by`: who replaced it. `match`: names it."""

    match: str
    time: float
    by: str
    text: str


class HistoryPage(msgspec.Struct):
    """`GET api/history/{experiment}/{file}`: at most 50 earlier states, newest first."""

    states: list[FileState]


class Trashed(msgspec.Struct):
    """Something in the trash. `name`: of the experiment; `files` and `size_bytes`: what it holds."""

    id: str
    name: str
    time: float
    by: str
    files: int
    size_bytes: int
    what: str = ""  # "" for a whole experiment, else which of its files


class TrashPage(msgspec.Struct):
    """`GET api/trash`, newest first."""

    trashed: list[Trashed]


class UsageRequest(msgspec.Struct):
    """`POST api/usage`."""

    experiments: list[ExperimentId]


class KindUsage(msgspec.Struct):
    """`steps`: how many steps have something of this kind."""

    kind: str
    files: int
    size_bytes: int
    steps: int


class ExperimentUsage(msgspec.Struct):
    """What an experiment takes on the disk, largest kind first. `is_partial`: more files than are counted at once."""

    experiment: ExperimentId
    files: int
    size_bytes: int
    kinds: list[KindUsage]
    is_partial: bool = False


class UsagePage(msgspec.Struct):
    experiments: list[ExperimentUsage]
