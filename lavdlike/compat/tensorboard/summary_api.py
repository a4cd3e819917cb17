"""`tensorboard.summary.Writer`, TensorBoard's own writer without TensorFlow: numbers, to an `Output`."""

from __future__ import annotations

import abc
import os
import time
from typing import Any

from lavdlike.compat.tensorboard.given_values import number_of, whole_step
from lavdlike.compat.tensorboard.summary_writer import SummaryWriter

__all__ = ["DirectoryOutput", "Output", "Writer"]
_PLUGIN = "scalars"


class Output(abc.ABC):
    """Where a `Writer` writes to; a script may have one of its own."""

    @abc.abstractmethod
    def emit_scalar(
        self,
        *,
        plugin_name: str,
        tag: str,
        data: Any,
        step: Any,
        wall_time: float,
        tag_metadata: bytes | None = None,
        description: str | None = None,
    ) -> None:
        """Take one number."""

    @abc.abstractmethod
    def flush(self) -> None:
        """Write what waits."""

    @abc.abstractmethod
    def close(self) -> None:
        """Write what waits, and end."""


class DirectoryOutput(Output):
    """The experiment that a folder is, as for `SummaryWriter`."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._writer = SummaryWriter(path)

    def emit_scalar(
        self,
        *,
        plugin_name: str,
        tag: str,
        data: Any,
        step: Any,
        wall_time: float,
        tag_metadata: bytes | None = None,
        description: str | None = None,
    ) -> None:
        del plugin_name, tag_metadata
        self._writer.add_scalar(tag, data, step, wall_time, summary_description=description or "")

    def flush(self) -> None:
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


class Writer:
    """Writes numbers, with all their digits where the original keeps 32 bits.

    Args:
        output: a folder, or an `Output`.

    Raises:
        TypeError: it is neither.

    >>> writer = Writer("runs/example")
    >>> writer.add_scalar("loss", 0.5, 1)
    >>> writer.close()
    """

    def __init__(self, output: str | Output) -> None:
        if isinstance(output, str):
            output = DirectoryOutput(output)
        elif not isinstance(output, Output):
            raise TypeError(f"output must be a folder or an Output, not {output!r}")
        self._output = output
        self._closed = False

    def add_scalar(
        self,
        tag: str,
        data: Any,
        step: Any,
        *,
        wall_time: float | None = None,
        description: str | None = None,
    ) -> None:
        """Log a number at a step.

        Raises:
            RuntimeError: the writer is closed.
            ValueError: `data` or `step` is no number.
        """
        self._check_open()
        self._output.emit_scalar(
            plugin_name=_PLUGIN,
            tag=tag,
            data=number_of(data),
            step=whole_step(step),
            wall_time=time.time() if wall_time is None else wall_time,
            description=description,
        )

    def flush(self) -> None:
        """Raises RuntimeError: the writer is closed."""
        self._check_open()
        self._output.flush()

    def close(self) -> None:
        """Raises RuntimeError: the writer is closed already."""
        self._check_open()
        self._output.close()
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the writer is closed: make another one")
