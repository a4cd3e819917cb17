"""A root in which files of many runs are folders: of each run one, with the file once more (`sources.store`).

So discovery, rows, trees and series need not know that runs can be in a file. Nothing of such a folder is on the disk;
its descriptor is that of the folder that the file lies in, so that a watch of it reports what is written to the file.

A file of a run in which items lie (`sources.members`) stands beside a folder of them (`inside_folder`), which is in no
list: trees are told of it by `inside`.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from lavdlike.disk.archives.archive import ArchiveRoot
from lavdlike.disk.opening import root_at
from lavdlike.disk.root import Entry, OpenedFile, OpenedFolder
from lavdlike.disk.stores.bucket import Bucket
from lavdlike.disk.stores.object_root import ObjectRoot
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.messages import Problem
from lavdlike.reading.artifact_folders import ArtifactFolders
from lavdlike.reading.files_beside import FilesBeside
from lavdlike.reading.inside_folder import InsideFolder
from lavdlike.reading.known_members import KnownMembers
from lavdlike.reading.parted_runs import PartedRuns, PartFolder
from lavdlike.reading.stored_listings import ChangedRuns, Listing, Listings, inode_in
from lavdlike.sources import member_registry, store_registry
from lavdlike.sources.member_registry import Inside
from lavdlike.sources.members import Beside
from lavdlike.sources.run_store import State, member_name


class StoredRoot:
    """A folder of this machine, or an archive (`disk.root.Root`, `disk.opening`), with the runs in files in it."""

    def __init__(self, path: Path, *, follow_links: bool = False, only: str = "") -> None:
        self.path = path
        self.only = only
        self._inner = root_at(path, follow_links=follow_links, only=only)
        self._listings = Listings(path.absolute().name)
        self._parted = PartedRuns()
        self._artifacts = ArtifactFolders(self._inner, path)
        self.members = KnownMembers()

    def status(self) -> os.stat_result:
        return self._inner.status()

    def problems_in_stores(self) -> list[Problem]:
        """What could not be read of files that hold runs, or that by their names should; paths relative to the root.

        And what is not shown of the archive that the root is.
        """
        return [*self.problems_in_archive(), *self._listings.problems()]

    def problems_in_archive(self) -> list[Problem]:
        """What is not shown of the archive that the root is, or of a store; none of a folder."""
        return self._inner.problems() if isinstance(self._inner, ArchiveRoot | ObjectRoot) else []

    @property
    def bucket(self) -> Bucket | None:
        """The objects that it is; None of what lies on this machine."""
        return self._inner.bucket if isinstance(self._inner, ObjectRoot) else None

    @property
    def has_stores(self) -> bool:
        """Whether any file of runs, or run in parts, was met."""
        return bool(self._listings.stores or self._parted.met)

    def store_of(self, path: str) -> str:
        """The file of runs that something is in, or that it is; "" if it is in none that was met. Without a look.

        Of a run that lies in parts, the folder that they are.
        """
        if not self.has_stores:
            return ""
        names = path.split("/")
        for depth, name in enumerate(names, 1):
            file = "/".join(names[:depth])
            if self._parted.is_one(file) or (
                store_registry.may_be_store(name) and self._listings.is_store(file)
            ):
                return file
        return ""

    def changes_in(self, file: str) -> ChangedRuns:
        """What has changed in a file of runs, or the parts of one, since the last call, or since it was met.

        Raises:
            OSError, NotServedError: it cannot be read.
        """
        if self._parted.is_one(file):
            with ExitStack() as stack:
                return self._parted.changes(self._part_folder(file, stack), file)
        with self._inner.file(file) as opened:
            stored = _StoredFile(-1, opened, file.rpartition("/")[2], self._listings, self._artifacts)
            return self._listings.changed(opened, lambda: stored.state)

    @contextmanager
    def folder(
        self, path: str, *, start: OpenedFolder | None = None, start_names: int = 1
    ) -> Iterator[OpenedFolder]:
        start = start.inner if isinstance(start, _Folder) else start
        real = self._artifact_at(path)
        if real is not None:
            path, start = real, None
        inside = member_registry.inside_of(path)
        is_in_run = inside is not None and store_registry.may_be_member(inside.name)
        stored = None if is_in_run else self._stored_at(path)
        if stored is not None:
            with self._stored_folder(*stored) as found:
                yield found
            return
        if isinstance(start, _StoredFolder | InsideFolder | PartFolder):
            start = None
        if inside is not None:
            with ExitStack() as stack:
                yield self._inside_folder(path, inside, stack)
            return
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(self._inner.folder(path, start=start, start_names=start_names))
            except FileNotFoundError:
                parts = self._part_folder(path, stack)
                if parts is None:
                    raise
                yield parts
                return
            yield self._folder(opened, path)

    def file(self, path: str) -> AbstractContextManager[OpenedFile]:
        path = self._artifact_at(path) or path
        folder, _, name = path.rpartition("/")
        inside = member_registry.inside_of(path)
        if inside is None and not store_registry.may_be_member(name):
            return self._inner.file(path)
        stored = self._stored_at(folder) if store_registry.store_of_member(name) is not None else None
        return self._further_file(path, inside) if stored is None else self._stored_file(*stored, name, path)

    @contextmanager
    def _stored_file(self, file: str, below: str, name: str, path: str) -> Iterator[OpenedFile]:
        with self._stored_folder(file, below) as found, found.file(name, path) as opened:
            yield opened

    @contextmanager
    def _further_file(self, path: str, inside: Inside | None) -> Iterator[OpenedFile]:
        with ExitStack() as stack:
            yield self._opened_file(path, inside, stack)

    def _opened_file(self, path: str, inside: Inside | None, stack: ExitStack) -> OpenedFile:
        try:
            return stack.enter_context(self._inner.file(path))
        except (FileNotFoundError, NotADirectoryError):
            folder, _, name = path.rpartition("/")
            if store_registry.is_part_member(name) and (parts := self._part_folder(folder, stack)):
                return stack.enter_context(parts.file(name, path))
            if inside is None or not inside.below:
                raise
        outer = stack.enter_context(self._outer_file(inside))
        try:
            return stack.enter_context(self.members.opened(outer, inside.below, path, self._beside(inside)))
        except LogFormatError as error:
            where = f" ({error.position})" if error.position else ""
            raise NotServedError(path, error.reason + where) from None

    def _outer_file(self, inside: Inside) -> AbstractContextManager[OpenedFile]:
        is_in_run = store_registry.may_be_member(inside.name)
        return self.file(inside.file) if is_in_run else self._inner.file(inside.file)

    def _inside_folder(self, path: str, inside: Inside, stack: ExitStack) -> OpenedFolder:
        """A folder of the disk, if there is one of such a name."""
        try:
            opened = stack.enter_context(self._inner.folder(path))
        except (FileNotFoundError, NotADirectoryError):
            outer = stack.enter_context(self.folder(inside.file.rpartition("/")[0]))
            file = stack.enter_context(self._outer_file(inside))
            return InsideFolder(
                outer.descriptor, file, path, inside.below, self.members, self._beside(inside)
            )
        return self._folder(opened, path)

    def _folder(self, opened: OpenedFolder, path: str) -> _Folder:
        return _Folder(opened, path, self._listings, self._parted, self._artifacts)

    def _artifact_at(self, path: str) -> str | None:
        """Where what is in the folder of a run in a file is on the disk; None of what is in the file, or no such."""
        folders = path.split("/")[:-1]
        if not any(map(store_registry.may_be_store, folders)) or (stored := self._stored_at(path)) is None:
            return None
        file, below = stored
        with self._inner.file(file) as opened:
            found = _StoredFile(-1, opened, file.rpartition("/")[2], self._listings, self._artifacts)
            listing = found.listing(wanted="")
        return self._artifacts.real_in({} if listing is None else listing.runs, file, below)

    def _part_folder(self, path: str, stack: ExitStack) -> PartFolder | None:
        """The parts of the run at a path, which is not on the disk; None if there are none."""
        try:
            outer = stack.enter_context(self._inner.folder(path.rpartition("/")[0]))
        except (OSError, NotServedError):
            return None
        return self._parted.folder(outer, path)

    def _beside(self, inside: Inside) -> Beside:
        return FilesBeside(self._inner, self.path, inside.file)

    def _stored_at(self, path: str) -> tuple[str, str] | None:
        """The file of runs that a path leads into, and the rest of the path; None of other paths."""
        names = path.split("/")
        for depth, name in enumerate(names, 1):
            if not store_registry.may_be_store(name):
                continue
            file = "/".join(names[:depth])
            try:
                with self._inner.file(file) as opened:
                    is_one = _StoredFile(-1, opened, name, self._listings, self._artifacts).has(
                        "/".join(names[depth:])
                    )
            except (OSError, NotServedError):
                continue
            if is_one:
                return file, "/".join(names[depth:])
        return None

    @contextmanager
    def _stored_folder(self, file: str, below: str) -> Iterator[_StoredFolder]:
        folder, _, name = file.rpartition("/")
        with self._inner.folder(folder) as opened, self._inner.file(file) as store_file:
            yield _StoredFile(opened.descriptor, store_file, name, self._listings, self._artifacts).folder(
                below
            )


class _Folder:
    """A folder of the disk (`disk.root.OpenedFolder`), in which files of runs are folders. `path`: below the root."""

    def __init__(
        self,
        inner: OpenedFolder,
        path: str,
        listings: Listings,
        parted: PartedRuns,
        artifacts: ArtifactFolders,
    ) -> None:
        self.inner = inner
        self._path = path
        self._listings = listings
        self._parted = parted
        self._artifacts = artifacts

    @property
    def descriptor(self) -> int:
        return self.inner.descriptor

    def status(self) -> os.stat_result:
        return self.inner.status()

    def entries(self) -> Iterator[Entry]:
        stores = set()
        for entry in self._parted.in_folder(self.inner, self._path, self.inner.entries()):
            is_file = entry.type == "file" and store_registry.may_be_store(entry.name)
            if is_file:
                stores.add(entry.name)
            elif self._artifacts.has(self._below(entry.name), self._listings.stores):
                continue  # of a run
            yield entry._replace(type="folder") if is_file and self._is_store(entry.name) else entry
        self._listings.keep_only(self._path, stores)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        name, _, below = path.partition("/")
        if store_registry.may_be_store(name) and self._is_store(name):
            with self._stored(name) as file:
                return file.status_of(below)
        try:
            return self.inner.status_of(path, follow_links=follow_links)
        except FileNotFoundError:
            parts = self._parted.folder(self.inner, self._below(name))
            if parts is None:
                raise
            return parts.status_of(below)

    def file(self, name: str, shown: str) -> AbstractContextManager[OpenedFile]:
        return self.inner.file(name, shown)

    @contextmanager
    def folder(self, name: str) -> Iterator[OpenedFolder]:
        if store_registry.may_be_store(name) and self._is_store(name):
            with self._stored(name) as file:
                yield file.folder("")
            return
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(self.inner.folder(name))
            except FileNotFoundError:
                parts = self._parted.folder(self.inner, self._below(name))
                if parts is None:
                    raise
                yield parts
                return
            yield _Folder(opened, self._below(name), self._listings, self._parted, self._artifacts)

    def _is_store(self, name: str) -> bool:
        try:
            with self._stored(name) as file:
                return file.is_store
        except OSError:
            self._listings.forget(self._below(name))
            return False

    def _below(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    @contextmanager
    def _stored(self, name: str) -> Iterator[_StoredFile]:
        with self.inner.file(name, self._below(name)) as opened:
            yield _StoredFile(self.descriptor, opened, name, self._listings, self._artifacts)


class _StoredFile:
    """An opened file of runs. `folder_descriptor`: of the folder that it lies in."""

    def __init__(
        self,
        folder_descriptor: int,
        file: OpenedFile,
        name: str,
        listings: Listings,
        artifacts: ArtifactFolders,
    ) -> None:
        self.folder_descriptor = folder_descriptor
        self.file = file
        self.artifacts = artifacts
        self._name = name
        self._listings = listings

    @property
    def is_store(self) -> bool:
        return self.has(None)

    def has(self, wanted: str | None) -> bool:
        """Whether it holds runs; `wanted`: as of `listing`."""
        try:
            return self.listing(wanted) is not None
        except NotServedError:
            return True

    def listing(self, wanted: str | None = None) -> Listing | None:
        found = self._listings.of(self.file, lambda: self.state, wanted=wanted)
        if found is not None:
            self.artifacts.list_runs(self.file.path, found, found.runs)
        return found

    @cached_property
    def state(self) -> State:
        """When it was opened, or soon after."""
        return store_registry.state_of(self.file.fd, self._name)

    def folder(self, path: str) -> _StoredFolder:
        """Raises FileNotFoundError, NotADirectoryError, NotServedError."""
        listing = self.listing(wanted=path)
        if listing is None:
            raise NotADirectoryError(errno.ENOTDIR, "no file of runs", self.file.path)
        if path not in listing.folders:
            raise FileNotFoundError(errno.ENOENT, "no such run", f"{self.file.path}/{path}")
        return _StoredFolder(self, listing, path)

    def status_of(self, path: str) -> os.stat_result:
        """Of a folder or the file of a run. Raises as `folder`."""
        listing = self.listing(wanted=path)
        outer, _, name = path.rpartition("/")
        if listing is not None and path not in listing.folders and name == member_name(listing.store):
            return self.folder(outer).status_of(name)
        return self.folder(path).status()


class _StoredFolder:
    """A folder that is in a file of runs, or the file itself (`disk.root.OpenedFolder`). `path`: in the file."""

    def __init__(self, file: _StoredFile, listing: Listing, path: str) -> None:
        self.descriptor = file.folder_descriptor
        self._file = file
        self._listing = listing
        self._path = path

    def status(self) -> os.stat_result:
        return self._status(stat.S_IFDIR | 0o555, self._identity())

    def entries(self) -> Iterator[Entry]:
        listing = self._listing
        if self._path not in listing.runs:  # a list that has a folder may be too old for what is in it
            listing = self._file.listing() or listing
        for name in listing.folders.get(self._path, ()):
            is_member = self._path in listing.runs
            yield Entry(name, "file" if is_member else "folder", self._identity_of(name))
        if self._path in listing.runs:
            yield from self._file.artifacts.entries(listing.runs[self._path], self._file.file.path)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:  # noqa: ARG002 - there are none
        if path == ".":
            return self.status()
        if self._path in self._listing.runs:
            if path != member_name(self._listing.store):
                return self._file.artifacts.status_of(self._real(path), path)
            return self._status(stat.S_IFREG | 0o444, self._identity_of(path))
        return self._file.status_of(f"{self._path}/{path}" if self._path else path)

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        run = self._listing.runs.get(self._path)
        if run is None or name != member_name(self._listing.store):
            raise FileNotFoundError(errno.ENOENT, "no such file", shown)
        yield OpenedFile(self._file.file.fd, shown, self.status_of(name), run.key)

    @contextmanager
    def folder(self, name: str) -> Iterator[OpenedFolder]:
        if (real := self._real(name)) is None:
            yield self._file.folder(f"{self._path}/{name}" if self._path else name)
        else:
            with self._file.artifacts.opened(real) as opened:
                yield opened

    def _real(self, path: str) -> str | None:
        """Where what is in the folder of a run is on the disk; None if it is in the file."""
        run = self._listing.runs.get(self._path)
        return None if run is None else self._file.artifacts.real(run, self._file.file.path, path)

    def _status(self, mode: int, inode: int) -> os.stat_result:
        """With the time of the last change of the run, as far as that is known: at its end, or now."""
        own = self._file.file.status
        modified_ns = self._file.state.modified_ns
        run = self._listing.runs.get(self._path)
        if run is not None and run.ended is not None:
            modified_ns = min(modified_ns, int(run.ended * 1e9))
        seconds = modified_ns // 10**9
        return os.stat_result(
            (mode, inode, own.st_dev, 1, own.st_uid, own.st_gid, own.st_size, seconds, seconds, seconds),
            {
                f"st_{of}": value
                for time_of in ("atime", "mtime", "ctime")
                for of, value in ((time_of, modified_ns / 1e9), (f"{time_of}_ns", modified_ns))
            },
        )

    def _identity(self) -> int:
        return inode_in(self._file.file.status.st_ino, self._path)

    def _identity_of(self, name: str) -> int:
        return inode_in(self._file.file.status.st_ino, f"{self._path}/{name}" if self._path else name)
