"""The method of `Logger` for what its labels are."""

from __future__ import annotations

from typing import Literal

from lavdlike import labels, messages
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_choice, check_text


class LabelCalls(Family):
    """What labels are."""

    def define(
        self,
        pattern: str,
        *,
        goal: Literal["", "min", "max"] = "",
        unit: str = "",
        x: str = "",
        description: str = "",
    ) -> None:
        """Say what the labels are that match a pattern, for everybody who looks at them.

        Written to `experiment.json` (docs/format.md, "Labels"); what `lavdlike.yaml` says of a label goes first. Of
        several patterns that match a label, the first that says something decides that. A later call with the same
        pattern replaces the earlier one; one that says nothing removes it.

        Args:
            pattern: a label, where `*` stands for any text, `/` included: `val/*`, `*/loss`.
            goal: whether small ("min") or large ("max") values are better: tables sort by it and mark the best.
            unit: of the values, as written behind a number: `ms`, `%`.
            x: the label whose value at the same step is the x axis of a chart, such as `tokens`.
            description: what the label says, in a sentence.

        Raises:
            ValueError: a bad argument, or more definitions than readers take; nothing was written.

        >>> with Logger("example") as logger:
        ...     logger.define("val/loss", goal="min", description="Mean over the whole validation set.")
        ...     logger.define("time/*", unit="ms")
        """
        writer = self._active
        if writer is None:
            return
        for text, argument in ((pattern, "pattern"), (unit, "unit"), (x, "x"), (description, "description")):
            check_text(text, argument)
        check_choice(goal, ("", "min", "max"), "goal")
        writer.define(labels.check_definition(messages.LabelDefinition(pattern, goal, unit, x, description)))
