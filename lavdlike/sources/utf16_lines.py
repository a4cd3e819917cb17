"""Lines of files in UTF-16, as Windows PowerShell writes them, as lines in UTF-8."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterator

from lavdlike.disk.filling import pread
from lavdlike.disk.tail import Tail


class Utf16Lines:
    """Decodes one file from its begin on, block by block, as it grows."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._unended = ""
        self._is_first_byte_taken = False
        self._read_bytes = 0  # of UTF-8

    def as_utf8(self, tail: Tail, descriptor: int) -> Iterator[tuple[int, bytes]]:
        """What `Tail.new_lines` has, each block with its offset in UTF-8.

        Its blocks end behind a byte that is a newline's, perhaps before its other one.
        """
        for _, block in itertools.chain(((0, b""),), tail.new_lines(descriptor)):
            data = block[1:] if self._is_first_byte_taken else block
            self._is_first_byte_taken &= not block
            self._unended += self._decoder.decode(data)
            if self._decoder.getstate()[0]:
                following = pread(descriptor, 1, tail.offset)
                self._is_first_byte_taken = bool(following)
                self._unended += self._decoder.decode(following)
            lines, newline, self._unended = self._unended.rpartition("\n")
            if newline:
                data = (lines + newline).encode(errors="replace")
                yield self._read_bytes, data
                self._read_bytes += len(data)
