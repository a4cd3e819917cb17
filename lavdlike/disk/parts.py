"""A file that grows where nothing can be appended: objects beside it, each named by the byte at which it begins.

What `scalars.tsv` holds is in `scalars.tsv` itself and in the parts `scalars.tsv.d/000000000000000`,
`scalars.tsv.d/000000000004096`, ... (docs/format.md, "Files in parts"). Pure: paths and sizes in, paths and ranges out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

FOLDER_SUFFIX = ".d"

_DIGITS = 15  # up to a petabyte; with as many in each name, the order of names is that of bytes
_PART = re.compile(r"(?P<file>.*[^/])\.d/(?P<begin>[0-9]{15})", re.DOTALL)


class Part(NamedTuple):
    """An object that holds `size_bytes` of a file, from its byte `begin` on."""

    begin: int
    size_bytes: int

    @property
    def end(self) -> int:
        return self.begin + self.size_bytes


class Arranged(NamedTuple):
    """Which objects make up a file.

    Args:
        whole_bytes: how much of the object of the file's own name counts: all of it, 0 if there is none.
        parts: those that go on behind it without a gap, in order. Of each the bytes from where the one before ends
            count, which are all of them but after a crash.
        covered: where parts begin whose bytes all stand in what comes before them: they are about to be removed.
        unreached: where parts begin that lie behind a gap. What belongs there is not seen yet.
    """

    whole_bytes: int
    parts: tuple[Part, ...]
    covered: tuple[int, ...]
    unreached: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        """The size of the file, as far as it is whole."""
        return self.parts[-1].end if self.parts else self.whole_bytes


def part_path(path: str, begin: int) -> str:
    """Where the part of a file is that begins at a byte.

    >>> part_path("run/scalars.tsv", 4096)
    'run/scalars.tsv.d/000000000004096'
    """
    return f"{path}{FOLDER_SUFFIX}/{begin:0{_DIGITS}}"


def part_of(path: str) -> tuple[str, int] | None:
    """The file of which a path is a part, and at which byte it begins; None for any other path.

    >>> part_of("run/scalars.tsv.d/000000000004096")
    ('run/scalars.tsv', 4096)
    >>> part_of("run/scalars.tsv.d/000001") is None
    True
    """
    found = _PART.fullmatch(path)
    return (found["file"], int(found["begin"])) if found else None


def arranged(whole_bytes: int, parts: Iterable[Part]) -> Arranged:
    """Which of the objects of a file make it up.

    A part that begins before what is known ends, and goes on behind it, counts from there; one that ends before it is
    covered. So objects may be joined in any order of writing the join first and removing what it covers afterwards:
    at every moment each byte is found exactly once.

    Args:
        whole_bytes: the size of the object of the file's own name; 0 if there is none.
        parts: those that were listed, in any order.
    """
    end = whole_bytes
    chain: list[Part] = []
    covered: list[int] = []
    ordered = sorted(parts)
    for place, part in enumerate(ordered):
        if part.begin > end:
            return Arranged(
                whole_bytes, tuple(chain), tuple(covered), tuple(p.begin for p in ordered[place:])
            )
        if part.end <= end:
            covered.append(part.begin)
        else:
            chain.append(part)
            end = part.end
    return Arranged(whole_bytes, tuple(chain), tuple(covered), ())
