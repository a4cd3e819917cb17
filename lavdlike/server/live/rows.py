"""The experiments of the root and their rows in the overview. Lives on the event loop.

The names come first, in one listing; what else a row says is read in the background, and again when its folder changes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from lavdlike import layout
from lavdlike.errors import NotServedError
from lavdlike.server import files, scan, summaries
from lavdlike.server.gather import Gathered
from lavdlike.server.messages import ExperimentsChanged, ExperimentSummary, Problem
from lavdlike.server.problems import ProblemLog
from lavdlike.server.subscriptions import Publisher
from lavdlike.server.tree import Other, Subfolder
from lavdlike.server.watcher import Watcher
from lavdlike.server.workers import TooSlowError, Workers

# How long one call reads rows before the loop gets them.
_SLICE_S = 0.02
_SLICE_ROWS = 512
_LIMIT_S = 30.0
_ROW_LIMIT_S = 5.0
# A row whose files change all the time is read again after so long.
_BUSY_S = 5.0
# A running experiment becomes a quiet or crashed one without any file being written.
_STATUS_S = 30.0
# A row whose folder is not watched.
_UNWATCHED_S = 60.0
# Watches go to what is looked at first, and then to the newest experiments.
_PRIORITY = 3


class Row:
    """One experiment: its folder, and what the overview shows of it."""

    def __init__(self, name: str, identity: tuple[int, int]) -> None:
        self.name = name
        self.identity = identity
        self.summary = summaries.without_details(name)
        self.problem: Problem | None = None
        self.read_at = float("-inf")


class Experiments:
    """All experiments of the root.

    Args:
        on_added, on_removed: called with an experiment that came or went; a folder in the place of another one came,
            and the other one went.
    """

    def __init__(
        self,
        root: files.Root,
        workers: Workers,
        watcher: Watcher,
        publisher: Publisher,
        problem_log: ProblemLog,
        on_added: Callable[[Row], None],
        on_removed: Callable[[Row], None],
    ) -> None:
        self.rows: dict[str, Row] = {}
        self.failure = "it has not been looked at yet"  # why the root cannot be read, "" if it can
        self._root = root
        self._workers = workers
        self._watcher = watcher
        self._publisher = publisher
        self._problem_log = problem_log
        self._on_added = on_added
        self._on_removed = on_removed
        self._identity = (0, 0)
        self._modified_ns = 0
        self._not_followed: dict[str, Problem] = {}
        self._names: set[str] | None = None  # to be looked at; None: the whole root
        self._looks = Gathered(self._look)
        self._unread: dict[str, None] = {}
        self._busy: set[str] = set()
        self._reads = Gathered(self._read_rows)

    @property
    def problems(self) -> list[Problem]:
        return [*self._not_followed.values(), *(row.problem for row in self.rows.values() if row.problem)]

    def hint(self, name: str | None) -> None:
        """A name in the root (None: the root itself) may have changed."""
        if name is None:
            self._names = None
        elif self._names is not None:
            self._names.add(name)
        self._looks.ask()

    def hint_row(self, name: str, file: str | None) -> None:
        """A file directly in an experiment (None: its folder) may have changed."""
        row = self.rows.get(name)
        if row is None:
            return
        if file in (None, layout.EXPERIMENT_FILE) or time.monotonic() - row.read_at > _BUSY_S:
            self._read([name])
        else:
            self._busy.add(name)

    async def looked(self) -> None:
        """Wait until the root has been looked at.

        Raises:
            TooSlowError, OSError, NotServedError: it cannot be.
        """
        await self._looks.done()

    def check(self) -> None:
        """Look whether the root is still the same folder and, if that is not reported, whether it holds the same."""
        self._looks.ask()

    def refresh(self) -> None:
        """Read rows again that may have changed without a hint, or that were put off."""
        now = time.monotonic()
        due = [name for name in self._busy if name in self.rows and now - self.rows[name].read_at > _BUSY_S]
        self._busy.difference_update(due)
        for name, row in self.rows.items():
            age_s = now - row.read_at
            is_unsure = row.summary.status in ("running", "quiet") and age_s > _STATUS_S
            if is_unsure or (age_s > _UNWATCHED_S and not self._watcher.is_watched(name)):
                due.append(name)
        self._read(due)

    async def close(self) -> None:
        await self._looks.close()
        await self._reads.close()

    async def _look(self) -> None:
        names, self._names = self._names, set()
        look = partial(
            scan.look_at_root, self._root, None if names is None else frozenset(names), self._watch_root
        )
        try:
            seen = await self._workers.run("", look, limit_s=_LIMIT_S)
        except (FileNotFoundError, NotADirectoryError, NotServedError) as error:
            self._names, self._identity = None, (0, 0)
            self.failure = _why(error)
            self._take_in({}, is_complete=True)
            return
        except BaseException:
            self._names = None
            raise
        self.failure = ""
        is_other = seen.identity != self._identity
        is_same = seen.modified_ns == self._modified_ns != 0
        is_changed = not is_same and not self._watcher.is_watched("")
        if names is not None and (is_other or is_changed):
            self.hint(None)
            return
        self._identity = seen.identity
        if names is None:
            self._modified_ns = seen.modified_ns
        self._take_in(seen.folders, is_complete=names is None)

    def _take_in(self, folders: Mapping[str, Subfolder | Other | None], *, is_complete: bool) -> None:
        gone = {*self.rows, *self._not_followed} - folders.keys() if is_complete else set()
        removed = [row for name in gone if (row := self._remove(name))]
        added = []
        for name, thing in folders.items():
            known = self.rows.get(name)
            if known is not None and isinstance(thing, Subfolder) and thing.identity == known.identity:
                continue
            if row := self._remove(name):
                removed.append(row)
            if isinstance(thing, Subfolder):
                row = self.rows[name] = Row(name, thing.identity)
                added.append(row)
                self._on_added(row)
            elif isinstance(thing, Other):
                self._not_followed[name] = Problem(layout.shown(name), thing.reason)
                self._problem_log.met([self._not_followed[name]])
        self._publish([row.summary for row in added], [row.summary.id for row in removed])
        self._read(row.name for row in added)

    def _remove(self, name: str) -> Row | None:
        self._not_followed.pop(name, None)
        row = self.rows.pop(name, None)
        if row is not None:
            self._watcher.unwatch([name])
            self._on_removed(row)
        return row

    def _read(self, names: Iterable[str]) -> None:
        self._unread.update(dict.fromkeys(names))
        if self._unread:
            self._reads.ask()

    async def _read_rows(self) -> None:
        while names := list(itertools.islice(self._unread, _SLICE_ROWS)):
            for name in names:  # before it is read: a hint from now on asks for another read
                del self._unread[name]
            read: Sequence[summaries.ReadSummary | None] = ()
            try:
                read = await self._workers.run("", partial(self._summaries, names), limit_s=_ROW_LIMIT_S)
            except TooSlowError:  # because of one of them
                read = [await self._read_alone(name) for name in names]
            finally:  # as many as the time allowed
                self._unread = {**dict.fromkeys(names[len(read) :]), **self._unread}
            self._take_in_rows(zip(names, read, strict=False))

    async def _read_alone(self, name: str) -> summaries.ReadSummary | None:
        try:
            rows = await self._workers.run(name, partial(self._summaries, [name]), limit_s=_ROW_LIMIT_S)
        except TooSlowError as error:
            problem = Problem(layout.shown(name), f"cannot be read now: {error}")
            return summaries.ReadSummary(summaries.without_details(name), problem)
        return rows[0]

    def _summaries(self, names: Sequence[str]) -> list[summaries.ReadSummary | None]:
        """In a thread."""
        return summaries.read_summaries(self._root, names, self._watch_row, budget_s=_SLICE_S)

    def _take_in_rows(self, read: Iterable[tuple[str, summaries.ReadSummary | None]]) -> None:
        changed = []
        for name, now in read:
            row = self.rows.get(name)
            if now is None:
                self.hint(name)
            elif row is not None:
                row.read_at = time.monotonic()
                row.problem = now.problem
                if row.problem is not None:
                    self._problem_log.met([row.problem])
                if row.summary != now.summary:
                    row.summary = now.summary
                    changed.append(now.summary)
        self._publish(changed, [])

    def _publish(self, changed: list[ExperimentSummary], removed: list[str]) -> None:
        kept = {summary.id for summary in changed}
        removed = [id_ for id_ in removed if id_ not in kept]
        if changed or removed:
            self._publisher.publish(ExperimentsChanged(self._publisher.next_sequence(), changed, removed))

    def _watch_root(self, folder: str, descriptor: int) -> None:
        self._watcher.watch(folder, descriptor, (0, 0))

    def _watch_row(self, name: str, descriptor: int, changed: float) -> None:
        self._watcher.watch(name, descriptor, (_PRIORITY, -int(changed)))


def _why(error: Exception) -> str:
    if isinstance(error, NotServedError):
        return error.reason
    return "it is not there" if isinstance(error, FileNotFoundError) else "it is not a folder"
