"""A look at folders of an experiment: what is on disk, as `tree` wants to be told. Runs in threads (`workers`).

A folder is watched before it is read, by the same descriptor: what is read is what is watched, and nothing that comes
in between is missed. No file's status is asked for to list it; only files whose content decides on their kind (JSON,
scalars files, tables outside of steps) are read, once for each content, and only files that somebody was given are
looked at again.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from lavdlike import layout
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds import images, json_file, registry, scalars, tables
from lavdlike.server import files
from lavdlike.server.tree import PLAIN, SCALARS, File, Folder, Other, Seen, Subfolder, Thing

LINK_IN_LINK = "link, not followed: it stands in a folder that is itself behind a link"
LINK_TO_ABOVE = "link, not followed: it leads to a folder that holds it"
_HEADER = scalars.HEADER.encode()
# Of a table, for the names of its columns.
_TABLE_BEGIN_BYTES = 64 * 2**10


class Task(NamedTuple):
    """One folder to look at.

    `names`: those that may have changed; `whole`: whether all others are to be looked at as well.
    `unless_modified_ns`: if the folder still has this time, the names in it are the known ones and need no listing.
    `lightly`: such a folder need not even be opened, so that it is not watched from now on if it was not.
    """

    folder: str
    names: frozenset[str] = frozenset()
    whole: bool = False
    unless_modified_ns: int = 0
    lightly: bool = False

    def and_also(self, other: Task) -> Task:
        """Both tasks, of the same folder, in one."""
        whole = [task for task in (self, other) if task.whole]
        unless_modified_ns = min((task.unless_modified_ns for task in whole), default=0)
        lightly = bool(whole) and all(task.lightly for task in whole)
        return Task(self.folder, self.names | other.names, bool(whole), unless_modified_ns, lightly)


# Told of each folder before it is listed: its path relative to the experiment, its descriptor.
Watch = Callable[[str, int], None]


def look(
    root: files.Root,
    experiment: str,
    tasks: Sequence[Task],
    known: Mapping[str, Folder],
    watch: Watch,
    *,
    budget_s: float,
) -> list[Seen]:
    """What the folders hold now. A folder that is not there (any more) holds nothing.

    Args:
        tasks: folders relative to the experiment.
        known: what the tree holds of the experiment; only read.
        budget_s: how long to begin with further tasks; the first is always done.

    Returns:
        As many as were done, in the order of the tasks.

    Raises:
        OSError: of a kind that says nothing about the tree (no descriptors left, an error of the disk).
    """
    until = time.monotonic() + budget_s
    seen: list[Seen] = []
    try:
        with root.folder(experiment) as start:
            above = frozenset({_identity(root.path.stat()), _identity(os.fstat(start))})
            for task in tasks:
                seen.append(_look_at(root, experiment, start, task, known, watch, above))
                if time.monotonic() > until:
                    break
    except (FileNotFoundError, NotADirectoryError):
        return [Seen(task.folder, {}, complete=True) for task in tasks]
    except NotServedError as error:
        return [Seen(task.folder, {}, complete=True, reason=error.reason) for task in tasks]
    return seen


def _look_at(
    root: files.Root,
    experiment: str,
    start: int,
    task: Task,
    known: Mapping[str, Folder],
    watch: Watch,
    above: frozenset[tuple[int, int]],
) -> Seen:
    path = f"{experiment}/{task.folder}" if task.folder else experiment
    try:
        if task.lightly and not task.names and _is_unchanged(start, task, known.get(task.folder)):
            return Seen(task.folder, {}, complete=False)
        with root.folder(path, start=start) as fd:
            folder = known.get(task.folder) or Folder()
            identities_above = above | _identities_above(task.folder, known)
            view = _View(root, path, experiment, fd, folder, identities_above)
            if not task.whole:
                return Seen(task.folder, view.named(task.names), complete=False, touched=task.names)
            watch(task.folder, fd)
            status = os.fstat(fd)
            if task.unless_modified_ns and status.st_mtime_ns == task.unless_modified_ns:
                names = task.names.union(view.to_check())
                return Seen(task.folder, view.named(names), complete=False, touched=task.names)
            modified_ns = status.st_mtime_ns if files.is_settled(status) else 0
            return Seen(task.folder, view.all(), complete=True, touched=task.names, modified_ns=modified_ns)
    except (FileNotFoundError, NotADirectoryError):
        return Seen(task.folder, {}, complete=True)
    except NotServedError as error:
        return Seen(task.folder, {}, complete=True, reason=error.reason)
    except OSError as error:
        _raise_if_ours(error)
        return Seen(task.folder, {}, complete=False, reason=error.strerror or str(error))


def _is_unchanged(start: int, task: Task, known: Folder | None) -> bool:
    """Whether a folder, and all in it that could have changed without changing it, are the known ones."""
    if known is None or not task.unless_modified_ns or any(map(_is_to_check, known.things.values())):
        return False
    status = os.stat(task.folder or ".", dir_fd=start)
    return status.st_mtime_ns == task.unless_modified_ns and _identity(status) == known.identity


def _is_to_check(thing: Thing) -> bool:
    """Whether it can change without a trace in its folder, and matters to somebody, or could not be read."""
    if thing is PLAIN:
        return False
    if isinstance(thing, File):
        return thing.linked or thing.fingerprint != 0 or thing.reason != ""
    return thing.linked or isinstance(thing, Other)


class _View:
    """An opened folder, and what was known of it."""

    def __init__(
        self,
        root: files.Root,
        path: str,
        experiment: str,
        fd: int,
        known: Folder,
        identities_above: frozenset[tuple[int, int]],
    ) -> None:
        self._root = root
        self._path = path
        self._experiment = experiment
        self._fd = fd
        self._known = known
        self._identities_above = identities_above
        self._device = os.fstat(fd).st_dev

    def all(self) -> dict[str, Thing | None]:
        things: dict[str, Thing | None] = {}
        for name, type_, inode in files.entries_of(self._fd):
            thing = self._thing(name, type_, (self._device, inode))
            if thing is not None:
                things[name] = thing
        return things

    def named(self, names: Iterable[str]) -> dict[str, Thing | None]:
        return {name: self._named(name) for name in names}

    def to_check(self) -> list[str]:
        return [name for name, thing in self._known.things.items() if _is_to_check(thing)]

    def _named(self, name: str) -> Thing | None:
        try:
            status = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return self._thing(name, files.type_of(status.st_mode), (status.st_dev, status.st_ino))

    def _thing(self, name: str, type_: files.EntryType, identity: tuple[int, int]) -> Thing | None:
        try:
            if type_ == "file":
                return self._file(name)
            if type_ == "folder":
                return Subfolder(identity)
            if type_ == "link":
                return self._behind_link(name)
            return Other(files.NOT_REGULAR)
        except (FileNotFoundError, NotADirectoryError):  # gone while we looked
            return None
        except OSError as error:
            _raise_if_ours(error)
            return Other(error.strerror or str(error), linked=type_ == "link")

    def _file(self, name: str) -> File:
        known = self._known.things.get(name)
        if not isinstance(known, File) or known.linked:
            known = PLAIN
        if not self._content_decides(name):
            if not known.fingerprint:
                return PLAIN
            status = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
            return File(fingerprint=files.fingerprint(status))
        if known.fingerprint:
            status = os.stat(name, dir_fd=self._fd, follow_symlinks=False)
            if known.fingerprint == files.fingerprint(status):
                return known
        try:
            with files.file_in(self._fd, name, f"{self._path}/{name}") as opened:
                return self._read(opened)
        except NotServedError as error:
            return File((), reason=error.reason)

    def _behind_link(self, name: str) -> Thing:
        path = f"{self._path}/{name}"
        try:
            mode = os.stat(name, dir_fd=self._fd).st_mode
        except OSError:
            return Other(files.LINK_TO_NOTHING, linked=True)
        try:
            if files.type_of(mode) == "folder":
                if self._known.linked:
                    return Other(LINK_IN_LINK, linked=True)
                with self._root.folder(path) as fd:
                    identity = _identity(os.fstat(fd))
                if identity in self._identities_above:
                    return Other(LINK_TO_ABOVE, linked=True)
                return Subfolder(identity, linked=True)
            with self._root.file(path) as opened:
                if self._content_decides(name):
                    return self._read(opened)._replace(linked=True)
                return File(fingerprint=files.fingerprint(opened.status), linked=True)
        except NotServedError as error:
            return Other(error.reason, linked=True)

    def _content_decides(self, name: str) -> bool:
        suffix = layout.split_suffix(name)[1].lower()
        if suffix not in tables.KIND.suffixes:
            return suffix == ".json"
        return layout.split_step(self._in_experiment(f"{self._path}/{name}"))[0] is None

    def _in_experiment(self, path: str) -> str:
        return path[len(self._experiment) + 1 :]

    def _read(self, opened: files.OpenedFile) -> File:
        """The kinds that the content of the file makes it."""
        fingerprint = files.fingerprint(opened.status)
        in_experiment = self._in_experiment(opened.path)
        if not in_experiment.lower().endswith(".json"):
            begin = os.read(opened.fd, _TABLE_BEGIN_BYTES)
            if layout.scalars_writer(in_experiment) is not None:
                return File((SCALARS,) if begin.startswith(_HEADER) else (), fingerprint)
            has_steps = tables.step_columns(begin, in_experiment) is not None
            return File(fingerprint=fingerprint, has_steps=has_steps)
        try:
            document = json_file.read_object(opened.read(json_file.MAX_BYTES), in_experiment)
        except LogFormatError as error:
            return File((), fingerprint, reason=error.reason, position=error.position)
        kinds = registry.kinds_of_json(document, in_experiment)
        file = File(tuple(kind.name for kind in kinds), fingerprint)
        for kind in kinds:
            if kind.read_json is None:
                continue
            try:
                content = kind.read_json(kind.part_of(document), in_experiment)
            except LogFormatError as error:
                file = file._replace(reason=error.reason, position=error.position)
                continue
            if isinstance(content, scalars.ScalarContent):
                file = file._replace(number=content.value, modified=opened.status.st_mtime)
            elif isinstance(content, images.ImageContent) and content.problems:
                first = content.problems[0]
                file = file._replace(reason=first.reason, position=first.position)
        return file


def _raise_if_ours(error: OSError) -> None:
    """Errors that say something about this process, and nothing about what it looks at."""
    if error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
        raise error


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _identities_above(folder: str, known: Mapping[str, Folder]) -> frozenset[tuple[int, int]]:
    names = folder.split("/") if folder else []
    paths = ["/".join(names[:depth]) for depth in range(len(names) + 1)]
    return frozenset(known[path].identity for path in paths if path in known)


class RootSeen(NamedTuple):
    """What a look at the root has found.

    `folders`: by name; None for what is no folder, or gone. `modified_ns`: as in `tree.Seen`.
    """

    identity: tuple[int, int]
    folders: dict[str, Subfolder | Other | None]
    modified_ns: int


def look_at_root(root: files.Root, names: frozenset[str] | None, watch: Watch) -> RootSeen:
    """The folders directly in the root: all, or of these names.

    Raises:
        OSError, NotServedError: the root is not there, or cannot be read.
    """
    with root.folder("") as fd:
        status = os.fstat(fd)
        identity = (status.st_dev, status.st_ino)
        if names is None:
            watch("", fd)
            found = {entry.name: (entry.type, entry.inode) for entry in files.entries_of(fd)}
        else:
            found = {name: _type_and_inode(fd, name) for name in names}
        folders = {
            name: _experiment(root, fd, name, type_, (status.st_dev, inode))
            for name, (type_, inode) in found.items()
        }
    return RootSeen(identity, folders, status.st_mtime_ns if files.is_settled(status) else 0)


def _type_and_inode(folder_fd: int, name: str) -> tuple[files.EntryType, int]:
    try:
        status = os.stat(name, dir_fd=folder_fd, follow_symlinks=False)
    except FileNotFoundError:
        return "other", 0
    return files.type_of(status.st_mode), status.st_ino


def _experiment(
    root: files.Root, root_fd: int, name: str, type_: files.EntryType, identity: tuple[int, int]
) -> Subfolder | Other | None:
    if type_ == "folder":
        return Subfolder(identity)
    try:
        if type_ != "link" or files.type_of(os.stat(name, dir_fd=root_fd).st_mode) != "folder":
            return None
        with root.folder(name) as fd:
            status = os.fstat(fd)
    except OSError:  # a link to nothing
        return None
    except NotServedError as error:
        return Other(error.reason, linked=True)
    return Subfolder((status.st_dev, status.st_ino), linked=True)
