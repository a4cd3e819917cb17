"""Files of records, one JSON object a line (docs/formats.md, "JSON lines"), and logs with such lines in them.

Whatever names them: `metrics.jsonl`, `log.jsonl`, `trainer_log.jsonl`, Ray Tune's `result.json`, detectron2's
`metrics.json`, mmcv's `*.log.json`, mmengine's `vis_data/*.json`, dllogger's `DLLL` lines, fairseq's logs.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.disk.tail import Tail
from lavdlike.kinds import places, text_file
from lavdlike.kinds.scalars import REWIND
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.json_files import json_records, log_records, mmcv_lines
from lavdlike.sources.json_files.mmcv_lines import MmcvLines
from lavdlike.sources.line_problems import LineProblems, quoted, reason_of
from lavdlike.sources.source import Form, Role, TailedPoints
from lavdlike.sources.utf16_lines import Utf16Lines

_LINES = frozenset({".jsonl", ".ndjson"})
_LOGS = frozenset({".log"})
# Written by lavdlike, and no curves.
_OURS = re.compile(
    r"(?:.*/)?(?:(?:events|windows)\.jsonl|events\.log|stdout\.log|stderr\.log|.*\.(?:rollouts|plotly)\.jsonl)\Z"
)
# Of `.json` files, those whose names say that a program writes records into them.
_JSON_NAMES = re.compile(
    r"(?:.*/)?(?:metrics|scalars|results?|progress|(?:nv)?log|dllogger(?:_results)?|[0-9]{8}_[0-9]{6}|[^/]+\.log)\.json\Z"
)
# Such files hold what is plainly the run's: their labels do not name the file.
_PLAIN_STEM = re.compile(
    r"(?:metrics?|scalars|logs?|results?|progress|history|(?:trainer|train|training|metrics)_(?:log|metrics)"
    r"|nvlog|dllogger(?:_results)?|[0-9]{8}_[0-9]{6}|.+\.log)(?:[._-]?(?:rank|worker|process)?[._-]?[0-9]+)?\Z"
)
# Folders that a program puts such files into, for each start of a script one.
_PLAIN_FOLDER = re.compile(r"(?:[0-9]{8}_[0-9]{6}/)?vis_data\Z")
# Lines at the begin of a file that tell whose it is.
_LOOKED_AT = 16
_decoder = msgspec.json.Decoder()

_ReadLine = Callable[[bytes], Any]


class JsonLines:
    """See `source.Source`."""

    title = "JSON lines"
    form = Form.JSON_LINES
    told_by_name = False

    def names(self, path: str) -> bool:
        suffix = places.split_suffix(path)[1].lower()
        if suffix not in _LINES | _LOGS and not (suffix == ".json" and _JSON_NAMES.match(path)):
            return False
        return layout.split_step(path)[0] is None and not _OURS.match(path)

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.ITEM_WITH_POINTS if self.names(path) and _reader_of(path, begin) is not None else None

    def points(self, path: str, shown: str, run: str = "") -> JsonLinesFile:  # noqa: ARG002 - one file, one run
        return JsonLinesFile(shown, path)


class JsonLinesFile(TailedPoints):
    """One file of records, and how far it was read. `path`: relative to the root, for people."""

    def __init__(self, path: str, in_experiment: str) -> None:
        super().__init__()
        self.writer = layout.shown(in_experiment)
        self._path = path
        self._in_experiment = in_experiment
        self._prefix = label_prefix(in_experiment)
        self._problems = LineProblems(path, "records")
        self._read_line: _ReadLine | None = None
        self._utf16: Utf16Lines | None = None
        self._is_counted: bool | None = None
        self._begin()

    def _begin(self) -> None:
        self.tail = Tail()
        self._utf16 = Utf16Lines() if self._utf16 else None
        self._lines = self._records = 0
        self._has_whole_steps = False
        self._last_step = float("nan")
        self._known: set[str] = set()

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The columns of the records that were added, block by block."""
        if self._read_line is None:
            begin = pread(descriptor, 2**16, 0)
            self._read_line = _reader_of(self._in_experiment, begin)
            if self._read_line is None:
                return
            self._utf16 = Utf16Lines() if text_file.utf16_of(begin) else None
        is_again = True
        while is_again:
            is_again = False
            utf16 = self._utf16
            blocks = utf16.as_utf8(self.tail, descriptor) if utf16 else self.tail.new_lines(descriptor)
            for offset, data in blocks:
                points = self._points(offset, data, descriptor)
                if points.is_decimal or self._has_other_steps():
                    yield self._rewound(is_counted=points.is_decimal)
                    is_again = True
                    break
                if points.columns:
                    yield {f"{self._prefix}{label}": columns for label, columns in points.columns.items()}
        self._problems.take_skipped(self.tail)

    def problems(self) -> list[Problem]:
        return self._problems.all()

    def _has_other_steps(self) -> bool:
        """Whether records that were read have turned out to have other steps."""
        return isinstance(self._read_line, MmcvLines) and self._read_line.begins_again()

    def _rewound(self, *, is_counted: bool) -> dict[str, Columns]:
        """The file is read again from its begin. `is_counted`: steps have turned out not to be whole."""
        self._begin()
        self._is_counted = is_counted
        self._problems = LineProblems(self._path, "records")
        return {REWIND: to_columns([0], [0.0], [0.0])}

    def _points(self, offset: int, data: bytes, descriptor: int) -> json_records.Points:
        found = self._records_in(offset, data)
        flat = json_records.flatten(found, self._known)
        if flat.is_cut:
            limit = f"more than {json_records.MAX_LABELS:,} values in a record, or names that are too long or too deep"
            self._problems.add_once(f"{limit}: the others are not shown")
        if self._is_counted is None and flat.cells:
            self._is_counted = not json_records.has_step(flat)
        self._has_whole_steps |= json_records.has_whole_step(flat)
        points = json_records.points_of(
            flat,
            len(found),
            counted_from=self._records if self._is_counted else None,
            last_step=self._last_step,
            may_be_decimal=not self._has_whole_steps,
            modified=status_of(descriptor).st_mtime,
        )
        self._records += len(found)
        self._last_step = points.last_step
        return points

    def _records_in(self, offset: int, data: bytes) -> Sequence[dict[str, Any]]:
        """Those of whole lines; lines that are none are problems."""
        if offset == 0:
            data = data.removeprefix(codecs.BOM_UTF8)
        if self._read_line is _decoder.decode and (found := _decoded(data)) is not None:
            self._lines += data.count(b"\n")
            return found
        found = []
        for line in data.split(b"\n")[:-1]:
            self._lines += 1
            if line.strip():
                record = self._record_of(line, offset)
                if isinstance(record, dict):
                    found.append(record)
            offset += len(line) + 1
        return found

    def _record_of(self, line: bytes, offset: int) -> Any:
        """None of a line that holds none; what is wrong with it is noted."""
        try:
            return self._read_line(line) if self._read_line is not None else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            try:
                return log_records.load(line)
            except ValueError:
                pass
        except ValueError:
            pass
        self._problems.add(self._lines, offset, reason_of(line, lambda: f"not a JSON object: {quoted(line)}"))
        return None


def label_prefix(path: str) -> str:
    """What stands before the labels of a file of records: nothing for those of the run, else its path without suffix.

    >>> label_prefix("metrics.jsonl"), label_prefix("20260101_120000/vis_data/scalars.json")
    ('', '')
    >>> label_prefix("a/eval.jsonl"), label_prefix("train.log")
    ('a/eval/', '')
    """
    folder, _, name = layout.shown(path).rpartition("/")
    stem = name[: name.rfind(".")].lower()
    if not name.lower().endswith(".log") and not _PLAIN_STEM.match(stem):
        return f"{folder}/{name[: name.rfind('.')]}/" if folder else f"{name[: name.rfind('.')]}/"
    return "" if not folder or _PLAIN_FOLDER.match(folder) else f"{folder}/"


def _decoded(data: bytes) -> list[dict[str, Any]] | None:
    """All records of a text; None if it is not all records, as msgspec reads them (`NaN` is none)."""
    try:
        found = _decoder.decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if set(map(type, found)) <= {dict} else None


def _reader_of(path: str, begin: bytes) -> _ReadLine | None:
    """How the lines of a file are read that begins so; None if it is no file of records."""
    suffix = places.split_suffix(path)[1].lower()
    begin = text_file.as_utf8(begin)
    if begin.startswith(log_records.DLLOGGER) or (suffix in _LOGS and b"\n" + log_records.DLLOGGER in begin):
        return _dllogger_line
    if suffix in _LOGS:
        return log_records.tagged_record if log_records.find(begin, log_records.tagged_record) else None
    lines = [line for line in begin.split(b"\n")[:-1][:_LOOKED_AT] if line.strip()]
    if suffix == ".json" and _is_mmcv(begin, lines):
        return MmcvLines()
    if suffix == ".json" and any(not line.lstrip().startswith(b"{") for line in lines[:2]):
        return None
    is_named = label_prefix(path.rpartition("/")[2]) == ""
    for line in lines:
        try:
            record = log_records.load(line)
        except ValueError:
            if suffix == ".json":
                return None
            continue
        if not isinstance(record, dict):
            continue
        if record.get("type") == "session" and "harness" in record:  # what an agent did, as trackio copies it
            return None
        if json_records.has_steps(record) or (
            is_named and suffix != ".json" and json_records.has_numbers(record)
        ):
            return _decoder.decode
    return None


def _is_mmcv(begin: bytes, lines: list[bytes]) -> bool:
    try:
        return mmcv_lines.is_mmcv(begin, lines)
    except ValueError:
        return False


def _dllogger_line(line: bytes) -> Any:
    if not line.startswith(log_records.DLLOGGER):
        return None  # what else the script prints
    return log_records.dllogger_record(line)
