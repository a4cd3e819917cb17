"""One file of a tree at a time into a store: a kill or a lost answer at any moment neither loses nor repeats."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from lavdlike.disk.parts import FOLDER_SUFFIX, Part, arranged, part_of, part_path
from lavdlike.disk.stores.object_store import CREATE, ObjectStore
from lavdlike.errors import StoreConflictError, StoreError, StoreMissingError
from lavdlike.mirror import joined_documents
from lavdlike.mirror.file_state import (
    Fingerprint,
    Growing,
    OwnPart,
    Whole,
    digest,
    has_header,
    has_lines,
    next_cut,
)
from lavdlike.mirror.store_journal import Journal

PART_BYTES = 8 * 2**20
# Files up to this size are read into memory, and compared where something else stands; larger ones are sent from disk.
IN_MEMORY_BYTES = 64 * 2**20
_SAMPLE_BYTES = 16 * 2**10
_MAX_CONFLICTS = 20
_MAX_HEADER = 2**16
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')
# Of no file.
_NO_INODE = 0


class Uploads:
    """What of a tree is brought into a store; the journal knows how far it is. For any thread, one a file at a time.

    Methods raise StoreError (with `is_temporary`: later may do), and OSError if this machine's disk refuses. A file
    that is not there is passed over.

    Args:
        tree: the folder; paths are relative to it.
        may_be_stored: whether what the journal does not know may be in the store nevertheless: it was lost, or somebody
            else brought a copy of the tree there. Otherwise lines of a file that the journal does not know are new,
            also if the store has the same: those of a script that prints what it printed on another host.
    """

    def __init__(
        self, tree: Path, store: ObjectStore, journal: Journal, *, may_be_stored: bool = False
    ) -> None:
        self._tree = tree
        self._store = store
        self._journal = journal
        self._may_be_stored = may_be_stored or journal.was_broken
        self._has_md5 = True

    def whole(self, path: str) -> None:
        """Store a file as it is now, unless it is stored so."""
        file = self._tree / path
        with contextlib.suppress(FileNotFoundError):
            state = fingerprint(file.stat())
            known = self._journal.state(path)
            if isinstance(known, Whole) and known.state == state:
                return
            content: bytes | Path = file
            if state.size_bytes <= IN_MEMORY_BYTES:
                with file.open("rb") as opened:  # the state that is read, which may be a newer one
                    state = fingerprint(os.fstat(opened.fileno()))
                    content = opened.read()
            etag = self._replaced(path, content, known.etag if isinstance(known, Whole) else CREATE)
            self._journal.keep(path, Whole(state, etag))

    def growing(self, path: str, *, is_last: bool = False) -> None:
        """Store what a file that grows has more than is stored.

        Args:
            is_last: nothing is expected to follow: a cut line goes as it is, and the parts become one object again.
        """
        with contextlib.suppress(FileNotFoundError), (self._tree / path).open("rb") as opened:
            descriptor = opened.fileno()
            known = self._known(path, descriptor)
            for _ in range(_MAX_CONFLICTS):
                while known.attempt is None:
                    known = self._without_header(path, known, descriptor)
                    content = os.pread(descriptor, PART_BYTES, known.stored)
                    cut = next_cut(content, path, is_last=is_last and len(content) < PART_BYTES)
                    if not cut and len(content) < PART_BYTES:
                        break
                    content = content[: cut or len(content)]
                    sample = _sample(descriptor, known.stored + len(content))
                    known = self._attempted(path, self._keep(path, known.begun(content, sample)), content)
                    known = self._joined(path, known, descriptor)
                if known.attempt is None:
                    break
                known = self._keep(path, known.behind(self._remote_end(path)))
            else:
                raise StoreError(self._store.address, f"others write {path} all the time", is_temporary=True)
            if is_last:
                known = self._made_whole(path, known, descriptor)
            if known.sampled != known.stored:
                sample = _sample(descriptor, known.stored)
                self._keep(path, msgspec.structs.replace(known, sampled=known.stored, sample=sample))

    def remove_doomed(self) -> None:
        """Remove from the store what is no longer needed there."""
        for path, is_folder in self._journal.doomed():
            if is_folder:
                for each in self._listed(path):
                    self._store.delete(each)
            else:
                if part_of(path) is None:
                    for each in self._listed(path + FOLDER_SUFFIX):
                        self._store.delete(each)
                self._store.delete(path)
            self._journal.removed(path)

    def _listed(self, folder: str) -> list[str]:
        """From the last one to the first: what is left of a file in parts is always its beginning."""
        return sorted((found.path for found in self._store.list(folder)), reverse=True)

    def _replaced(self, path: str, content: bytes | Path, condition: str) -> str:
        """Put a whole file where nothing, or what we put there, is expected to stand. Returns its etag."""
        if not self._store.has_conditions:
            return self._put(path, content, None)
        for _ in range(_MAX_CONFLICTS):
            try:
                return self._put(path, content, condition)
            except StoreConflictError:
                pass
            try:
                found = self._store.stat(path)
                if isinstance(content, Path) or found.size_bytes > IN_MEMORY_BYTES:
                    return self._put(path, content, None)
                stands = self._store.read(path)
            except StoreMissingError:
                condition = CREATE
                continue
            if stands.content == content:
                return stands.etag
            content, condition = joined_documents.joined(path, stands.content, content), stands.etag
            if stands.content == content:
                return stands.etag
        raise StoreError(self._store.address, f"others write {path} all the time", is_temporary=True)

    def _known(self, path: str, descriptor: int) -> Growing:
        """How far a file is stored, in any case without an attempt of which it is not known how it ended."""
        known = self._journal.state(path)
        status = os.fstat(descriptor)
        if not isinstance(known, Growing):
            known = self._keep(path, self._found(path, descriptor, status))
        elif (
            known.inode != status.st_ino
            or status.st_size < known.stored
            or (known.sampled and known.sample != _sample(descriptor, known.sampled))
        ):
            known = self._anew(path, self._resolved(path, known, descriptor), descriptor, status)
        return self._resolved(path, known, descriptor)

    def _resolved(self, path: str, known: Growing, descriptor: int) -> Growing:
        """Once it is known how the attempt ended.

        One that is not there may still arrive: it is made again just as it was, so that only one of both succeeds.
        """
        attempt = known.attempt
        if attempt is None:
            return known
        try:
            stands = self._store.read(part_path(path, attempt.begin)).content
        except StoreMissingError:
            content = os.pread(descriptor, attempt.size_bytes, attempt.taken_from)
            if digest(content) != known.attempt_digest:  # the file is another one by now
                return self._keep(path, known.behind(attempt.begin))
            return self._resolved(path, self._attempted(path, known, content), descriptor)
        if digest(stands) == known.attempt_digest:
            return self._stored_or_behind(path, known, attempt)
        return self._keep(path, known.behind(self._remote_end(path)))

    def _found(self, path: str, descriptor: int, status: os.stat_result) -> Growing:
        """What the store has of a file of which nothing is known here."""
        whole_bytes, parts = self._remote(path)
        end = parts[-1].end if parts else whole_bytes
        start = Growing(status.st_ino)
        if not end:
            return start
        common = min(end, status.st_size)
        if self._may_be_stored and self._is_alike(descriptor, path, whole_bytes, parts, common):
            if common < end:
                return msgspec.structs.replace(start, stored=common, remote_end=end)
            ours = tuple(OwnPart(part.begin, part.size_bytes, part.begin) for part in parts)
            return Growing(status.st_ino, end, end, ours, None, whole_bytes)
        return start.behind(self._line_end(path, whole_bytes, parts))

    def _anew(self, path: str, known: Growing, descriptor: int, status: os.stat_result) -> Growing:
        """A file is another one than it was: it goes in place of what is stored of it."""
        if not known.is_ours_alone:
            if status.st_size >= known.stored and known.sample == _sample(descriptor, known.sampled):
                return self._keep(path, msgspec.structs.replace(known, inode=status.st_ino))  # a copy
            # Others' bytes stay, and what is here now goes behind them.
            return self._keep(path, Growing(status.st_ino, 0, self._remote_end(path)))
        # Until it is known what stands there: a later file may have the inode that the last one had.
        self._keep(path, msgspec.structs.replace(known, inode=_NO_INODE))
        for place in [doomed for doomed, _ in self._journal.doomed() if part_of(doomed)]:
            self._store.delete(place)  # before parts of the same names are made
            self._journal.removed(place)
        for part in reversed(known.parts):
            self._store.delete(part_path(path, part.begin))
        content = os.pread(descriptor, IN_MEMORY_BYTES, 0)
        size_bytes = next_cut(content, path, is_last=False)
        if not size_bytes:
            self._store.delete(path)
            return self._keep(path, Growing(status.st_ino))
        self._put(path, content[:size_bytes], None)
        sampled = Growing(status.st_ino, sampled=size_bytes, sample=_sample(descriptor, size_bytes))
        return self._keep(path, sampled.made_whole(size_bytes))

    def _attempted(self, path: str, known: Growing, content: bytes) -> Growing:
        """With the attempt stored; with it as before where somebody else's part stands in its place."""
        part = known.attempt
        if part is None:
            return known
        place = part_path(path, part.begin)
        try:
            if self._store.has_conditions:
                self._put(place, content, CREATE)
            elif self._is_there(place):
                return known
            else:
                self._put(place, content, None)
        except StoreConflictError:
            return known
        return self._stored_or_behind(path, known, part)

    def _stored_or_behind(self, path: str, known: Growing, part: OwnPart) -> Growing:
        """The attempt is stored: but what another host joined may cover it, as the name it has was free again.

        Only who writes a file alone joins it, and each first part is looked at here: so there is one such host at most,
        and it need not look.
        """
        stored = known.with_attempt_stored()
        if (part.begin and stored.is_ours_alone) or self._is_in_place(path, part):
            return self._keep(path, stored)
        self._store.delete(part_path(path, part.begin))
        return self._keep(path, known.behind(self._remote_end(path)))

    def _is_in_place(self, path: str, part: OwnPart) -> bool:
        """Whether a part goes on just where what comes before it ends."""
        end, parts = self._remote(path)
        for each in parts:
            if each.begin == part.begin:
                return end == part.begin
            end = each.end
        return False

    def _joined(self, path: str, known: Growing, descriptor: int) -> Growing:
        """With its last parts joined, as often as there are enough of them."""
        while parts := known.to_join():
            size_bytes = parts[-1].end - parts[0].begin
            self._put(
                part_path(path, parts[0].begin), os.pread(descriptor, size_bytes, parts[0].taken_from), None
            )
            known = known.joined(parts)
            self._journal.keep(path, known, [part_path(path, part.begin) for part in parts[1:]])
        return known

    def _made_whole(self, path: str, known: Growing, descriptor: int) -> Growing:
        """Put the object of the file's own name in place of parts, if no other host's bytes are among them."""
        if not known.parts or not known.is_ours_alone:
            return known
        size_bytes = known.stored
        if size_bytes <= IN_MEMORY_BYTES:
            self._put(path, os.pread(descriptor, size_bytes, 0), None)
        else:
            self._put(path, self._tree / path, None)
            size_bytes = self._store.stat(path).size_bytes  # it may have grown meanwhile
            if size_bytes < known.stored:
                raise StoreError(self._store.address, f"{path} was stored cut", is_temporary=True)
        doomed = [part_path(path, part.begin) for part in known.parts]
        known = known.made_whole(size_bytes)
        self._journal.keep(path, known, doomed)
        return known

    def _keep(self, path: str, known: Growing) -> Growing:
        self._journal.keep(path, known)
        return known

    def _put(self, path: str, content: bytes | Path, condition: str | None) -> str:
        """Put, and look whether what was stored is what was sent, where the store says so by its etag."""
        etag = self._store.put(path, content, condition=condition)
        if isinstance(content, Path):
            return etag
        stored = _MD5.fullmatch(etag)
        if self._has_md5 and stored:
            sent = hashlib.md5(content, usedforsecurity=False).hexdigest()
            if stored[1] != sent:
                # An encrypted bucket has etags of the same form that are no sums of what was sent.
                if self._store.read(path).content != content:
                    self._store.delete(path)
                    raise StoreError(
                        self._store.address,
                        f"{path} was stored otherwise than it was sent",
                        is_temporary=True,
                    )
                self._has_md5 = False
        return etag

    def _is_there(self, path: str) -> bool:
        try:
            self._store.stat(path)
        except StoreMissingError:
            return False
        return True

    def _remote(self, path: str) -> tuple[int, tuple[Part, ...]]:
        """How many bytes the object of a file's own name has, and the parts that go on behind it."""
        parts = []
        for found in self._store.list(path + FOLDER_SUFFIX):
            part = part_of(found.path)
            if part is not None and part[0] == path:
                parts.append(Part(part[1], found.size_bytes))
        try:
            whole_bytes = self._store.stat(path).size_bytes
        except StoreMissingError:
            whole_bytes = 0
        return whole_bytes, arranged(whole_bytes, parts).parts

    def _remote_end(self, path: str) -> int:
        whole_bytes, parts = self._remote(path)
        return self._line_end(path, whole_bytes, parts)

    def _line_end(self, path: str, whole_bytes: int, parts: tuple[Part, ...]) -> int:
        """Where lines may go behind others': one that a killed writer left cut is ended, by a part of its own."""
        place, size_bytes = (
            (part_path(path, parts[-1].begin), parts[-1].size_bytes) if parts else (path, whole_bytes)
        )
        end = parts[-1].end if parts else whole_bytes
        if not has_lines(path) or not end:
            return end
        if self._store.read(place, size_bytes - 1, size_bytes).content == b"\n":
            return end
        try:
            self._put(part_path(path, end), b"\n", CREATE if self._store.has_conditions else None)
        except StoreConflictError:  # somebody else did it, or went on
            return self._remote_end(path)
        if self._is_in_place(path, OwnPart(end, 1, 0)):
            return end + 1
        self._store.delete(part_path(path, end))
        return self._remote_end(path)

    def _is_alike(
        self, descriptor: int, path: str, whole_bytes: int, parts: tuple[Part, ...], size_bytes: int
    ) -> bool:
        """Whether a file begins with the first bytes that the store has of it."""
        pieces = [(path, Part(0, whole_bytes))] if whole_bytes else []
        pieces += [(part_path(path, part.begin), part) for part in parts]
        for place, part in pieces:
            for begin, end in _slices(min(part.end, size_bytes) - part.begin):
                here = os.pread(descriptor, end - begin, part.begin + begin)
                if here != self._store.read(place, begin, end).content:
                    return False
        return True

    def _without_header(self, path: str, known: Growing, descriptor: int) -> Growing:
        """Before the first line goes behind others': that of the names of columns is there already."""
        if known.stored or not known.remote_end or not has_header(path):
            return known
        header, newline, _ = os.pread(descriptor, _MAX_HEADER, 0).partition(b"\n")
        line = header + newline
        try:
            first = self._store.read(part_path(path, 0), 0, len(line)).content
        except StoreMissingError:
            first = self._store.read(path, 0, len(line)).content
        if not newline or first != line:
            return known
        return msgspec.structs.replace(known, stored=len(line))


def fingerprint(status: os.stat_result) -> Fingerprint:
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_ino)


def _sample(descriptor: int, size_bytes: int) -> str:
    """What the first bytes of a file are known by again: made of the begin and the end of them."""
    first = os.pread(descriptor, min(size_bytes, _SAMPLE_BYTES), 0)
    begin = max(0, size_bytes - _SAMPLE_BYTES)
    return digest(first + os.pread(descriptor, size_bytes - begin, begin))


def _slices(size_bytes: int) -> Iterator[tuple[int, int]]:
    for begin in range(0, size_bytes, PART_BYTES):
        yield begin, min(begin + PART_BYTES, size_bytes)
