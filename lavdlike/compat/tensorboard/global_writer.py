"""tensorboardX's helpers: a writer for the whole process, and one call for several writers."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Any, ClassVar

from lavdlike.compat.tensorboard.summary_writer import SummaryWriter


class GlobalSummaryWriter:
    """A writer whose steps are counted by itself, one for each tag; to be had everywhere by `getSummaryWriter`.

    Args:
        coalesce_process: whether processes that are forked from this one count together.
    """

    _shared: ClassVar[GlobalSummaryWriter | None] = None

    def __init__(
        self,
        logdir: Any = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: str = "",
        write_to_disk: bool = True,  # noqa: FBT001, FBT002 - as the original's
        log_dir: Any = None,
        coalesce_process: bool = True,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> None:
        self._steps, self._lock = _counters(is_shared=coalesce_process)
        self.smw = SummaryWriter(
            logdir,
            comment,
            purge_step,
            max_queue,
            flush_secs,
            filename_suffix,
            write_to_disk,
            log_dir,
            **kwargs,
        )
        GlobalSummaryWriter._shared = self

    @staticmethod
    def getSummaryWriter() -> GlobalSummaryWriter:  # noqa: N802 - as the original's
        """The process's writer; it is made if there is none."""
        return GlobalSummaryWriter._shared or GlobalSummaryWriter()

    def add_scalar(self, tag: str, scalar_value: Any, walltime: float | None = None) -> None:
        self.smw.add_scalar(tag, scalar_value, self._step("scalar", tag), walltime)

    def add_image(
        self, tag: str, img_tensor: Any, walltime: float | None = None, dataformats: str = "CHW"
    ) -> None:
        self.smw.add_image(tag, img_tensor, self._step("image", tag), walltime, dataformats)

    def add_audio(
        self, tag: str, snd_tensor: Any, sample_rate: int = 44100, walltime: float | None = None
    ) -> None:
        self.smw.add_audio(tag, snd_tensor, self._step("audio", tag), sample_rate, walltime)

    def add_text(self, tag: str, text_string: str, walltime: float | None = None) -> None:
        self.smw.add_text(tag, text_string, self._step("text", tag), walltime)

    def close(self) -> None:
        self.smw.close()

    def _step(self, what: str, tag: str) -> int:
        with self._lock:
            step: int = self._steps.get((what, tag), 0)
            self._steps[what, tag] = step + 1
        return step


def _counters(*, is_shared: bool) -> tuple[Any, Any]:
    """Steps by what is counted, and their lock: shared by all processes of a script that has several."""
    processes = sys.modules.get("multiprocessing")
    if is_shared and processes is not None:
        with contextlib.suppress(
            RuntimeError, OSError
        ):  # in a child that is starting itself; no process to be had
            return processes.Manager().dict(), processes.Lock()
    return {}, threading.Lock()


class TorchVis:
    """Hands each call on to several writers; `tensorboard` alone is one that there is.

    Args:
        args: names of writers.
        init_kwargs: what they are made with.
    """

    def __init__(self, *args: str, **init_kwargs: Any) -> None:
        self.subscribers: dict[str, Any] = {}
        self.register(*args, **init_kwargs)

    def register(self, *args: str, **init_kwargs: Any) -> None:
        """Add writers by name.

        Raises:
            ValueError: there is none of that name.
        """
        for name in args or ("tensorboard",):
            if name.lower() != "tensorboard":
                raise ValueError(f"there is no writer {name!r}, only 'tensorboard'")
            self.subscribers[name] = SummaryWriter(**init_kwargs)

    def unregister(self, *args: str) -> None:
        """Close writers by name."""
        for name in args:
            self.subscribers.pop(name).close()

    def __getattr__(self, attr: str) -> Any:
        if attr == "subscribers" or not any(hasattr(each, attr) for each in self.subscribers.values()):
            raise AttributeError(f"no writer has {attr!r}")

        def to_all(*args: Any, **kwargs: Any) -> None:
            for subscriber in self.subscribers.values():
                getattr(subscriber, attr)(*args, **kwargs)

        return to_all
