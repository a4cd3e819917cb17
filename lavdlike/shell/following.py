"""The last lines of a log and the last points of a scalar, and those that come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from lavdlike.disk.filling import pread
from lavdlike.errors import NotServedError
from lavdlike.reading import log_pages
from lavdlike.reading.snapshot import Snapshot
from lavdlike.shell.output import Output
from lavdlike.shell.printing import log_line, point_line, points_since

_READ_BYTES = 2**20


def lines_of(
    experiment: Snapshot, path: str, count: int, out: Output, *, follow: bool
) -> Iterator[list[str]]:
    """The last lines of a file, then each time those that it has gained; from its begin if it is another file.

    A last line without its end is left for later if there is a later.
    """
    name, offset = "", 0
    while True:
        lines: list[bytes] = []
        # While a file is being replaced, there may be none.
        with suppress(OSError, NotServedError), experiment.file(path) as opened:
            if not name:
                offset = log_pages.read_page(opened.fd, lines=count).start
            elif name != log_pages.identity(opened.fd) or os.fstat(opened.fd).st_size < offset:
                offset = 0
            name = log_pages.identity(opened.fd)
            lines, offset = _lines_from(opened.fd, offset, with_unfinished=not follow)
        yield [log_line(line, out) for line in lines]


def _lines_from(descriptor: int, offset: int, *, with_unfinished: bool) -> tuple[list[bytes], int]:
    """Lines without their ends, and where to go on."""
    lines: list[bytes] = []
    while data := pread(descriptor, _READ_BYTES, offset):
        end = data.rfind(b"\n") + 1
        if not end and (with_unfinished or len(data) == _READ_BYTES):
            end = len(data)
        if not end:
            break
        offset += end
        lines.extend(data[:end].removesuffix(b"\n").split(b"\n"))
    return lines, offset


def points_of(experiment: Snapshot, label: str, count: int, out: Output) -> Iterator[list[str]]:
    """The last points of a scalar, then each time those that it has gained; all of a file that was written anew."""
    written: dict[str, int] = {}  # points, by the identity of the series
    for _, identity, columns in experiment.series_of(label):
        written[identity] = max(0, len(columns.steps) - count)
    while True:
        lines: list[str] = []
        for writer, identity, columns in experiment.series_of(label):
            lines.extend(
                point_line(point, writer, out) for point in points_since(columns, written.get(identity, 0))
            )
            written[identity] = len(columns.steps)
        yield lines
        while not experiment.has_new_points():
            yield []
