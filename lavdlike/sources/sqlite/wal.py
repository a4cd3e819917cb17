"""Write-ahead logs: which of their pages count (https://www.sqlite.org/fileformat.html, "The Write-Ahead Log").

Only what was committed counts, and only frames whose salts and running checksum fit: what is left of an older log
behind them does not.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from lavdlike.disk.filling import pread

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
_MAGIC = 0x377F0682  # its last bit says whether words are summed as big-endian
_BLOCK_BYTES = 4 * 2**20
_MASK = 2**32 - 1


class Wal:
    """A log and how far it was read; goes on where it was left, as long as it is the same one.

    `pages`: by page number, where its last committed content stands. `page_count`: of the database after the last
    commit, 0 without one. `committed_bytes`: where that commit ends.
    """

    def __init__(self) -> None:
        self._forget(b"")

    def _forget(self, header: bytes) -> None:
        self.header = header
        self.pages: dict[int, int] = {}
        self.page_count = 0
        self.committed_bytes = 0
        self._pending: dict[int, int] = {}
        self._end = HEADER_BYTES
        self._sums = (0, 0)

    def read(self, descriptor: int | None, page_bytes: int) -> None:
        """Take in what was committed since the last call; of None, that there is no log."""
        header = b"" if descriptor is None else pread(descriptor, HEADER_BYTES, 0)
        if header != self.header:
            self._forget(header)
            if not self._begin(header, page_bytes):
                self._end = 0
        if descriptor is None or self._end == 0:
            return
        frame_bytes = FRAME_HEADER_BYTES + page_bytes
        count = max(_BLOCK_BYTES // frame_bytes, 1)
        while True:
            block = pread(descriptor, count * frame_bytes, self._end)
            frames = len(block) // frame_bytes
            if not frames or not self._take(block, frames, frame_bytes) or frames < count:
                break

    def _begin(self, header: bytes, page_bytes: int) -> bool:
        if len(header) < HEADER_BYTES:
            return False
        magic, version, size, _, _, _, first, second = struct.unpack(">8I", header)
        if magic & ~1 != _MAGIC or version != 3007000 or size != page_bytes:
            return False
        self._word = ">u4" if magic & 1 else "<u4"
        self._sums = _added((0, 0), _sums_of(header[:24], 24, self._word)[0], 3)
        return self._sums == (first, second)

    def _take(self, block: bytes, frames: int, frame_bytes: int) -> bool:
        """Whether all frames of a block count."""
        import numpy as np

        table = np.frombuffer(block, dtype=np.uint8, count=frames * frame_bytes).reshape(frames, frame_bytes)
        summed = np.concatenate([table[:, :8], table[:, FRAME_HEADER_BYTES:]], axis=1).tobytes()
        summed_bytes = frame_bytes - FRAME_HEADER_BYTES + 8
        parts = _sums_of(summed, summed_bytes, self._word)
        salts = self.header[16:24]
        for index in range(frames):
            begin = index * frame_bytes
            number, page_count = struct.unpack_from(">2I", block, begin)
            sums = _added(self._sums, parts[index], summed_bytes // 8)
            is_same = block[begin + 8 : begin + 16] == salts
            if not is_same or sums != struct.unpack_from(">2I", block, begin + 16) or not number:
                return False
            self._pending[number] = self._end + FRAME_HEADER_BYTES
            self._sums = sums
            self._end += frame_bytes
            if page_count:
                self.pages.update(self._pending)
                self._pending.clear()
                self.page_count, self.committed_bytes = page_count, self._end
        return True


def _sums_of(data: bytes, size: int, word: str) -> list[tuple[int, int]]:
    """The two checksums of each part of this size, as if nothing stood before it."""
    import numpy as np

    words = np.frombuffer(data, dtype=word).astype(np.uint32).reshape(-1, size // 8, 2)
    first, second = words[:, :, 0], words[:, :, 0] + words[:, :, 1]
    a, b, c = _weights(size // 8)
    ones = (first * a + second * b).sum(axis=1, dtype=np.uint32)
    twos = (first * b + second * c).sum(axis=1, dtype=np.uint32)
    return list(zip(ones.tolist(), twos.tolist(), strict=True))


def _added(before: tuple[int, int], own: tuple[int, int], pairs: int) -> tuple[int, int]:
    """The checksums behind a part, of those before it and its own.

    With each pair (x, y) of words they become s + t + x and t + (s + t + x) + y: a matrix (1 1; 1 2), whose powers hold
    Fibonacci's numbers, applied to (s, t), and (x, x + y) added.
    """
    a, b, c = _power(pairs)
    s, t = before
    return (a * s + b * t + own[0]) & _MASK, (b * s + c * t + own[1]) & _MASK


def _power(exponent: int) -> tuple[int, int, int]:
    """Of the matrix (1 1; 1 2) the entries above, beside and below, modulo 2^32."""
    known = _POWERS.get(exponent)
    if known is None:
        a, b, c = 1, 0, 1
        for _ in range(exponent):
            a, b, c = a + b & _MASK, a + 2 * b & _MASK, b + 2 * c & _MASK
        known = _POWERS[exponent] = (a, b, c)
    return known


def _weights(pairs: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
    """By what each pair of a part is multiplied: the powers from the highest to the lowest."""
    import numpy as np

    known = _WEIGHTS.get(pairs)
    if known is None:
        rows = []
        a, b, c = 1, 0, 1
        for _ in range(pairs):
            rows.append((a, b, c))
            a, b, c = a + b & _MASK, a + 2 * b & _MASK, b + 2 * c & _MASK
        table = np.array(rows[::-1], dtype=np.uint32)
        known = _WEIGHTS[pairs] = (table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())
    return known


_POWERS: dict[int, tuple[int, int, int]] = {}
# By the number of pairs: page sizes are powers of two, so there are few.
_WEIGHTS: dict[int, tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]] = {}
