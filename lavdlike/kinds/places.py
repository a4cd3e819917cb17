"""The item that a path belongs to: experiment, step, label and suffix (docs/format.md, "The tree"). Pure.

`layout` has the rules for folders; here are those for the ends of names, which are up to the kinds.
"""

from __future__ import annotations

import functools
import os
import re
from typing import NamedTuple

from lavdlike import layout
from lavdlike.kinds import registry

# Longer endings that count as one suffix, so that `loss.plotly.json` has the label `loss`.
_COMPOUND = tuple(suffix for kind in registry.KINDS for suffix in kind.suffixes if suffix.count(".") > 1)
# So do those of what lies over a file: `bird.mask.png` and `bird.mask-truth.png` belong to `bird`.
_OVERLAYS = [
    (
        kind.overlay.begin,
        re.compile(
            rf"(?<=.){re.escape(kind.overlay.begin)}(-[\w-]+)?{re.escape(kind.overlay.end)}\Z",
            re.IGNORECASE | re.ASCII,
        ),
    )
    for kind in registry.KINDS
    if kind.overlay is not None
]


class Place(NamedTuple):
    """Where a file belongs. `step` is None for what belongs to the experiment as a whole (global)."""

    experiment: str
    step: int | None
    label: str
    suffix: str  # with its dot, as written; "" if there is none


@functools.lru_cache(maxsize=2**12)  # of a file it is asked for several times
def split_suffix(name: str) -> tuple[str, str]:
    """A file's name without its last extension, and that extension: `a.tar.gz` -> (`a.tar`, `.gz`)."""
    lowered = name.lower()
    if lowered.endswith(_COMPOUND):
        for suffix in _COMPOUND:
            if lowered.endswith(suffix) and len(name) > len(suffix):
                return name[: -len(suffix)], name[-len(suffix) :]
    for begin, pattern in _OVERLAYS:
        if begin in lowered and (found := pattern.search(name)):
            return name[: found.start()], found[0]
    return os.path.splitext(name)


def split_label(path: str) -> tuple[str, str]:
    """The label and the suffix of a file, given by its path below the step's folder or the experiment's."""
    folder, slash, name = path.rpartition("/")
    stem, suffix = split_suffix(name)
    return folder + slash + stem, suffix


def place_in_experiment(experiment: str, path: str) -> Place | None:
    """The place of a file given by its path inside the experiment; None if it is not part of the tree."""
    if not path or layout.is_hidden(path):
        return None
    step, in_step = layout.split_step(path)
    return Place(experiment, step, *split_label(in_step))


def place_of(path: str) -> Place | None:
    """The place of a file given by its path relative to the root; None if it is not part of the tree."""
    experiment, slash, rest = path.partition("/")
    if not slash or experiment.startswith("."):
        return None
    return place_in_experiment(experiment, rest)
