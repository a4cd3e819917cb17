"""Series in what Neptune's exporter wrote: parts of a run in its folder (`neptune_parts`), or a file by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from lavdlike import layout
from lavdlike.disk.made import status_of
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, valid_label
from lavdlike.sources.json_files.rewritten import stamp_of
from lavdlike.sources.neptune import parquet_child, parquet_reader
from lavdlike.sources.neptune.neptune_parts import MAGIC, NeptuneParts
from lavdlike.sources.neptune.parquet_child import Series
from lavdlike.sources.neptune.parquet_reader import NoAnswerError
from lavdlike.sources.source import Form, PointsFile, Role

_NAME = re.compile(r"(?:.*/)?(?P<run>[^/]+)_part_[0-9]+\.parquet\Z")
_MAX_LABEL_LETTERS = 500
_PARTS = NeptuneParts()


class NeptuneExports:
    """See `source.Source`."""

    title = "Neptune's exports"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        is_one = _NAME.match(path) is not None or _is_part(path)
        return is_one and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        """What its columns are stands at its end: of another program's file nothing is read."""
        if not self.names(path) or not begin.startswith(MAGIC):
            return None
        return Role.POINTS if _is_part(path) else Role.ITEM_WITH_POINTS

    def points(self, path: str, shown: str, run: str = "") -> NeptuneFile:  # noqa: ARG002 - one file, one run
        return NeptuneFile(shown, path)


class NeptuneFile:
    """One part of a run (`source.PointsFile`), which is written once. The parts of a run are one writer."""

    def __init__(self, path: str, in_folder: str) -> None:
        folder, slash, _ = layout.shown(in_folder).rpartition("/")
        found = _NAME.match(layout.shown(in_folder))
        self.writer = f"{folder}{slash}{found['run'] if found else ''}" or "neptune"
        self._prefix = f"{folder}{slash}"
        self._is_part = _is_part(in_folder)
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._problems: list[Problem] = []
        # By label, of this part and those before: the step behind the last one, and which labels are counted.
        self._next: dict[str, int] = {}
        self._counted: set[str] = set()

    def follow(self, before: PointsFile) -> None:
        if isinstance(before, NeptuneFile):
            self._next, self._counted = dict(before._next), set(before._counted)

    def is_unchanged(self, descriptor: int) -> bool:
        return stamp_of(status_of(descriptor)) == self._stamp

    def continues(self, descriptor: int) -> bool:
        return self._stamp is None or self.is_unchanged(descriptor)

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        if self._stamp is not None:
            return
        status = status_of(descriptor)
        self._stamp = stamp_of(status)
        try:
            answer = parquet_reader.answer(descriptor, parquet_child.POINTS)
        except NoAnswerError as error:
            self._problems.append(Problem(self._path, str(error)))
            return
        yield from self._blocks(_series_in(answer or b""), status.st_mtime)

    def problems(self) -> list[Problem]:
        return self._problems

    def _blocks(self, found: list[Series], modified: float) -> Iterator[dict[str, Columns]]:
        """A block for each series. In the folder of a run, only what holds several says which one."""
        has_one = self._is_part and len({series.run for series in found}) == 1
        for series in found:
            name = series.attribute if has_one else f"{series.run}/{series.attribute}"
            label = valid_label(f"{self._prefix}{name}")
            if len(label) <= _MAX_LABEL_LETTERS:
                yield self._columns_of(series, label, modified)
        if len(found) >= parquet_child.MAX_LABELS:
            reason = f"{parquet_child.MAX_LABELS:,} attributes or more: the others are not shown"
            self._problems.append(Problem(self._path, reason))

    def _columns_of(self, series: Series, label: str, modified: float) -> dict[str, Columns]:
        """Where steps are decimal, points are counted, from there on in all parts, and the steps are a label beside."""
        import numpy as np

        steps, times, values = (np.frombuffer(each) for each in (series.steps, series.times, series.values))
        times = np.where(np.isnan(times), modified, times)
        first = self._next.get(label, 0)
        if not series.is_counted and label not in self._counted:
            self._next[label] = max(first, int(steps.max()) + 1)
            return {label: Columns(steps, times, values, {})}
        self._counted.add(label)
        self._next[label] = first + len(steps)
        counted = np.arange(first, first + len(steps), dtype=np.float64)
        return {
            label: Columns(counted, times, values, {}),
            f"{label}.step": Columns(counted, times, steps, {}),
        }


def _is_part(path: str) -> bool:
    return _PARTS.is_member(path.rpartition("/")[2])


def _series_in(answer: bytes) -> list[Series]:
    found, place = [], 0
    while place < len(answer):
        begin = place + 8
        place = begin + int.from_bytes(answer[place:begin], "little")
        found.append(msgspec.msgpack.decode(answer[begin:place], type=Series))
    return found
