"""accelerate: `Accelerator(log_with=LavdlikeTracker("run"))`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.integrations.needed import needs
from lavdlike.logger import Logger

with needs("accelerate", "torch", install="accelerate torch"):
    from accelerate import PartialState
    from accelerate.tracking import GeneralTracker


class LavdlikeTracker(GeneralTracker):  # type: ignore[misc] # not installed where types are checked
    """Writes what `accelerator.log` is given, the configuration of `init_trackers`, and how far the training is.

    The main process writes. Values without a step get the step behind the last one.

    Args:
        run_name, log_dir, options: as for `lavdlike.Logger`, whose `resume_from` says from which step a script goes on.
        total: how many steps the training has, for the time left.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each process writes, into files called after it and the rank. Accelerate calls its trackers in
            the main process alone: such a script calls `log` and `finish` of the tracker itself.

    >>> accelerator = Accelerator(log_with=LavdlikeTracker("run", total=1000))  # doctest: +SKIP
    >>> accelerator.init_trackers("project", config={"lr": 0.1})  # doctest: +SKIP
    """

    name = "lavdlike"
    requires_logging_directory = False
    main_process_only = False  # whose Logger is disabled writes nothing

    def __init__(
        self,
        run_name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        total: int | None = None,
        logger: Logger | None = None,
        writer: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self._run = FrameworkRun(run_name, log_dir, logger=logger, writer=writer, options=options)
        self._total = total
        self._next_step = 0

    @property
    def tracker(self) -> Logger:
        """The `lavdlike.Logger`; where nothing is written it is disabled."""
        return self._begin()

    def start(self) -> None:
        self._begin()

    def store_init_configuration(self, values: Mapping[str, Any]) -> None:
        self._begin()
        self._run.configure(values)

    def log(self, values: Mapping[str, Any], step: int | None = None, **kwargs: Any) -> None:
        """Log numbers, texts, and dicts of them."""
        del kwargs
        logger = self._begin()
        step = self._next_step if step is None else int(step)
        self._next_step = max(self._next_step, step + 1)
        self._run.report(values, step)
        logger.log_progress(self._next_step, self._total, "Training", unit="step")

    def log_images(self, values: Mapping[str, Any], step: int | None = None, **kwargs: Any) -> None:
        """Log a batch of pictures, or a list of them, for each name."""
        del kwargs
        for name, pictures in values.items():
            self._begin().log_images(pictures, name, step)

    def log_table(
        self,
        table_name: str,
        columns: list[str] | None = None,
        data: list[list[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Log rows, or a data frame, as a table."""
        del kwargs
        logger = self._begin()
        if dataframe is not None:
            logger.log_table(dataframe, table_name, step)
        else:
            logger.log_table(data or [], table_name, step, header=columns)

    def finish(self) -> None:
        self._begin()
        self._run.end()

    def _begin(self) -> Logger:
        return self._run.begin(PartialState().process_index)
