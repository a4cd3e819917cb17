"""Streamvis' logger, as first published, over `Logger`: `from lavdlike.compat.streamvis import DataLogger`.

A scope is an experiment, so that a script that is started again with the same scope goes on in it. A group is a label,
and each of its lines but the first one more, `attn_layer/1` (docs/from-other-tools.md, "Streamvis"). The calls are
those of Streamvis' README before it had a database.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lavdlike import layout
from lavdlike.compat.tags import label_of
from lavdlike.disk.stores.store_addresses import is_store_address
from lavdlike.kinds import numbers, scalars, tables
from lavdlike.logger import Logger
from lavdlike.writing.checks import checked_folder
from lavdlike.writing.launched import launched_run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

__all__ = ["DataLogger"]
_X = "x"
_MAX_RANK = 2


class DataLogger:
    """Writes the points of one scope.

    Args:
        scope: the name of the experiment; `/` makes folders.
    """

    def __init__(self, scope: str) -> None:
        if not isinstance(scope, str):
            raise RuntimeError(f"scope must be a string, not {type(scope).__name__}")
        self.scope = scope
        self._logger: Logger | None = None
        self._before: Path | None = None  # what earlier sessions have written, as long as nobody asked
        self._next_steps: dict[str, int] = {}  # by label, behind all its points so far
        self._counted: set[str] = set()  # labels whose x is no step
        self._unflushed = 0
        self.buffer_max_elem = 0

    def init(self, path: str | os.PathLike[str] = "./log", buffer_max_elem: int = 1000) -> None:
        """Begin, or go on, with the experiment of the scope.

        Args:
            path: the folder of all experiments, where Streamvis has one file.
            buffer_max_elem: after so many numbers everything is with the disk, as after `flush_buffer`.

        Raises:
            RuntimeError: there can be no such folder.
        """
        self.buffer_max_elem = int(buffer_max_elem)
        log_dir, name = _place(os.fspath(path), self.scope)
        try:
            self._before = log_dir / layout.native(name) / layout.SCALARS_FILE
            self._logger = Logger(name, log_dir)
        except ValueError as error:
            raise RuntimeError(str(error)) from None

    def write(self, group_name: str, /, **data: Any) -> None:
        """Log points of a group, of arrays that are broadcast to the shape [line, point].

        A number, a list, an array of numpy, a tensor of torch, JAX or TensorFlow: of rank 0 it is the same in all lines
        and points, of rank 1 it is that of each point, of rank 2 that of each line and point. `x` is the step, or what
        is called `step`, `iteration` or the like where there is no `x`. Where it is not all whole numbers from 0,
        points are counted, and it is a label beside (`loss.x`), which is the x axis of the group.

        Raises:
            RuntimeError: `init` was not called, or these are no such arrays.
        """
        logger = self._logger
        if logger is None:
            raise RuntimeError("init(path) must be called before write")
        if not data:
            raise RuntimeError(f"group_name={group_name!r} has no data: write('loss', x=step, y=loss)")
        arrays = _broadcast(group_name, data)
        axis = _axis_of(tuple(arrays))
        lines, points = next(iter(arrays.values())).shape
        try:
            label = label_of(group_name)
        except ValueError as error:
            raise RuntimeError(f"group_name: {error}") from None
        for line in range(lines if points else 0):
            of_line = {name: array[line] for name, array in arrays.items()}
            self._write_line(logger, f"{label}/{line}" if line else label, axis, of_line)
        self._unflushed += lines * points * len(arrays)
        if self._unflushed >= self.buffer_max_elem:
            self.flush_buffer()

    def flush_buffer(self) -> None:
        """Wait until everything is with the disk."""
        self._unflushed = 0
        if self._logger is not None:
            self._logger.flush()

    def shutdown(self) -> None:
        """Write everything, and end the session of the experiment."""
        if self._logger is not None:
            self._logger.close()

    def _write_line(self, logger: Logger, label: str, axis: str | None, arrays: dict[str, Array]) -> None:
        values = {name: array for name, array in arrays.items() if name != axis}
        labels = {name: label if len(values) == 1 else f"{label}/{label_of(name)}" for name in values}
        series = {labels[name]: array for name, array in values.items()}
        x = None if axis is None else arrays[axis]
        steps = None if label in self._counted else _steps_of(x)
        if steps is None:
            steps = self._counted_steps(series, len(next(iter(arrays.values()))))
            if x is not None:
                series[f"{label}.{axis}"] = x
                if label not in self._counted:
                    for name in labels.values():
                        logger.define(name, x=f"{label}.{axis}")
            self._counted.add(label)
        logger.log_scalars(series, steps)
        following = int(steps.max()) + 1
        self._next_steps.update((each, max(self._next_steps.get(each, 0), following)) for each in series)

    def _counted_steps(self, labels: Iterable[str], count: int) -> Array:
        """Those behind all that these labels have."""
        import numpy as np

        if self._before is not None:
            for label, step in _next_steps(self._before).items():
                self._next_steps[label] = max(self._next_steps.get(label, 0), step)
            self._before = None
        first = max(self._next_steps.get(label, 0) for label in labels)
        return np.arange(first, first + count)


def _place(path: str, scope: str) -> tuple[Path, str]:
    """The folder of all experiments, and the name of the scope's; under `lavdlike run` those that it says."""
    if "://" in path and not is_store_address(path):
        raise RuntimeError(f"path must be a folder on this machine, not {path!r}")
    if Path(path).is_file():
        raise RuntimeError(
            f"path must be a folder, {path!r} is a file: lavdlike shows a log of Streamvis as it is (lavdlike FOLDER),"
            " new experiments need a folder of their own"
        )
    run = launched_run()
    if run is not None:
        place = run.place_for(f"{os.path.abspath(path)}\0{scope}", lambda _: scope)  # noqa: PTH100 - follows no links
        return place.log_dir, place.name
    *folders, name = [layout.folder_name_of(part) for part in scope.split("/") if part] or ["%"]
    root = checked_folder(path) if is_store_address(path) else Path(path)
    return root.joinpath(*folders), name


def _broadcast(group_name: str, data: dict[str, Any]) -> dict[str, Array]:
    """All of the same shape [line, point]."""
    import numpy as np

    found = {}
    for name, value in data.items():
        try:
            array = numbers.to_array(value, argument=name)
        except ValueError as error:
            raise RuntimeError(f"group_name={group_name!r}: {error}") from None
        if array.ndim > _MAX_RANK or array.dtype.kind not in "biuf":
            what = f"an array of rank {array.ndim}" if array.ndim > _MAX_RANK else f"of type {array.dtype}"
            raise RuntimeError(
                f"group_name={group_name!r}: {name} must be numbers of rank 0, 1 or 2, it is {what}"
            )
        found[name] = array
    try:
        return dict(zip(found, np.broadcast_arrays(np.empty((1, 1)), *found.values())[1:], strict=True))
    except ValueError:
        shapes = ", ".join(f"{name}: {array.shape}" for name, array in found.items())
        raise RuntimeError(f"group_name={group_name!r}: shapes do not fit together: {shapes}") from None


def _axis_of(names: tuple[str, ...]) -> str | None:
    """Which of the coordinates is the step; None if none is, or there is but one."""
    if len(names) < 2:
        return None
    if _X in names:
        return _X
    ranks = {name: rank for name in names if (rank := tables.step_rank(name)) is not None}
    return min(ranks, key=lambda name: ranks[name], default=None)


def _steps_of(x: Array | None) -> Array | None:
    """Whole steps; None if these are none."""
    import numpy as np

    if x is None or x.dtype.kind == "b":
        return None
    if x.dtype.kind == "f" and not (np.isfinite(x).all() and (np.floor(x) == x).all()):
        return None
    if len(x) and (x.min() < 0 or x.max() > layout.MAX_STEP):
        return None
    return x.astype(np.int64)


def _next_steps(file: Path) -> dict[str, int]:
    """By label, the step behind all that stands in a file of scalars."""
    found: dict[str, int] = {}
    with suppress(FileNotFoundError, NotADirectoryError), file.open("rb") as lines:
        for line in lines:
            point = scalars.parse_line(line.rstrip(b"\n"))
            if isinstance(point, scalars.ScalarPoint):
                found[point.label] = max(found.get(point.label, 0), point.step + 1)
    return found
