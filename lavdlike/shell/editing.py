"""`lavdlike tag`, `star`, `title`, `archive`, `mv` and `undo`: what people say of experiments, and their names.

The same edits as the page's. What somebody else wrote meanwhile is kept: a tag is put to what stands there then.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from lavdlike import layout
from lavdlike.edit_messages import DoneEdit, EditAnswer, Mark, Rename, Target, Undo
from lavdlike.edits.editor import SaidMarks
from lavdlike.errors import EditError, LogFormatError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.match import NO_FILE
from lavdlike.shell import text
from lavdlike.shell.answering import DONE, REFUSED, do, editor_of, tell
from lavdlike.shell.finding import places_of, root_at
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.roots import Place
from lavdlike.shell.targets import by_root, identity_targets
from lavdlike.shell.text import escaped

# Somebody else's edit may come between the look and ours, each time.
_TRIES = 5
# As the journal says it.
_TOOK_BACK = "took back: "


def tag(
    experiments: Sequence[Path],
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    root: Path | None = None,
    as_json: bool = False,
) -> int:
    """Add and remove tags of experiments, or write them if there is nothing to add or remove; returns the exit code.

    Raises:
        NotFoundError: there is no such experiment.
    """
    places = places_of(experiments, root)
    if add or remove:
        return _mark(places, partial(Mark, add_tags=list(add), remove_tags=list(remove)), as_json=as_json)

    def write(out: Output) -> int:
        for place in places:
            tags = _said_of(place).tags
            if as_json:
                out.json({"experiment": layout.experiment_id(place.name), "tags": tags})
            else:
                out.line(escaped(f"{layout.shown(place.name)}: {', '.join(tags)}".rstrip()))
        return DONE

    return write_to_stdout(write, as_json=as_json)


def star(experiments: Sequence[Path], *, on: bool, root: Path | None = None, as_json: bool = False) -> int:
    """Put a star on experiments or take it away; returns the exit code. Raises NotFoundError."""
    return _mark(places_of(experiments, root), partial(Mark, starred=on), as_json=as_json)


def archive(experiments: Sequence[Path], *, on: bool, root: Path | None = None, as_json: bool = False) -> int:
    """Put experiments into the archive or take them out; returns the exit code. Raises NotFoundError."""
    return _mark(places_of(experiments, root), partial(Mark, archived=on), as_json=as_json)


def title(experiment: Path, new_title: str | None, *, root: Path | None = None, as_json: bool = False) -> int:
    """Give an experiment a title, "" for none, or write the one that it has (None); returns the exit code.

    Raises:
        NotFoundError: there is no such experiment.
    """
    [place] = places_of([experiment], root)
    if new_title is not None:
        return _mark([place], partial(Mark, title=new_title), as_json=as_json)

    def write(out: Output) -> int:
        said = _said_of(place).marks.title
        if as_json:
            out.json({"experiment": layout.experiment_id(place.name), "title": said})
        else:
            out.line(escaped(said))
        return DONE

    return write_to_stdout(write, as_json=as_json)


def mv(experiment: Path, new_name: str, *, root: Path | None = None, as_json: bool = False) -> int:
    """Give an experiment another name in the folder that it is in; returns the exit code.

    Raises:
        NotFoundError: there is no such experiment.
    """
    [place] = places_of([experiment], root)
    (target,) = identity_targets(place.root, [place.name])
    return tell([do(place.root, Rename(target, new_name))], as_json=as_json)


def list_edits(root: Path, *, as_json: bool = False) -> int:
    """Write the last edits of a root, newest first; returns the exit code. Raises NotFoundError."""
    done = editor_of(root_at(root)).done()

    def write(out: Output) -> int:
        if as_json:
            for each in done:
                out.json(each)
        elif done:
            _print_edits(done, out)
        return DONE

    return write_to_stdout(write, as_json=as_json)


def undo(root: Path, edit: str | None = None, *, as_json: bool = False) -> int:
    """Take back an edit of a root, by default the last that was not taken back yet and can be; returns the exit code.

    So several in a row go back one by one; taking back is not taken back, unless it is named.

    Args:
        edit: its id.

    Raises:
        NotFoundError: there is no such folder.
    """
    root = root_at(root)
    if edit is None:
        edit = next((each.id for each in editor_of(root).done() if _can_go_back(each)), None)
    if edit is None:
        say("lavdlike: there is nothing to undo", sys.stderr)
        return REFUSED
    return tell([do(root, Undo(edit))], as_json=as_json)


def _print_edits(done: Sequence[DoneEdit], out: Output) -> None:
    now = time.time()
    header = [out.coloured(name, "dim") for name in ("ID", "WHEN", "BY", "WHAT")]
    rows = [
        [each.id, f"{text.age(now - each.time)} ago", escaped(each.by), escaped(each.what) + _note_on(each)]
        for each in done
    ]
    out.lines(text.columns([header, *rows]))


def _note_on(done: DoneEdit) -> str:
    if done.undone:
        return " (taken back)"
    return "" if done.can_be_undone else " (cannot be taken back)"


def _can_go_back(done: DoneEdit) -> bool:
    return done.can_be_undone and not done.undone and not done.what.startswith(_TOOK_BACK)


def _mark(places: Sequence[Place], mark_of: Callable[[list[Target]], Mark], *, as_json: bool) -> int:
    def answers() -> Iterator[EditAnswer]:
        for root, names in by_root(places).items():
            yield from _marked(root, names, mark_of)

    return tell(answers(), as_json=as_json)


def _marked(
    root: Path, names: Sequence[ExperimentName], mark_of: Callable[[list[Target]], Mark]
) -> Iterator[EditAnswer]:
    """What came of it; where somebody else was faster, it is done again to what stands there then."""
    left = [layout.experiment_id(name) for name in names]
    for tries_left in reversed(range(_TRIES)):
        answer = do(root, mark_of(_mark_targets(root, left)))
        again = [refused for refused in answer.refused if refused.conflict is not None and tries_left]
        answer.refused = [refused for refused in answer.refused if refused not in again]
        if not again or answer.id or answer.refused:
            yield answer
        left = [refused.target for refused in again]
        if not left:
            return


def _mark_targets(root: Path, experiments: Sequence[ExperimentId]) -> list[Target]:
    editor = editor_of(root)
    targets = []
    for experiment in experiments:
        match = NO_FILE
        with suppress(EditError):  # gone meanwhile: the edit says so
            match = editor.marks_match(experiment)
        targets.append(Target(experiment, match))
    return targets


def _said_of(place: Place) -> SaidMarks:
    try:
        return editor_of(place.root).marks(layout.experiment_id(place.name))
    except LogFormatError as error:
        raise EditError("", str(error)) from None
