"""Experiments in folders of the root, at any depth: a look at folders as they are on disk (`run_folders` decides).

Links below the root are not followed: what they lead to is found where it lies. Runs in threads (`workers`).
"""

from __future__ import annotations

import errno
import itertools
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import EntryType, OpenedFolder, Root, is_settled, type_of
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.reading import run_folders
from lavdlike.reading.listed_folder import ListedFolder
from lavdlike.reading.run_folders import Look, Rule, RunFolders, look_of
from lavdlike.sources import run_marks

# How long runs are searched for in what may be one itself. What has none so far is one.
_RUN_ITSELF_S = 2.0

# Told of each folder before it is listed: its path relative to the root, its descriptor.
Watch = Callable[[str, int], None]
# Opens a folder by its path relative to the root; raises as `Root.folder`.
_OpenFolder = Callable[[str], AbstractContextManager[OpenedFolder]]


class Asked(NamedTuple):
    """A folder to look at. `unless_modified_ns`: if it still has this time, nothing in it has another name."""

    path: str
    unless_modified_ns: int = 0


class Verdict(NamedTuple):
    """What was decided about a folder. `mark`: the mark of a run that it has, in words; "" without one."""

    name: ExperimentName
    rule: Rule
    mark: str = ""


class Seen(NamedTuple):
    """What was found. `look` None: it is not there. `is_same`: it was not looked at, as its time is the known one.

    `modified_ns`: its time if any later change of its names shows in it, otherwise 0.
    """

    path: str
    look: Look | None
    modified_ns: int = 0
    is_same: bool = False


def look_at_folders(
    root: Root, asked: Sequence[Asked], watch: Watch | None, *, budget_s: float
) -> list[Seen]:
    """As many of the folders as the time allows, at least one.

    Raises:
        OSError: of a kind that says nothing about the folders (no descriptors left, an error of the disk).
    """
    until = time.monotonic() + budget_s
    seen = []
    for each in asked:
        seen.append(_look_at(root.folder, each, watch))
        if time.monotonic() > until:
            break
    return seen


def types_at(root: Root, paths: Sequence[str]) -> list[EntryType | None]:
    """What stands at each of these paths now; None: nothing."""
    found: list[EntryType | None] = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        try:
            with root.folder(folder) as opened:
                found.append(type_of(opened.status_of(name).st_mode))
        except (OSError, NotServedError):
            found.append(None)
    return found


def experiments_below(root: Root, folders: Iterable[ExperimentName]) -> list[ExperimentName]:
    """The experiments in these folders of the root: themselves, or what lies in them; in their order."""
    return [name for folder in folders for name in sorted(_experiments_in(root.folder, folder))]


def experiments_in(
    root: Root, name: ExperimentName, *, opened: OpenedFolder | None = None, budget_s: float = math.inf
) -> frozenset[str]:
    """The experiments in the folder of one, which are no part of it.

    Args:
        opened: that folder, if it may have another name by now; the answer is by the one that is given.
        budget_s: what is not found by then is not in the answer.
    """
    open_folder: _OpenFolder = root.folder
    if opened is not None:
        open_folder = partial(root.folder, start=opened, start_names=name.count("/") + 1)
    return frozenset(_experiments_in(open_folder, name, budget_s=budget_s) - {name})


def is_run(root: Root, name: ExperimentName) -> bool:
    """Whether a folder has the mark of a run."""
    look = _look_at(root.folder, Asked(name), None).look
    return look is not None and look.is_run


def is_marked(root: Root, name: ExperimentName) -> bool:
    """Whether a folder in a folder of the root may be an experiment, by what is directly in it."""
    look = _look_at(root.folder, Asked(name), None).look
    return look is not None and (look.is_run or look.is_described)


def mark_of(root: Root, name: ExperimentName) -> str:
    """The mark of a run that a folder has, in words; "" without one."""
    try:
        with root.folder(name) as opened:
            mark = run_marks.mark_of(ListedFolder(name, opened))
    except (OSError, NotServedError):
        return ""
    return "" if mark is None else str(mark)


def verdicts_on(root: Root, folder: ExperimentName) -> list[Verdict]:
    """On a folder of the root and on those in it, each behind what holds it; not on what is only a part of another."""
    above, slash, name = folder.rpartition("/")
    known = RunFolders()
    for _ in _looks_below(root.folder, above + slash, [name], known):
        pass
    rules = [(ExperimentName(above + slash + path), known.rule_of(path)) for path in sorted(known)]
    return [Verdict(name, rule, mark_of(root, name)) for name, rule in rules if rule is not Rule.PART]


def root_is_run(root: Root) -> bool:
    """Whether a root is one run itself: by what is in it, and no run is below it (`RunFolders.root_is_run`).

    Raises:
        OSError, NotServedError: it cannot be read.
    """
    with root.folder("") as opened:
        listed = ListedFolder("", opened)
        if not run_folders.may_be_run(listed):
            return False
        look = look_of(listed, (0, 0), 0)
    until = time.monotonic() + _RUN_ITSELF_S
    known = RunFolders()
    waiting = [*look.folders]
    while waiting and known.root_is_run(look) and time.monotonic() < until:
        path = waiting.pop()
        known.take(path, _look_at(root.folder, Asked(path), None).look)
        waiting += known.unseen()
    return known.root_is_run(look)


class Listed:
    """Asks of single folders whether they are experiments of a root; what was seen for one is known for the next."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._known = RunFolders()
        self._waiting: dict[str, None] = {}

    def has(self, name: ExperimentName, *, max_looks: int) -> bool:
        """Whether a folder below one of the root is an experiment.

        Args:
            max_looks: at so many folders. One with the mark of a run takes at most as many as its name is deep; others
                are told by what else lies beside them, and are none if that is too much.
        """
        on_the_way = [*reversed(layout.outer_names(name)), name]
        self._wait_for([path for path in on_the_way[:1] if path not in self._known])
        for _ in range(max_looks):
            look = self._known.look_at(name)
            if look is not None and not look.is_described:
                return look.is_run
            if (look is not None and look.is_run) or not self._waiting:
                break
            path = next(filter(self._waiting.__contains__, on_the_way), None) or next(iter(self._waiting))
            del self._waiting[path]
            self._known.take(path, _look_at(self._root.folder, Asked(path), None).look)
            self._wait_for(self._known.unseen())
        return name in self._known.experiments

    def _wait_for(self, paths: Iterable[str]) -> None:
        self._waiting.update(dict.fromkeys(paths))


def ours_in_folders(root: Root, folders: Iterable[ExperimentName], *, max_looks: int) -> bool:
    """Whether the Logger writes an experiment in a folder of these; after so many looks there is none."""
    looks = (seen.look for seen in _looks_below(root.folder, "", list(folders), RunFolders()))
    return any(look is not None and look.is_ours for look in itertools.islice(looks, max_looks))


def _experiments_in(
    open_folder: _OpenFolder, folder: ExperimentName, *, budget_s: float = math.inf
) -> set[ExperimentName]:
    """After a look at everything in it, as far as time allows."""
    until = time.monotonic() + budget_s
    above, slash, name = folder.rpartition("/")
    known = RunFolders()
    for _ in _looks_below(open_folder, above + slash, [name], known):
        if time.monotonic() > until:
            break
    return {ExperimentName(above + slash + path) for path in known.experiments}


def _looks_below(
    open_folder: _OpenFolder, above: str, waiting: Sequence[str], known: RunFolders
) -> Iterator[Seen]:
    """What is seen of folders, and of those in them; `known` is told, by their paths behind `above`."""
    while waiting:
        for path in waiting:
            seen = _look_at(open_folder, Asked(above + path), None)
            known.take(path, seen.look)
            yield seen
        waiting = known.unseen()


def _look_at(open_folder: _OpenFolder, asked: Asked, watch: Watch | None) -> Seen:
    path = asked.path
    try:
        with open_folder(path) as opened:
            if watch is not None:
                watch(path, opened.descriptor)
            status = opened.status()
            if asked.unless_modified_ns and status.st_mtime_ns == asked.unless_modified_ns:
                return Seen(path, None, status.st_mtime_ns, is_same=True)
            look = look_of(ListedFolder(path, opened), (status.st_dev, status.st_ino), path.count("/") + 1)
            return Seen(path, look, status.st_mtime_ns if is_settled(status) else 0)
    except (FileNotFoundError, NotADirectoryError):
        return Seen(path, None)
    except NotServedError:
        return Seen(path, Look())
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
            raise
        return Seen(path, Look())  # said where it is shown
