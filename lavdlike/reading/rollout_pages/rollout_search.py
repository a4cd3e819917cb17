"""In which lines of a file a text stands: in messages, texts and calls of rollouts, whatever the case.

Most lines are passed over by their bytes; those in which the text may stand, or which hide letters behind escapes, are
parsed.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np

from lavdlike.bounded import giving_up
from lavdlike.kinds.rollouts import Rollout, from_record
from lavdlike.reading.rollout_pages.line_facts import record_of
from lavdlike.reading.rollout_pages.rollout_index import RolloutIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LINES_A_LOOK = 200
# Letters that JSON writes as they are, so that bytes tell.
_AS_THEY_ARE = frozenset(chr(code) for code in range(32, 127)) - set("\"\\/<>&'")


class FileSearch:
    """One text in one file, as far as it was searched; goes on when the file has grown."""

    def __init__(self, text: str) -> None:
        self._text = text.casefold()
        self._needle = text.lower().encode() if set(text) <= _AS_THEY_ARE else None
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
            if self.searched % _LINES_A_LOOK == 0:
                giving_up.check()
                if time.monotonic() > until:
                    return False
            row = self.searched
            line = os.pread(descriptor, int(columns.lengths[row]), int(columns.offsets[row]))
            self._found[row] = self._is_in(line)
            self.searched += 1
        return True

    def found(self, count: int) -> NDArray[np.bool_]:
        """Of the first so many lines; those that are not searched yet are none."""
        found = np.zeros(count, np.bool_)
        found[: self.searched] = self._found[: self.searched][:count]
        return found

    def _is_in(self, line: bytes) -> bool:
        if self._needle is not None and self._needle not in line.lower() and b"\\u" not in line:
            return False
        try:
            rollout = from_record(record_of(line))
        except ValueError:
            return False
        return any(self._text in text.casefold() for text in texts_in(rollout))


def texts_in(rollout: Rollout) -> list[str]:
    """All that is text in it."""
    said = [text for each in rollout.messages for text in (each.content, each.reasoning)]
    called = [
        text for each in rollout.messages for call in each.tool_calls for text in (call.name, call.arguments)
    ]
    return [*said, *called, *rollout.texts.values()]
