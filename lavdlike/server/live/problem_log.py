"""Files that cannot be shown, or not wholly: each is a line in the server's log, once."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Sequence

from lavdlike.messages import Problem

_REMEMBERED = 10_000

_log = logging.getLogger(__name__)


class ProblemLog:
    """To be told of every problem, as often as it is met."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, Problem] = OrderedDict()  # by path

    def report(self, problems: Sequence[Problem]) -> None:
        """Log those files whose first problem is another than before."""
        counts = Counter(problem.path for problem in problems)
        for first in {problem.path: problem for problem in reversed(problems)}.values():
            if self._said.get(first.path) == first:
                continue
            self._said[first.path] = first
            if len(self._said) > _REMEMBERED:
                self._said.popitem(last=False)
            place = f"{first.path}, {first.position}" if first.position else first.path
            others = counts[first.path] - 1
            _log.warning("%s: %s%s", place, first.reason, f" (and {others} more)" if others else "")
