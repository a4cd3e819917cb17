"""What has changed in files of many runs: asked once for each file, and told to those runs alone. On the event loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lavdlike.reading.stored_listings import ChangedRuns
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.workers import Workers

_LIMIT_S = 30.0


class StoreChanges:
    """Looks into files that may have changed.

    Args:
        look: into a file, by its path; called in a thread.
        on_changed: called with the path and what was found.
    """

    def __init__(
        self,
        workers: Workers,
        look: Callable[[str], ChangedRuns],
        on_changed: Callable[[str, ChangedRuns], None],
        *,
        first_retry_s: float,
    ) -> None:
        self._workers = workers
        self._look = look
        self._on_changed = on_changed
        self._waiting: dict[str, None] = {}
        self._looks = Coalescer(self._work, first_retry_s=first_retry_s)

    def ask(self, file: str) -> None:
        """It may have changed."""
        self._waiting[file] = None
        self._looks.ask()

    async def close(self) -> None:
        await self._looks.close()

    async def _work(self) -> None:
        while self._waiting:
            file = next(iter(self._waiting))
            del self._waiting[file]  # before it is looked at: a hint from now on asks for another look
            try:
                found = await self._workers.run(file, partial(self._look, file), limit_s=_LIMIT_S)
            except BaseException:
                self._waiting[file] = None
                raise
            self._on_changed(file, found)
