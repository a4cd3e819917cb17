"""What a script printed, as it stands in a `.wandb` file: a log, in the form of ours (docs/format.md, "Logs").

wandb notes what is written to standard output and error as it comes, in parts. Each line is a record with the time at
which it began; of one that was written over (carriage returns, as progress bars do) what is to be seen at its end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime

from lavdlike import protobuf
from lavdlike.disk.tail import Tail
from lavdlike.kinds import logs
from lavdlike.protobuf import BYTES, VARINT, BadMessageError, Field
from lavdlike.sources.members import Beside, Member
from lavdlike.sources.wandb_files import wandb_history
from lavdlike.sources.wandb_files.wandb_files import WandbFiles
from lavdlike.sources.wandb_files.wandb_records import HEADER, RecordReader

# Of a run's output; of more, the last is shown.
MAX_BYTES = 4 * 2**20
_PATH = "output.log"
_OUTPUTS = frozenset({4, 13})  # the second as it was written, byte by byte
_STDOUT = 1
_MAX_LINE = 64 * 2**10


class WandbOutput:
    """See `members.Members`."""

    title = WandbFiles.title

    def __init__(self) -> None:
        self._points = WandbFiles()

    def names(self, name: str) -> bool:
        return self._points.names(name)

    def claims(self, name: str, begin: bytes) -> bool:
        return self.names(name) and begin.startswith(HEADER)

    def file(self) -> WandbOutputFile:
        return WandbOutputFile()

    def kinds_at_a_glance(self, part: bytes) -> set[str]:  # noqa: ARG002 - rows do not look for it
        return set()

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - it is known
        return member.where


class WandbOutputFile:
    """The output in one such file, and how far it was looked through."""

    def __init__(self) -> None:
        self._tail = Tail()
        self._records = RecordReader()
        self._lines = Lines()

    def is_unchanged(self, descriptor: int) -> bool:
        return self._tail.is_unchanged(descriptor)

    def continues(self, descriptor: int) -> bool:
        return self._tail.continues(descriptor)

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        """The log again, whenever there is more of it."""
        for offset, data, _ in self._tail.new_bytes(descriptor):
            begin = 0
            if offset == 0:
                if not data.startswith(HEADER):
                    return
                begin = len(HEADER)
            records, taken = self._records.split(data[begin:] if begin else data, offset + begin)
            self._records.broken.clear()  # who reads the points says so
            self._tail.take(descriptor, data[: begin + taken])
            is_more = False
            for record in records:
                is_more |= self._take(record)
            text = self._lines.text() if is_more else b""
            yield [Member(_PATH, None, (), text, None)] if text else []

    def problems(self) -> list[str]:
        limit = f"more than {MAX_BYTES // 2**20} MiB of output: the first {self._lines.left_out:,} lines are not shown"
        return [limit] if self._lines.left_out else []

    def _take(self, record: bytes) -> bool:
        """Whether it is a part of the output."""
        try:
            content = wandb_history.content_of(record)
            if content.number not in _OUTPUTS:
                return False
            is_stdout, time, text = False, 0.0, ""
            for field in protobuf.fields(record, content.begin, content.end):
                if field[:2] == (1, VARINT):
                    is_stdout = field.value == _STDOUT
                elif field[:2] == (2, BYTES):
                    time = wandb_history.time_of(record, Field(*field))
                elif field[:2] == (3, BYTES):
                    text = protobuf.text(record, field)
        except BadMessageError:
            return False
        self._lines.add("STDOUT" if is_stdout else "STDERR", time, text)
        return bool(text)


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
