"""One row of the overview, as the server keeps it."""

from __future__ import annotations

from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem
from lavdlike.reading import summaries
from lavdlike.server.live.hints import Priority

# The class of rows (`Watcher.watch`): watches go to what is looked at first.
_ROWS = 3


class Row:
    """One experiment: its folder, and what the overview shows of it."""

    def __init__(self, name: ExperimentName, identity: tuple[int, int]) -> None:
        self.name = name
        self.identity = identity
        self.summary = summaries.without_details(name)
        self.as_read = self.summary  # without what `lavdlike.yaml` says of it
        self.problems: tuple[Problem, ...] = ()
        self.read_begun = self.read_at = float("-inf")

    @property
    def priority(self) -> Priority:
        """Of its folder's watch, while nobody looks at the experiment: the newest come first."""
        return priority_of(self.summary.changed)


def priority_of(changed: float) -> Priority:
    """Of the watch of the folder of a row; `changed`: when it last did, Unix seconds."""
    return _ROWS, -int(changed)
