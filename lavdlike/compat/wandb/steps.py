"""At which step a row is written: by `step` and `commit`, as the original documents them. Pure."""

from __future__ import annotations

import math
from typing import Any


class Steps:
    """The step of a run.

    A row without `step` is of the current one, which it ends unless `commit` is False. One with a later `step` moves on
    to it and does not end it unless `commit` is True. One with an earlier `step`, which the original drops, is of that
    step.
    """

    def __init__(self, current: int = 0) -> None:
        self.current = current

    def place(self, step: Any = None, commit: bool | None = None) -> int:
        """The step of the next row; and move on."""
        if step is None:
            now = self.current
            if commit is None or commit:
                self.current = now + 1
            return now
        at = step if type(step) is int and step >= 0 else whole_step(step)
        if at is None:
            return self.current
        if at >= self.current:
            self.current = at + 1 if commit else at
        return at


def whole_step(step: Any) -> int | None:
    """A step as a whole number from 0; None if it is none."""
    try:
        number = float(step)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if math.isfinite(number) and number >= 0 else None
