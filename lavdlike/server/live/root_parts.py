"""All roots that are shown, each a `RootPart`: which one a name is of, and what all of them say together.

A root that is not there at the start is decided about when it holds something (`reading.shown_root`): it may be a run
itself. Until then it is a line in `health`. Lives on the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from lavdlike import layout
from lavdlike.disk.several import Member
from lavdlike.disk.stores.store_addresses import shown_place
from lavdlike.edits.several_editors import RootEditor, merged_words
from lavdlike.errors import LavdlikeError
from lavdlike.layout import ExperimentName
from lavdlike.messages import PageRoot, Problem, RootHealth, RootSettings
from lavdlike.named_roots import NamedRoot, RootName
from lavdlike.reading.shown_root import holds_something, shown_root_of
from lavdlike.reading.stored_listings import ChangedRuns
from lavdlike.reading.tree import Subfolder
from lavdlike.root_settings import ROOT_SETTINGS_FILE
from lavdlike.server.live.root_part import RootPart, Surroundings
from lavdlike.server.live.row import Row
from lavdlike.server.live.workers import CrashedError, TooSlowError

_NOT_THERE = "it is not there"
_UNWRITABLE = "its folder cannot be written to"
# How long the first page waits for roots beside one that is there.
_OTHERS_S = 2.0
_LIMIT_S = 30.0
_NOT_NOW = (OSError, TooSlowError, CrashedError, LavdlikeError)
_READS = "whether roots can be written"


class RootParts:
    """Those that come are put among the others.

    Args:
        members: of the root that holds all (`SeveralRoots`).
        editors: of all of them (`SeveralEditors`).
        on_root: told of each before it is looked at.
    """

    def __init__(
        self,
        roots: Sequence[NamedRoot],
        members: dict[str, Member],
        editors: list[RootEditor],
        shared: Surroundings,
        on_root: Callable[[NamedRoot], object],
    ) -> None:
        self.all: list[RootPart] = []
        self.homes: set[str] = set()
        self._order = [root.name for root in roots]
        self._members = members
        self._editors = editors
        self._shared = shared
        self._on_root = on_root
        self._by_name: dict[str, RootPart] = {}
        self._undecided: dict[str, NamedRoot] = {}
        self._deciding: asyncio.Task[None] | None = None
        self._decided_at = float("-inf")
        for root in roots:
            if root.is_decided:
                self._add(root)
            else:
                self._undecided[root.name] = root

    # --- which root ------------------------------------------------------------------------------------------------

    def of(self, name: str) -> RootPart | None:
        """The root of an experiment, or of a folder or file in one; None if there is none."""
        return self._by_name.get(name.partition("/")[0]) or self._by_name.get("")

    def of_key(self, key: str) -> RootPart | None:
        """The root that a watcher calls so; None if that is a folder in one."""
        return self._by_name.get(key.removeprefix("/")) if not key or key.startswith("/") else None

    def store_of(self, path: str) -> str:
        """The file of runs that something is in, or that it is; "" if it is in none. In any thread."""
        part = self.of(path)
        return "" if part is None else part.store_of(path)

    def changes_in(self, file: str) -> ChangedRuns:
        """What has changed in a file of runs. In a thread."""
        part = self.of(file)
        return ChangedRuns([], [], is_relisted=False) if part is None else part.changes_in(file)

    def is_in_home(self, path: str) -> bool:
        """Whether something is directly in a root, asked for by the name of its own files."""
        return path.rpartition("/")[0] in self.homes

    def folder_of_runs(self, name: ExperimentName) -> Subfolder | None:
        """See `RootPart.folder_of_runs`."""
        part = self.of(name)
        return None if part is None else part.folder_of_runs(name)

    async def look_for(self, name: ExperimentName, rows: dict[ExperimentName, Row]) -> None:
        """Look whether there is an experiment of this name; raises as `Coalescer.done`."""
        part = self.of(name)
        if part is None or name in rows or name == part.called.home:
            return
        inner = part.called.inner(name)
        part.rows.hint(inner.partition("/")[0])
        await part.rows.scanned()
        if name not in rows and "/" in inner:
            part.look_for(name)
            await part.nested.found()

    # --- what all of them say --------------------------------------------------------------------------------------

    @property
    def words(self) -> RootSettings:
        """What people declared for all of them."""
        return merged_words([part.people.settings for part in self.all]) if self.all else RootSettings()

    @property
    def problems(self) -> list[Problem]:
        """Of the roots themselves, of what people said of them, and of files of many runs in them."""
        problems = [
            problem for part in self.all for problem in (*part.people.problems, *part.problems_in_stores)
        ]
        if self._order != [""]:  # of one that stands alone the page says it
            paths = {name: root.path for name, root in self._undecided.items()}
            paths |= {part.named.name: part.named.path for part in self.all}
            problems += [
                Problem(each.name, f"the folder {layout.shown(shown_place(paths[each.name]))}: {each.reason}")
                for each in self.health()
                if each.reason
            ]
        return problems

    def health(self) -> list[RootHealth]:
        """Of each, in the order in which they were given."""
        said = {part.named.name: _health_of(part) for part in self.all}
        return [said.get(name) or RootHealth(name, _NOT_THERE) for name in self._order]

    async def shown(self, *, are_edited: bool) -> list[PageRoot]:
        """What the page is told of each.

        Args:
            are_edited: whether it may change something, if the disk lets it.
        """
        said = {name: _shown(root, "") for name, root in self._undecided.items()}
        parts = list(self.all)
        may = await asyncio.gather(*map(self._may_edit, parts)) if are_edited else [True for _ in parts]
        for part, may_edit in zip(parts, may, strict=True):
            why_not = part.why_read_only or _UNWRITABLE
            said[part.named.name] = _shown(part.named, "" if may_edit else why_not)
        return [said[name] for name in self._order]

    async def _may_edit(self, part: RootPart) -> bool:
        if part.rows.failure:
            return True  # an edit will say why it is not
        with suppress(*_NOT_NOW):
            return await self._shared.workers.run(
                f"{_READS}{part.called.key}", part.may_edit, limit_s=_OTHERS_S
            )
        return True

    # --- from time to time -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Look at all of them; what takes long beside one that is known comes later."""
        self.decide(time.monotonic())
        if self._deciding is not None:
            await asyncio.wait([self._deciding], timeout=_OTHERS_S)
        for part in self.all:
            part.rows.check()
        looks = [asyncio.ensure_future(self._first_look(part)) for part in self.all]
        if not looks:
            return
        await asyncio.wait(looks, return_when=asyncio.FIRST_COMPLETED)
        _, late = await asyncio.wait(looks, timeout=_OTHERS_S)
        for look in late:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)

    async def _first_look(self, part: RootPart) -> None:
        with suppress(*_NOT_NOW):
            await part.rows.scanned()
        with suppress(*_NOT_NOW):
            await part.people.current()

    def decide(self, now: float) -> None:
        """Look again at what was not there."""
        is_busy = self._deciding is not None and not self._deciding.done()
        if self._undecided and not is_busy and now - self._decided_at > self._shared.limits.tick_s:
            self._decided_at = now
            self._deciding = asyncio.get_running_loop().create_task(self._decide())

    async def _decide(self) -> None:
        async def decide(root: NamedRoot) -> None:
            with suppress(*_NOT_NOW):
                decided = await self._shared.workers.run(
                    f"/{root.name}", partial(_decided, root), limit_s=_LIMIT_S
                )
                if decided is not None:
                    del self._undecided[root.name]
                    self._add(decided)
                    self._by_name[root.name].rows.check()
                    self._by_name[root.name].people.ask()
                    self._shared.on_words()  # their match names one state more

        await asyncio.gather(*(decide(root) for root in list(self._undecided.values())))

    async def close(self) -> None:
        if self._deciding is not None:
            self._deciding.cancel()
            await asyncio.gather(self._deciding, return_exceptions=True)
        for part in self.all:
            await part.close()

    def _add(self, root: NamedRoot) -> None:
        self._on_root(root)
        part = RootPart(root, self._shared)
        self._members[root.name] = part.member
        home = part.called.home
        if home and home not in self._members:
            self._members[home] = Member(RootName(home), part.member.root)
        self.homes.update(filter(None, [home]))
        self._by_name[root.name] = part
        self.all.append(part)
        self.all.sort(key=lambda each: self._order.index(each.called.name))
        self._editors[:] = [each.root_editor for each in self.all]


def _health_of(part: RootPart) -> RootHealth:
    rows = part.rows
    reason = rows.failure
    if not reason and rows.failure_to_read is not None:
        reason = f"it cannot be kept up to date now: {rows.failure_to_read}"
    others = [
        name for name in rows.own_files if name != ROOT_SETTINGS_FILE and layout.board_name(name) is None
    ]
    files = 0 if part.named.only else len(others)
    return RootHealth(part.named.name, reason, files, part.store_health)


def _shown(root: NamedRoot, unwritable: str) -> PageRoot:
    path = layout.shown(shown_place(root.path.absolute()))
    home = layout.experiment_id(ExperimentName(root.called.home))
    id_ = layout.experiment_id(ExperimentName(root.name))
    return PageRoot(root.name, id_, path, home, is_run=root.only != "", unwritable=unwritable)


def _decided(root: NamedRoot) -> NamedRoot | None:
    """In a thread; None as long as there is nothing to decide by."""
    if not holds_something(root.root):
        return None
    shown = shown_root_of(root.root)
    return NamedRoot(root.name, shown.root, shown.only)
