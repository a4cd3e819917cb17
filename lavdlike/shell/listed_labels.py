"""`lavdlike ls --labels`: what each experiment holds, by label and kind, and how much of it."""

from __future__ import annotations

from collections.abc import Iterable

from lavdlike.layout import ExperimentName
from lavdlike.messages import LabelEntry
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.tree import SCALARS
from lavdlike.shell import text
from lavdlike.shell.opened_roots import OpenedRoots
from lavdlike.shell.output import Output
from lavdlike.shell.text import escaped

_HEADER = ["NAME", "LABEL", "KIND", "COUNT", "LAST STEP"]


def print_labels(roots: OpenedRoots, names: Iterable[ExperimentName], out: Output) -> None:
    """One label of one kind a line: how many points or items there are, and of which step the last is."""
    rows = []
    for name in names:
        for kind, label, count, last_step in _labels_of(Snapshot(roots.root, name, roots.root_file)):
            if out.as_json:
                line = {"name": name, "label": label, "kind": kind, "count": count, "last_step": last_step}
                out.json(line)
            else:
                step = "-" if last_step is None else str(last_step)
                rows.append([escaped(name), escaped(label), kind, str(count), step])
    if rows:
        header = [out.coloured(title, "dim") for title in _HEADER]
        out.lines(text.columns([header, *rows], right=(3, 4)))


def _labels_of(experiment: Snapshot) -> Iterable[tuple[str, str, int, int | None]]:
    """Kind, label, how many, and the last step; None: all are without one."""
    for scalar in experiment.scalar_labels():
        yield SCALARS, scalar.label, scalar.count, scalar.last_step
    for entry in experiment.tree.catalogue():
        yield entry.kind, entry.label, *_count_of(entry)


def _count_of(entry: LabelEntry) -> tuple[int, int | None]:
    count = sum(length for _, length, _ in entry.steps)
    last = None
    if entry.steps:
        first, length, stride = entry.steps[-1]
        last = first + (length - 1) * stride
    return count + entry.has_global, last
