"""Files that are one item of ours in another form, such as a table in JSON (`members.Members.is_document`).

The item stands where the file would, under its label; the file itself is none then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.errors import LimitError
from lavdlike.sources.members import DOCUMENT, MAX_BYTES, Member


class Document:
    """See `members.MembersFile`. Its only member is another one when the file has changed.

    Args:
        suffix, kinds: of the member.
    """

    def __init__(self, suffix: str, kinds: tuple[str, ...] = ()) -> None:
        self._path = f"{DOCUMENT}{suffix}"
        self._kinds = kinds
        self._stamp: Stamp | None = None
        self._where = b""

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and settled_stamp(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:  # noqa: ARG002 - the next look finds the newer one
        return True

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        self._stamp = settled_stamp(descriptor)
        status = os.fstat(descriptor)
        where = f"{status.st_size}/{status.st_mtime_ns}/{status.st_ino}".encode()
        if where != self._where:
            self._where = where
            yield [Member(self._path, None, self._kinds, where, None, covers=("",))]

    def problems(self) -> list[str]:
        return []


def whole(descriptor: int, shown: str) -> bytes:
    """The content of the file. Raises LimitError: it is larger than what is taken out of one."""
    data = bytearray()
    while part := os.pread(descriptor, 2**20, len(data)):
        data += part
        if len(data) > MAX_BYTES:
            raise LimitError(shown, f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of it")
    return bytes(data)
