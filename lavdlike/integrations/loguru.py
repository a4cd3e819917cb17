"""loguru: `loguru.logger.add(LavdlikeSink(logger), format="{message}")` writes messages into `events.log`."""

from __future__ import annotations

from typing import Any

from lavdlike.logger import Logger


class LavdlikeSink:
    """Writes each message as a line of `events.log`: its level is the tag.

    Of loguru's default format the time and the level would stand there twice: `format="{message}"` leaves them out.

    Args:
        logger: whose experiment.

    >>> sink = LavdlikeSink(Logger("example"))  # for `loguru.logger.add(sink, format="{message}")`
    """

    def __init__(self, logger: Logger) -> None:
        if not isinstance(logger, Logger):
            raise ValueError(f"logger must be a lavdlike.Logger, not {type(logger).__name__}")
        self.logger = logger

    def __call__(self, message: Any) -> None:
        """Take a message of loguru: a text with its `record`."""
        self.logger.log(message.record["level"].name, str(message).removesuffix("\n"))
