"""Looks into the files of an experiment in which items lie, beside those at its folders. Lives on the event loop.

They may take long, at the first time, so that the folders do not wait for them; who asks for what there is waits a
while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from lavdlike.disk.root import Root
from lavdlike.layout import ExperimentName
from lavdlike.reading import inside
from lavdlike.reading.tree import ExperimentTree, TreeChanges
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.workers import Workers

# How long one call looks before the loop gets what was found.
_SLICE_S = 0.05


class InsideLooks:
    """Those of one experiment.

    Args:
        on_changes: called with what has changed in the tree.
    """

    def __init__(
        self,
        name: ExperimentName,
        root: Root,
        workers: Workers,
        tree: ExperimentTree,
        on_changes: Callable[[TreeChanges], None],
        limits: LiveLimits,
    ) -> None:
        self._name = name
        self._root = root
        self._workers = workers
        self._tree = tree
        self._on_changes = on_changes
        self._limits = limits
        self._waiting: dict[str, None] = {}
        self._begun = 0.0  # of the looks under way, monotonic time
        self._looks = Coalescer(self._look, first_retry_s=limits.first_retry_s)

    def ask(self, folder: str) -> None:
        """What lies in a file may have changed. `folder`: its inside, relative to the experiment."""
        if self._looks.is_done:
            self._begun = time.monotonic()
        self._waiting[folder] = None
        self._looks.ask()

    async def patiently_done(self) -> None:
        """Wait until nothing is known to wait for a look, but not long: what comes later is told as a change.

        Looks that take long are waited for at their begin alone.
        """
        await self._wait(self._begun + self._limits.inside_patience_s - time.monotonic())

    async def done(self) -> None:
        """The same for who asks for what may not be found yet: waits as long as reading may take."""
        await self._wait(self._limits.read_s)

    async def _wait(self, limit_s: float) -> None:
        if not self._looks.is_done and limit_s > 0:
            await asyncio.wait([asyncio.ensure_future(self._done())], timeout=limit_s)

    async def close(self) -> None:
        await self._looks.close()

    async def _done(self) -> None:
        try:
            await self._looks.done()
        except Exception:  # noqa: BLE001 - it is tried again, and the log says so
            return

    async def _look(self) -> None:
        while self._waiting:
            folder = next(iter(self._waiting))
            del self._waiting[folder]
            look = partial(
                inside.look_inside, self._root, self._name, folder, self._tree.folders, budget_s=_SLICE_S
            )
            try:
                found = await self._workers.run(self._name, look, limit_s=self._limits.scan_s)
            except BaseException:
                self._waiting[folder] = None
                raise
            changes = TreeChanges()
            for seen in found.folders:
                self._tree.apply(seen, changes)
            if not found.is_all:
                self._waiting[folder] = None
            self._on_changes(changes)
