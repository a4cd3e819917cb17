"""The method of `Logger` for rollouts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lavdlike.kinds import rollouts as rollout_lines
from lavdlike.writing.calls.family import Family


class RolloutCalls(Family):
    """What a model answered, and what that was worth."""

    def log_rollouts(self, rollouts: Iterable[Mapping[str, Any]], name: str, step: int | None = None) -> None:
        """Append rollouts to `<name>.rollouts.jsonl`, a line each.

        Args:
            rollouts: dicts. Each has `messages`, as OpenAI's chat has them ({"role": ..., "content": ...}, perhaps
                `tool_calls`), or `prompt` and `completion`, a string or such messages each. Whatever else is in it is
                kept: `reward` and other numbers, also in dicts such as `metrics`, can be sorted by; rollouts of the
                same `group` are of one prompt; texts are shown beside.
            step: of those that have no `step` of their own; their file is then in the step's folder.

        Raises:
            ValueError: names the first rollout that is none. Nothing was written.

        >>> right = {"prompt": "2 + 2?", "completion": "4", "reward": 1.0}
        >>> with Logger("example") as logger:
        ...     logger.log_rollouts([right, {**right, "completion": "five", "reward": 0.0}], "sums", step=1)
        """
        writer = self._active
        if writer is None:
            return
        path = self._checked_path(name, step, rollout_lines.SUFFIX)
        checked_step = None if step is None else int(step)
        lines = rollout_lines.to_lines(rollouts, checked_step)
        if lines:
            writer.append_to(path, lines)
