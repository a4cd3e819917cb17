"""CRC-32C (Castagnoli), as TensorBoard's records carry it: of one text, or of many at once by numpy.

The polynomial and the reflected form are those of RFC 3720, appendix B.4; the masked form that of TensorFlow's
`tensorflow/core/lib/hash/crc32c.h`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Words = NDArray[np.uint32]

_POLYNOMIAL = 0x82F63B78
_ALL = 0xFFFFFFFF
_MASK = 0xA282EAD8
# Up to here a text is taken byte by byte: calling numpy for each two of its bytes takes as long.
_SHORT_BYTES = 512
# Longer ones of many are taken one by one, in rows of this width.
_LONG_BYTES = 4096
_ROW_BYTES = 256
# Together shorter ones are not worth the calls of numpy.
_WORTH_ARRAYS_BYTES = 4096


def masked(data: bytes) -> int:
    """The CRC as a record carries it: rotated and shifted, so that what holds CRCs has no odd ones itself."""
    return _masked(_of_short(data) if len(data) <= _SHORT_BYTES else _of_long(data))


def masked_of_many(data: Bytes, begins: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    """Those of many parts of a text."""
    import numpy as np

    crcs = np.empty(len(begins), dtype=np.uint32)
    if int(lengths.sum()) < _WORTH_ARRAYS_BYTES:
        one_by_one = np.arange(len(begins))
    else:
        padded = np.concatenate((data, np.zeros(_LONG_BYTES, dtype=np.uint8)))
        one_by_one = np.flatnonzero(lengths > _LONG_BYTES)
        widest = 32
        lower = -1
        while lower < _LONG_BYTES:
            of_size = np.flatnonzero((lengths > lower) & (lengths <= widest))
            if len(of_size):
                crcs[of_size] = _of_rows(padded, begins[of_size], lengths[of_size])
            lower, widest = widest, 2 * widest
    for place in one_by_one.tolist():
        begin = int(begins[place])
        crcs[place] = masked(data[begin : begin + int(lengths[place])].tobytes())
    return crcs


def _masked(crc: int) -> int:
    return (((crc >> 15) | (crc << 17)) + _MASK) & _ALL


def _of_short(data: bytes) -> int:
    return _onward(data) ^ _ALL


def _onward(data: bytes) -> int:
    """The state of the computation behind these bytes."""
    table, crc = _table(), _ALL
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc


@functools.cache
def _table() -> tuple[int, ...]:
    """What a byte makes of a CRC of nothing."""
    table = []
    for crc in range(256):
        for _ in range(8):
            crc = (crc >> 1) ^ (_POLYNOMIAL if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


@functools.cache
def _table_of_pairs() -> Words:
    """The same for two bytes at once; it fits into a processor's cache."""
    import numpy as np

    of_bytes = np.array(_table(), dtype=np.uint32)
    crc = np.arange(2**16, dtype=np.uint32)
    for _ in range(2):
        crc = of_bytes[crc & 0xFF] ^ (crc >> 8)
    return crc


def _of_rows(padded: Bytes, begins: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    """All at once, two bytes of each after the other; the longest first, so that those not ended yet stand together."""
    import numpy as np

    order = np.argsort(-lengths, kind="stable")
    begins, lengths = begins[order], lengths[order]
    pairs = lengths // 2
    width = 2 * max(int(pairs[0]), 1)
    rows = np.lib.stride_tricks.sliding_window_view(padded, width)[begins]
    columns = np.ascontiguousarray(rows.view("<u2").T)
    going_on = len(pairs) - np.searchsorted(pairs[::-1], np.arange(int(pairs[0])), side="right")
    table, crc = _table_of_pairs(), np.full(len(begins), _ALL, dtype=np.uint32)
    for column, count in enumerate(going_on.tolist()):
        part = crc[:count]
        crc[:count] = table[(part ^ columns[column, :count]) & 0xFFFF] ^ (part >> 16)
    odd = np.flatnonzero(lengths % 2)
    last = padded[begins[odd] + lengths[odd] - 1]
    crc[odd] = np.array(_table(), dtype=np.uint32)[(crc[odd] ^ last) & 0xFF] ^ (crc[odd] >> 8)
    crc ^= np.uint32(_ALL)
    masked_crcs = np.empty_like(crc)
    masked_crcs[order] = ((crc >> 15) | (crc << 17)) + np.uint32(_MASK)
    return masked_crcs


def _of_long(data: bytes) -> int:
    """Of rows at once, then of two neighbours together until one is left (a CRC is linear)."""
    import numpy as np

    begin = len(data) % _ROW_BYTES or _ROW_BYTES
    table = _table_of_pairs()
    rows = np.frombuffer(data, dtype=np.uint8)[begin:].reshape(-1, _ROW_BYTES)
    crcs = np.zeros(len(rows), dtype=np.uint32)
    for column in np.ascontiguousarray(rows.view("<u2").T):
        crcs = table[(crcs ^ column) & 0xFFFF] ^ (crcs >> 16)
    crcs = np.concatenate((np.array([_onward(data[:begin])], dtype=np.uint32), crcs))
    doublings = 0
    while len(crcs) > 1:
        if len(crcs) % 2:  # zeros in front change nothing
            crcs = np.concatenate((np.zeros(1, dtype=np.uint32), crcs))
        crcs = _shifted(crcs[::2], doublings) ^ crcs[1::2]
        doublings += 1
    return int(crcs[0]) ^ _ALL


def _shifted(crcs: Words, doublings: int) -> Words:
    """What they become when rows of zeros follow: 2 ** doublings of them."""
    tables = _shift_tables(doublings)
    low, second, third, high = (tables[place][(crcs >> 8 * place) & 0xFF] for place in range(4))
    shifted: Words = low ^ second ^ third ^ high
    return shifted


@functools.cache
def _shift_tables(doublings: int) -> Words:
    """For each of the four bytes of a CRC: what its values become."""
    import numpy as np

    values = np.arange(256, dtype=np.uint32)
    tables = np.stack([values << shift for shift in (0, 8, 16, 24)])
    if doublings:
        return _shifted(_shifted(tables, doublings - 1), doublings - 1)
    pairs = _table_of_pairs()
    for _ in range(_ROW_BYTES // 2):
        tables = pairs[tables & 0xFFFF] ^ (tables >> 16)
    return tables
