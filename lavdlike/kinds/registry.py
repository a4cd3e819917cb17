"""Every kind, one line each, and which of them a file's name promises."""

from __future__ import annotations

from collections.abc import Mapping

from lavdlike import layout
from lavdlike.kinds import (
    arrays,
    audio,
    commands,
    confusion_matrices,
    embeddings,
    figures,
    files,
    histograms,
    html,
    images,
    logs,
    markdown,
    meshes,
    plots,
    pr_curves,
    scalars,
    tables,
    texts,
    videos,
)
from lavdlike.kinds.kind import Kind

KINDS: tuple[Kind, ...] = (
    scalars.KIND,
    images.KIND,
    texts.KIND,
    markdown.KIND,
    logs.KIND,
    histograms.KIND,
    plots.KIND,
    pr_curves.KIND,
    confusion_matrices.KIND,
    figures.KIND,
    audio.KIND,
    videos.KIND,
    html.KIND,
    meshes.KIND,
    tables.KIND,
    embeddings.KIND,
    arrays.KIND,
    commands.KIND,
    files.KIND,
)

BY_NAME = {kind.name: kind for kind in KINDS}
# A command is found by its file's name alone (docs/format.md, "Command").
JSON_KINDS = tuple(kind for kind in KINDS if kind.read_json is not None and kind is not commands.KIND)
_BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}


def kind_of_suffix(suffix: str) -> Kind | None:
    """The kind of a file with this suffix (with its dot, in any case); None for JSON and for files of no known kind."""
    return images.KIND if images.is_mask(suffix) else _BY_SUFFIX.get(suffix.lower())


def kinds_of_json(document: Mapping[str, object], path: str) -> tuple[Kind, ...]:
    """The kinds of which a JSON file holds an item. `path` is relative to the experiment.

    As Lavd, a key counts if an object stands there; only `command.json` directly in the experiment is a command.
    """
    kinds = (*JSON_KINDS, commands.KIND) if path == layout.COMMAND_FILE else JSON_KINDS
    return tuple(kind for kind in kinds if kind.part_of(document) is not None)
