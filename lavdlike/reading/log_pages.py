"""Long text files, read in parts: pages of whole lines from any place, forwards and backwards, and searches.

Files are given as open descriptors and nothing is kept between calls. No call looks at more than a bounded part,
however long the file or one line of it is: a line longer than a block is taken in pieces, each counts as a line.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from lavdlike.kinds import logs
from lavdlike.server.messages import LogMatch, LogPage, LogSearchPage

DEFAULT_LINES = 1000
MAX_LINES = 10_000
DEFAULT_MATCHES = 100
MAX_MATCHES = 1000
# What is read at once, and the longest piece of a line.
_BLOCK_BYTES = 2**20
# What is sent at most of one page; what is looked through for one of some tags only.
_PAGE_BYTES = 2**20
_TAGS_BYTES = 8 * 2**20
# How long one answer of a search may take; at least one block is searched.
_SEARCH_S = 1.0
_SHOWN_BYTES = 400
_IDENTITY_BYTES = 256

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def identity(descriptor: int) -> str:
    """Names the file: another for another file, and for one that begins with another first line.

    It stays the same while the file grows, once its first line is complete.
    """
    status = os.fstat(descriptor)
    head = os.pread(descriptor, _IDENTITY_BYTES, 0)
    if len(head) < _IDENTITY_BYTES or b"\n" in head:
        head = head[: head.find(b"\n") + 1]
    return f"{status.st_dev:x}-{status.st_ino:x}-{hashlib.blake2b(head, digest_size=8).hexdigest()}"


def read_page(
    descriptor: int,
    *,
    start: int | None = None,
    end: int | None = None,
    near: int | None = None,
    lines: int = DEFAULT_LINES,
    tags: Collection[str] = (),
) -> LogPage:
    """A page of the file: its last lines, or those from `start` or `near` on, or those before `end`.

    Args:
        start: offset of a line's begin, as another page or a search gave it; behind the end of a file that has
            shrunk, the page is empty.
        end: offset of a line's end, likewise.
        near: any offset; the page begins with the first line that begins there or later. Only one of the three.
        lines: how many at most; fewer if they are long.
        tags: if any are given, only records of these tags are in the text.

    Raises:
        ValueError: a number is outside its range.
    """
    _check_range("lines", lines, 1, MAX_LINES)
    if sum(offset is not None for offset in (start, end, near)) > 1:
        raise ValueError("start, end and near cannot be given together")
    size_bytes = os.fstat(descriptor).st_size
    if near is not None:
        start = _line_near(descriptor, _within(near, size_bytes))
    if start is not None:
        start = _within(start, size_bytes)
        part = _take(_lines_forwards(descriptor, start), lines, tags)
        end = start + part.looked_at_bytes
        begins = [start + passed for passed, _ in part.lines]
    else:
        end = size_bytes if end is None else _within(end, size_bytes)
        part = _take(_lines_backwards(descriptor, end), lines, tags)
        start = end - part.looked_at_bytes
        part.lines.reverse()
        begins = [end - passed - len(line) for passed, line in part.lines]
    text = b"".join(line for _, line in part.lines)
    return LogPage(
        start,
        end,
        max(size_bytes, end),
        identity(descriptor),
        text.decode(errors="replace"),
        offsets=_line_offsets(begins, [line for _, line in part.lines]),
        first_line=0 if start == 0 and not tags else None,
    )


def search(
    descriptor: int,
    text: str,
    *,
    is_regex: bool = False,
    start: int | None = None,
    backwards: bool = False,
    limit: int = DEFAULT_MATCHES,
    tags: Collection[str] = (),
) -> LogSearchPage:
    """The lines that hold a text, or a match of a regular expression (of Rust, whose time grows with the text only).

    What is no regular expression is answered, not raised: people type them, and half of one mostly is none.

    Args:
        start: lines, and pieces of very long ones, that begin here or later are searched, or with `backwards` those
            that begin before, the nearest first; by default all.
        limit: how many matches to give; all in the part looked at are counted.
        tags: if any are given, only records of these tags match.

    Raises:
        ValueError: no text, or a number outside its range.
    """
    if not text:
        raise ValueError("there is no text to search for")
    _check_range("limit", limit, 1, MAX_MATCHES)
    size_bytes = os.fstat(descriptor).st_size
    try:
        find = _regex_finder(text) if is_regex else _text_finder(text.encode())
    except _PatternError as error:
        return LogSearchPage(0, [], 0, identity=identity(descriptor), pattern_error=str(error))
    if tags:
        find = _only_of(tags, find)
    if backwards:
        blocks = _blocks_backwards(descriptor, size_bytes if start is None else _within(start, size_bytes))
    else:
        blocks = _blocks_forwards(descriptor, _line_near(descriptor, _within(start or 0, size_bytes)))
    return _search(
        blocks, find, limit=limit, backwards=backwards, size_bytes=size_bytes, name=identity(descriptor)
    )


class _PatternError(Exception):
    """A text is no regular expression; the message says why."""


class _Block(NamedTuple):
    """Whole lines, the last one perhaps without its end; or a piece of a very long line."""

    offset: int
    data: bytes


class _Part(NamedTuple):
    """Lines in the order they were met, each with how many bytes were passed before, and how many were in all."""

    lines: list[tuple[int, bytes]]
    looked_at_bytes: int


class _Found(NamedTuple):
    """A line that matches, by places in its block, and where the match is."""

    begin: int
    end: int
    match: int


def _take(lines: Iterable[bytes], count: int, tags: Collection[str]) -> _Part:
    taken: list[tuple[int, bytes]] = []
    taken_bytes = looked_at_bytes = 0
    for line in lines:
        is_wanted = not tags or _tag_of(line) in tags
        taken_bytes += len(line) if is_wanted else 0
        if looked_at_bytes and (taken_bytes > _PAGE_BYTES or looked_at_bytes + len(line) > _TAGS_BYTES):
            break
        if is_wanted:
            taken.append((looked_at_bytes, line))
        looked_at_bytes += len(line)
        if len(taken) == count:
            break
    return _Part(taken, looked_at_bytes)


def _line_offsets(begins: list[int], lines: list[bytes]) -> list[int]:
    """Where the lines of the page's text begin: a further piece of a long line begins none."""
    begins_line = [True, *(line.endswith(b"\n") for line in lines)]
    return [begin for begin, is_line in zip(begins, begins_line, strict=False) if is_line]


def _tag_of(line: bytes) -> str:
    return logs.parse_line(line.decode(errors="replace").rstrip("\n")).tag


def _lines_forwards(descriptor: int, start: int) -> Iterator[bytes]:
    for block in _blocks_forwards(descriptor, start):
        yield from _LINE.findall(block.data)


def _lines_backwards(descriptor: int, end: int) -> Iterator[bytes]:
    for block in _blocks_backwards(descriptor, end):
        yield from reversed(_LINE.findall(block.data))


def _blocks_forwards(descriptor: int, start: int) -> Iterator[_Block]:
    while data := os.pread(descriptor, _BLOCK_BYTES, start):
        if len(data) == _BLOCK_BYTES:  # there may be more
            data = data[: data.rfind(b"\n") + 1 or _last_character_begin(data)]
        yield _Block(start, data)
        start += len(data)


def _blocks_backwards(descriptor: int, end: int) -> Iterator[_Block]:
    while end > 0:
        begin = max(0, end - _BLOCK_BYTES)
        data = os.pread(descriptor, end - begin, begin)
        if len(data) < end - begin:
            return  # the file has shrunk meanwhile
        if begin > 0:
            line_begin = data.find(b"\n", 0, len(data) - 1) + 1
            data = data[line_begin or _first_character_begin(data) :]
        end -= len(data)
        yield _Block(end, data)


def _line_near(descriptor: int, offset: int) -> int:
    """Where the first line begins that begins at `offset` or later; of a very long line a piece will do."""
    if offset == 0:
        return 0
    data = os.pread(descriptor, _BLOCK_BYTES, offset - 1)
    newline = data.find(b"\n")
    if newline >= 0 or len(data) < 2:
        return offset + max(0, newline)
    return offset + _first_character_begin(data[1:])


def _last_character_begin(data: bytes) -> int:
    """Where to cut so that no UTF-8 sequence is torn."""
    for place in range(len(data) - 1, len(data) - 4, -1):
        if data[place] & 0b1100_0000 != 0b1000_0000:
            return place if data[place] >= 0b1100_0000 else len(data)
    return len(data)


def _first_character_begin(data: bytes) -> int:
    return next((place for place in range(4) if data[place] & 0b1100_0000 != 0b1000_0000), 0)


def _search(
    blocks: Iterator[_Block],
    find: Callable[[bytes], list[_Found]],
    *,
    limit: int,
    backwards: bool,
    size_bytes: int,
    name: str,
) -> LogSearchPage:
    stop_at = time.monotonic() + _SEARCH_S
    count = reached = 0
    matches: list[LogMatch] = []
    for block in blocks:
        found = find(block.data)
        count += len(found)
        nearest = reversed(found) if backwards else found
        for one, _ in zip(nearest, range(limit - len(matches)), strict=False):
            matches.append(LogMatch(block.offset + one.begin, _excerpt(block.data, one)))
        reached = block.offset if backwards else block.offset + len(block.data)
        if time.monotonic() > stop_at and reached not in (0, size_bytes):
            return LogSearchPage(count, matches, reached, reached, name)
    return LogSearchPage(count, matches, reached, None, name)


def _text_finder(text: bytes) -> Callable[[bytes], list[_Found]]:
    def find(data: bytes) -> list[_Found]:
        found = []
        match = data.find(text)
        while match >= 0:
            begin = data.rfind(b"\n", 0, match) + 1
            end = data.find(b"\n", match)
            end = len(data) if end < 0 else end
            found.append(_Found(begin, end, match))
            match = data.find(text, end)
        return found

    return find


def _regex_finder(pattern: str) -> Callable[[bytes], list[_Found]]:
    import numpy as np
    import polars as pl

    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        # The reason stands below the expression with a mark, and above what polars was asked for.
        said = str(error).partition("\n\nThis error occurred")[0]
        raise _PatternError(re.split(r"(?:^regex error|\nerror): ", said)[-1].strip()) from None

    def find(data: bytes) -> list[_Found]:
        lines = data.decode(errors="replace").split("\n")
        if not lines[-1]:
            lines.pop()
        rows = pl.Series(lines, dtype=pl.String).str.contains(pattern).arg_true().to_list()
        ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")).tolist()
        ends.append(len(data))
        begins = [0, *(end + 1 for end in ends)]
        return [_Found(begins[row], ends[row], begins[row]) for row in rows]

    return find


def _only_of(tags: Collection[str], find: Callable[[bytes], list[_Found]]) -> Callable[[bytes], list[_Found]]:
    return lambda data: [one for one in find(data) if _tag_of(data[one.begin : one.end]) in tags]


def _excerpt(data: bytes, found: _Found) -> str:
    """The line, or what is around the match."""
    if found.end - found.begin <= _SHOWN_BYTES:
        return data[found.begin : found.end].decode(errors="replace")
    begin = max(found.begin, min(found.match - _SHOWN_BYTES // 4, found.end - _SHOWN_BYTES))
    end = begin + _SHOWN_BYTES
    shown = data[begin:end].decode(errors="ignore")
    return f"{'…' if begin > found.begin else ''}{shown}{'…' if end < found.end else ''}"


def _within(offset: int, size_bytes: int) -> int:
    if offset < 0:
        raise ValueError(f"an offset must be at least 0, not {offset}")
    return min(offset, size_bytes)


def _check_range(name: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise ValueError(f"{name} must be from {least} to {most}, not {number}")
