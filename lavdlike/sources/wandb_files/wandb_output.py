"""What a script printed, as it stands in a `.wandb` file: a log, in the form of ours (docs/format.md, "Logs").

wandb notes what is written to standard output and error as it comes, in parts. Each line is a record with the time at
which it began; of one that was written over (carriage returns, as progress bars do) what is to be seen at its end.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from lavdlike import protobuf
from lavdlike.kinds import logs
from lavdlike.protobuf import BYTES, VARINT, Field
from lavdlike.sources.members import Member
from lavdlike.sources.wandb_files import wandb_history

# Of a run's output; of more, the last is shown.
MAX_BYTES = 4 * 2**20
_PATH = "output.log"
_OUTPUTS = frozenset({4, 13})  # the second as it was written, byte by byte
_STDOUT = 1
_MAX_LINE = 64 * 2**10


class OutputLog:
    """The output in one file."""

    def __init__(self) -> None:
        self._lines = Lines()
        self._is_more = False

    def take(self, record: bytes, content: Field) -> None:
        """What a record holds. Raises BadMessageError: it is none."""
        if content.number not in _OUTPUTS:
            return
        is_stdout, time, text = False, 0.0, ""
        for field in protobuf.fields(record, content.begin, content.end):
            if field[:2] == (1, VARINT):
                is_stdout = field.value == _STDOUT
            elif field[:2] == (2, BYTES):
                time = wandb_history.time_of(record, Field(*field))
            elif field[:2] == (3, BYTES):
                text = protobuf.text(record, field)
        self._lines.add("STDOUT" if is_stdout else "STDERR", time, text)
        self._is_more |= bool(text)

    def new_members(self) -> list[Member]:
        """The log again, if there is more of it since this was asked."""
        text = self._lines.text() if self._is_more else b""
        self._is_more = False
        return [Member(_PATH, None, (), text, None)] if text else []

    def problems(self) -> list[str]:
        limit = f"more than {MAX_BYTES // 2**20} MiB of output: the first {self._lines.left_out:,} lines are not shown"
        return [limit] if self._lines.left_out else []


class Lines:
    """Parts of what is printed -> records of a log. `left_out`: how many lines are not kept any more. Pure."""

    def __init__(self) -> None:
        self.left_out = 0
        self._whole: deque[bytes] = deque()
        self._bytes = 0
        self._open: dict[
            str, tuple[float, str]
        ] = {}  # by tag: when the line began, and what is to be seen of it

    def add(self, tag: str, time: float, text: str) -> None:
        *ended, rest = text.split("\n")
        for part in ended:
            began, line = self._continued(tag, time, part)
            self._open.pop(tag, None)
            self._keep(_record(began, tag, line))
        if rest:
            self._open[tag] = self._continued(tag, time, rest)

    def text(self) -> bytes:
        """All that is kept; lines without an end yet come last."""
        begun = sorted((began, tag, line) for tag, (began, line) in self._open.items())
        return b"".join((*self._whole, *(_record(began, tag, line) for began, tag, line in begun)))

    def _continued(self, tag: str, time: float, part: str) -> tuple[float, str]:
        began, line = self._open.get(tag, (time, ""))
        return began, (line + part)[-_MAX_LINE:]

    def _keep(self, record: bytes) -> None:
        self._whole.append(record)
        self._bytes += len(record)
        while self._bytes > MAX_BYTES:
            self._bytes -= len(self._whole.popleft())
            self.left_out += 1


def _record(time: float, tag: str, line: str) -> bytes:
    try:
        moment = datetime.fromtimestamp(time, UTC)
    except (ValueError, OverflowError, OSError):
        moment = datetime.fromtimestamp(0, UTC)
    return logs.format_record(moment, tag, seen_of(line)).encode(errors="backslashreplace")


def seen_of(line: str) -> str:
    r"""What is to be seen of a line in a terminal, where a carriage return leads back to its begin.

    >>> seen_of("10 %\r20 %\r"), seen_of("a longer one\rshort"), seen_of("text\r")
    ('20 %', 'short', 'text')
    """
    return next((part for part in reversed(line.split("\r")) if part), "")
