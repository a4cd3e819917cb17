"""A zip or tar file of this machine as a root (`disk.root.Root`): what is in it is read where it lies, never written.

One that has changed is looked through again at the next access. Of a process, all roots of one archive share what is
known of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.archives import unpacking
from lavdlike.disk.archives.archive_tree import ArchiveTree, Part
from lavdlike.disk.archives.gzip_reader import GzipReader
from lavdlike.disk.archives.tar_heads import read_tar
from lavdlike.disk.archives.zip_directory import LOCAL, LOCAL_MAGIC, read_zip
from lavdlike.disk.made import status_of_made, told_as
from lavdlike.disk.root import NO_PERMISSION, Entry, OpenedFile, OpenedFolder
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.messages import Problem

_ZIP, _TAR, _TAR_GZ = (".zip",), (".tar",), (".tar.gz", ".tgz")
_OTHERS = (".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".7z", ".rar")
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | getattr(os, "O_NOCTTY", 0)
_MAX_KNOWN = 8


class ArchivePlace(NamedTuple):
    """`file`: of the archive. `below`: a folder in it, "" for all of it."""

    file: Path
    below: str = ""


def archive_at(path: Path) -> ArchivePlace | None:
    """The archive that a path is, or leads into; None of all other paths, also where nothing is."""
    for depth, outer in enumerate([path, *path.parents]):
        try:
            mode = outer.stat().st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode) or not outer.name.lower().endswith((*_ZIP, *_TAR, *_TAR_GZ, *_OTHERS)):
            return None
        below = "/".join(path.parts[len(path.parts) - depth :])
        return ArchivePlace(outer, below)
    return None


class ArchiveRoot:
    """What is in an archive.

    Args:
        called: the name that the archive has as the only folder of the root; "": the archive is the root.
        only: the name of the one folder in it that there is; "": of all.
    """

    def __init__(self, place: ArchivePlace, *, called: str = "", only: str = "") -> None:
        self.place = place
        self._called = called
        self._only = only or called

    def status(self) -> os.stat_result:
        return _folder_status(self.place.file.stat(), self.place.below, 0.0)

    def problems(self) -> list[Problem]:
        """What of it is not shown; paths relative to the root."""
        try:
            found = self._archive().tree.problems
        except (OSError, NotServedError):
            return []  # whoever lists it is told
        outer = self._called or ("" if self.place.below else self.place.file.name)
        begin = f"{self.place.below}/" if self.place.below else ""
        return [
            Problem(self._shown(each.path.removeprefix(begin)) if each.path else outer, each.reason)
            for each in found
            if each.path.startswith(begin)
        ]

    def _shown(self, path: str) -> str:
        return f"{self._called}/{path}" if self._called else path

    @contextmanager
    def folder(
        self,
        path: str,
        *,
        start: OpenedFolder | None = None,  # noqa: ARG002 - nothing is on the way
        start_names: int = 1,  # noqa: ARG002
    ) -> Iterator[OpenedFolder]:
        self._check(path)
        archive = self._archive()
        if self._called and not path:
            yield _Outer(archive, self)
            return
        inner = self._inner(path)
        if not archive.tree.has_folder(inner):
            missing = archive.tree.part(inner) is None
            raise (FileNotFoundError if missing else NotADirectoryError)(errno.ENOENT, "no such folder", path)
        yield ArchiveFolder(archive, inner, "" if path else self._only)

    @contextmanager
    def file(self, path: str) -> Iterator[OpenedFile]:
        self._check(path)
        with self._archive().opened(self._inner(path), path) as opened:
            yield opened

    def _check(self, path: str) -> None:
        names = path.split("/") if path else []
        is_other = bool(self._only and names) and names[0] != self._only
        if any(name in ("", ".", "..") for name in names) or layout.is_hidden(path) or is_other:
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", path)

    def _inner(self, path: str) -> str:
        """The path in the archive."""
        below = path.partition("/")[2] if self._called else path
        return "/".join(filter(None, (self.place.below, below)))

    def _archive(self) -> Archive:
        return known_archive(self.place.file)


class Archive:
    """An archive as it was when it was opened: what is in it, and its bytes. Closed with the last who uses it."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, _FLAGS)
        self._unpacked = unpacking.Unpacked()
        try:
            self.status = os.fstat(self._fd)
            self._gzip = GzipReader(self._fd) if path.name.lower().endswith(_TAR_GZ) else None
            self.is_zip = path.name.lower().endswith(_ZIP)
            self.tree = self._tree(path.name)
        except BaseException:
            os.close(self._fd)
            self._fd = -1
            raise

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):
            self._unpacked.close()
            if self._fd >= 0:
                os.close(self._fd)

    def read_at(self, place: int, count: int) -> bytes:
        """Bytes of what the archive is, unpacked if it is compressed as a whole; fewer only at its end."""
        if self._gzip is not None:
            return self._gzip.read_at(place, count)
        return os.pread(self._fd, count, place)

    @contextmanager
    def opened(self, path: str, shown: str) -> Iterator[OpenedFile]:
        """A file in it. Raises as `Root.file`; `shown`: its path for others."""
        part = self.tree.part(path)
        if part is None:
            if self.tree.has_folder(path):
                raise NotServedError(shown, "not a regular file")
            raise FileNotFoundError(errno.ENOENT, "no such file", shown)
        status = self.status_of(path, part)
        try:
            fd = self._unpacked.opened(shown, self._placed(part, shown), self.read_at)
        except LogFormatError as error:  # of a gzip file around it
            raise NotServedError(shown, error.reason) from None
        try:
            with told_as(fd, status):
                yield OpenedFile(fd, shown, status)
        finally:
            os.close(fd)

    def status_of(self, path: str, part: Part) -> os.stat_result:
        """Of a file in it: its own time, and an inode that is another one when the archive is."""
        inode = _inode(self.status, f"{part.offset}/{path}")
        return status_of_made(part.size_bytes, self.status, inode=inode, modified_ns=int(part.modified * 1e9))

    def folder_status(self, path: str) -> os.stat_result:
        """Of a folder in it, with the time of what was written last in it."""
        return _folder_status(self.status, path, self.tree.modified(path))

    def _tree(self, name: str) -> ArchiveTree:
        if name.lower().endswith(_OTHERS):
            reason = "archives of this form are not read; a .zip, .tar or .tar.gz is"
            raise NotServedError(name, reason)
        try:
            return read_zip(self._fd, self.status.st_size) if self.is_zip else read_tar(self)
        except LogFormatError as error:
            raise NotServedError(name, error.reason) from None

    def _placed(self, part: Part, shown: str) -> Part:
        """With the place of the bytes themselves."""
        if not self.is_zip:
            return part
        head = os.pread(self._fd, LOCAL.size, part.offset)
        if len(head) < LOCAL.size or not head.startswith(LOCAL_MAGIC):
            raise NotServedError(shown, "damaged or cut: it is not where the archive says")
        *_, name_bytes, extra_bytes = LOCAL.unpack(head)
        return part._replace(offset=part.offset + LOCAL.size + name_bytes + extra_bytes)


class ArchiveFolder:
    """A folder in an archive (`disk.root.OpenedFolder`). `only`: the one name in it that there is, "": all."""

    descriptor = -1  # nothing of a disk, and not to be watched

    def __init__(self, archive: Archive, path: str, only: str = "") -> None:
        self._archive = archive
        self._path = path
        self._only = only

    def status(self) -> os.stat_result:
        return self._archive.folder_status(self._path)

    def entries(self) -> Iterator[Entry]:
        for name, is_folder in self._archive.tree.names(self._path):
            if self._only in ("", name):
                inode = _inode(self._archive.status, self._below(name))
                yield Entry(name, "folder" if is_folder else "file", inode)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:  # noqa: ARG002 - there are none
        if path == ".":
            return self.status()
        self._check(path)
        below = self._below(path)
        part = self._archive.tree.part(below)
        if part is not None:
            return self._archive.status_of(below, part)
        if not self._archive.tree.has_folder(below):
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        return self._archive.folder_status(below)

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        self._check(name)
        with self._archive.opened(self._below(name), shown) as opened:
            yield opened

    @contextmanager
    def folder(self, name: str) -> Iterator[ArchiveFolder]:
        self._check(name)
        below = self._below(name)
        if not self._archive.tree.has_folder(below):
            raise NotADirectoryError(errno.ENOTDIR, "no such folder", name)
        yield ArchiveFolder(self._archive, below)

    def _check(self, path: str) -> None:
        if self._only not in ("", path.partition("/")[0]):
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", path)

    def _below(self, path: str) -> str:
        return f"{self._path}/{path}" if self._path else path


class _Outer:
    """The folder around an archive that is a run itself, in which there is nothing else."""

    descriptor = -1

    def __init__(self, archive: Archive, root: ArchiveRoot) -> None:
        self._archive = archive
        self._root = root
        self._name = root.place.file.name

    def status(self) -> os.stat_result:
        return _folder_status(self._archive.status, "/", 0.0)

    def entries(self) -> Iterator[Entry]:
        yield Entry(self._name, "folder", _inode(self._archive.status, ""))

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        name, _, below = path.partition("/")
        with self.folder(name) as opened:
            return opened.status_of(below, follow_links=follow_links) if below else opened.status()

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        if name == self._name:
            raise FileNotFoundError(errno.ENOENT, "not a file", shown)
        with self._root.file(name) as opened:
            yield opened._replace(path=shown)

    @contextmanager
    def folder(self, name: str) -> Iterator[OpenedFolder]:
        with self._root.folder(name) as opened:
            yield opened


_lock = threading.Lock()
_known: OrderedDict[tuple[int, ...], Archive | NotServedError] = OrderedDict()
_looking: dict[str, threading.Lock] = {}


def known_archive(path: Path) -> Archive:
    """As it is now; looked through once, whoever asks.

    Raises:
        OSError: it is not there.
        NotServedError: it cannot be read.
    """
    key = _key(path)
    with _lock:
        found = _known.get(key)
        turn = _looking.setdefault(str(path), threading.Lock())
    if found is None:
        with turn:  # looking through a large one takes long, and once is enough
            found = _known.get(key)
            if found is None:
                found = _looked_through(path)
    with _lock:
        _known[key] = found
        _known.move_to_end(key)
        while len(_known) > _MAX_KNOWN:
            _known.popitem(last=False)
    if isinstance(found, NotServedError):
        raise NotServedError(found.path, found.reason)
    return found


def _looked_through(path: Path) -> Archive | NotServedError:
    try:
        return Archive(path)
    except PermissionError:
        return NotServedError(path.name, NO_PERMISSION)
    except NotServedError as error:
        return error


def _key(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _folder_status(of: os.stat_result, path: str, modified: float) -> os.stat_result:
    inode = _inode(of, f"{path}/")
    # By its time alone a folder counts as unchanged: within the second it says of which archive it is.
    modified_ns = int(modified or of.st_mtime) * 10**9 + inode % 10**9
    made = status_of_made(0, of, inode=inode, modified_ns=modified_ns)
    times = {
        f"st_{name}{unit}": getattr(made, f"st_{name}{unit}")
        for name in ("atime", "mtime", "ctime")
        for unit in ("", "_ns")
    }
    return os.stat_result((stat.S_IFDIR | 0o555, *made[1:]), times)


def _inode(of: os.stat_result, path: str) -> int:
    """Another one for every path, and for every state of the archive."""
    facts = f"{of.st_ino}/{of.st_size}/{of.st_mtime_ns}/{of.st_ctime_ns}/{path}"
    digest = hashlib.blake2b(facts.encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
