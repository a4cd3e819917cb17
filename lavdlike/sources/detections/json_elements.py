"""Where the elements of long arrays begin and end in a JSON file: those of the arrays at its top, found in one pass.

    [{...}, {...}]                           elements of the array called ""
    {"images": [{...}], "other": [{...}]}    elements of `images` and of `other`

Blocks of the file are looked through by numpy for brackets and quotes alone; nothing is parsed, and nothing is kept but
offsets. What lies deeper than `MAX_DEPTH` is not JSON that anybody writes, and ends the pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.disk.filling import pread
from lavdlike.errors import LogFormatError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What is computed of a block lies in the cache of a core.
BLOCK_BYTES = 2**19
MAX_DEPTH = 100
# A box is shorter.
LONG_BYTES = 256
# Of one element; of what has more, nothing is passed over.
_MAX_INNER = 100_000
# Names of what is at the top are short, and few.
_MAX_KEY_BYTES = 256
_MAX_KEYS = 1000
_KEY = re.compile(rb'"([A-Za-z_]+)"\s*:\s*\[\Z')
_QUOTE, _ESCAPE = ord('"'), ord("\\")
_OPEN, _CLOSE = b"[{", b"]}"
# All four brackets have these bits in common, with Y, y, _ and one more alone: faster than a look into a table.
_BRACKET_BITS, _BRACKET = 0xD9, 0x59


class Elements(NamedTuple):
    """Some elements that follow each other in the array `key`: where each begins, and where it ends (exclusive).

    `inner_begins`, `inner_ends`: what lies between the brackets of values in them that are long, or have brackets of
    their own; nothing needs it that does not look at such values.
    """

    key: str
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    inner_begins: NDArray[np.int64]
    inner_ends: NDArray[np.int64]


def elements_of(descriptor: int, path: str, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Elements]:
    """The objects in the arrays at the top, in the order of the file; what else lies there is passed over.

    An element is given with the block in which it ends. Files that were cut give what is whole in them.

    Args:
        path: for errors.

    Raises:
        LogFormatError: brackets that do not belong to each other, or too deep; what came before is whole.
        GivenUpError: nobody waits any more.
    """
    scan = _Scan(descriptor, path)
    offset = 0
    while block := pread(descriptor, block_bytes, offset):
        giving_up.check()
        yield from scan.block(block, offset)
        offset += len(block)
    if scan.depth > 0 or scan.is_in_string:
        raise LogFormatError(path, "it ends in the middle: the file was cut, or is still being written")


class _Scan:
    """What is carried from block to block."""

    def __init__(self, descriptor: int, path: str) -> None:
        import numpy as np

        self.depth = 0
        self.is_in_string = False
        self._descriptor = descriptor
        self._path = path
        self._is_escaped = False  # the first byte of the next block is
        self._level = 0  # the depth in which elements lie: 1 in an array, 2 in the arrays of an object
        self._begin = -1  # of the element that has not ended yet
        self._inner = np.empty((2, 0), np.int64)  # of that element, so far
        self._inner_begin = -1  # of its value that has not ended yet
        self._has_brackets = False  # such a value, so far
        self._key: str | None = ""
        self._keys = 0
        self._steps = np.zeros(256, np.int8)
        self._steps[list(_OPEN)] = 1
        self._steps[list(_CLOSE)] = -1

    def block(self, block: bytes, offset: int) -> Iterator[Elements]:
        import numpy as np

        data = np.frombuffer(block, np.uint8)
        is_found = (data & _BRACKET_BITS == _BRACKET) | (data == _QUOTE)
        places = self._without_escaped(block, data, np.flatnonzero(is_found))
        brackets, steps = self._outside_strings(data, places)
        if not len(brackets):
            return
        if not self._level:
            self._level = 1 if data[brackets[0]] == _OPEN[0] else 2
        depths = np.cumsum(steps, dtype=np.int64) + self.depth  # behind each bracket
        wrong = np.flatnonzero((depths < 0) | (depths > MAX_DEPTH))
        end = int(wrong[0]) if len(wrong) else len(brackets)
        error = self._error(int(depths[end]), int(brackets[end]) + offset) if len(wrong) else None
        brackets, steps, depths = brackets[:end], steps[:end], depths[:end]
        self.depth = int(depths[-1]) if len(depths) else self.depth
        at_level = (depths == self._level + (steps > 0)).nonzero()[0]
        opens = at_level[steps[at_level] > 0]
        closes = at_level[steps[at_level] < 0]
        arrays = np.flatnonzero((steps > 0) & (depths == 2)) if self._level == 2 else at_level[:0]
        self._add_inner(brackets + offset, steps, depths)
        yield from self._elements(
            brackets[opens] + offset, brackets[closes] + offset, brackets[arrays] + offset
        )
        if error is not None:
            raise error

    def _error(self, depth: int, at: int) -> LogFormatError:
        reason = "a bracket closes what was not opened" if depth < 0 else "nested too deep"
        return LogFormatError(self._path, reason, f"byte {at}")

    def _without_escaped(
        self, block: bytes, data: NDArray[np.uint8], places: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Without quotes that a backslash stands in front of."""
        import numpy as np

        was_escaped, self._is_escaped = self._is_escaped, False
        if was_escaped and len(places) and places[0] == 0:
            places = places[1:]
        if not was_escaped and b"\\" not in block:
            return places
        escapes = np.flatnonzero(data == _ESCAPE)
        if was_escaped and len(escapes) and escapes[0] == 0:
            escapes = escapes[1:]
        if not len(escapes):
            return places
        # Of backslashes that follow each other every second one is itself escaped.
        begins = np.flatnonzero(np.append(True, np.diff(escapes) != 1))
        lengths = np.diff(np.append(begins, len(escapes)))
        escaping = escapes[begins + lengths - 1][lengths % 2 == 1]
        self._is_escaped = bool(len(escaping) and escaping[-1] == len(data) - 1)
        return places[~np.isin(places, escaping + 1)]

    def _outside_strings(
        self, data: NDArray[np.uint8], places: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.int8]]:
        """The brackets among these places, and by how much each changes the depth."""
        import numpy as np

        found = data[places]
        others = np.flatnonzero(found != _QUOTE)
        # Of what stands before each of these, all that is none of them is a quote.
        quotes = others - np.arange(-self.is_in_string, len(others) - self.is_in_string)
        self.is_in_string ^= bool((len(places) - len(others)) & 1)
        others = others[quotes & 1 == 0]
        steps = self._steps[found[others]]
        if not steps.all():
            others, steps = others[steps != 0], steps[steps != 0]
        return places[others], steps

    def _add_inner(
        self, brackets: NDArray[np.int64], steps: NDArray[np.int8], depths: NDArray[np.int64]
    ) -> None:
        """Values of elements that end here, and are long or have brackets of their own."""
        import numpy as np

        depth = self._level + 1
        opens = ((depths == depth + 1) & (steps > 0)).nonzero()[0]
        closes = ((depths == depth) & (steps < 0)).nonzero()[0]
        begins, ends = brackets[opens] + 1, brackets[closes]
        if self._inner_begin >= 0:
            begins = np.append(self._inner_begin, begins)
            opens = np.append(-2 if self._has_brackets else -1, opens)
        is_open = len(begins) > len(ends)
        self._inner_begin = int(begins[-1]) if is_open else -1
        self._has_brackets = is_open and int(opens[-1]) != len(brackets) - 1
        begins, opens = begins[: len(ends)], opens[: len(ends)]
        which = (ends - begins > LONG_BYTES) | (closes > opens + 1)
        self._inner = np.concatenate((self._inner, (begins[which], ends[which])), axis=1)

    def _elements(
        self, opens: NDArray[np.int64], closes: NDArray[np.int64], arrays: NDArray[np.int64]
    ) -> Iterator[Elements]:
        """From where elements begin and end, and arrays begin at the top of an object."""
        import numpy as np

        for begin, end in zip([-1, *arrays.tolist()], [*arrays.tolist(), None], strict=True):
            if begin >= 0:
                self._key = self._key_before(begin)
            own_opens = opens[_between(opens, begin, end)]
            own_closes = closes[_between(closes, begin, end)] + 1
            if self._begin >= 0:
                own_opens = np.append(self._begin, own_opens)
            self._begin = int(own_opens[-1]) if len(own_opens) > len(own_closes) else -1
            if self._key is not None and len(own_closes):
                inner = self._inner[:, _between(self._inner[0], int(own_opens[0]), int(own_closes[-1]))]
                yield Elements(self._key, own_opens[: len(own_closes)], own_closes, *inner)
        left = _between(self._inner[0], self._begin, None) if self._begin >= 0 else slice(0)
        self._inner = self._inner[:, left if self._inner[0, left].size <= _MAX_INNER else slice(0)]

    def _key_before(self, bracket: int) -> str | None:
        """The key whose value begins there; None: it is no array, or has no name that one would know."""
        self._keys += 1
        if self._keys > _MAX_KEYS:
            raise LogFormatError(self._path, f"more than {_MAX_KEYS} keys with values that are no numbers")
        begin = max(0, bracket - _MAX_KEY_BYTES)
        found = _KEY.search(pread(self._descriptor, bracket + 1 - begin, begin))
        return found[1].decode("ascii") if found else None


def _between(places: NDArray[np.int64], begin: int, end: int | None) -> slice:
    """Of sorted places."""
    import numpy as np

    last = len(places) if end is None else int(np.searchsorted(places, end))
    return slice(int(np.searchsorted(places, begin, "right")), last)
