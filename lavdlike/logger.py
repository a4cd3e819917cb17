"""`Logger`: what a training script calls. Its methods by family are in `lavdlike/writing/calls/`; `Writer` writes."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from lavdlike import layout
from lavdlike.late_modules import load_all
from lavdlike.mirror.spool import spool_with
from lavdlike.writing import experiment_folder, launched, provenance
from lavdlike.writing.calls.alert_calls import AlertCalls
from lavdlike.writing.calls.board_calls import BoardCalls
from lavdlike.writing.calls.chart_calls import ChartCalls
from lavdlike.writing.calls.console_calls import ConsoleCalls
from lavdlike.writing.calls.data_calls import DataCalls
from lavdlike.writing.calls.document_calls import DocumentCalls
from lavdlike.writing.calls.file_calls import FileCalls
from lavdlike.writing.calls.form_calls import FormCalls
from lavdlike.writing.calls.graph_calls import GraphCalls
from lavdlike.writing.calls.label_calls import LabelCalls
from lavdlike.writing.calls.media_calls import MediaCalls
from lavdlike.writing.calls.model_calls import ModelCalls
from lavdlike.writing.calls.picture_calls import PictureCalls
from lavdlike.writing.calls.provenance_calls import ProvenanceCalls
from lavdlike.writing.calls.rollout_calls import RolloutCalls
from lavdlike.writing.calls.scalar_calls import ScalarCalls
from lavdlike.writing.checks import (
    EXISTS,
    Exists,
    check_choice,
    check_flag,
    check_mapping,
    check_name,
    check_text,
    checked_config,
    checked_count,
    checked_folder,
    checked_tags,
    checked_writer,
)

if TYPE_CHECKING:
    from lavdlike.writing.event_listener import EventListener
    from lavdlike.writing.retries import OnError
    from lavdlike.writing.writer import Writer

_MAX_DIGITS = 16  # what readers take for a step's folder


class Logger(
    ScalarCalls,
    LabelCalls,
    PictureCalls,
    DocumentCalls,
    ChartCalls,
    BoardCalls,
    GraphCalls,
    MediaCalls,
    DataCalls,
    FileCalls,
    ConsoleCalls,
    AlertCalls,
    ProvenanceCalls,
    ModelCalls,
    RolloutCalls,
    FormCalls,
):
    """Writes one experiment: the folder `log_dir/name`.

    Scalars, lines and whole files are with the kernel when a call returns, pictures a moment later: `flush` or
    `close` waits for them, as does the end of the process. Safe to use from several threads and after a fork;
    several processes may write one experiment, each with a Logger of its own or one that was pickled for it. What the
    disk refuses does not stop the script (see `on_error`).

    Under `lavdlike run` the first experiment that a program names is the run's own, and others are in it.

    Steps are whole numbers from 0; None, where it is allowed, means: of the experiment as a whole. Names are
    labels: `/` makes folders; a name is refused with a ValueError if its file would be read back under another one.

    Args:
        name: the experiment's name. Under a name that exists the experiment goes on. By default the start time.
        log_dir: folder of all experiments; a relative one is fixed now, whatever the working directory is later, and
            `~` is the home folder. Or the address of a store, as `s3://bucket/logs`: then a folder of this machine is
            written (in `$LAVDLIKE_SPOOL`), and a thread brings it there (docs/remote.md).
        num_digits: digits that steps' folders have at least, zeros in front: `ls` then sorts.
        indent_size: spaces of one indentation level of tables and summaries.
        delimiter: between the columns of `events.log`; the viewer reads tabs only.
        disabled: whether to begin disabled: no folder, no output, every method still works.
        scalars: "tsv" appends them to `scalars.tsv`; "json" writes Lavd's layout, one JSON file each.
        writer: tells this process's `scalars.<writer>.tsv` and `events.<writer>.log` from others'; give one to each
            rank if they run on several hosts.
        config: hyperparameters, as for `log_config`.
        tags: words to find the experiment by.
        exists: what becomes of an experiment that is there under the name. "continue" goes on with it, and says so if
            another script is writing it; "new" takes the name with a number behind it (`run-2`); "refuse" is a
            ValueError; "replace" removes it, unless it is being written or is no experiment.
        resume_from: the step of the checkpoint that the script goes on from: what earlier sessions logged at later
            steps counts as replaced (docs/format.md, "Experiment"). -1: all that they logged.
        system: whether to write how busy the host, its GPUs and the script are, every ten seconds, as scalars
            `system/...`: one of the processes of an experiment on a host does it (docs/format.md, "System metrics").
        on_error: "warn" says once a minute what could not be written, and tries again; "raise" raises `WriteError`.

    Raises:
        ValueError: a bad argument; nothing was written.

    >>> with Logger("example") as logger:
    ...     logger.log_scalar(0.8, "accuracy", step=1)
    ...     logger.log_text("It works.", "notes")
    >>> print(Path("log/example/notes.txt").read_text(), end="")
    It works.
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        num_digits: int = 4,
        indent_size: int = 4,
        delimiter: str = "\t",
        disabled: bool = False,  # noqa: FBT001, FBT002 - as Lavd's
        *,
        scalars: Literal["tsv", "json"] = "tsv",
        writer: str | None = None,
        config: Mapping[str, Any] | None = None,
        tags: Iterable[str] = (),
        on_error: OnError = "warn",
        exists: Exists = "continue",
        resume_from: int | None = None,
        system: bool = False,
    ) -> None:
        check_flag(disabled, "disabled")
        check_flag(system, "system")
        check_choice(scalars, ("tsv", "json"), "scalars")
        check_choice(exists, EXISTS, "exists")
        is_anew = type(resume_from) is int and resume_from == -1
        self._resume_from = -1 if is_anew else layout.check_step(resume_from, argument="resume_from")
        if self._resume_from is not None and exists != "continue":
            raise ValueError(f"resume_from goes with exists='continue', not {exists!r}")
        check_choice(on_error, ("warn", "raise"), "on_error")
        self._num_digits = checked_count(num_digits, "num_digits", _MAX_DIGITS)
        self._indent_size = checked_count(indent_size, "indent_size", 1000)
        check_text(delimiter, "delimiter")
        if not delimiter or "\n" in delimiter:
            raise ValueError(f"delimiter must be text without newlines, not {delimiter!r}")
        self._delimiter = delimiter
        self._suffix = "" if writer is None else checked_writer(writer)
        self._config = {} if config is None else checked_config(config)
        self._tags = checked_tags(tags)
        self._on_error: OnError = on_error
        self._samples_system = bool(system)
        self._scalars_as_json = scalars == "json"
        self._started = datetime.now().astimezone()
        self.base_dir = checked_folder(log_dir)
        self._exists: Exists = exists if name is not None else "new"
        self.name = (
            experiment_folder.name_of(self._started) if name is None else layout.check_experiment(name)
        )
        self.log_dir = self.base_dir / layout.native(self.name)
        self.prefix = ""
        self._said_webp = False
        self._said_empty: set[str] = set()
        self._said_exchanged = False
        self._event_started: dict[str, float] = {}
        self._checked_names: set[str] = set()
        self._launched: launched.LaunchedRun | None = None  # whose experiment this is
        self._writer: Writer | None = None  # made when first enabled
        self._active: Writer | None = None  # None while disabled
        self._listener: EventListener | None = None  # made when first asked for
        if not disabled:
            self.enable()

    @property
    def disabled(self) -> bool:
        return self._active is None

    def enable(self) -> None:
        """Log from now on; makes the experiment's folder if the logger was disabled until now.

        >>> logger = Logger("example", disabled=True)
        >>> logger.enable()
        >>> logger.log_dir.is_dir()
        True
        """
        if self._writer is None:
            load_all()  # now, and not in the middle of a training
            from lavdlike.writing.writer import Writer

            self._take_part()
            mirror = None
            if spool_with(self.base_dir) is not None:
                from lavdlike.mirror.mirroring import mirror_of

                mirror = mirror_of(self.base_dir)
            is_elsewhere = mirror.holds_below(self.base_dir) if mirror else None
            self.name = experiment_folder.prepared(self.name, self.base_dir, self._exists, is_elsewhere)
            self.log_dir = self.base_dir / layout.native(self.name)
            suffix = layout.native(self._suffix)
            writer = Writer(self.log_dir, suffix, self._on_error, self._resume_from, mirror)
            writer.begin(provenance.commit_of(provenance.start_folder()), self._tags, self._config)
            if self._samples_system:
                writer.sample_system()
            weakref.finalize(self, writer.close_at_exit)
            self._writer = writer
        self._active = self._writer

    def disable(self) -> None:
        """Log nothing, print nothing and write nothing from now on.

        >>> logger = Logger("example")
        >>> logger.disable()
        >>> logger.println("unseen")
        """
        self._active = None

    def flush(self) -> None:
        """Wait until every picture is written, and try again what the disk refused.

        With the address of a store, wait until everything is stored there, or 30 s long nothing could be.

        Raises:
            WriteError: something could not be written, or stored, under `on_error="raise"`.

        >>> import numpy as np
        >>> logger = Logger("example")
        >>> logger.log_image(np.zeros((8, 8)), "black")
        >>> logger.flush()
        >>> logger.get_file_path("black", extension=".png").exists()
        True
        """
        if self._active is not None:
            self._active.flush()

    def close(self, outcome: str = "") -> None:
        """Wait as `flush` does, then write that the session is finished. Later calls are still written.

        Args:
            outcome: how it ended, if it was not well: `"OutOfMemoryError: ..."`, `"exit code 3"`.

        >>> logger = Logger("example")
        >>> logger.close()
        """
        check_text(outcome, "outcome")
        self._close(None, outcome)

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs to go on with the experiment: `multiprocessing` hands Loggers on by pickling."""
        state = {
            name: value
            for name, value in vars(self).items()
            if name not in ("_writer", "_active", "_listener")
        }
        # They stand in the experiment already, and this process may have changed them since.
        return {**state, "_tags": [], "_config": {}, "disabled": self.disabled, **_GOES_ON}

    def __setstate__(self, state: dict[str, Any]) -> None:
        disabled = state.pop("disabled")
        vars(self).update(state)
        self._writer = self._active = self._listener = None
        if not disabled:
            self.enable()

    def __copy__(self) -> Logger:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Logger:
        return self  # a copy of what holds it writes the same experiment

    def __enter__(self) -> Logger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close(error)

    def get_file_path(self, name: str, step: int | None = None, extension: str = "") -> Path:
        """Where a file of this name and step belongs; nothing is made. Works while disabled.

        >>> str(Logger("example", "/log", disabled=True).get_file_path("birds/first", 7, ".png"))
        '/log/example/0007/birds/first.png'
        """
        check_name(name)
        check_text(extension, "extension")
        checked_step = layout.check_step(step)
        layout.check_label(name, step=checked_step)
        return self._path(name, checked_step, extension)

    def log_all(self, values: Mapping[str, Any], step: int | None = None) -> None:
        """Log each value by what it is, under its key as the name.

        A string is a text, and a list of strings one of as many lines; a picture of PIL an image; what has `savefig` a
        figure; what has `to_plotly_json`, or is a dict with `data` and `layout`, a plot; a single number a scalar; an
        array or tensor of two dimensions, or of three with 1, 3 or 4 channels, an image, and a list of such, or of
        pictures, a grid of them (`log_images`); any other of numbers, and a list of them, a histogram.

        Raises:
            ValueError: names the first value that is none of these; those before it were logged.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_all({"loss": 0.5, "input": np.zeros((8, 8, 3)), "prediction": "a bird"}, step=1)
        """
        check_mapping(values, "values")
        for name, value in values.items():
            method = next((method for is_one, method in _METHODS_BY_VALUE if is_one(value)), None)
            if method is None:
                raise ValueError(f"{name!r} cannot be logged by its type, {type(value).__name__}")
            getattr(self, method)(value, name, step)

    def _take_part(self) -> None:
        """Under `lavdlike run`: write its experiment, or one in it."""
        run = launched.launched_run()
        if run is None:
            return
        place = run.place_of(self.base_dir, self.name)
        asked, self.base_dir, self.name = (self.base_dir, self.name), place.log_dir, place.name
        if place == (run.log_dir, run.name):
            self._launched = run
            if asked != place:  # the run itself is there already, and is meant
                self._exists = "continue"

    def _log_lines(self, lines: Sequence[str], name: str, step: int | None) -> None:
        self.log_text("\n".join(lines), name, step)

    def _close(self, error: BaseException | None, outcome: str = "") -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._writer is not None:
            self._writer.close(error, outcome)


def _is_list_of(is_one: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (list, tuple)) and bool(value) and all(map(is_one, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_plot(value: Any) -> bool:
    return hasattr(value, "to_plotly_json") or (
        isinstance(value, Mapping) and {"data", "layout"} <= value.keys()
    )


def _is_figure(value: Any) -> bool:
    return hasattr(value, "savefig")


def _is_picture(value: Any) -> bool:
    """A picture of PIL, or an array of the shape of one."""
    shape: Any = getattr(value, "shape", ())
    return (
        hasattr(value, "getbands")
        or len(shape) == 2
        or (len(shape) == 3 and bool({shape[0], shape[2]} & {1, 3, 4}))
    )


def _is_many(value: Any) -> bool:
    return len(getattr(value, "shape", ())) > 0 or isinstance(value, (list, tuple))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) or hasattr(value, "shape") or hasattr(value, "__float__")


_GOES_ON = {"_exists": "continue", "_resume_from": None}

# Which method of `Logger` `log_all` calls: that of the first line that fits.
_METHODS_BY_VALUE: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (_is_text, "log_text"),
    (_is_list_of(_is_text), "_log_lines"),
    (_is_plot, "log_plot"),
    (_is_figure, "log_figure"),
    (_is_picture, "log_image"),
    (_is_list_of(_is_picture), "log_images"),
    (_is_many, "log_histogram"),
    (_is_number, "log_scalar"),
)
