"""What a command's experiments are as targets of edits: by their root, in the state that they have now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.opening import editor_at
from lavdlike.edit_messages import Target
from lavdlike.layout import ExperimentName
from lavdlike.shell.roots import Place


def by_root(places: Iterable[Place]) -> dict[Path, list[ExperimentName]]:
    """Each experiment once, in the order in which they were given."""
    names: dict[Path, dict[ExperimentName, None]] = {}
    for place in places:
        names.setdefault(place.root, {})[place.name] = None
    return {root: list(each) for root, each in names.items()}


def identity_targets(root: Path, names: Sequence[ExperimentName]) -> list[Target]:
    """For what is done to folders."""
    editor = editor_at(root)
    found = [(name, editor.look(name)) for name in names]
    return [
        Target(layout.experiment_id(name), entered.identity if entered else "") for name, entered in found
    ]
