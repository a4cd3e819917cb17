"""`lavdlike du`, `thin`, `trash` and `restore`: what experiments take on the disk, and how it becomes less."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.opening import root_at as opened_at
from lavdlike.edit_messages import (
    EditAnswer,
    EmptyTrash,
    ExperimentUsage,
    Restore,
    Thin,
    Trash,
    Trashed,
)
from lavdlike.edits.usage import usage_of
from lavdlike.errors import NotServedError
from lavdlike.shell import text
from lavdlike.shell.answering import DONE, REFUSED, agreed, counted, do, editor_of, tell
from lavdlike.shell.finding import places_in, places_of, root_at
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.roots import Place
from lavdlike.shell.targets import by_root, identity_targets
from lavdlike.shell.text import escaped

_SHOWN_KINDS = 4


def du(paths: Sequence[Path], *, as_json: bool = False) -> int:
    """Write what experiments take on the disk, the largest first; of a root, all in it.

    Raises:
        NotFoundError: there is no such folder.
    """
    places = [place for path in paths for place in places_in(path)]

    def write(out: Output) -> int:
        usages = sorted(_usages(places), key=lambda usage: -usage.size_bytes)
        if out.as_json:
            for usage in usages:
                out.json(usage)
        elif len(usages) == 1:
            _print_kinds(usages[0], out)
        elif usages:
            _print_usages(usages, out)
        return DONE if len(usages) == len(places) else REFUSED

    return write_to_stdout(write, as_json=as_json)


def thin(
    experiments: Sequence[Path],
    *,
    kinds: Sequence[str],
    every: int,
    last: int,
    root: Path | None = None,
    dry_run: bool = False,
    yes: bool = False,
    as_json: bool = False,
) -> int:
    """Move files of steps to the trash, after asking; returns the exit code.

    Raises:
        NotFoundError: there is no such experiment.
        UsageError: nobody can be asked.
    """
    groups = by_root(places_of(experiments, root))

    def edits(*, only_count: bool) -> Iterator[EditAnswer]:
        for root, names in groups.items():
            targets = identity_targets(root, names)
            yield do(root, Thin(targets, list(kinds), every, last, dry_run=only_count))

    if dry_run or yes:
        return tell(edits(only_count=dry_run), as_json=as_json)
    would = list(edits(only_count=True))
    files, size_bytes = sum(each.files for each in would), sum(each.size_bytes for each in would)
    if not files:
        return tell(would, as_json=as_json)
    if not agreed(f"Move {counted(files, size_bytes)}, to the trash", yes=yes):
        return REFUSED
    return tell(edits(only_count=False), as_json=as_json)


def trash(
    experiments: Sequence[Path], *, root: Path | None = None, yes: bool = False, as_json: bool = False
) -> int:
    """Move experiments to the trash of their roots, after asking; returns the exit code.

    Raises:
        NotFoundError: there is no such experiment.
        UsageError: nobody can be asked.
    """
    places = places_of(experiments, root)
    if not yes:
        usages = _usages(places)
        size = counted(sum(usage.files for usage in usages), sum(usage.size_bytes for usage in usages))
        names = ", ".join(layout.shown(place.name) for place in places[:5])
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        if not agreed(escaped(f"Move {names}{more} to the trash ({size})"), yes=False):
            return REFUSED

    def edits() -> Iterator[EditAnswer]:
        for root, names in by_root(places).items():
            yield do(root, Trash(identity_targets(root, names)))

    return tell(edits(), as_json=as_json)


def list_trash(path: Path, *, as_json: bool = False) -> int:
    """Write what is in the trash of a root, newest first. Raises NotFoundError: there is no such folder."""
    trashed = editor_of(root_at(path)).trashed()

    def write(out: Output) -> int:
        if out.as_json:
            for each in trashed:
                out.json(each)
        elif trashed:
            _print_trashed(trashed, out)
        return DONE

    return write_to_stdout(write, as_json=as_json)


def empty_trash(path: Path, *, yes: bool = False, as_json: bool = False) -> int:
    """Remove for good what is in the trash of a root, after asking; returns the exit code.

    Raises:
        NotFoundError: there is no such folder.
        UsageError: nobody can be asked.
    """
    root = root_at(path)
    trashed = editor_of(root).trashed()
    if not trashed:
        return tell([EditAnswer("", "the trash is empty")], as_json=as_json)
    size = counted(sum(each.files for each in trashed), sum(each.size_bytes for each in trashed))
    if not agreed(f"Remove all {len(trashed)} in the trash for good ({size})", yes=yes):
        return REFUSED
    return tell([do(root, EmptyTrash([each.id for each in trashed]))], as_json=as_json)


def restore(path: Path, wanted: Sequence[str], *, as_json: bool = False) -> int:
    """Put back what is in the trash of a root; returns the exit code.

    Args:
        wanted: ids, or names, of which the newest is taken.

    Raises:
        NotFoundError: there is no such folder.
    """
    root = root_at(path)
    trashed = editor_of(root).trashed()
    ids = [next((each.id for each in trashed if name in (each.id, each.name)), name) for name in wanted]
    return tell([do(root, Restore(list(dict.fromkeys(ids))))], as_json=as_json)


def _usages(places: Iterable[Place]) -> list[ExperimentUsage]:
    """Of those that can be read; the others are said."""
    return [usage for place in places if (usage := _usage_of(place)) is not None]


def _usage_of(place: Place) -> ExperimentUsage | None:
    try:
        return usage_of(opened_at(place.root), place.name)
    except (OSError, NotServedError) as error:
        reason = error.reason if isinstance(error, NotServedError) else error.strerror
        say(f"lavdlike: {escaped(f'{layout.shown(place.name)}: {reason}')}", sys.stderr)
        return None


def _print_usages(usages: Sequence[ExperimentUsage], out: Output) -> None:
    header = [out.coloured(name, "dim") for name in ("NAME", "SIZE", "FILES", "BY KIND")]
    rows = [
        [
            escaped(layout.shown(layout.from_id(usage.experiment))),
            _size(usage),
            f"{usage.files:,}",
            ", ".join(f"{kind.kind} {text.size(kind.size_bytes)}" for kind in usage.kinds[:_SHOWN_KINDS]),
        ]
        for usage in usages
    ]
    total = [
        "",
        text.size(sum(usage.size_bytes for usage in usages)),
        f"{sum(u.files for u in usages):,}",
        "all",
    ]
    out.lines(text.columns([header, *rows, total], right=[1, 2]))


def _print_kinds(usage: ExperimentUsage, out: Output) -> None:
    header = [out.coloured(name, "dim") for name in ("KIND", "SIZE", "FILES", "STEPS")]
    rows = [
        [kind.kind, text.size(kind.size_bytes), f"{kind.files:,}", f"{kind.steps:,}"] for kind in usage.kinds
    ]
    out.lines(text.columns([header, *rows, ["all", _size(usage), f"{usage.files:,}", ""]], right=[1, 2, 3]))


def _size(usage: ExperimentUsage) -> str:
    return ("over " if usage.is_partial else "") + text.size(usage.size_bytes)


def _print_trashed(trashed: Sequence[Trashed], out: Output) -> None:
    now = time.time()
    header = [out.coloured(name, "dim") for name in ("ID", "NAME", "WHAT", "SIZE", "FILES", "WHEN", "BY")]
    rows = [
        [
            each.id,
            escaped(each.name),
            escaped(each.what or "all of it"),
            text.size(each.size_bytes),
            f"{each.files:,}",
            f"{text.age(now - each.time)} ago",
            escaped(each.by),
        ]
        for each in trashed
    ]
    out.lines(text.columns([header, *rows], right=[3, 4]))
