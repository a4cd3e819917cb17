"""Which points of an event file are replaced by those that follow, as TensorBoard's `EventAccumulator` purges them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.sources.events.event_blocks import Labels, Special
from lavdlike.sources.events.event_messages import Event, version_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

# Of one file: each may look at all points of the run.
MAX_RESTARTS = 1000


class Cut(NamedTuple):
    """Points of records before this one are replaced, from a step on. `labels`: of these alone; None: of all."""

    record: int
    step: int
    labels: list[int] | None = None


class Restarts:
    """Those of one file.

    From version 2 of the format on, where a session starts, all points from its step on are replaced. Before, where an
    event has a smaller step than the last ones, those of its labels from its step on. Only what replaces something
    counts; the first of a file always does, since earlier files may hold such points.
    """

    def __init__(self, labels: Labels) -> None:
        self.is_too_many = False
        self._labels = labels
        self._version = 0.0
        self._count = 0
        self._highest: float = float("inf")  # step of points that are not replaced
        self._recent = -1
        self._highest_of: dict[int, int] = {}  # the same by label, before version 2

    def take_for_current(self) -> None:
        """The record that says which version it is of is broken: all of the last ten years are of 2."""
        self._version = 2.0

    def needs_all(self, first: Event | None) -> bool:
        """Whether all events of a block are needed, and not only what begins a file or a session."""
        version = version_number(first.version) if first is not None and first.version is not None else 0.0
        return max(self._version, version) < 2

    def cuts(self, events: list[Special], records: Indices, steps: Indices) -> Iterator[Cut]:
        """Those of a block.

        Args:
            events: of the block, in their order, those that are needed.
            records: of each point of the block the place of its record, in their order.
            steps: theirs.
        """
        import numpy as np

        begin = 0
        for record, event in events:
            if event.version is not None:
                self._version = version_number(event.version)
            if self._version < 2:
                yield from self._take_old(record, event)
            elif event.is_start:
                end = int(np.searchsorted(records, record))
                if begin < end:
                    self._highest = max(self._highest, int(steps[begin:end].max()))
                begin = end
                if event.step <= self._highest and self._may_cut():
                    yield Cut(record, event.step)
                    self._highest = event.step - 1
        if begin < len(steps) and self._highest < 2**63:
            self._highest = max(self._highest, int(steps[begin:].max()))

    def _take_old(self, record: int, event: Event) -> Iterator[Cut]:
        labels = [
            self._labels.number_of(value.tag, None)
            for value in event.values or ()
            if value.number is not None
        ]
        if event.values is None or event.step >= self._recent:
            self._recent = event.step
        else:
            replaced = [label for label in labels if self._highest_of.get(label, -1) >= event.step]
            if replaced and self._may_cut():
                yield Cut(record, event.step, replaced)
                self._highest_of.update(dict.fromkeys(replaced, event.step - 1))
        for label in labels:
            self._highest_of[label] = max(self._highest_of.get(label, -1), event.step)

    def _may_cut(self) -> bool:
        self._count += 1
        self.is_too_many |= self._count > MAX_RESTARTS
        return not self.is_too_many
