"""All rollouts that somebody looks at: what is known of them is kept within a budget, and goes on as files grow.

Runs in threads. Of one label only one thread reads at a time; each answers in about `ANSWER_S` with what is known until
then, and the next question goes on from there.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.bounded.patterns import PatternError
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFile, Root, fingerprint_of
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds.rollout_records.rollout_begins import Form, form_of
from lavdlike.kinds.rollouts import MAX_LINE_BYTES, from_record
from lavdlike.messages import Problem
from lavdlike.reading.rollout_pages import kept_index, made_lines
from lavdlike.reading.rollout_pages.line_facts import ROLES, record_of
from lavdlike.reading.rollout_pages.made_lines import RolloutFile
from lavdlike.reading.rollout_pages.read_rollout import page_of, previews_of
from lavdlike.reading.rollout_pages.rollout_index import RolloutIndex
from lavdlike.reading.rollout_pages.rollout_query import Place, Together, group_name, in_order, let_through
from lavdlike.reading.rollout_pages.rollout_search import FileSearch, Wanted
from lavdlike.rollout_messages import RolloutPage, RolloutRequest, RolloutRow, RolloutsPage, RolloutsRequest
from lavdlike.sources.columns import json_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANSWER_S = 1.5
MAX_ROWS = 500
# Of rows in a list; those of longer lines have no preview.
_MAX_PREVIEW_BYTES = 32 * 2**20
_BUDGET_BYTES = 512 * 2**20
# Each may hold an open file of no name.
_MAX_LABELS = 32
_KEPT_ORDERS = 4
_KEPT_SEARCHES = 4
_BEGIN_BYTES = 64 * 2**10


class RolloutLibrary:
    """Those of one root. Thread-safe."""

    def __init__(self, root: Root, *, budget_bytes: int = _BUDGET_BYTES) -> None:
        self._root = root
        self._budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._labels: OrderedDict[tuple[str, ...], _Label] = OrderedDict()

    def page(self, files: Sequence[RolloutFile], asked: RolloutsRequest) -> RolloutsPage:
        """Some of the rollouts in files of one label.

        Raises:
            ValueError: no such group, or a number outside its range.
            GivenUpError: nobody waits for it.
        """
        if not 0 < asked.count <= MAX_ROWS or asked.first < 0:
            raise ValueError(f"count must be from 1 to {MAX_ROWS}, and first no less than 0")
        label = self._label(asked.experiment, asked.label, str(asked.is_global))
        with label.turn():
            found = label.page(self._root, files, asked)
        self._tidy()
        return found

    def read(self, file: RolloutFile, asked: RolloutRequest) -> RolloutPage:
        """One rollout, which stands in this file of its label.

        Raises:
            FileNotFoundError, NotServedError: there is no such file.
            LogFormatError: no rollout stands there.
            ValueError: no place of a file.
        """
        if not 0 <= asked.offset < 2**63:
            raise ValueError(f"{asked.offset} is no place of a file")
        label = self._label(asked.experiment, asked.label, str(asked.is_global))
        with label.turn():
            line = label.line(self._root, file, asked.offset)
        self._tidy()
        try:
            return page_of(record_of(line), len(line))
        except ValueError as error:
            where = f"byte {asked.offset}"
            raise LogFormatError(file.path, f"no rollout stands there: {error}", where) from None

    def close(self) -> None:
        with self._lock:
            labels, self._labels = list(self._labels.values()), OrderedDict()
        for label in labels:
            label.close()

    def _label(self, *key: str) -> _Label:
        with self._lock:
            label = self._labels.setdefault(key, _Label())
            self._labels.move_to_end(key)
            return label

    def _tidy(self) -> None:
        """Forget what was asked for longest ago beyond the budget; never the last one, nor one that is being read."""
        with self._lock:
            used = sum(label.memory_bytes for label in self._labels.values())
            for key in list(self._labels)[:-1]:
                label = self._labels[key]
                if used <= self._budget_bytes and len(self._labels) <= _MAX_LABELS:
                    break
                if label.close_if_idle():
                    used -= label.memory_bytes
                    del self._labels[key]


class _Lines:
    """The lines of one file: its own, or those that were made of it."""

    def __init__(self, file: RolloutFile) -> None:
        self.file = file
        self.index = RolloutIndex(layout.shown(file.path), file.step)
        self.searches: OrderedDict[tuple[str, bool], FileSearch] = OrderedDict()
        self.problem: Problem | None = None
        self.size_bytes = 0
        self._made: BinaryIO | None = None
        self._refusal: LogFormatError | None = None
        self._fingerprint = 0  # of what they were made of, or could not be
        self._is_new = True

    @contextmanager
    def opened(self, root: Root) -> Iterator[int]:
        """A descriptor of the lines.

        Raises:
            FileNotFoundError, NotServedError, LogFormatError: there are none.
        """
        with root.file(self.file.path) as opened:
            form = form_of(self.file.in_experiment, pread(opened.fd, _BEGIN_BYTES, 0))
            if form is None and not os.fstat(opened.fd).st_size:
                form = Form.LINES
            if form is None:
                raise LogFormatError(opened.path, "holds no rollouts")
            if form is Form.LINES:
                yield opened.fd
                return
            yield self._made_of(opened, form).fileno()

    def _made_of(self, opened: OpenedFile, form: Form) -> BinaryIO:
        """The lines of a file of another form: made once, and not tried again while it stays as it is."""
        fingerprint = fingerprint_of(opened.status)
        if self._fingerprint != fingerprint:
            self.close()
            self._refusal = None
            try:
                self._made = made_lines.made(opened.fd, form, opened.path)
            except LogFormatError as error:
                self._refusal = error
            self._fingerprint = fingerprint
        if self._made is None:
            raise self._refusal or LogFormatError(opened.path, "cannot be read")
        return self._made

    def follow(self, root: Root, until: float) -> bool:
        """Read what is new; says whether all is read. What keeps it from being read is its `problem`."""
        self.problem = None
        try:
            with self.opened(root) as descriptor:
                if self._is_new:
                    self._is_new = False
                    if self._made is None and kept_index.resume(self.index, descriptor):
                        self.size_bytes = self.index.read_bytes
                        return True
                before = self.index.version
                is_read = self.index.follow(descriptor, until)
                # The begin of a line that is being written is not there yet.
                self.size_bytes = self.index.read_bytes if is_read else os.fstat(descriptor).st_size
                if is_read and self._made is None and self.index.version != before:
                    kept_index.keep(self.index)
                return is_read
        except (FileNotFoundError, NotADirectoryError):
            self.index = RolloutIndex(layout.shown(self.file.path), self.file.step)
        except LogFormatError as error:
            self.problem = Problem(layout.shown(self.file.path), error.reason, error.position)
        except NotServedError as error:
            self.problem = Problem(layout.shown(self.file.path), error.reason)
        return True

    def search(self, wanted: Wanted) -> FileSearch:
        found = self.searches.get(wanted.key)
        if found is None:
            found = self.searches[wanted.key] = FileSearch(wanted)
        self.searches.move_to_end(wanted.key)
        if len(self.searches) > _KEPT_SEARCHES:
            self.searches.popitem(last=False)
        return found

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
        self._made, self._fingerprint = None, 0


class _Label:
    """The files of one label, in their order."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._files: dict[str, _Lines] = {}
        self._orders: OrderedDict[tuple[object, ...], NDArray[np.int64]] = OrderedDict()
        self._together: tuple[object, Together] | None = None
        self.memory_bytes = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        while not self._turn.acquire(timeout=0.1):
            giving_up.check()
        try:
            yield
        finally:
            self._turn.release()

    def page(self, root: Root, files: Sequence[RolloutFile], asked: RolloutsRequest) -> RolloutsPage:
        until = time.monotonic() + ANSWER_S
        lines = self._lines_of(files)
        for each in lines:
            if time.monotonic() > until or not each.follow(root, until):
                break
        together = self._joined(lines)
        fits = let_through(together, asked)
        searched, pattern_error = together.count, ""
        try:
            wanted = Wanted(asked.text, is_regex=asked.regex) if asked.text else None
        except PatternError as error:
            wanted, pattern_error = None, str(error)
        if wanted is not None:
            searched = self._search(root, lines, wanted, until)
            counts = [each.index.columns.count for each in lines]
            found = [each.search(wanted).found(count) for each, count in zip(lines, counts, strict=True)]
            fits &= np.concatenate(found) if found else fits
        order = self._order(together, fits, asked, searched)
        read = [each for each in lines if each.problem is None]
        total_bytes = sum(each.size_bytes or _size_of(root, each.file) for each in read)
        self.memory_bytes = sum(each.index.columns.memory_bytes for each in lines)
        names = together.names
        shown = order[asked.first : asked.first + asked.count]
        return RolloutsPage(
            [together.said_of(name) for name in names],
            list(self._rows(root, lines, [together.place(int(index)) for index in shown], names)),
            asked.first,
            len(order),
            together.count,
            sum(each.index.read_bytes for each in read),
            total_bytes,
            searched,
            sorted(set().union(*(each.index.columns.left_out for each in lines))),
            [problem for each in lines for problem in _problems(each)],
            pattern_error,
        )

    def line(self, root: Root, file: RolloutFile, offset: int) -> bytes:
        lines = self._files.setdefault(file.path, _Lines(file))
        with lines.opened(root) as descriptor:
            data = pread(descriptor, _BEGIN_BYTES, offset)
            if b"\n" not in data and len(data) == _BEGIN_BYTES:
                data = pread(descriptor, MAX_LINE_BYTES, offset)
        return data.partition(b"\n")[0]

    def close_if_idle(self) -> bool:
        if not self._turn.acquire(blocking=False):
            return False
        try:
            self.close()
        finally:
            self._turn.release()
        return True

    def close(self) -> None:
        for each in self._files.values():
            each.close()
        self._files = {}

    def _lines_of(self, files: Sequence[RolloutFile]) -> list[_Lines]:
        wanted = {file.path: file for file in files}
        for path in self._files.keys() - wanted.keys():
            self._files.pop(path).close()
        for path, file in wanted.items():
            if path not in self._files:
                self._files[path] = _Lines(file)
        return [self._files[path] for path in wanted]

    def _joined(self, lines: Sequence[_Lines]) -> Together:
        version = tuple((each.file.path, each.index.version, each.index.generation) for each in lines)
        if self._together is None or self._together[0] != version:
            self._together = version, Together([each.index.columns for each in lines])
            self._orders.clear()
        return self._together[1]

    def _search(self, root: Root, lines: Sequence[_Lines], wanted: Wanted, until: float) -> int:
        for each in lines:
            with suppress(FileNotFoundError, NotServedError, LogFormatError), each.opened(root) as descriptor:
                if not each.search(wanted).go_on(descriptor, each.index, until):
                    break
        return sum(each.search(wanted).searched for each in lines)

    def _order(
        self, together: Together, fits: NDArray[np.bool_], asked: RolloutsRequest, searched: int
    ) -> NDArray[np.int64]:
        what = (
            asked.sort,
            asked.descending,
            asked.text,
            asked.regex,
            searched,
            asked.role,
            asked.group,
            tuple(asked.ranges),
        )
        found = self._orders.get(what)
        if found is None:
            found = in_order(together, fits, asked.sort, descending=asked.descending)
            self._orders[what] = found
            if len(self._orders) > _KEPT_ORDERS:
                self._orders.popitem(last=False)
        return found

    def _rows(
        self, root: Root, lines: Sequence[_Lines], places: Sequence[Place], names: Sequence[str]
    ) -> Iterator[RolloutRow]:
        read = _read_rows(root, lines, places)
        for place in places:
            each = lines[place.file]
            columns = each.index.columns
            prompt, answer = read.get(place, ("", ""))
            yield RolloutRow(
                layout.to_id(each.file.in_experiment),
                int(columns.offsets[place.row]),
                [_number_at(columns.column(name), place.row) for name in names],
                group_name(int(columns.groups[place.row])),
                ROLES[columns.roles[place.row]],  # type: ignore[arg-type] # they are the same
                prompt,
                answer,
            )


def _read_rows(root: Root, lines: Sequence[_Lines], places: Sequence[Place]) -> dict[Place, tuple[str, str]]:
    """How prompts and answers begin."""
    found: dict[Place, tuple[str, str]] = {}
    left = _MAX_PREVIEW_BYTES
    for file in dict.fromkeys(place.file for place in places):
        columns = lines[file].index.columns
        with (
            suppress(FileNotFoundError, NotServedError, LogFormatError),
            lines[file].opened(root) as descriptor,
        ):
            for place in (each for each in places if each.file == file):
                length = int(columns.lengths[place.row])
                if length > left:
                    continue
                left -= length
                line = pread(descriptor, length, int(columns.offsets[place.row]))
                with suppress(ValueError):  # the file was written anew meanwhile
                    found[place] = previews_of(from_record(record_of(line)))
    return found


def _number_at(column: NDArray[np.float64] | None, row: int) -> float | int | str | None:
    if column is None or np.isnan(column[row]):
        return None
    value = float(column[row])
    return json_number(int(value) if value.is_integer() and abs(value) < 2**53 else value)


def _problems(lines: _Lines) -> list[Problem]:
    return [lines.problem] if lines.problem is not None else lines.index.problems


def _size_of(root: Root, file: RolloutFile) -> int:
    with suppress(FileNotFoundError, NotADirectoryError, NotServedError), root.file(file.path) as opened:
        return opened.status.st_size
    return 0
