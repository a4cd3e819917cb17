"""Files that are one item of ours in another form, such as a table in JSON (`members.Members.is_document`).

The item stands where the file would, under its label; the file itself is none then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from lavdlike.disk.filling import pread
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.errors import LimitError
from lavdlike.sources.members import DOCUMENT, MAX_BYTES, Member

_BEGIN_BYTES = 64 * 2**10


class Shape(NamedTuple):
    """How a document is shown: the suffix and, if that does not say them, the kinds of its member."""

    suffix: str
    kinds: tuple[str, ...] = ()


class Document:
    """See `members.MembersFile`. Its only member is another one when the file has changed.

    Args:
        shape_of: by the first 64 KiB; None of a file that is none after all.
    """

    def __init__(self, shape_of: Callable[[bytes], Shape | None]) -> None:
        self._shape_of = shape_of
        self._shape: Shape | None = None
        self._stamp: Stamp | None = None
        self._where = b""

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and settled_stamp(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:
        return self._shape is None or self._shape_of(_begin(descriptor)) == self._shape

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        self._stamp = settled_stamp(descriptor)
        self._shape = self._shape_of(_begin(descriptor))
        status = os.fstat(descriptor)
        where = f"{status.st_size}/{status.st_mtime_ns}/{status.st_ino}".encode()
        if where != self._where and self._shape is not None:
            self._where = where
            path = f"{DOCUMENT}{self._shape.suffix}"
            yield [Member(path, None, self._shape.kinds, where, None, covers=("",))]

    def problems(self) -> list[str]:
        return []


def _begin(descriptor: int) -> bytes:
    return pread(descriptor, _BEGIN_BYTES, 0)


def whole(descriptor: int, shown: str) -> bytes:
    """The content of the file. Raises LimitError: it is larger than what is taken out of one."""
    data = bytearray()
    while part := pread(descriptor, 2**20, len(data)):
        data += part
        if len(data) > MAX_BYTES:
            raise LimitError(shown, f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of it")
    return bytes(data)
