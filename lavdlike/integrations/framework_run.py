"""The experiment that a framework's training is written to: whose Logger it is, when it begins and how it ends."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lavdlike import layout
from lavdlike.integrations.ranks import rank_of_process
from lavdlike.integrations.reported_values import reported
from lavdlike.kinds import plain
from lavdlike.logger import Logger
from lavdlike.writing.checks import check_name, check_text, checked_folder

_log = logging.getLogger("lavdlike")


class FrameworkRun:
    """One training as an experiment.

    The Logger is made late, when a framework knows its rank and the step from which it goes on; the first rank alone
    writes, or each one into files of its own. An experiment that is there under the name goes on.

    Args:
        name, log_dir: as for `Logger`.
        logger: one that the script has made: it is written to as it is, and stays open at the end.
        writer: None: the first rank alone writes. A word: each rank does, into files that are called after it and the
            rank (`writer="rank"`: `scalars.rank1.tsv`); the name has to be given then.
        options: further arguments of `Logger`.

    Raises:
        ValueError: a bad argument; nothing was written.
    """

    def __init__(
        self,
        name: str | None,
        log_dir: str | os.PathLike[str],
        *,
        logger: Logger | None,
        writer: str | None,
        options: Mapping[str, Any],
    ) -> None:
        if name is not None:
            check_name(name)
        if logger is not None:
            if not isinstance(logger, Logger):
                raise ValueError(f"logger must be a lavdlike.Logger, not {type(logger).__name__}")
            if name is not None or writer is not None or options:
                raise ValueError("give a logger, or what one is to be made of (name, writer, ...), not both")
        if writer is not None:
            check_text(writer, "writer")
            if name is None:
                raise ValueError("writer= needs a name: else each rank would take another one, by its time")
        self._name = name
        self._log_dir = log_dir
        self._given = logger
        self._writer = writer
        self._options = {**options}
        self._said: set[str] = set()
        self._logger: Logger | None = logger
        # What it would refuse is refused here, where the script is, not in the middle of a training.
        if logger is None:
            Logger(name, log_dir, **{**self._options, "disabled": True})

    @property
    def has_begun(self) -> bool:
        """Whether the Logger is there."""
        return self._logger is not None

    @property
    def logger(self) -> Logger:
        """The Logger; made now if it was not yet."""
        return self.begin()

    @property
    def name(self) -> str:
        """The experiment's name. Where it is not sure before the folder is made, that is done now."""
        if (
            not self.has_begun
            and self._name is not None
            and self._options.get("exists", "continue") == "continue"
        ):
            return self._name
        return self.logger.name

    @property
    def folder(self) -> Path:
        """The experiment's folder, which may not be there yet."""
        if self._logger is not None:
            return self._logger.log_dir
        return checked_folder(self._log_dir) / layout.native(self.name)

    def begin(self, rank: int | None = None, resume_from: int | None = None) -> Logger:
        """Make the Logger, if there is none yet.

        Args:
            rank: of this process; None: what torch or its launcher says.
            resume_from: the last step that is kept of what the experiment has, if the training goes on from there.
        """
        if self._logger is None:
            rank = rank_of_process() if rank is None else rank
            options = dict(self._options)
            if resume_from is not None and options.get("exists", "continue") == "continue":
                options.setdefault("resume_from", max(resume_from, -1))
            if self._writer is not None:
                options["writer"] = f"{self._writer}{rank}"
            elif rank != 0:
                options["disabled"] = True
            self._logger = Logger(self._name, self._log_dir, **options)
        return self._logger

    def report(self, values: Mapping[Any, Any], step: int | None, prefix: str = "") -> None:
        """Log numbers at a step and texts; what is neither is named once.

        Args:
            step: None: before the first one.
            prefix: stands before each label, with a slash between them.
        """
        logger = self.logger
        if logger.disabled:
            return
        found = reported(values, prefix)
        if found.scalars:
            logger.log_scalars(found.scalars, 0 if step is None else step)
        for label, text in found.texts.items():
            logger.log_text(text, label, step)
        for label, kind in found.others.items():
            if label not in self._said:
                self._said.add(label)
                _log.warning("%r is %s, which is no number: log it by a method of the Logger", label, kind)

    def configure(self, settings: Any) -> None:
        """Add settings to the experiment's; of anything that has fields, what cannot be kept is left out."""
        fields = plain.fields_of(settings)
        if fields and not self.logger.disabled:
            try:
                self.logger.log_config({str(key): value for key, value in fields.items()})
            except ValueError as error:
                _log.warning("settings are left out: %s", error)

    def end(self, outcome: str = "") -> None:
        """Write that the session is over, unless the Logger is the script's own.

        Args:
            outcome: how it ended, if it was not well.
        """
        if self._logger is None:
            return
        if self._given is None:
            self._logger.close(outcome)
        else:
            self._logger.flush()


def outcome_of(error: BaseException) -> str:
    """How a session ended, by the error that ended it.

    >>> outcome_of(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    """
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
