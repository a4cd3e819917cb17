"""What people said of the whole root and of foreign experiments, in `lavdlike.yaml`. Lives on the event loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from lavdlike import root_settings
from lavdlike.edits.editor import Editor
from lavdlike.errors import LavdlikeError
from lavdlike.match import match_of
from lavdlike.messages import Problem, RootSettings
from lavdlike.named_roots import ALONE, RootName
from lavdlike.root_settings import ROOT_SETTINGS_FILE, RootFile
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.workers import Workers

_LIMIT_S = 10.0


class People:
    """`settings` is what the file said at the last look.

    Args:
        editor: knows where the file is: in the root, or in the user's folder for a root of other programs.
        on_changed: called with what it says now, of experiments by the names that everybody uses; tells browsers.
        called: what the root is called.
    """

    def __init__(
        self,
        editor: Editor,
        workers: Workers,
        problem_log: ProblemLog,
        on_changed: Callable[[RootFile], None],
        *,
        called: RootName = ALONE,
        first_retry_s: float,
    ) -> None:
        self.settings = RootSettings()
        self._editor = editor
        self._workers = workers
        self._problem_log = problem_log
        self._on_changed = on_changed
        self._called = called
        self._match: str | None = None  # of what was read; nothing was yet
        self._looked_at = float("-inf")
        self._reads = Coalescer(self._read, first_retry_s=first_retry_s)

    @property
    def problems(self) -> list[Problem]:
        return [] if self.settings.problem is None else [self.settings.problem]

    def ask(self) -> None:
        """It may have changed."""
        self._reads.ask()

    def ask_if_old(self, now: float, age_s: float) -> None:
        """Look again at what may have changed without a hint."""
        if now - self._looked_at > age_s:
            self._reads.ask()

    async def current(self) -> None:
        """Look now, and wait for it.

        Raises:
            TooSlowError, OSError, LavdlikeError: it cannot be read now.
        """
        self._reads.ask()
        await self._reads.done()

    async def close(self) -> None:
        await self._reads.close()

    async def _read(self) -> None:
        self._looked_at = time.monotonic()
        path = self._called.outer(ROOT_SETTINGS_FILE)
        read = partial(_read_if_other, self._editor, self._match, path)
        found = await self._workers.run(self._called.key, read, limit_s=_LIMIT_S)
        if found is None:
            return
        self._match = found.settings.match
        if found.settings == self.settings:
            return
        self.settings = found.settings
        self._problem_log.report(self.problems)
        self._on_changed(found.called(self._called))


def _read_if_other(editor: Editor, match: str | None, path: str) -> RootFile | None:
    """The file as it is now, None if it is still in the state that `match` names (`RootSettings.match`)."""
    try:
        data = editor.people.store().read(ROOT_SETTINGS_FILE)
    except LavdlikeError as error:  # a link, no permission, too large
        problem = Problem(path, getattr(error, "reason", str(error)))
        return RootFile(RootSettings(problem=problem), {}, {}, {})
    return None if match_of(data) == match else root_settings.read(data, path)
