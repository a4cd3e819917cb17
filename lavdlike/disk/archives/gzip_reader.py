"""A gzip file (RFC 1952) as if it were unpacked and could be read at any place.

While it is read, the state of unpacking is kept now and then, so that a later read begins near its place: states take
some 50 KB each, and there are at most 256 of them.
"""

from __future__ import annotations

import os
import threading
import zlib
from typing import Any, NamedTuple

from lavdlike.errors import LimitError, LogFormatError

# So much of a file is unpacked; what stands behind is not read. A bomb of 16 MB unpacks to it.
MAX_BYTES = 16 * 2**30
_FIRST_DISTANCE = 8 * 2**20
_MAX_STATES = 256
_PIECE = 2**18
_GZIP = 31  # zlib's number for a stream with gzip's head


class _State(NamedTuple):
    """`place`: of the next byte, unpacked; `read_to`: where its stream goes on in the file."""

    place: int
    read_to: int
    stream: Any


class GzipReader:
    """Bytes by their place in what is unpacked; for any thread. `descriptor` is not closed."""

    def __init__(self, descriptor: int, max_bytes: int = MAX_BYTES) -> None:
        self._descriptor = descriptor
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._states = [_State(0, 0, zlib.decompressobj(_GZIP))]
        self._distance = _FIRST_DISTANCE
        self._unpacking = _Unpacking(descriptor, self._states[0])

    def read_at(self, place: int, count: int) -> bytes:
        """See `tar_heads.Bytes`."""
        if place + count > self._max_bytes:
            limit = f"{self._max_bytes / 2**30:g} GiB"
            raise LimitError("", f"it has more than {limit} unpacked, which is as much as is looked through")
        with self._lock:
            at = self._unpacking
            if at.place > place:
                nearest = max((state for state in self._states if state.place <= place), key=_place_of)
                at = self._unpacking = _Unpacking(self._descriptor, nearest)
            found = bytearray()
            while at.place < place + count:
                data = at.next(min(_PIECE, place + count - at.place))
                if not data:
                    break
                found += data[max(0, place - (at.place - len(data))) :]
                self._keep(at)
            return bytes(found)

    def _keep(self, at: _Unpacking) -> None:
        if at.place < self._states[-1].place + self._distance:
            return
        self._states.append(at.state())
        if len(self._states) > _MAX_STATES:
            self._states = self._states[::2]
            self._distance *= 2


class _Unpacking:
    """A stream of a gzip file from a state on."""

    def __init__(self, descriptor: int, state: _State) -> None:
        self._descriptor = descriptor
        self.place = state.place
        self._read_to = state.read_to
        self._stream = state.stream.copy()
        self._waiting = b""

    def state(self) -> _State:
        return _State(self.place, self._read_to - len(self._waiting), self._stream.copy())

    def next(self, count: int) -> bytes:
        """The next bytes, at most as many; b"" at the end."""
        while True:
            if not self._waiting:
                self._waiting = os.pread(self._descriptor, _PIECE, self._read_to)
                self._read_to += len(self._waiting)
                if not self._waiting:
                    return self._last(count)
            if self._stream.eof:  # files behind each other are one
                self._waiting = self._waiting.lstrip(b"\0")
                if not self._waiting:
                    continue
                self._stream = zlib.decompressobj(_GZIP)
            try:
                data: bytes = self._stream.decompress(self._waiting, count)
            except zlib.error:
                at = self._read_to - len(self._waiting)
                raise LogFormatError("", f"its gzip data is broken near byte {at:,}") from None
            self._waiting = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
            if data:
                self.place += len(data)
                return data

    def _last(self, count: int) -> bytes:
        """What is still to come when all of the file was taken in."""
        if self._stream.eof:
            return b""
        data: bytes = self._stream.decompress(b"", count)
        if not data and not self._stream.eof:
            raise LogFormatError("", f"it is cut: its gzip data ends at byte {self._read_to:,}")
        self.place += len(data)
        return data


def _place_of(state: _State) -> int:
    return state.place
