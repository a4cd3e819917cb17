"""`SummaryWriter`: what a script that was written for TensorBoard calls."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from lavdlike.compat import writer_folders
from lavdlike.compat.tensorboard import counting
from lavdlike.compat.tensorboard.adding_data import DataCalls
from lavdlike.compat.tensorboard.adding_graphs import GraphCalls
from lavdlike.compat.tensorboard.adding_media import MediaCalls
from lavdlike.compat.tensorboard.adding_pictures import PictureCalls
from lavdlike.compat.tensorboard.adding_scalars import ScalarCalls
from lavdlike.compat.tensorboard.event_file import EventFile
from lavdlike.compat.tensorboard.given_values import number_of, whole_step
from lavdlike.compat.tensorboard.later_calls import LaterCalls
from lavdlike.kinds import numbers
from lavdlike.logger import Logger
from lavdlike.writing.launched import Place, launched_run

if TYPE_CHECKING:
    from lavdlike.compat.tensorboard.file_writer import FileWriter


class SummaryWriter(ScalarCalls, PictureCalls, MediaCalls, DataCalls, GraphCalls):
    """Takes every call of torch's and of tensorboardX's `SummaryWriter`, and writes an experiment of lavdlike.

    `log_dir` is the experiment, the folder above it the root: `SummaryWriter("runs/a")` is shown by `lavdlike runs`.
    Under `lavdlike run` it is that run, or an experiment in it (`writing.launched`). What is logged without a step gets
    counted ones, from 0 for each tag. Numbers and files are written when a call returns, but for texts and histograms
    of a tag that was there before: a thread writes them, and `flush`, `close` and the end of the script wait for it.

    Args:
        log_dir: by default `runs/<time>_<host><comment>`. tensorboardX calls it `logdir`.
        comment: the end of the default folder's name.
        purge_step: the step from which a script goes on: what was logged at this and later ones counts as replaced.
        max_queue, flush_secs, comet_config, kwargs: taken, and nothing is done with them.
        filename_suffix: the end of the event file's name.
        write_to_disk: False: nothing is written.
        event_files: write TensorBoard's files into the folder as well: scalars, histograms, pictures, sounds, texts and
            curves.

    Raises:
        ValueError: a bad argument; nothing was written.

    >>> with SummaryWriter("runs/example") as writer:
    ...     writer.add_scalar("loss", 0.5, 1)
    >>> print(Path("runs/example/scalars.tsv").read_text().split()[-1])
    0.5
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str | None = "",
        purge_step: int | None = None,
        max_queue: int | None = 10,
        flush_secs: float | None = 120,
        filename_suffix: str | None = "",
        write_to_disk: bool | None = True,  # noqa: FBT001, FBT002 - as the original's
        logdir: str | os.PathLike[str] | None = None,
        comet_config: Mapping[str, Any] | None = None,
        *,
        event_files: bool = False,
        **kwargs: Any,
    ) -> None:
        del comet_config, kwargs
        given = log_dir or logdir
        folder = os.fspath(given) if given else writer_folders.default_folder(comment or "")
        self.max_queue, self.flush_secs = max_queue, flush_secs
        self.filename_suffix = filename_suffix or ""
        self.purge_step = None if purge_step is None else whole_step(purge_step)
        run = launched_run()
        place = writer_folders.place_of(folder)
        if run is not None:
            place = writer_folders.place_in_run(run, folder, is_default=not given)
        self._begin(place, disabled=not write_to_disk, event_files=event_files)
        self.log_dir = self.logdir = folder if run is None else str(self.logger.log_dir)

    def _begin(self, place: Place, *, disabled: bool, event_files: bool) -> None:
        resume_from = None if self.purge_step is None else max(self.purge_step - 1, -1)
        self.logger = Logger(place.name, place.log_dir, disabled=disabled, resume_from=resume_from)
        self._event_file = None
        if event_files and not disabled:
            self._event_file = EventFile(self.logger.log_dir, self.filename_suffix, self.purge_step)
        self._labels, self._counted, self._charts = {}, {}, {}
        self._plain, self._described, self._said = set(), set(), set()
        self._inner_labels = {}
        self._tried, self._later = set(), LaterCalls()
        self._default_step = self._default_wall_time = None
        self._settings: dict[str, Any] | None = None

    def get_logdir(self) -> str:
        """The experiment's folder: as it was given, or, under `lavdlike run`, where it is."""
        return self.log_dir

    @property
    def file_writer(self) -> FileWriter:
        """What takes messages of protocol buffers."""
        from lavdlike.compat.tensorboard.file_writer import FileWriter

        return FileWriter.of(self)

    @property
    def all_writers(self) -> dict[str, FileWriter]:
        """{folder: its writer}."""
        return {self.log_dir: self.file_writer}

    @property
    def default_bins(self) -> list[float]:
        """The edges of `bins="tensorflow"`."""
        return list(counting.default_edges())

    @property
    def scalar_dict(self) -> dict[str, Any]:
        """Empty: scalars are in the files (`export_scalars_to_json`)."""
        return {}

    def _get_file_writer(self) -> FileWriter:
        """As `file_writer`: other packages call it."""
        return self.file_writer

    def add_hparams(
        self,
        hparam_dict: Any,
        metric_dict: Any,
        hparam_domain_discrete: Any = None,
        run_name: Any = None,
        global_step: Any = None,
        name: str | None = None,
    ) -> None:
        """Log settings, as the configuration of this run, and results as scalars of it.

        Settings of a second call that differ, and those of a run that is named, are an experiment of their own in this
        one, as they are in TensorBoard.

        Args:
            hparam_domain_discrete: {name: possible values}; only checked. tensorboardX has the name here.
            run_name: the inner run; "." is this one. tensorboardX calls it `name`, and has the step here.
        """
        if not isinstance(hparam_dict, Mapping) or not isinstance(metric_dict, Mapping):
            raise TypeError("hparam_dict and metric_dict must be dicts")
        if isinstance(hparam_domain_discrete, str):
            run_name, global_step = hparam_domain_discrete, run_name if global_step is None else global_step
        elif hparam_domain_discrete is not None and not isinstance(hparam_domain_discrete, Mapping):
            raise TypeError("hparam_domain_discrete must be a dict {name: possible values}")
        settings = {str(key): _setting(value, key) for key, value in hparam_dict.items()}
        inner = str(run_name or name or "")
        before = self._settings
        if inner == "." or (not inner and (before is None or before == settings)):
            self._settings = settings
            self.logger.log_config(settings)
            for tag, value in metric_dict.items():
                self.add_scalar(str(tag), value, global_step)
            return
        count = self._counted[("hparams", "")] = self._counted.get(("hparams", ""), 1) + 1
        with self._inner(inner or f"hparams-{count}") as writer:
            writer.add_hparams(hparam_dict, metric_dict, run_name=".", global_step=global_step)

    @contextlib.contextmanager
    def use_metadata(
        self, *, global_step: Any = None, walltime: float | None = None
    ) -> Iterator[SummaryWriter]:
        """Within it, step and time of calls that say none."""
        before = self._default_step, self._default_wall_time
        self._default_step, self._default_wall_time = global_step, walltime
        self._plain.clear()
        try:
            yield self
        finally:
            self._default_step, self._default_wall_time = before

    def flush(self) -> None:
        """Wait until every text, histogram and picture is written."""
        self._later.drain()
        self.logger.flush()

    def close(self) -> None:
        """Wait as `flush` does, and write that the session is finished. Later calls are still written."""
        self._later.drain()
        self.logger.close()
        if self._event_file is not None:
            self._event_file.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._later.drain()
        self.logger.__exit__(kind, error, traceback)
        self.close()

    def _inner(self, name: str) -> SummaryWriter:
        """A writer of an experiment in this one."""
        inner = object.__new__(SummaryWriter)
        inner.max_queue, inner.flush_secs = self.max_queue, self.flush_secs
        inner.filename_suffix, inner.purge_step = self.filename_suffix, None
        place = writer_folders.place_of(str(Path(self.logger.log_dir, *_parts(name))))
        inner._begin(place, disabled=self.logger.disabled, event_files=self._event_file is not None)
        inner.log_dir = inner.logdir = str(inner.logger.log_dir)
        return inner


def _parts(name: str) -> list[str]:
    """Folders of an inner run's path, none of which is that of a step."""
    parts = [part for part in name.split("/") if part not in ("", ".", "..")]
    return [f"run-{part}" if part.isdecimal() else part for part in parts] or ["run"]


def _setting(value: Any, name: object) -> Any:
    """What stands in the configuration; only what the original takes.

    Raises:
        ValueError: names the setting.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if callable(value):
        return getattr(value, "__name__", str(value))
    try:
        return number_of(value) if hasattr(value, "__float__") else numbers.to_python(value)
    except ValueError as error:
        raise ValueError(f"hparam_dict[{name!r}]: {error}") from None
