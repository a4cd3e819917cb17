"""Copies of objects on this machine, filled piece by piece as they are read, within a bound.

A copy has holes where nobody has read. When its object grows, what is there stays, if the end of it still is what it
was; parts that are never changed need no such look. The folder of copies is that of one process, and goes with it.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from lavdlike.disk import filling
from lavdlike.disk.stores.object_store import ObjectStore
from lavdlike.disk.stores.object_tree import Segment, TreeFile
from lavdlike.errors import (
    NotServedError,
    StoreConflictError,
    StoreError,
    StoreMissingError,
    StoreRightsError,
)

DEFAULT_BYTES = 4 * 2**30
# Smaller files come whole, of others blocks; of one of which only the begin is wanted, that.
_WHOLE_BYTES = 2**20
_BEGIN_BYTES = 2**16
_BLOCK_BYTES = 2**20
_MAX_COPIES = 50_000
# What stood in front of the end is compared when an object has grown; as of `disk.tail`.
_COMPARED_BYTES = 4096
# Requests at once, for one file in many parts.
_PARALLEL = 8


class ObjectCache:
    """Copies of the files of one store. For any thread.

    Args:
        place: a folder in which one of our own is made.
        most_bytes: of all copies; those that nobody has open are removed, those not opened for longest first.
    """

    def __init__(self, store: ObjectStore, place: Path, most_bytes: int = DEFAULT_BYTES) -> None:
        self._store = store
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._copies: OrderedDict[str, _Copy] = OrderedDict()
        self._made = self._total_bytes = 0
        self._folder = _own_folder(place)

    @property
    def size_bytes(self) -> int:
        """Of all that was copied and is still there."""
        return self._total_bytes

    @contextmanager
    def opened(self, path: str, file: TreeFile) -> Iterator[int]:
        """A descriptor of a file at its begin, to be read by `filling`. Nothing is asked of the store yet."""
        with self._lock:
            copy = self._copies.get(path)
            if copy is None:
                self._made += 1
                copy = self._copies[path] = _Copy(self._store, self._folder / f"{self._made:x}", path)
            self._copies.move_to_end(path)
            copy.users += 1
        try:
            copy.take(file)
            descriptor = os.open(copy.place, os.O_RDONLY | os.O_CLOEXEC)
            try:
                with filling.filled_by(descriptor, copy):
                    yield descriptor
            finally:
                os.close(descriptor)
        finally:
            with self._lock:
                copy.users -= 1
                self._total_bytes += copy.filled_bytes - copy.counted_bytes
                copy.counted_bytes = copy.filled_bytes
                self._make_room()

    def close(self) -> None:
        """Remove all copies."""
        with self._lock:
            self._copies.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_room(self) -> None:
        for path, copy in list(self._copies.items()):
            if self._total_bytes <= self._most_bytes and len(self._copies) <= _MAX_COPIES:
                return
            if not copy.users:
                self._total_bytes -= copy.counted_bytes
                del self._copies[path]
                copy.remove()


class _Copy:
    """Of one file (`filling.Filler`)."""

    def __init__(self, store: ObjectStore, place: Path, path: str) -> None:
        self.place = place
        self.users = self.counted_bytes = 0  # kept by who opens it
        self._store = store
        self._path = path
        self._lock = threading.Lock()
        self._file = TreeFile((), 0)
        self._filled: list[tuple[int, int]] = []  # in order, without overlaps
        self._unproven: tuple[int, int] | None = None
        place.touch(mode=0o600)

    @property
    def filled_bytes(self) -> int:
        return sum(end - begin for begin, end in self._filled)

    def remove(self) -> None:
        with suppress(OSError):
            self.place.unlink()

    def take(self, file: TreeFile) -> None:
        """The file is this one from now on."""
        with self._lock:
            if file == self._file:
                return
            self._keep(file)
            os.truncate(self.place, file.size_bytes)
            self._file = file
            self._put_time()

    def _keep(self, file: TreeFile) -> None:
        """Forget what is not known to be the same in another state of the file."""
        before, now = self._file.segments, file.segments
        same = next(
            (at for at, (one, other) in enumerate(zip(before, now, strict=False)) if one != other), None
        )
        if same is None and len(now) >= len(before):
            return  # parts have come
        begin = now[same].begin if same is not None else file.size_bytes
        old_end = self._file.size_bytes
        has_grown = file.size_bytes > old_end and _has(
            self._filled, max(begin, old_end - _COMPARED_BYTES), old_end
        )
        if has_grown and self._unproven is None and old_end > begin:
            self._unproven = begin, old_end
        else:
            self._unproven = None
            self._filled = _without(self._filled, begin)

    def fill(self, begin: int, end: int) -> None:
        """See `filling.Filler`."""
        with self._lock:
            end = min(end, self._file.size_bytes)
            if begin >= end:
                return
            if self._unproven is not None:
                self._prove(*self._unproven, end)
            wanted = [self._widened(*gap) for gap in _gaps(self._filled, begin, end)]
            if wanted:
                self._get(wanted)

    def _prove(self, changed_from: int, old_end: int, end: int) -> None:
        """Whether the object that has grown still holds what was read of it, as the last of those bytes tell.

        Args:
            changed_from, old_end: between these it may be another one.
            end: so far it is wanted; what is new comes with what is compared, in one request.
        """
        begin = max(changed_from, old_end - _COMPARED_BYTES)
        stood, filled = self._read_copy(begin, old_end), self._filled
        new_end = self._widened(old_end, max(end, old_end + 1))[1]
        self._filled = _without(filled, changed_from)
        self._get([(begin, new_end)])
        self._unproven = None
        if self._read_copy(begin, old_end) == stood:
            self._filled = _joined([*filled, *self._filled])

    def _read_copy(self, begin: int, end: int) -> bytes:
        with self.place.open("rb") as file:
            file.seek(begin)
            return file.read(end - begin)

    def _widened(self, begin: int, end: int) -> tuple[int, int]:
        """What is got at once: few requests, and not much more than what is wanted."""
        size = self._file.size_bytes
        if size <= _WHOLE_BYTES:
            return begin, _gaps(self._filled, begin, size)[0][1] if begin < size else size
        block = _BEGIN_BYTES if end <= _BEGIN_BYTES else _BLOCK_BYTES
        return begin, min(-(-end // block) * block, size)

    def _get(self, ranges: Sequence[tuple[int, int]]) -> None:
        pieces = [piece for each in ranges for piece in _pieces(self._file.segments, *each)]
        if len(pieces) == 1:
            self._get_piece(pieces[0])
        else:
            with ThreadPoolExecutor(min(_PARALLEL, len(pieces))) as pool:
                list(pool.map(self._get_piece, pieces))
        self._filled = _joined([*self._filled, *ranges])
        self._put_time()

    def _get_piece(self, piece: tuple[Segment, int, int]) -> None:
        segment, begin, end = piece
        moved = segment.offset - segment.begin
        with _told(self._path):
            content = self._store.read(segment.path, begin + moved, end + moved, etag=segment.etag).content
        if len(content) < end - begin:
            raise OSError(errno.EIO, "fewer bytes came than the store lists", self._path)
        with self.place.open("r+b") as file:
            file.seek(begin)
            file.write(content)

    def _put_time(self) -> None:
        os.utime(self.place, ns=(self._file.modified_ns, self._file.modified_ns))


@contextmanager
def _told(path: str) -> Iterator[None]:
    """What a store raises, as readers of files expect it."""
    try:
        yield
    except (StoreMissingError, StoreConflictError) as error:
        raise FileNotFoundError(
            errno.ENOENT, f"{error.reason}; the next list says what is there", path
        ) from None
    except StoreRightsError as error:
        raise NotServedError(path, error.reason) from None
    except StoreError as error:
        raise OSError(errno.EIO, error.reason, path) from None


def _pieces(segments: Sequence[Segment], begin: int, end: int) -> Iterator[tuple[Segment, int, int]]:
    for segment in segments:
        first, last = max(begin, segment.begin), min(end, segment.end)
        if first < last:
            yield segment, first, last


def _gaps(filled: Sequence[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """What is not filled between two places.

    >>> _gaps([(2, 4), (6, 8)], 0, 10), _gaps([(0, 4)], 1, 3)
    ([(0, 2), (4, 6), (8, 10)], [])
    """
    found = []
    for first, last in filled:
        if begin < min(first, end):
            found.append((begin, min(first, end)))
        begin = max(begin, last)
    return [*found, (begin, end)] if begin < end else found


def _has(filled: Sequence[tuple[int, int]], begin: int, end: int) -> bool:
    return not _gaps(filled, begin, end)


def _without(filled: Sequence[tuple[int, int]], begin: int) -> list[tuple[int, int]]:
    """Those in front of a place."""
    return [(first, min(last, begin)) for first, last in filled if first < begin]


def _joined(filled: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, those that touch as one.

    >>> _joined([(4, 6), (0, 2), (2, 3), (5, 8)])
    [(0, 3), (4, 8)]
    """
    found: list[tuple[int, int]] = []
    for begin, end in sorted(filled):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def _own_folder(place: Path) -> Path:
    """A new folder for this process; those of processes that are gone are removed."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in place.glob("copies-*"):
        if not _is_used(folder):
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"copies-{os.getpid()}-", dir=place))


def _is_used(folder: Path) -> bool:
    """Whether the process that made it is there, or may be."""
    number = folder.name.split("-")[1]
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError, OverflowError):
        return True
    return True
