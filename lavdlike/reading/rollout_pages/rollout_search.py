"""In which lines of a file a text stands, or a pattern matches: in messages, texts and calls of rollouts, in any case.

Most lines are passed over by their bytes; those in which the text may stand, or which hide letters behind escapes, are
parsed. For a pattern all are.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from lavdlike.bounded import giving_up, polars_limits
from lavdlike.bounded.patterns import Pattern
from lavdlike.disk.filling import pread
from lavdlike.kinds.rollouts import Rollout, from_record
from lavdlike.reading.rollout_pages.line_facts import record_of
from lavdlike.reading.rollout_pages.rollout_index import RolloutIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINES_A_LOOK = 200
# Letters that JSON writes as they are, so that bytes tell.
_AS_THEY_ARE = frozenset(chr(code) for code in range(32, 127)) - set("\"\\/<>&'")


class Wanted:
    """What is searched for. `key`: another one for something else.

    Args:
        is_regex: the text is a regular expression.

    Raises:
        PatternError: it is none, or too large.
        NoPolarsError: a regular expression, where polars cannot be used.
    """

    def __init__(self, text: str, *, is_regex: bool) -> None:
        self.key = (text, is_regex)
        self._pattern = Pattern(text, ignore_case=True) if is_regex else None
        self._text = text.casefold()
        self._needle = text.lower().encode() if set(text) <= _AS_THEY_ARE else None

    def found_in(self, lines: list[bytes]) -> list[bool]:
        """In which lines it stands; in those that are no rollouts it does not."""
        if self._pattern is None:
            return [
                self._may_be_in(line) and any(self._is_in(text) for text in _texts_of(line)) for line in lines
            ]
        import polars as pl

        texts = [_texts_of(line) for line in lines]
        places = [place for place, of_line in enumerate(texts) for _ in of_line]
        with polars_limits.using():
            every = pl.Series([text for of_line in texts for text in of_line], dtype=pl.String)
            matching = self._pattern.found_in(every, until=math.inf).arg_true().to_list()
        found = {places[row] for row in matching}
        return [place in found for place in range(len(lines))]

    def _may_be_in(self, line: bytes) -> bool:
        return self._needle is None or self._needle in line.lower() or b"\\u" in line

    def _is_in(self, text: str) -> bool:
        return self._text in text.casefold()


class FileSearch:
    """One search in one file, as far as it was searched; goes on when the file has grown."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._generation = 0
        self._found = np.zeros(0, np.bool_)
        self.searched = 0

    def go_on(self, descriptor: int, index: RolloutIndex, until: float) -> bool:
        """Search further, until a time (`monotonic`); says whether all that the index knows is searched."""
        columns = index.columns
        if self._generation != index.generation:
            self._generation, self.searched = index.generation, 0
        if len(self._found) < columns.count:
            grown = np.zeros(max(columns.count, len(self._found) * 3 // 2), np.bool_)
            grown[: len(self._found)] = self._found
            self._found = grown
        while self.searched < columns.count:
            giving_up.check()
            if time.monotonic() > until:
                return False
            end = min(self.searched + _LINES_A_LOOK, columns.count)
            lines = [
                pread(descriptor, int(columns.lengths[row]), int(columns.offsets[row]))
                for row in range(self.searched, end)
            ]
            self._found[self.searched : end] = self._wanted.found_in(lines)
            self.searched = end
        return True

    def found(self, count: int) -> NDArray[np.bool_]:
        """Of the first so many lines; those that are not searched yet are none."""
        found = np.zeros(count, np.bool_)
        found[: self.searched] = self._found[: self.searched][:count]
        return found


def _texts_of(line: bytes) -> list[str]:
    """Of a line that is no rollout none."""
    try:
        return texts_in(from_record(record_of(line)))
    except ValueError:
        return []


def texts_in(rollout: Rollout) -> list[str]:
    """All that is text in it."""
    said = [text for each in rollout.messages for text in (each.content, each.reasoning)]
    called = [
        text for each in rollout.messages for call in each.tool_calls for text in (call.name, call.arguments)
    ]
    return [*said, *called, *rollout.texts.values()]
