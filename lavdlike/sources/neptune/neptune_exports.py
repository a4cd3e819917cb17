"""What Neptune's exporter wrote: for each run Parquet files, `<run>_part_<n>.parquet` (docs/formats.md).

Format: `src/neptune_exporter/model.py` of neptune-ai/neptune-exporter.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, valid_label
from lavdlike.sources.json_files.rewritten import stamp_of
from lavdlike.sources.neptune import parquet_child
from lavdlike.sources.neptune.parquet_child import Series
from lavdlike.sources.source import Form, Role

_NAME = re.compile(r"(?:.*/)?(?P<run>[^/]+)_part_[0-9]+\.parquet\Z")
_MAGIC = b"PAR1"
_MAX_LABEL_LETTERS = 500
_TIME_S = 60.0
# How often a child is asked whether anybody still waits.
_TURN_S = 0.1
_CHILD = "import sys; sys.path[:] = {paths!r}; from lavdlike.sources.neptune import parquet_child; parquet_child.main()"
# polars starts as many threads as there are cores, and reserves memory for each.
_ENVIRONMENT = {"POLARS_MAX_THREADS": "1"}
# Each takes a core, and memory.
_turn = threading.BoundedSemaphore(2)


class NeptuneExports:
    """See `source.Source`."""

    title = "Neptune's exports"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        return _NAME.match(path) is not None and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        """What its columns are stands at its end: of another program's file nothing is read."""
        return Role.ITEM_WITH_POINTS if self.names(path) and begin.startswith(_MAGIC) else None

    def points(self, path: str, shown: str, run: str = "") -> NeptuneFile:  # noqa: ARG002 - one file, one run
        return NeptuneFile(shown, path)


class NeptuneFile:
    """One part of a run (`source.PointsFile`), which is written once. The parts of a run are one writer."""

    def __init__(self, path: str, in_folder: str) -> None:
        folder, slash, _ = layout.shown(in_folder).rpartition("/")
        found = _NAME.match(layout.shown(in_folder))
        self.writer = f"{folder}{slash}{found['run'] if found else ''}"
        self._prefix = f"{folder}{slash}"
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._problems: list[Problem] = []

    def is_unchanged(self, descriptor: int) -> bool:
        return stamp_of(os.fstat(descriptor)) == self._stamp

    def continues(self, descriptor: int) -> bool:
        return self._stamp is None or self.is_unchanged(descriptor)

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        if self._stamp is not None:
            return
        status = os.fstat(descriptor)
        self._stamp = stamp_of(status)
        answer = _ask_child(descriptor)
        if answer[:1] == parquet_child.ANSWER:
            yield from self._blocks(answer, status.st_mtime)
        elif answer[:1] != parquet_child.OTHER:
            reason = answer[1:].decode(errors="replace") if answer else "its reader has crashed"
            self._problems.append(Problem(self._path, f"cannot be read as Parquet: {reason}"))

    def problems(self) -> list[Problem]:
        return self._problems

    def _blocks(self, answer: bytes, modified: float) -> Iterator[dict[str, Columns]]:
        """A block for each series: run and attribute are its label."""
        place, count = 1, 0
        while place < len(answer):
            begin = place + 8
            place = begin + int.from_bytes(answer[place:begin], "little")
            series = msgspec.msgpack.decode(answer[begin:place], type=Series)
            label = valid_label(f"{self._prefix}{series.run}/{series.attribute}")
            count += 1
            if len(label) <= _MAX_LABEL_LETTERS:
                yield _columns_of(series, label, modified)
        if count >= parquet_child.MAX_LABELS:
            reason = f"{parquet_child.MAX_LABELS:,} attributes or more: the others are not shown"
            self._problems.append(Problem(self._path, reason))


def _columns_of(series: Series, label: str, modified: float) -> dict[str, Columns]:
    """Where steps are decimal, points are counted, and the steps are a label beside."""
    import numpy as np

    steps, times, values = (np.frombuffer(each) for each in (series.steps, series.times, series.values))
    times = np.where(np.isnan(times), modified, times)
    if not series.is_counted:
        return {label: Columns(steps, times, values, {})}
    counted = np.arange(len(steps), dtype=np.float64)
    return {label: Columns(counted, times, values, {}), f"{label}.step": Columns(counted, times, steps, {})}


def _ask_child(descriptor: int) -> bytes:
    """What it wrote; nothing if it crashed. Raises GivenUpError."""
    command = [sys.executable, "-I", "-c", _CHILD.format(paths=sys.path)]
    with _turn:
        giving_up.check()
        child = subprocess.Popen(
            command,
            stdin=descriptor,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **_ENVIRONMENT},
        )
        try:
            until = time.monotonic() + _TIME_S
            while time.monotonic() < until:
                giving_up.check()
                with suppress(subprocess.TimeoutExpired):
                    return child.communicate(timeout=_TURN_S)[0]
        finally:
            child.kill()
            child.communicate()
    return parquet_child.ERROR + f"takes longer than {_TIME_S:g} s".encode()
