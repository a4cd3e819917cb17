"""What of a file of the spool is in the store, and what is to be brought there next. Pure.

A file that is replaced whole goes as it is. One that grows goes in parts (docs/format.md, "Files in parts"): of its
bytes `[0, stored)` are in the store, in parts of our own that lie one behind the other or behind those of other hosts.
Sixteen parts of one size become one of the next size, so that there are never many, and each byte is sent again only as
often as the size of the file has digits to that base (O'Neil et al., The log-structured merge-tree, 1996).
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

import msgspec

JOINED_PARTS: Final = 16
MAX_JOINED_BYTES: Final = 64 * 2**20
_GROWS = re.compile(r"(?:\.(?:tsv|csv|log|jsonl)|(?:\A|[./])[^/]*tfevents[^/]*)\Z", re.IGNORECASE)
_WITHOUT_LINES = re.compile(r"tfevents[^/]*\Z")
_WITH_HEADER = re.compile(r"\.(?:tsv|csv)\Z", re.IGNORECASE)


class Fingerprint(NamedTuple):
    """What tells a state of a file of this machine from others."""

    size_bytes: int
    changed_ns: int
    inode: int


class Whole(msgspec.Struct, frozen=True, tag="whole", array_like=True):
    """A file that is stored as it was in this state. `etag`: what the store calls it, "" if it says nothing.

    `is_here`: False once the copy on this machine was removed to make room.
    """

    state: Fingerprint
    etag: str
    is_here: bool = True


class OwnPart(msgspec.Struct, frozen=True, array_like=True):
    """A part that this spool has stored.

    Args:
        begin: its first byte, in the file as the store has it.
        size_bytes: how many.
        taken_from: its first byte in the file as it is here.
        level: how often parts were joined to make it.
    """

    begin: int
    size_bytes: int
    taken_from: int
    level: int = 0

    @property
    def end(self) -> int:
        return self.begin + self.size_bytes


class Growing(msgspec.Struct, frozen=True, tag="growing", array_like=True):
    """A file that grows.

    Args:
        inode: of the file, while it is the same one.
        stored: how many of its bytes are in the store, or are a header that is there already.
        remote_end: where the file ends in the store, as far as is known.
        parts: ours, in order.
        attempt: the part whose put was begun, if it is not known how that ended.
        attempt_digest: of its bytes (`digest`), to know it again although the file may be another one by then.
        whole_bytes: of the object of the file's own name, if it holds the first bytes of the file as it is here.
        sampled: how many bytes of the file `sample` is of.
        sample: digest of its first and last ones, as inodes are used again: another file may have the same.
    """

    inode: int
    stored: int = 0
    remote_end: int = 0
    parts: tuple[OwnPart, ...] = ()
    attempt: OwnPart | None = None
    whole_bytes: int = 0
    attempt_digest: str = ""
    sampled: int = 0
    sample: str = ""

    @property
    def is_ours_alone(self) -> bool:
        """Whether the store has the file just as it is here, as far as it is stored: nobody else's bytes are in it."""
        if self.remote_end != self.stored:
            return False
        end = self.whole_bytes
        for part in self.parts:
            if part.begin != end or part.taken_from != end:
                return False
            end = part.end
        return end == self.stored

    def begun(self, content: bytes, sample: str) -> Growing:
        """With an attempt to store the next bytes, which are these. `sample`: of the file until their end."""
        part = OwnPart(self.remote_end, len(content), self.stored)
        return msgspec.structs.replace(
            self,
            attempt=part,
            attempt_digest=digest(content),
            sampled=self.stored + len(content),
            sample=sample,
        )

    def behind(self, remote_end: int) -> Growing:
        """Somebody else's part stands where ours was to be: as it ends elsewhere, without the attempt."""
        return msgspec.structs.replace(self, remote_end=remote_end, attempt=None)

    def with_attempt_stored(self) -> Growing:
        part = self.attempt
        if part is None:
            return self
        return msgspec.structs.replace(
            self,
            stored=part.taken_from + part.size_bytes,
            remote_end=part.end,
            parts=(*self.parts, part),
            attempt=None,
        )

    def to_join(self) -> tuple[OwnPart, ...]:
        """The last parts, if there are enough of one level behind each other; else none.

        Joined parts are removed, and their names are free again: only of a file that nobody else is known to write.
        """
        if not self.is_ours_alone:
            return ()
        run: list[OwnPart] = []
        for part in reversed(self.parts):
            follows = not run or (
                part.level == run[-1].level
                and part.end == run[-1].begin
                and part.taken_from + part.size_bytes == run[-1].taken_from
            )
            if not follows:
                break
            run.append(part)
        joined = tuple(reversed(run[:JOINED_PARTS]))
        fits = sum(part.size_bytes for part in joined) <= MAX_JOINED_BYTES
        return joined if len(joined) == JOINED_PARTS and fits else ()

    def joined(self, parts: tuple[OwnPart, ...]) -> Growing:
        """With one part in place of these."""
        place = self.parts.index(parts[0])
        one = OwnPart(parts[0].begin, parts[-1].end - parts[0].begin, parts[0].taken_from, parts[0].level + 1)
        return msgspec.structs.replace(
            self, parts=(*self.parts[:place], one, *self.parts[place + len(parts) :])
        )

    def made_whole(self, size_bytes: int) -> Growing:
        """With all of it in the object of its own name, which has so many bytes now."""
        return Growing(
            self.inode,
            size_bytes,
            size_bytes,
            whole_bytes=size_bytes,
            sampled=self.sampled,
            sample=self.sample,
        )


FileState = Whole | Growing


def digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def grows(path: str) -> bool:
    """Whether a file of this name is one that is appended to.

    >>> grows("run/scalars.tsv"), grows("run/events.out.tfevents.1.host"), grows("run/0001/bird.png")
    (True, True, False)
    """
    return _GROWS.search(path) is not None


def has_header(path: str) -> bool:
    """Whether the first line of such a file names columns, and stands in each host's."""
    return _WITH_HEADER.search(path) is not None


def has_lines(path: str) -> bool:
    """Whether such a file that grows is text, of which a line must not go on where somebody else's was cut.

    >>> has_lines("run/stdout.log"), has_lines("run/events.out.tfevents.1.host")
    (True, False)
    """
    return _WITHOUT_LINES.search(path) is None


def next_cut(content: bytes, path: str, *, is_last: bool) -> int:
    r"""How many of the next bytes of a file that grows may be a part: whole lines.

    Args:
        is_last: nothing follows any more, so that a cut line goes as it is.

    >>> next_cut(b"1\n2\n3", "run/a.log", is_last=False), next_cut(b"1\n2\n3", "run/a.log", is_last=True)
    (4, 5)
    """
    if is_last or not has_lines(path):
        return len(content)
    return content.rfind(b"\n") + 1
