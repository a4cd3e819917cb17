"""Of which root an experiment is that a command names by its folder: of the one whose page a person looks at.

`--root` says it. Otherwise it is a folder above the experiment that lists it, and of these

1. the one that a server of this user began to show last,
2. else the outermost one in which somebody edited: it holds `lavdlike.yaml`, a history or a trash, or the user's
   configuration folder holds them for it,
3. else the outermost one that holds another run directly, and nothing but runs, tables and settings; or that holds
   the experiment, or the folders named by numbers alone in which it lies, as other programs name them.

Looked at are at most as many folders as a root is searched deep: those on the same disk, up to the user's home folder,
that can be read, that no link leads out of, and into which not everybody may write (what lies there proves nothing).
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk import user_state
from lavdlike.disk.archives.archive import archive_at
from lavdlike.disk.opening import editor_at, is_archive, is_file
from lavdlike.disk.stores.store_addresses import address_of_path
from lavdlike.edits.people_files import own_folder_of
from lavdlike.errors import LavdlikeError, NotFoundError
from lavdlike.layout import ExperimentName
from lavdlike.reading.discovery import Listed, is_run
from lavdlike.reading.run_folders import MAX_DEPTH, is_other_file
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.root_settings import ROOT_SETTINGS_FILE

_SIGNS_OF_EDITS = (ROOT_SETTINGS_FILE, layout.HISTORY_FOLDER, layout.TRASH_FOLDER)
# Folders of one root, to see whether it lists an experiment without the mark of a run; and whether it holds a run.
_MAX_LOOKS = 500
_MAX_BESIDE = 50
# Of the path of what is not a bucket, but holds one (`store_addresses`).
_PARTS_OF_A_BUCKET = 2


class Place(NamedTuple):
    """Where an experiment is: in the folder that is its root, and its name there."""

    root: Path
    name: ExperimentName


class Candidate(NamedTuple):
    """A folder that lists the experiment.

    `shown_at`: when a server of this user last began to show it, Unix seconds; 0: never. `has_edits`: people edited in
    it. `holds_runs`: a run is directly in it, and nothing that is none of a root's.
    """

    path: Path
    shown_at: float = 0.0
    has_edits: bool = False
    holds_runs: bool = False


class Choice(NamedTuple):
    """`others`: as likely as the root, or nearly."""

    root: Path
    others: Sequence[Path]


def chosen(candidates: Sequence[Candidate]) -> Choice:
    """The root, by what the folders say. Pure.

    Args:
        candidates: at least one, the nearest first.
    """
    shown = [each for each in candidates if each.shown_at]
    edited = [each for each in candidates if each.has_edits]
    if shown:
        root, others = max(shown, key=lambda each: each.shown_at), [*shown, *edited]
    elif edited:
        root, others = edited[-1], edited
    else:
        named = next((each for each in candidates if _is_named(each.path)), candidates[0])
        likely = [each for each in candidates if each.holds_runs or each is named]
        root, others = likely[-1], [candidates[0], *likely]
    return Choice(root.path, list(dict.fromkeys(each.path for each in others if each.path != root.path)))


class Roots:
    """The roots of the experiments that a command names.

    Args:
        given: what `--root` says.
        on_unsure: told in a sentence, once, of a root that another folder could be as well.
    """

    def __init__(self, given: Path | None = None, on_unsure: Callable[[str], None] = lambda _: None) -> None:
        self._given = None if given is None else absolute(given)
        self._on_unsure = on_unsure
        self._told: set[str] = set()
        self._candidates: dict[Path, Candidate] = {}
        self._listed: dict[Path, Listed] = {}

    def place_of(self, path: Path) -> Place:
        """Where an experiment is whose folder is there.

        Args:
            path: absolute.

        Raises:
            NotFoundError: it is not in the root that was given, or none of its experiments.
        """
        if self._given is not None:
            return self._place_in(self._given, path)
        if (archive := archive_at(path)) is not None:
            return Place(archive.file, ExperimentName(archive.below))
        parent, *outer = map(self._candidate, _folders_above(path))
        # Listing costs more than looking for signs, and most folders have none.
        likely = [each for each in outer if _is_likely(each) or not _is_named(parent.path)]
        choice = chosen([parent, *(each for each in likely if self._lists(each.path, path))])
        self._tell(choice)
        return Place(choice.root, _name_in(choice.root, path))

    def _place_in(self, root: Path, path: Path) -> Place:
        if root not in path.parents:
            raise NotFoundError(f"{path} is not in the root {root}")
        if path.parent != root and not self._lists(root, path):
            raise NotFoundError(f"{path} is no experiment of the root {root}: 'lavdlike ls' lists them")
        return Place(root, _name_in(root, path))

    def _tell(self, choice: Choice) -> None:
        others = ", ".join(map(str, choice.others))
        sentence = f"the root is {choice.root}; if it is another one ({others}), say so with --root"
        if others and sentence not in self._told:
            self._told.add(sentence)
            self._on_unsure(sentence)

    def _candidate(self, path: Path) -> Candidate:
        if path not in self._candidates:
            signs = user_state.shown_at(path), _has_edits(path)
            self._candidates[path] = Candidate(path, *signs, holds_runs=not any(signs) and _holds_runs(path))
        return self._candidates[path]

    def _lists(self, root: Path, path: Path) -> bool:
        """Whether the root has an experiment in a folder of it."""
        listed = self._listed.setdefault(root, Listed(StoredRoot(root)))
        name = _name_in(root, path)
        return layout.is_experiment_name(name) and listed.has(name, max_looks=_MAX_LOOKS)


def root_with(root: Path, name: str, *, follow_links: bool = False) -> StoredRoot:
    """The root of an experiment; of an archive that is one itself, the root that holds it alone."""
    return StoredRoot(root, follow_links=follow_links, only=name if is_archive(root / name) else "")


def absolute(path: Path) -> Path:
    """Without a look at the disk."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow links, out of the root perhaps


def real_parents(path: Path) -> Sequence[Path]:
    """Those of an absolute path that are folders; of a run in a file of many, from the folder of that file on.

    Of what is in an archive, those in it, and the archive.
    """
    parents = list(path.parents)
    if address_of_path(path) is not None:
        return [each for each in parents if len(each.parts) > _PARTS_OF_A_BUCKET]
    archives = [place for place, outer in enumerate(parents) if is_archive(outer)]
    if archives:
        parents = parents[: archives[0] + 1]
    files = [place for place, outer in enumerate(parents) if is_file(outer)]
    return parents[files[0] + 1 :] if files else parents


def _name_in(root: Path, path: Path) -> ExperimentName:
    return ExperimentName("/".join(path.relative_to(root).parts))


def _is_likely(candidate: Candidate) -> bool:
    return bool(candidate.shown_at or candidate.has_edits or candidate.holds_runs)


def _folders_above(path: Path) -> Iterator[Path]:
    """Those that may be the root, the nearest first: the parent in any case."""
    parents = real_parents(path)
    yield parents[0]
    for inner, outer in itertools.islice(itertools.pairwise(parents), MAX_DEPTH - 1):
        if _is_home(inner) or not _may_be_root_of(outer, inner):
            return
        yield outer


def _may_be_root_of(outer: Path, inner: Path) -> bool:
    try:
        of_inner, of_outer = inner.lstat(), outer.stat()
    except OSError:
        return False
    return (
        not stat.S_ISLNK(of_inner.st_mode)
        and of_inner.st_dev == of_outer.st_dev
        and not of_outer.st_mode & stat.S_IWOTH
        and os.access(outer, os.R_OK | os.X_OK)
    )


def _is_home(path: Path) -> bool:
    try:
        return path == Path.home()
    except RuntimeError:  # the user has none
        return False


def _is_named(path: Path) -> bool:
    """Whether a person named it; numbers and times (`0`, `2026-01-31`, `12-30-05`) are given by programs."""
    return any(character.isalpha() for character in path.name)


def _has_edits(path: Path) -> bool:
    root = editor_at(path)
    with suppress(LavdlikeError):
        if any(root.look(name) is not None for name in _SIGNS_OF_EDITS):
            return True
    return own_folder_of(path).is_dir()


def _holds_runs(path: Path) -> bool:
    if _is_home(path):
        return False
    root = StoredRoot(path)
    try:
        with root.folder("") as opened:
            entries = list(itertools.islice(opened.entries(), 10 * _MAX_BESIDE))
    except (OSError, LavdlikeError):
        return False
    if any(is_other_file(entry.name) for entry in entries if entry.type == "file"):
        return False
    beside = [ExperimentName(entry.name) for entry in entries if entry.type == "folder"]
    return any(is_run(root, name) for name in beside[:_MAX_BESIDE])
