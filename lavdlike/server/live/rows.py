"""The experiments of a root and their rows in the overview. Lives on the event loop.

The names come first, in one listing; what else a row says is read in the background, and again when its folder changes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial

from lavdlike import layout, root_settings
from lavdlike.disk.root import Root
from lavdlike.disk.several import Member
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import ExperimentsChanged, ExperimentSummary, Problem
from lavdlike.reading import described, root_scan, summaries
from lavdlike.reading.tree import Skipped, Subfolder
from lavdlike.root_settings import RootFile
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.row import Row, priority_of
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.watcher import Watcher
from lavdlike.server.live.workers import TooSlowError, Workers

# How long one call reads rows before the loop gets them.
_SLICE_S = 0.02
_SLICE_ROWS = 512
_LIMIT_S = 30.0
# A row whose files change all the time is read again after so long; or where such a file says how the run ended.
BUSY_S = 5.0
_ENDS_S = 0.5
_READ_AT_ONCE = (layout.EXPERIMENT_FILE, *layout.PEOPLE_FILES)
# A running experiment becomes a quiet or crashed one without any file being written.
_STATUS_S = 30.0
_UNSURE = ("running", "stalled", "quiet")
# How often rows are read at most that nobody sees.
_NOBODY_LOOKS_S = 60.0
# What one more reading counts for in what a row costs on average.
_NEWEST_SHARE = 0.1
_NOT_LOOKED_AT = "it has not been looked at yet"


class ExperimentRows:
    """All experiments of one root.

    Args:
        root: in which they are read, by the names that everybody uses.
        member: the root that holds them, and what it is called.
        on_added, on_removed: called with an experiment that came or went; a folder in the place of another one came,
            and the other one went.
        on_look: called with folders whose row was read for the first time, and with what seems to be gone in one: what
            is in them is to be looked at (`nested`).
        on_choice: called with an experiment of which people chose other files to be read.
        on_gone: called with folders directly in the root that are gone, or other ones now.
    """

    def __init__(
        self,
        root: Root,
        member: Member,
        workers: Workers,
        watcher: Watcher,
        publisher: Publisher,
        problem_log: ProblemLog,
        on_added: Callable[[Row], None],
        on_removed: Callable[[Row], None],
        on_look: Callable[[Iterable[ExperimentName]], None],
        on_gone: Callable[[Iterable[ExperimentName]], None],
        on_choice: Callable[[Row], None],
        *,
        poll_interval_s: float,
        limits: LiveLimits = DEFAULTS,
    ) -> None:
        self.rows: dict[ExperimentName, Row] = {}
        self.failure = _NOT_LOOKED_AT  # why the root cannot be read, "" if it can
        self.own_files: set[str] = set()  # directly in the root, of no experiment
        self._root = root
        self._member = member
        self._called = member.called
        self._workers = workers
        self._watcher = watcher
        self._publisher = publisher
        self._problem_log = problem_log
        self._on_added = on_added
        self._on_removed = on_removed
        self._on_look = on_look
        self._on_gone = on_gone
        self._on_choice = on_choice
        self._in_root: dict[ExperimentName, tuple[int, int]] = {}  # every folder there, by its identity
        self._unlooked: list[ExperimentName] = []
        self._poll_interval_s = poll_interval_s
        self._limits = limits
        self._cost_s = 0.0  # CPU time of one row
        self._read_begun = 0.0
        self._read_s = 0.0  # how long the last reading of all that was out of date took
        self._identity = (0, 0)
        self._modified_ns = 0
        self._not_followed: dict[ExperimentName, Problem] = {}
        self._root_file = root_settings.read(None, "")
        self._names: set[str] | None = None  # to be looked at; None: the whole root
        self._scans = Coalescer(self._scan, first_retry_s=limits.first_retry_s)
        self._unread: dict[ExperimentName, None] = {}
        self._busy: dict[ExperimentName, float] = {}  # how old a row that was put off has to be
        self._reads = Coalescer(self._read_rows, first_retry_s=limits.first_retry_s)

    @property
    def identity(self) -> tuple[int, int]:
        """Of the root's folder; (0, 0) while it cannot be read."""
        return self._identity

    @property
    def is_root_watched(self) -> bool:
        """Whether every name that comes or goes in the root will be reported."""
        return self._watcher.is_watched(self._called.key)

    @property
    def problems(self) -> list[Problem]:
        return [
            *self._not_followed.values(),
            *itertools.chain.from_iterable(row.problems for row in self.rows.values()),
        ]

    def hint(self, name: str | None) -> None:
        """A name in the root, as it stands there (None: the root itself), may have changed."""
        if name is None:
            self._names = None
        elif self._names is not None:
            self._names.add(name)
        self._scans.ask()

    def hint_row(self, name: ExperimentName, file: str | None) -> None:
        """A file directly in an experiment (None: its folder) may have changed."""
        row = self.rows.get(name)
        if row is None:
            return
        # Of what it is is told by its first file.
        pause_s = _pause_s_after(file) if file is not None and row.summary.kinds else 0.0
        if pause_s == 0 or time.monotonic() - row.read_at > pause_s:
            self._ask_for([name])
        else:
            self._busy[name] = min(pause_s, self._busy.get(name, pause_s))

    async def scanned(self) -> None:
        """Wait until the root has been looked at.

        Raises:
            TooSlowError, OSError, NotServedError: it cannot be.
        """
        await self._scans.done()

    @property
    def is_scanned(self) -> bool:
        """Whether the root has been looked at, for whatever came of it."""
        return self.failure != _NOT_LOOKED_AT

    @property
    def is_read(self) -> bool:
        """Whether no row is known to be out of date."""
        return not self._unread and self._reads.is_done

    async def read(self) -> None:
        """Wait until all rows that are out of date have been read; raises as `scanned`."""
        await self._reads.done()

    @property
    def unwatched_count(self) -> int:
        """How many rows there are of experiments whose folder is not watched."""
        return len(self._watcher.unwatched(self.rows))

    @property
    def check_interval_s(self) -> float:
        """How often rows whose folder is not watched are read; less often where that is much work."""
        cost_s = self.unwatched_count * self._cost_s
        pause_s = 0.0 if self._publisher.has_browsers else _NOBODY_LOOKS_S
        return max(self._poll_interval_s, pause_s, cost_s / self._limits.checking_share)

    def delay_s(self, now: float) -> float:
        """The longest that a change in an experiment whose folder is not watched goes unseen."""
        under_way_s = 0.0 if self.is_read else now - self._read_begun
        return self.check_interval_s + max(self._read_s, under_way_s) + self._limits.tick_s

    def status_delay_s(self, now: float) -> float:
        """The longest that a row does not show how far it has got, or that its script has ended without a word."""
        delay_s = BUSY_S + self._limits.tick_s
        if any(row.summary.status in _UNSURE for row in self.rows.values()):
            delay_s = max(delay_s, _STATUS_S + self._limits.tick_s)
        return max(delay_s, self.delay_s(now)) if self.unwatched_count else delay_s

    @property
    def failure_to_read(self) -> Exception | None:
        """Why rows, or the names of the experiments, could not be read; it is tried again. None if they could."""
        return self._reads.failure or self._scans.failure

    def read_all(self) -> None:
        """Anything may have changed."""
        self._ask_for(self.rows)

    def take_root_file(self, root_file: RootFile) -> None:
        """What `lavdlike.yaml` says of experiments of other programs is another."""
        self._root_file = root_file
        changed = []
        for row in self.rows.values():
            summary = summaries.with_root_file(row.as_read, root_file)
            if summary != row.summary:
                self._put(row, summary)
                changed.append(summary)
        for begin in range(0, len(changed), _SLICE_ROWS):
            self._publish(changed[begin : begin + _SLICE_ROWS], [])

    async def read_now(self, names: Sequence[ExperimentName]) -> None:
        """Read these rows before all others, and wait for it.

        Raises:
            TooSlowError, OSError: it cannot be done now.
        """
        done = 0
        while done < len(names):
            begun = time.monotonic()
            some = names[done : done + _SLICE_ROWS]
            look = partial(self._summaries, some)
            read = await self._workers.run(self._called.key, look, limit_s=self._limits.row_s)
            self._take_in_rows(zip(some, read, strict=False), begun)
            done += len(read)

    def check(self) -> None:
        """Look whether the root is still the same folder and, if that is not reported, whether it holds the same."""
        self._scans.ask()

    def refresh(self) -> None:
        """Read rows again that may have changed without a hint, or that were put off."""
        now = time.monotonic()
        due = [
            name
            for name, pause_s in self._busy.items()
            if name not in self.rows or now - self.rows[name].read_at > pause_s
        ]
        for name in due:
            del self._busy[name]
        due = [name for name in due if name in self.rows]
        interval_s = self.check_interval_s
        due += [
            name for name in self._watcher.unwatched(self.rows) if now - self.rows[name].read_at > interval_s
        ]
        due += [
            name
            for name, row in self.rows.items()
            if row.summary.status in _UNSURE and now - row.read_at > _STATUS_S
        ]
        self._ask_for(due)

    async def close(self) -> None:
        await self._scans.close()
        await self._reads.close()

    async def _scan(self) -> None:
        names, self._names = self._names, set()
        look = partial(
            root_scan.scan_root,
            self._member.root,
            None if names is None else frozenset(names),
            self._watch_root,
        )
        try:
            seen = await self._workers.run(self._called.key, look, limit_s=_LIMIT_S)
        except (FileNotFoundError, NotADirectoryError, NotServedError) as error:
            self._names, self._identity = None, (0, 0)
            self.failure = _why(error)
            self.own_files.clear()
            self._take_in({}, is_complete=True)
            return
        except BaseException:
            self._names = None
            raise
        self.failure = ""
        is_other = seen.identity != self._identity
        is_same = seen.modified_ns == self._modified_ns != 0
        is_changed = not is_same and not self.is_root_watched
        if names is not None and (is_other or is_changed):
            self.hint(None)
            return
        self._identity = seen.identity
        if names is None:
            self._modified_ns = seen.modified_ns
        self.own_files = (self.own_files - names if names is not None else set()) | seen.files
        called = {ExperimentName(self._called.outer(name)): node for name, node in seen.folders.items()}
        self._take_in(called, is_complete=names is None)

    def _take_in(
        self, folders: Mapping[ExperimentName, Subfolder | Skipped | None], *, is_complete: bool
    ) -> None:
        known = {*self._in_root, *self._not_followed}
        gone = known - folders.keys() if is_complete else set()
        gone.update(name for name in known & folders.keys() if not self._is_in_root(name, folders[name]))
        removed = [row for name in gone if (row := self._remove(name))]
        self._on_gone(gone)
        added = []
        for name, node in folders.items():
            if name in self._in_root:
                continue
            if isinstance(node, Subfolder):
                self._in_root[name] = node.identity
                self._unlooked.append(name)
                added.append(self._add(name, node))
            elif isinstance(node, Skipped):
                self._not_followed[name] = Problem(layout.shown(name), node.reason)
                self._problem_log.report([self._not_followed[name]])
        self._publish([row.summary for row in added], [row.summary.id for row in removed])
        self._ask_for(row.name for row in added)

    def _is_in_root(self, name: ExperimentName, node: Subfolder | Skipped | None) -> bool:
        return isinstance(node, Subfolder) and self._in_root.get(name) == node.identity

    def take_nested(self, changes: Mapping[ExperimentName, Subfolder | None]) -> None:
        """Folders, at any depth, that became experiments or other ones, or are none any more (None)."""
        added, removed = [], []
        for name, node in changes.items():
            known = self.rows.get(name)
            if known is not None and (node is None or node.identity != known.identity):
                del self.rows[name]
                self._on_removed(known)
                removed.append(known)
            if node is not None and name not in self.rows:
                added.append(self._add(name, node))
        self._publish([row.summary for row in added], [row.summary.id for row in removed])
        self._ask_for(row.name for row in added)

    def _add(self, name: ExperimentName, node: Subfolder) -> Row:
        row = self.rows[name] = Row(name, node.identity)
        self._on_added(row)
        return row

    def _remove(self, name: ExperimentName) -> Row | None:
        """One directly in the root."""
        self._not_followed.pop(name, None)
        row = self.rows.pop(name, None)
        if self._in_root.pop(name, None) is not None:
            self._watcher.unwatch([name, *described.folders_of(name)])
        if row is not None:
            self._on_removed(row)
        return row

    def _ask_for(self, names: Iterable[ExperimentName]) -> None:
        self._unread.update(dict.fromkeys(names))
        if self._unread:
            self._reads.ask()

    async def _read_rows(self) -> None:
        self._read_begun = time.monotonic()
        while names := list(itertools.islice(self._unread, _SLICE_ROWS)):
            begun = time.monotonic()
            for name in names:  # before it is read: a hint from now on asks for another read
                del self._unread[name]
            read: Sequence[summaries.ReadSummary | None] = ()
            try:
                look = partial(self._summaries, names)
                read = await self._workers.run(self._called.key, look, limit_s=self._limits.row_s)
            except TooSlowError:  # because of one of them
                read = [await self._read_alone(name) for name in names]
            finally:  # as many as the time allowed
                self._unread = {**dict.fromkeys(names[len(read) :]), **self._unread}
            self._take_in_rows(zip(names, read, strict=False), begun)
        self._read_s = time.monotonic() - self._read_begun
        unlooked, self._unlooked = self._unlooked, []
        self._on_look(name for name in unlooked if name in self._in_root)

    async def _read_alone(self, name: ExperimentName) -> summaries.ReadSummary | None:
        try:
            rows = await self._workers.run(name, partial(self._summaries, [name]), limit_s=self._limits.row_s)
        except TooSlowError as error:
            problem = Problem(layout.shown(name), f"cannot be read now: {error}")
            return summaries.ReadSummary(summaries.without_details(name), (problem,))
        return rows[0]

    def _summaries(self, names: Sequence[ExperimentName]) -> list[summaries.ReadSummary | None]:
        """In a thread."""
        begun = time.thread_time()
        read = summaries.read_summaries(self._root, names, self._watch_row, budget_s=_SLICE_S)
        cost_s = (time.thread_time() - begun) / len(read)
        self._cost_s += _NEWEST_SHARE * (cost_s - self._cost_s)
        return read

    def _take_in_rows(
        self, read: Iterable[tuple[ExperimentName, summaries.ReadSummary | None]], begun: float
    ) -> None:
        """`begun`: when the reading began (monotonic time); of a row that was read later, it says what was."""
        changed = []
        for name, now in read:
            row = self.rows.get(name)
            if now is None and name not in self._in_root:
                self._on_look([name])
            elif now is None:
                self.hint(self._called.inner(name))
            elif row is not None and begun >= row.read_begun:
                row.read_begun, row.read_at = begun, time.monotonic()
                row.problems = now.problems
                self._problem_log.report(row.problems)
                row.as_read = now.summary
                summary = summaries.with_root_file(now.summary, self._root_file)
                if row.summary != summary:
                    self._put(row, summary)
                    changed.append(summary)
        self._publish(changed, [])

    def _put(self, row: Row, summary: ExperimentSummary) -> None:
        is_other_choice = summary.read_files != row.summary.read_files
        row.summary = summary
        if is_other_choice:
            self._on_choice(row)

    def _publish(self, changed: list[ExperimentSummary], removed: list[ExperimentId]) -> None:
        kept = {summary.id for summary in changed}
        removed = [id_ for id_ in removed if id_ not in kept]
        if changed or removed:
            self._publisher.publish(ExperimentsChanged(self._publisher.next_sequence(), changed, removed))

    def _watch_root(self, _folder: str, descriptor: int) -> None:
        self._watcher.watch(self._called.key, descriptor, (0, 0))

    def _watch_row(self, name: ExperimentName, descriptor: int, changed: float) -> None:
        self._watcher.watch(name, descriptor, priority_of(changed))


@lru_cache(1024)  # asked of every change, mostly of few names
def _pause_s_after(file: str) -> float:
    """How long a row may stay as it was read when a file of this name has changed."""
    if file in _READ_AT_ONCE or layout.is_users_experiment_file(file) or layout.is_progress_file(file):
        return 0.0
    return _ENDS_S if described.is_told_at_its_end(file) else BUSY_S


def _why(error: Exception) -> str:
    if isinstance(error, NotServedError):
        return error.reason
    return "it is not there" if isinstance(error, FileNotFoundError) else "it is not a folder"
