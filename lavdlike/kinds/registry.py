"""Every kind, one line each, and which of them a file's name or what a JSON file holds promises."""

from __future__ import annotations

from collections.abc import Mapping

from lavdlike.kinds import (
    arrays,
    audio,
    commands,
    confusion_matrices,
    embeddings,
    figures,
    files,
    forms,
    graphs,
    histograms,
    html,
    images,
    logs,
    markdown,
    meshes,
    models,
    plots,
    pr_curves,
    rollouts,
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
    rollouts.KIND,
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
    graphs.KIND,
    arrays.KIND,
    models.KIND,
    commands.KIND,
    forms.KIND,
    files.KIND,
)

BY_NAME = {kind.name: kind for kind in KINDS}
# The kind whose items at steps are points of series: most stand in files of their own, all of them together.
POINTS = scalars.KIND
# The kind of files that are of no other.
OTHERS = files.KIND
# Directly in an experiment, written all the time.
GROWING_FILES = tuple(name for kind in KINDS for name in kind.growing_files)

_by_suffix = {suffix: kind for kind in KINDS for suffix in kind.suffixes}
_with_overlays = [(kind.overlay, kind) for kind in KINDS if kind.overlay is not None]
_media_types = {suffix: type_ for kind in KINDS for suffix, type_ in kind.media_types.items()}
_in_any_json = [kind for kind in KINDS if kind.read_json is not None and not kind.json_file]
_by_begin = [(kind.by_begin, kind) for kind in KINDS if kind.by_begin is not None]
_in_json_file = {
    path: (kind,) for kind in KINDS if kind.json_file for path in (kind.json_file, *kind.other_json_files)
}


def add(kind: Kind) -> None:
    """Make the kind of a plug-in known to all readers of this process, before the first of them begins."""
    BY_NAME[kind.name] = kind
    _by_suffix.update(dict.fromkeys(kind.suffixes, kind))
    _media_types.update(kind.media_types)
    if kind.by_begin is not None:
        _by_begin.append((kind.by_begin, kind))
    if kind.json_file:
        for path in (kind.json_file, *kind.other_json_files):
            _in_json_file[path] = (*_in_json_file.get(path, ()), kind)
    elif kind.read_json is not None:
        _in_any_json.append(kind)


def kind_of_suffix(suffix: str) -> Kind | None:
    """The kind of a file with this suffix (with its dot, in any case); None for JSON and for files of no known kind."""
    lowered = suffix.lower()
    found = _by_suffix.get(lowered)
    if found is None:
        for overlay, kind in _with_overlays:
            if overlay.is_suffix(lowered):
                return kind
    return found


def kinds_of_json(document: Mapping[str, object], path: str) -> tuple[Kind, ...]:
    """The kinds of which a JSON file holds an item. `path` is relative to the experiment.

    As Lavd, a key counts if an object stands there.
    """
    kinds = (*_in_any_json, *_in_json_file.get(path, ()))
    return tuple(kind for kind in kinds if kind.part_of(document) is not None)


def may_begin(path: str) -> bool:
    """Whether a file at this path, relative to its experiment, may be of a kind by how it begins."""
    return any(begins.may_be(path) for begins, _ in _by_begin)


def kind_of_begin(path: str, begin: bytes) -> Kind | None:
    """The kind that a file is of by how it begins, its first 64 KiB; None if that says nothing."""
    found = (kind for begins, kind in _by_begin if begins.may_be(path) and begins.is_one(path, begin))
    return next(found, None)


def is_json_file(path: str) -> bool:
    """Whether a kind has a JSON file at this path, relative to the experiment."""
    return path in _in_json_file


def media_type_of(suffix: str) -> str | None:
    """The type of a file with this suffix (lower case, with its dot) that a browser may show, as its kind has it."""
    return _media_types.get(suffix)
