"""What the methods of `SummaryWriter` stand on: labels, steps and times of what it is given."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from lavdlike import layout
from lavdlike.compat.tags import label_of
from lavdlike.compat.tensorboard import written_events
from lavdlike.compat.tensorboard.event_file import EventFile
from lavdlike.compat.tensorboard.given_values import wall_time_of, whole_step
from lavdlike.compat.tensorboard.later_calls import LaterCalls
from lavdlike.logger import Logger

MAX_REMEMBERED = 100_000
# Of a text that is longer it is said at once whether it can be written.
_LONG = 2**20

_log = logging.getLogger("lavdlike")


class Target(NamedTuple):
    """Where something goes. `label` and `step`: in our files; `tag` and `number`: in event files.

    `step` is None where nothing can stand at it: it is below 0.
    """

    label: str
    step: int | None
    tag: str
    number: int
    wall_time: float | None

    @property
    def item(self) -> tuple[str, int | None]:
        """Name and step of a file."""
        return self.label, self.step


class Family:
    """Base of the families of methods; `SummaryWriter` sets the attributes."""

    logger: Logger
    _event_file: EventFile | None
    _labels: dict[str, str]
    _counted: dict[tuple[str, str], int]
    _default_step: Any
    _default_wall_time: Any
    _said: set[str]
    _later: LaterCalls
    # Of which method, label and kind of step a call was made at once: whatever is wrong with them was said.
    _tried: set[tuple[str, str, bool]]

    def _may_wait(self, method: str, target: Target) -> bool:
        """Whether a call may be made later: its like went well, and no event file wants it in its order."""
        like = (method, target.label, target.step is None)
        if like in self._tried:
            return self._event_file is None
        if len(self._tried) >= MAX_REMEMBERED:
            self._tried.clear()
        self._tried.add(like)
        return False

    def _target(self, tag: Any, global_step: Any, walltime: Any, method: str) -> Target:
        """Raises ValueError: no such tag, step or time."""
        label = self._label(tag)
        step = self._step(label, global_step, method)
        wall_time = self._default_wall_time if walltime is None else walltime
        is_below = step < 0
        if is_below:
            self._say_once(
                "below 0",
                f"steps below 0 ({tag!r} at {step}): numbers are kept in events.log, files without a step",
            )
            label = _label_without_step(label)
        is_above = step > layout.MAX_STEP
        if is_above:
            raise ValueError(f"global_step must be at most 2**53 - 1, not {step}")
        return Target(label, None if is_below else step, tag, step, wall_time_of(wall_time))

    def _label(self, tag: Any) -> str:
        label = self._labels.get(tag) if isinstance(tag, str) else None
        if label is None:
            label = label_of(tag)
            if len(self._labels) >= MAX_REMEMBERED:
                self._labels.clear()
            self._labels[tag] = label
            if label != tag:
                _log.warning("tag %r cannot be a path, its label is %r", tag, label)
        return label

    def _step(self, label: str, global_step: Any, method: str) -> int:
        """The step; those of what is logged without one are counted, from 0 for each tag of a method."""
        given = self._default_step if global_step is None else global_step
        if given is not None:
            return whole_step(given)
        if len(self._counted) >= MAX_REMEMBERED:
            self._counted.clear()
        step = self._counted.get((method, label), 0)
        self._counted[method, label] = step + 1
        return step

    def _say_once(self, what: str, message: str) -> None:
        if what not in self._said:
            self._said.add(what)
            _log.warning("%s (said once)", message)

    def _not_in_event_files(self, what: str) -> None:
        if self._event_file is not None:
            self._say_once(f"event file {what}", f"{what} are in our files alone, not in event files")

    def _log_markdown(self, markdown: str, target: Target) -> None:
        if len(markdown) <= _LONG and self._may_wait("text", target):
            self._later.put(len(markdown), self.logger.log_markdown, markdown, target.label, target.step)
            return
        self._later.drain()  # what was logged under this name before
        self.logger.log_markdown(markdown, *target.item)
        if self._event_file is not None:
            self._event_file.add(written_events.text(target.tag, markdown), target.number, target.wall_time)


def _label_without_step(label: str) -> str:
    try:
        return layout.check_label(label, step=None)
    except ValueError:
        return f"items/{label}"
