"""A look at folders of an experiment: what is on disk, as `tree` wants to be told. Runs in threads (`workers`).

A folder is watched before it is read, by the same descriptor: what is read is what is watched, and nothing that comes
in between is missed. No file's status is asked for to list it; only files whose content decides on their kind (JSON,
scalars files, tables outside of steps) are read, once for each content, and only files that somebody was given are
looked at again.
"""

from __future__ import annotations

import errno
import itertools
import os
import posixpath
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from lavdlike import layout
from lavdlike.disk.filling import pread, read
from lavdlike.disk.root import (
    LINK_TO_NOTHING,
    NOT_REGULAR,
    EntryType,
    OpenedFile,
    OpenedFolder,
    Root,
    fingerprint_of,
    is_settled,
    type_of,
)
from lavdlike.errors import NotServedError
from lavdlike.kinds import places, registry
from lavdlike.reading import deep_folders, json_documents, said
from lavdlike.reading.scan_turns import Task, Turns
from lavdlike.reading.tree import (
    FILES,
    LISTED,
    PLAIN,
    SCALARS,
    File,
    Folder,
    FolderScan,
    Node,
    Skipped,
    Subfolder,
)
from lavdlike.sources import member_registry
from lavdlike.sources import source_registry as sources
from lavdlike.sources.detections import format_registry
from lavdlike.sources.source import Role

LINK_IN_LINK = "link, not followed: it stands in a folder that is itself behind a link"
LINK_TO_ABOVE = "link, not followed: it leads to a folder that holds it"


# Told of each folder before it is listed: its path relative to the experiment, its descriptor.
Watch = Callable[[str, int], None]


def scan_folders(
    root: Root,
    experiment: str,
    tasks: Sequence[Task],
    known: Mapping[str, Folder],
    watch: Watch,
    *,
    budget_s: float,
    is_other: Callable[[str], bool] = lambda _: False,
) -> list[FolderScan]:
    """What the folders hold now. A folder that is not there (any more) holds nothing.

    What is new in deep folders is looked at as well, as far as the time allows (`deep_folders`).

    Args:
        tasks: folders relative to the experiment.
        known: what the tree holds of the experiment; only read.
        is_other: whether a folder, by its path relative to the root, is an experiment of its own, which is not looked
            into and counts as not there.
        budget_s: how long to begin with further tasks. The first is always done, and of deep folders as many as lie
            above the first, so that all of them are walked through but a few times.

    Returns:
        As many as were done, in the order of the tasks; behind a deep folder, those in it (`FolderScan.is_further`).

    Raises:
        OSError: of a kind that says nothing about the tree (no descriptors left, an error of the disk).
    """
    until = time.monotonic() + budget_s
    seen: list[FolderScan] = []
    turns = Turns(tasks)
    at_least = tasks[0].folder.count("/") if tasks and deep_folders.is_deep(tasks[0].folder) else 0
    try:
        with root.folder(experiment) as start, deep_folders.DeepFolders(root, experiment, start) as folders:
            scanned = _Scanned(root, experiment, start, folders, known, watch, is_other)
            while turns and (len(seen) <= at_least or time.monotonic() <= until):
                task, is_further = turns.next()
                seen.append(scanned.folder(task)._replace(is_further=is_further))
                deeper = deep_folders.may_go_deeper(task.folder)
                turns.go_on(scanned.new_folders(seen[-1]) if deeper else [])
    except (FileNotFoundError, NotADirectoryError):
        return [FolderScan(task.folder, {}, complete=True) for task in tasks]
    except NotServedError as error:
        return [FolderScan(task.folder, {}, complete=True, reason=error.reason) for task in tasks]
    return seen


class _Scanned:
    """What the folders of an experiment hold, one after the other; `start` is the experiment's own."""

    def __init__(
        self,
        root: Root,
        experiment: str,
        start: OpenedFolder,
        folders: deep_folders.DeepFolders,
        known: Mapping[str, Folder],
        watch: Watch,
        is_other: Callable[[str], bool],
    ) -> None:
        self._root = root
        self._experiment = experiment
        self._start = start
        self._folders = folders
        self._known = known
        self._watch = watch
        self._is_other = is_other
        self._above = frozenset({_identity(root.status()), _identity(start.status())})
        self._identities: dict[str, tuple[int, int]] = {}  # of those that the tree does not hold yet

    def folder(self, task: Task) -> FolderScan:
        try:
            if (
                task.lightly
                and not task.names
                and _is_unchanged(self._start, task, self._known.get(task.folder))
            ):
                return FolderScan(task.folder, {}, complete=False)
            with self._folders.folder(task.folder) as opened:
                return self._opened_folder(task, opened)
        except (FileNotFoundError, NotADirectoryError):
            return FolderScan(task.folder, {}, complete=True)
        except NotServedError as error:
            return FolderScan(task.folder, {}, complete=True, reason=error.reason)
        except OSError as error:
            _raise_if_ours(error)
            return FolderScan(task.folder, {}, complete=False, reason=error.strerror or str(error))

    def new_folders(self, seen: FolderScan) -> list[str]:
        """Those in a folder that the tree does not hold; none behind a link, which have to be walked to."""
        found = []
        for name, node in seen.nodes.items():
            path = f"{seen.folder}/{name}"
            if isinstance(node, Subfolder) and not node.linked and path not in self._known:
                self._identities[path] = node.identity
                found.append(path)
        return found

    def _opened_folder(self, task: Task, opened: OpenedFolder) -> FolderScan:
        path = f"{self._experiment}/{task.folder}" if task.folder else self._experiment
        known = self._known.get(task.folder) or Folder()
        above = partial(self._identities_above, task.folder)
        view = _View(self._root, path, self._experiment, opened, known, above, self._is_other)
        if not task.whole:
            return FolderScan(task.folder, view.named(task.names), complete=False, touched=task.names)
        self._watch(task.folder, opened.descriptor)
        status = opened.status()
        if task.unless_modified_ns and status.st_mtime_ns == task.unless_modified_ns:
            names = task.names.union(view.to_check())
            return FolderScan(task.folder, view.named(names), complete=False, touched=task.names)
        modified_ns = status.st_mtime_ns if is_settled(status) else 0
        return FolderScan(task.folder, view.all(), complete=True, touched=task.names, modified_ns=modified_ns)

    def _identities_above(self, folder: str) -> frozenset[tuple[int, int]]:
        """Of all folders that hold what lies in this one."""
        names = folder.split("/") if folder else []
        paths = ["/".join(names[:depth]) for depth in range(len(names) + 1)]
        of_known = {self._known[path].identity for path in paths if path in self._known}
        return self._above | of_known | {self._identities[path] for path in paths if path in self._identities}


def _is_unchanged(start: OpenedFolder, task: Task, known: Folder | None) -> bool:
    """Whether a folder, and all in it that could have changed without changing it, are the known ones."""
    if known is None or not task.unless_modified_ns:
        return False
    to_check = [(name, node) for name, node in known.nodes.items() if _is_to_check(node)]
    try:
        status = start.status_of(task.folder or ".", follow_links=True)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:  # as a whole: it can still be walked to
            return False
        raise
    if status.st_mtime_ns != task.unless_modified_ns or _identity(status) != known.identity:
        return False
    return all(_is_same_file(start, posixpath.join(task.folder, name), node) for name, node in to_check)


def _is_same_file(start: OpenedFolder, path: str, known: Node) -> bool:
    """Whether a file that was read is as it was then; False of anything else."""
    if not isinstance(known, File) or known.linked or known.reason:
        return False
    try:
        return fingerprint_of(start.status_of(path)) == known.fingerprint
    except OSError:
        return False


def _is_to_check(node: Node) -> bool:
    """Whether it can change without a trace in its folder, and matters to somebody, or could not be read."""
    if node is PLAIN:
        return False
    if isinstance(node, File):
        return node.linked or node.fingerprint != 0 or node.reason != ""
    return node.linked or isinstance(node, Skipped)


class _View:
    """An opened folder, and what was known of it."""

    def __init__(
        self,
        root: Root,
        path: str,
        experiment: str,
        opened: OpenedFolder,
        known: Folder,
        identities_above: Callable[[], frozenset[tuple[int, int]]],
        is_other: Callable[[str], bool],
    ) -> None:
        self._root = root
        self._path = path
        self._experiment = experiment
        self._opened = opened
        self._known = known
        self._identities_above = identities_above
        self._is_other = is_other
        self._device = opened.status().st_dev
        self._is_annotating: Callable[[str], bool] = lambda _: False

    def all(self) -> dict[str, Node | None]:
        nodes: dict[str, Node | None] = {}
        entries = list(self._opened.entries())
        self._look_for_annotations(entry.name for entry in entries)
        for name, type_, inode in entries:
            node = self._node(name, type_, (self._device, inode))
            if node is not None:
                nodes[name] = node
                self._add_inside(nodes, name, node, (self._device, inode))
        if self._path == self._experiment:  # hidden from listings
            guild, _ = self._named(layout.GUILD_FOLDER)
            if isinstance(guild, Subfolder) and not guild.linked:
                nodes[layout.GUILD_FOLDER] = guild
        return nodes

    def named(self, names: Collection[str]) -> dict[str, Node | None]:
        nodes: dict[str, Node | None] = {}
        self._look_for_annotations(itertools.chain(self._known.nodes, names))
        for name in names:
            nodes[name], identity = self._named(name)
            self._add_inside(nodes, name, nodes[name], identity)
        return nodes

    def to_check(self) -> list[str]:
        return [name for name, node in self._known.nodes.items() if _is_to_check(node)]

    def _add_inside(
        self, nodes: dict[str, Node | None], name: str, node: Node | None, identity: tuple[int, int]
    ) -> None:
        """A folder for what lies in a file; none any more, for one in which nothing does now."""
        if isinstance(node, File) and node.has_inside:
            nodes.setdefault(layout.inside(name), Subfolder(identity, inside=True))
            return
        known = self._known.nodes.get(name)
        if isinstance(known, File) and known.has_inside:
            nodes.setdefault(layout.inside(name), None)

    def _named(self, name: str) -> tuple[Node | None, tuple[int, int]]:
        """With its identity."""
        try:
            status = self._opened.status_of(name)
        except FileNotFoundError:
            return None, (0, 0)
        identity = (status.st_dev, status.st_ino)
        return self._node(name, type_of(status.st_mode), identity), identity

    def _node(self, name: str, type_: EntryType, identity: tuple[int, int]) -> Node | None:
        if layout.is_hidden(self._in_experiment(f"{self._path}/{name}")):
            return None
        try:
            if type_ == "file":
                return self._file(name)
            if type_ == "folder":
                return None if self._is_other(f"{self._path}/{name}") else Subfolder(identity)
            if type_ == "link":
                return self._behind_link(name)
            return Skipped(NOT_REGULAR)
        except (FileNotFoundError, NotADirectoryError):  # gone while we looked
            return None
        except OSError as error:
            _raise_if_ours(error)
            return Skipped(error.strerror or str(error), linked=type_ == "link")

    def _look_for_annotations(self, names: Iterable[str]) -> None:
        """Whether text files of this folder are labels of pictures, which the Images page shows, and no texts."""
        folder = self._in_experiment(self._path)
        self._is_annotating = format_registry.annotating_texts(
            folder, names, lambda name: self._opened.file(name, f"{self._path}/{name}")
        )

    def _file(self, name: str) -> File:
        if self._is_annotating(name):
            return LISTED
        known = self._known.nodes.get(name)
        if not isinstance(known, File) or known.linked:
            known = PLAIN
        if not self._content_decides(name):
            if not known.fingerprint:
                return PLAIN
            return File(fingerprint=fingerprint_of(self._opened.status_of(name)))
        if known.fingerprint:
            status = self._opened.status_of(name)
            if known.fingerprint == fingerprint_of(status):
                return known
        try:
            with self._opened.file(name, f"{self._path}/{name}") as opened:
                return self._read(opened)
        except NotServedError as error:
            return File((), reason=error.reason)

    def _behind_link(self, name: str) -> Node | None:
        path = f"{self._path}/{name}"
        try:
            mode = self._opened.status_of(name, follow_links=True).st_mode
        except OSError:
            return Skipped(LINK_TO_NOTHING, linked=True)
        try:
            if type_of(mode) == "folder":
                if self._is_other(path):
                    return None
                if self._known.linked:
                    return Skipped(LINK_IN_LINK, linked=True)
                with self._root.folder(path) as folder:
                    identity = _identity(folder.status())
                if identity in self._identities_above():
                    return Skipped(LINK_TO_ABOVE, linked=True)
                return Subfolder(identity, linked=True)
            with self._root.file(path) as opened:
                if self._is_annotating(name):
                    return LISTED._replace(fingerprint=fingerprint_of(opened.status), linked=True)
                if self._content_decides(name):
                    return self._read(opened)._replace(linked=True)
                return File(fingerprint=fingerprint_of(opened.status), linked=True)
        except NotServedError as error:
            return Skipped(error.reason, linked=True)

    def _content_decides(self, name: str) -> bool:
        suffix = places.split_suffix(name)[1].lower()
        path = self._in_experiment(f"{self._path}/{name}")
        if suffix == ".json" or path in layout.PEOPLE_FILES or member_registry.may_hold_members(name):
            return True
        if sources.may_be_claimed(path):
            return True
        return registry.may_begin(path) and registry.kind_of_suffix(suffix) is None

    def _in_experiment(self, path: str) -> str:
        return path[len(self._experiment) + 1 :]

    def _read(self, opened: OpenedFile) -> File:
        """The kinds that the content of the file makes it."""
        fingerprint = fingerprint_of(opened.status)
        in_experiment = self._in_experiment(opened.path)
        is_json = in_experiment.lower().endswith(".json")
        if registry.may_begin(in_experiment):
            kind = registry.kind_of_begin(in_experiment, sources.begin_of(opened.fd))
            if kind is not None:
                return File((kind.name,), fingerprint)
        if is_json and sources.may_be_claimed(in_experiment):
            begin = pread(opened.fd, sources.BEGIN_BYTES, 0)
            if sources.role_of(in_experiment, begin) is not None:
                return File(None, fingerprint, has_points=True, has_inside=_has_inside(in_experiment, begin))
        if not is_json:
            begin = read(opened.fd, sources.BEGIN_BYTES)
            if said.is_said(in_experiment, begin):
                return File((FILES,), fingerprint)
            role = sources.role_of(in_experiment, begin)
            if role is None and sources.is_told_by_name(in_experiment):
                return File((), fingerprint)  # somebody else's file of that name
            return File(
                (SCALARS,) if role is Role.POINTS else None,
                fingerprint,
                has_points=role is not None,
                has_inside=_has_inside(in_experiment, begin),
            )
        if opened.status.st_size > json_documents.LARGE_BYTES and format_registry.is_annotations(
            pread(opened.fd, sources.BEGIN_BYTES, 0)
        ):
            return File((), fingerprint)
        facts = json_documents.facts_of(opened, in_experiment)
        begin = b"" if facts.kinds or facts.reason else pread(opened.fd, sources.BEGIN_BYTES, 0)
        return File(
            facts.kinds,
            fingerprint,
            number=facts.number,
            modified=0.0 if facts.number is None else opened.status.st_mtime,
            names_other=facts.names_other,
            parts=facts.parts,
            reason=facts.reason,
            position=facts.position,
            has_inside=_has_inside(in_experiment, begin),
        )


def _has_inside(path: str, begin: bytes) -> bool:
    return member_registry.format_of(path.rpartition("/")[2], begin) is not None


def _raise_if_ours(error: OSError) -> None:
    """Errors that say something about this process, and nothing about what it looks at."""
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        raise error


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
