"""The methods of `SummaryWriter` for numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lavdlike import layout
from lavdlike.compat.tensorboard import written_events
from lavdlike.compat.tensorboard.adding import MAX_REMEMBERED, Family, Target
from lavdlike.compat.tensorboard.given_values import number_of, wall_time_of
from lavdlike.kinds import scalars


class ScalarCalls(Family):
    """Numbers at steps."""

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: Any = None,
        walltime: float | None = None,
        new_style: Any = False,  # noqa: ARG002, FBT002 - as the original's
        double_precision: Any = False,  # noqa: FBT002
        display_name: str = "",  # noqa: ARG002
        summary_description: str = "",
    ) -> None:
        """Log a number, with all its digits. A description, as tensorboardX takes one, is said of the label.

        `new_style` and `double_precision` change nothing; where tensorboardX has a display name and a description in
        their places, they are taken as these.
        """
        if (
            type(scalar_value) is float
            and type(global_step) is int
            and 0 <= global_step <= layout.MAX_STEP
            and walltime is None
            and type(tag) is str
            and tag in self._plain
            and not (summary_description or double_precision)
        ):
            self.logger.log_scalar(scalar_value, tag, global_step)
            return
        target = self._target(tag, global_step, walltime, "scalar")
        self._put(target, number_of(scalar_value))
        if self._is_plain(target):
            self._plain.add(tag)
        description = summary_description or (double_precision if isinstance(double_precision, str) else "")
        if description and target.label not in self._described:
            self._described.add(target.label)
            self.logger.define(target.label, description=description[:2000])

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log several numbers, each as the label `main_tag/key`, in this same run."""
        if not isinstance(tag_scalar_dict, Mapping):
            raise ValueError(f"tag_scalar_dict must be a dict, not {type(tag_scalar_dict).__name__}")
        step = self._step(self._label(main_tag), global_step, "scalars")
        if self._event_file is None and 0 <= step <= layout.MAX_STEP:
            row = {
                self._inner_label(main_tag, key): number_of(value) for key, value in tag_scalar_dict.items()
            }
            given = self._default_wall_time if walltime is None else walltime
            self.logger.log_scalars(row, step, wall_time=wall_time_of(given))
            return
        for key, value in tag_scalar_dict.items():
            self._put(self._target(f"{main_tag}/{key}", step, walltime, "scalar"), number_of(value))

    def export_scalars_to_json(self, path: str | os.PathLike[str]) -> None:
        """Write all scalars of the run to a JSON file: {"<folder>/<label>": [[wall time, step, value], ...]}."""
        found: dict[str, list[list[float]]] = {}
        try:
            lines = (self.logger.log_dir / layout.SCALARS_FILE).read_bytes().split(b"\n")
        except FileNotFoundError:
            lines = []
        for line in lines[:-1]:
            point = scalars.parse_line(line)
            if isinstance(point, scalars.ScalarPoint) and point.label != scalars.REWIND:
                key = f"{self.logger.log_dir}/{point.label}"
                found.setdefault(key, []).append([point.wall_time, point.step, point.value])
        Path(path).write_text(json.dumps(found), encoding="utf-8")

    _inner_labels: dict[tuple[str, Any], str]
    _plain: set[str]
    _described: set[str]

    def _inner_label(self, main_tag: str, key: Any) -> str:
        label = self._inner_labels.get((main_tag, key))
        if label is None:
            if len(self._inner_labels) >= MAX_REMEMBERED:
                self._inner_labels.clear()
            label = self._inner_labels[main_tag, key] = self._label(f"{main_tag}/{key}")
        return label

    def _is_plain(self, target: Target) -> bool:
        """Whether all there is to do for numbers of this tag is to hand them on."""
        return target.label == target.tag and self._event_file is None and self._default_wall_time is None

    def _put(self, target: Target, number: float | int) -> None:
        if target.step is None:
            self.logger.log("SCALAR", f"{target.label} at step {target.number}: {number!r}")  # noqa: G004 - the Logger's
        else:
            self.logger.log_scalar(number, target.label, target.step, wall_time=target.wall_time)
        if self._event_file is not None:
            self._event_file.add(written_events.scalar(target.tag, number), target.number, target.wall_time)
