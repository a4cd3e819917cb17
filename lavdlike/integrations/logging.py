"""Python's logging: `logging.getLogger().addHandler(LavdlikeHandler(logger))` writes records into `events.log`."""

from __future__ import annotations

import logging
import threading

from lavdlike.logger import Logger


class LavdlikeHandler(logging.Handler):
    """Writes each record as a line of `events.log`: its level is the tag, what the formatter makes of it the message.

    A traceback is part of the message. What lavdlike itself says about a disk that refuses to be written is left out.

    Args:
        logger: whose experiment.
        level: the lowest that is written.

    >>> with Logger("example") as logger:
    ...     handler = LavdlikeHandler(logger)
    ...     logging.getLogger("training").addHandler(handler)
    ...     logging.getLogger("training").warning("the loss is %s", "nan")
    ...     logging.getLogger("training").removeHandler(handler)
    """

    def __init__(self, logger: Logger, level: int | str = logging.NOTSET) -> None:
        super().__init__(level)
        if not isinstance(logger, Logger):
            raise ValueError(f"logger must be a lavdlike.Logger, not {type(logger).__name__}")
        self.logger = logger
        self._writing = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(self._writing, "is_on", False):  # a warning about this very write
            return
        self._writing.is_on = True
        try:
            self.logger.log(record.levelname, self.format(record))
        except Exception:  # noqa: BLE001 - as every handler: `logging.raiseExceptions` decides
            self.handleError(record)
        finally:
            self._writing.is_on = False
