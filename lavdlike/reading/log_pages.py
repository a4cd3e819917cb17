"""Long text files, read in parts: pages of whole lines from any place, forwards and backwards, and searches.

Files are given as open descriptors and nothing is kept between calls. No call looks at more than a bounded part,
however long the file or one line of it is: a line longer than a block is taken in pieces, each counts as a line.
Offsets are those of the file, in UTF-16 (PowerShell's `>`), too, which is told by its byte order mark.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from lavdlike.bounded import giving_up, polars_limits
from lavdlike.bounded.patterns import Pattern, PatternError
from lavdlike.disk.filling import pread
from lavdlike.kinds import logs, text_file
from lavdlike.messages import LogMatch, LogPage, LogSearchPage

DEFAULT_LINES = 1000
MAX_LINES = 10_000
DEFAULT_MATCHES = 100
MAX_MATCHES = 1000
# What is read at once, and the longest piece of a line.
_BLOCK_BYTES = 2**20
# What is sent at most of one page; what is looked through for one of some tags only.
_PAGE_BYTES = 2**20
_TAGS_BYTES = 8 * 2**20
# After how many lines the time is looked at.
_LINES_A_LOOK = 1000
# How long one answer of a search may take, or of a page of some tags only; at least one block is searched.
_SEARCH_S = 1.0
_SHOWN_BYTES = 400
_IDENTITY_BYTES = 256

# Of an expression that is so large that little of a long line is searched for it; so many times as much.
_REACHES_OF_BLOCK = 8

_LINES = {
    "": re.compile(rb"[^\n]*\n|[^\n]+"),
    "utf-16-le": re.compile(rb"(?s)(?:(?!\n\0)..)*\n\0|(?:(?!\n\0)..)+"),
    "utf-16-be": re.compile(rb"(?s)(?:(?!\0\n)..)*\0\n|(?:(?!\0\n)..)+"),
}
_NEWLINES = {"": b"\n", "utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}


def identity(descriptor: int) -> str:
    """Names the file: another for another file, and for one that begins with another first line.

    It stays the same while the file grows, once its first line is complete.
    """
    status = os.fstat(descriptor)
    head = pread(descriptor, _IDENTITY_BYTES, 0)
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
    file_end: int | None = None,
) -> LogPage:
    """A page of the file: its last lines, or those from `start` or `near` on, or those before `end`.

    Args:
        start: offset of a line's begin, as another page or a search gave it; behind the end of a file that has
            shrunk, the page is empty.
        end: offset of a line's end, likewise.
        near: any offset; the page begins with the first line that begins there or later. Only one of the three.
        lines: how many at most; fewer if they are long.
        tags: if any are given, only records of these tags are in the text.
        file_end: where the file is taken to end, if that is a line's end.

    Raises:
        ValueError: a number is outside its range.
    """
    _check_range("lines", lines, 1, MAX_LINES)
    if sum(offset is not None for offset in (start, end, near)) > 1:
        raise ValueError("start, end and near cannot be given together")
    size_bytes = _size_of(descriptor, file_end)
    encoding = encoding_of(descriptor)
    if near is not None:
        start = line_near(descriptor, _within(near, size_bytes), encoding)
    if start is not None:
        start = _within(start, size_bytes)
        part = _take(lines_forwards(descriptor, start, encoding, size_bytes), lines, tags, encoding)
        end = start + part.looked_at_bytes
        begins = [start + passed for passed, _ in part.lines]
    else:
        end = size_bytes if end is None else _within(end, size_bytes)
        end -= end % len(_NEWLINES[encoding])
        part = _take(_lines_backwards(descriptor, end, encoding), lines, tags, encoding)
        start = end - part.looked_at_bytes
        part.lines.reverse()
        begins = [end - passed - len(line) for passed, line in part.lines]
    text = _decoded(b"".join(line for _, line in part.lines), encoding)
    return LogPage(
        start,
        end,
        max(size_bytes, end),
        identity(descriptor),
        text,
        offsets=_line_offsets(begins, [line for _, line in part.lines], _NEWLINES[encoding]),
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
    file_end: int | None = None,
) -> LogSearchPage:
    """The lines that hold a text, or a match of a regular expression (of Rust, whose time grows with the text only).

    What is no regular expression is answered, not raised: people type them, and half of one mostly is none.

    Args:
        start: lines, and pieces of very long ones, that begin here or later are searched, or with `backwards` those
            that begin before, the nearest first; by default all.
        limit: how many matches to give; all in the part looked at are counted.
        tags: if any are given, only records of these tags match.
        file_end: as of `read_page`.

    Raises:
        ValueError: no text, or a number outside its range.
        NoPolarsError: a regular expression, where polars cannot be used.
        GivenUpError: nobody waits for the answer.
    """
    if not text:
        raise ValueError("there is no text to search for")
    _check_range("limit", limit, 1, MAX_MATCHES)
    size_bytes = _size_of(descriptor, file_end)
    encoding = encoding_of(descriptor)
    block_bytes = _BLOCK_BYTES
    try:
        if is_regex:
            pattern = Pattern(text)
            find = _regex_finder(pattern)
            block_bytes = min(_BLOCK_BYTES, _REACHES_OF_BLOCK * pattern.reach_bytes)
        else:
            find = _text_finder(text.encode(errors="replace"))
    except PatternError as error:
        return LogSearchPage(0, [], 0, identity=identity(descriptor), pattern_error=str(error))
    if tags:
        find = _only_of(tags, find)
    if backwards:
        end = size_bytes if start is None else _within(start, size_bytes)
        blocks = _blocks_backwards(descriptor, end, encoding, block_bytes)
    else:
        begin = line_near(descriptor, _within(start or 0, size_bytes), encoding)
        blocks = _blocks_forwards(descriptor, begin, encoding, block_bytes, size_bytes)
    return _search(
        blocks, find, limit=limit, backwards=backwards, size_bytes=size_bytes, name=identity(descriptor)
    )


class _Block(NamedTuple):
    """Whole lines, the last one perhaps without its end; or a piece of a very long line; as they stand in the file."""

    offset: int
    data: bytes
    encoding: str


class _Part(NamedTuple):
    """Lines in the order they were met, each with how many bytes were passed before, and how many were in all."""

    lines: list[tuple[int, bytes]]
    looked_at_bytes: int


class _Found(NamedTuple):
    """A line that matches, by places in its block, and where the match is."""

    begin: int
    end: int
    match: int


def _size_of(descriptor: int, file_end: int | None) -> int:
    size_bytes = os.fstat(descriptor).st_size
    return size_bytes if file_end is None else min(size_bytes, file_end)


def encoding_of(descriptor: int) -> str:
    """Of UTF-16 its name, otherwise ""."""
    return text_file.utf16_of(pread(descriptor, 2, 0))


def _decoded(data: bytes, encoding: str) -> str:
    return data.decode(encoding or "utf-8", errors="replace").removeprefix("\ufeff" if encoding else "")


def _take(lines: Iterable[bytes], count: int, tags: Collection[str], encoding: str) -> _Part:
    taken: list[tuple[int, bytes]] = []
    taken_bytes = looked_at_bytes = 0
    until = time.monotonic() + _SEARCH_S
    for number, line in enumerate(lines):
        if tags and number % _LINES_A_LOOK == _LINES_A_LOOK - 1 and time.monotonic() > until:
            break
        is_wanted = not tags or _tag_of(_decoded(line, encoding)) in tags
        taken_bytes += len(line) if is_wanted else 0
        if looked_at_bytes and (taken_bytes > _PAGE_BYTES or looked_at_bytes + len(line) > _TAGS_BYTES):
            break
        if is_wanted:
            taken.append((looked_at_bytes, line))
        looked_at_bytes += len(line)
        if len(taken) == count:
            break
    return _Part(taken, looked_at_bytes)


def _line_offsets(begins: list[int], lines: list[bytes], newline: bytes) -> list[int]:
    """Where the lines of the page's text begin: a further piece of a long line begins none."""
    begins_line = [True, *(line.endswith(newline) for line in lines)]
    return [begin for begin, is_line in zip(begins, begins_line, strict=False) if is_line]


def _tag_of(line: str) -> str:
    return logs.parse_line(line.rstrip("\n")).tag


def lines_forwards(descriptor: int, start: int, encoding: str, file_end: int) -> Iterator[bytes]:
    """The lines, and pieces of very long ones, as they stand in the file."""
    for block in _blocks_forwards(descriptor, start, encoding, _BLOCK_BYTES, file_end):
        for found in _LINES[encoding].finditer(block.data):
            yield found[0]


def _lines_backwards(descriptor: int, end: int, encoding: str) -> Iterator[bytes]:
    for block in _blocks_backwards(descriptor, end, encoding, _BLOCK_BYTES):
        line_end = len(block.data)
        while line_end > 0:
            newline_bytes = len(_NEWLINES[encoding])
            line_begin = _behind_last_newline(block.data, encoding, line_end - newline_bytes)
            yield block.data[line_begin:line_end]
            line_end = line_begin


def _blocks_forwards(
    descriptor: int, start: int, encoding: str, block_bytes: int, file_end: int
) -> Iterator[_Block]:
    while True:
        giving_up.check()
        data = pread(descriptor, min(block_bytes, max(0, file_end - start)), start)
        if len(data) == block_bytes:  # there may be more
            data = data[
                : _behind_last_newline(data, encoding, len(data)) or _last_character_begin(data, encoding)
            ]
        elif encoding and len(data) % 2:  # half a letter, which is still being written
            data = data[:-1]
        if not data:
            return
        yield _Block(start, data, encoding)
        start += len(data)


def _blocks_backwards(descriptor: int, end: int, encoding: str, block_bytes: int) -> Iterator[_Block]:
    while end > 0:
        giving_up.check()
        begin = max(0, end - block_bytes)
        begin += begin % len(_NEWLINES[encoding])
        data = pread(descriptor, end - begin, begin)
        if len(data) < end - begin:
            return  # the file has shrunk meanwhile
        if begin > 0:
            line_begin = _behind_first_newline(data, encoding)
            if not 0 < line_begin < len(data):
                line_begin = _first_character_begin(data, encoding)
            data = data[line_begin:]
        end -= len(data)
        yield _Block(end, data, encoding)


def line_near(descriptor: int, offset: int, encoding: str) -> int:
    """Where the first line begins that begins at `offset` or later; of a very long line a piece will do."""
    newline_bytes = len(_NEWLINES[encoding])
    offset += offset % newline_bytes
    if offset == 0:
        return 0
    data = pread(descriptor, _BLOCK_BYTES, offset - newline_bytes)
    behind = _behind_first_newline(data, encoding)
    if behind or len(data) <= newline_bytes:
        return offset + max(0, behind - newline_bytes)
    return offset + _first_character_begin(data[newline_bytes:], encoding)


def _behind_first_newline(data: bytes, encoding: str) -> int:
    """0 if there is none."""
    newline = _NEWLINES[encoding]
    place = data.find(newline)
    while place % len(newline) and place >= 0:  # halves of two letters
        place = data.find(newline, place + 1)
    return place + len(newline) if place >= 0 else 0


def _behind_last_newline(data: bytes, encoding: str, end: int) -> int:
    """Of those that end at `end` or before; 0 if there is none."""
    newline = _NEWLINES[encoding]
    place = data.rfind(newline, 0, max(0, end))
    while place % len(newline) and place >= 0:
        place = data.rfind(newline, 0, place + len(newline) - 1)
    return place + len(newline) if place >= 0 else 0


def _last_character_begin(data: bytes, encoding: str) -> int:
    """Where to cut so that no letter is torn."""
    if encoding:
        even = len(data) - len(data) % 2
        return even - 2 if even > 2 and _is_surrogate(data[even - 2 : even], encoding, 0xD8) else even
    for place in range(len(data) - 1, len(data) - 4, -1):
        if data[place] & 0b1100_0000 != 0b1000_0000:
            return place if data[place] >= 0b1100_0000 else len(data)
    return len(data)


def _first_character_begin(data: bytes, encoding: str) -> int:
    if encoding:
        return 2 if len(data) > 2 and _is_surrogate(data[:2], encoding, 0xDC) else 0
    return next((place for place in range(4) if data[place] & 0b1100_0000 != 0b1000_0000), 0)


def _is_surrogate(unit: bytes, encoding: str, begin: int) -> bool:
    return unit[1 if encoding == "utf-16-le" else 0] & 0b1111_1100 == begin


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
        giving_up.check()
        data = block.data if not block.encoding else _decoded_block(block)
        found = find(data)
        count += len(found)
        nearest = reversed(found) if backwards else found
        for one, _ in zip(nearest, range(limit - len(matches)), strict=False):
            matches.append(
                LogMatch(block.offset + _place_in_file(block, data, one.begin), _excerpt(data, one))
            )
        reached = block.offset if backwards else block.offset + len(block.data)
        if time.monotonic() > stop_at and reached not in (0, size_bytes):
            return LogSearchPage(count, matches, reached, reached, name)
    return LogSearchPage(count, matches, reached, None, name)


def _decoded_block(block: _Block) -> bytes:
    """Its text as UTF-8, with a byte order mark."""
    return block.data.decode(block.encoding, errors="replace").encode(errors="replace")


def _place_in_file(block: _Block, data: bytes, place: int) -> int:
    return place if not block.encoding else len(data[:place].decode().encode(block.encoding))


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


def _regex_finder(pattern: Pattern) -> Callable[[bytes], list[_Found]]:
    import numpy as np

    def find(data: bytes) -> list[_Found]:
        import polars as pl

        lines = data.decode(errors="replace").split("\n")
        if not lines[-1]:
            lines.pop()
        with polars_limits.using():
            texts = pl.Series(lines, dtype=pl.String)
            rows = pattern.found_in(texts, until=math.inf).arg_true().to_list()
        ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")).tolist()
        ends.append(len(data))
        begins = [0, *(end + 1 for end in ends)]
        return [_Found(begins[row], ends[row], begins[row]) for row in rows]

    return find


def _only_of(tags: Collection[str], find: Callable[[bytes], list[_Found]]) -> Callable[[bytes], list[_Found]]:
    return lambda data: [
        one for one in find(data) if _tag_of(data[one.begin : one.end].decode(errors="replace")) in tags
    ]


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
