"""What a program prints, as an experiment keeps it: lines in its log files, and numbers among them as scalars."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence

from lavdlike.launch.printed_scalars import PrintedScalars
from lavdlike.launch.streams import Name
from lavdlike.launch.terminal_lines import Lines
from lavdlike.logger import Logger

# Of standard error, to find how the program ended.
_LAST_LINES = 1_000

_log = logging.getLogger("lavdlike")


class KeptOutput:
    """Keeps it; nothing that goes wrong here reaches the program.

    Args:
        scalars: finds numbers; None: there are none.
        logs_itself: whether the program logs what it measures: then no numbers are taken from what it prints.
    """

    def __init__(
        self, logger: Logger, scalars: PrintedScalars | None, logs_itself: Callable[[], bool]
    ) -> None:
        self._logger = logger
        self._scalars = scalars
        self._logs_itself = logs_itself
        self._lines: dict[Name, Lines] = {"stdout": Lines(), "stderr": Lines()}
        self._said = False
        self.last_errors: deque[str] = deque(maxlen=_LAST_LINES)

    def keep(self, name: Name, data: bytes) -> None:
        """What was printed to a stream."""
        self._keep(name, self._lines[name].feed(data))

    def finish(self) -> None:
        """Keep last lines without an end."""
        for name, lines in self._lines.items():
            self._keep(name, lines.rest())

    def _keep(self, name: Name, lines: Sequence[str]) -> None:
        if not lines:
            return
        if name == "stderr":
            self.last_errors.extend(lines)
        try:
            self._logger.log_output("".join([f"{line}\n" for line in lines]), stream=name)
            self._log_numbers(lines)
        except Exception:  # noqa: BLE001 - the program matters more
            if not self._said:
                self._said = True
                _log.exception("cannot keep what the program prints (said once)")

    def _log_numbers(self, lines: Sequence[str]) -> None:
        if self._scalars is None:
            return
        for line in lines:
            printed = self._scalars.numbers_in(line)
            if printed and self._logs_itself():
                self._scalars = None
                return
            for label, value, step in printed:
                self._logger.log_scalar(value, label, step)
