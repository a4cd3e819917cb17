"""One of the roots that are shown, with all that is decided for each by itself. Lives on the event loop.

Its rows have the names that everybody uses; where rules count how deep a folder lies (`nested`), or files of the root
are meant (`people`, `editor`), paths are those of the root.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

import msgspec

from lavdlike.disk.archives.archive_editor import ArchiveEditor
from lavdlike.disk.opening import editor_at
from lavdlike.disk.root import Root
from lavdlike.disk.several import Member
from lavdlike.disk.stores.object_editor import READ_ONLY, ObjectEditor
from lavdlike.edits.editor import Editor
from lavdlike.edits.several_editors import RootEditor
from lavdlike.errors import LavdlikeError, NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem, StoreHealth
from lavdlike.named_roots import NamedRoot, RootName
from lavdlike.reading.stored_listings import ChangedRuns
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Subfolder
from lavdlike.root_settings import ROOT_SETTINGS_FILE, RootFile
from lavdlike.server.live.hints import Priority
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.nested import NestedRuns
from lavdlike.server.live.people import People
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.row import Row
from lavdlike.server.live.rows import ExperimentRows
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.watcher import Watcher
from lavdlike.server.live.workers import Workers
from lavdlike.server.settings import Settings
from lavdlike.sources import store_registry

# Of a root that is one.
ARCHIVE = "it is an archive, in which nothing is changed"


class Surroundings(NamedTuple):
    """What all roots share. `root`: holds all of them. Of rows: see `ExperimentRows`."""

    root: Root
    settings: Settings
    limits: LiveLimits
    workers: Workers
    watcher: Watcher
    publisher: Publisher
    problem_log: ProblemLog
    on_row_added: Callable[[Row], None]
    on_row_removed: Callable[[Row], None]
    on_choice: Callable[[Row], None]
    on_words: Callable[[], None]


class RootPart:
    """`editable`: where edits of it are made."""

    def __init__(self, named: NamedRoot, shared: Surroundings) -> None:
        self.named = named
        self.called = named.called
        settings, limits = shared.settings, shared.limits
        self._root = StoredRoot(named.root, follow_links=settings.follow_links, only=named.only)
        self.member = Member(self.called, self._root)
        self.editable = editor_at(named.root.absolute(), only=named.only)
        self.editor = Editor(self.editable)
        self._shared = shared
        self.nested = NestedRuns(
            self.member.root,
            shared.workers,
            _CalledWatcher(shared.watcher, self.called) if self.called.name else shared.watcher,
            self._take_nested,
            subject=self.called.key,
            poll_interval_s=settings.poll_interval_s,
            limits=limits,
        )
        self.rows = ExperimentRows(
            shared.root,
            self.member,
            shared.workers,
            shared.watcher,
            shared.publisher,
            shared.problem_log,
            shared.on_row_added,
            shared.on_row_removed,
            lambda names: self.nested.look_into(map(self._inner, names)),
            lambda names: self.nested.forget(map(self._inner, names)),
            shared.on_choice,
            poll_interval_s=settings.poll_interval_s,
            limits=limits,
        )
        self.people = People(
            self.editor,
            shared.workers,
            shared.problem_log,
            self._take_root_file,
            called=self.called,
            first_retry_s=limits.first_retry_s,
        )

    @property
    def root_editor(self) -> RootEditor:
        return RootEditor(
            self.called, self.editable, self.editor, lambda: self.people.settings, self.may_edit
        )

    @property
    def has_stores(self) -> bool:
        """As of `StoredRoot`."""
        return self._root.has_stores

    def store_of(self, path: str) -> str:
        """As `StoredRoot.store_of`, with the names that everybody uses."""
        store = self._root.store_of(self.called.inner(path))
        return self.called.outer(store) if store else ""

    def changes_in(self, file: str) -> ChangedRuns:
        """As `StoredRoot.changes_in`; nothing of one that is gone, or cannot be read, which is said elsewhere."""
        try:
            return self._root.changes_in(self.called.inner(file))
        except (FileNotFoundError, NotADirectoryError, NotServedError):
            return ChangedRuns([], [], is_relisted=True)

    def look_at_store(self, file: str) -> None:
        """Other runs are in a file of runs."""
        self.nested.look_at_store(self.called.inner(file))

    @property
    def problems_in_stores(self) -> list[Problem]:
        found = self._root.problems_in_stores()
        return [msgspec.structs.replace(each, path=self.called.outer(each.path)) for each in found]

    @property
    def why_read_only(self) -> str:
        """Why nothing can be changed in such a place; "" where that is possible."""
        if isinstance(self.editable, ArchiveEditor):
            return ARCHIVE
        if isinstance(self.editable, ObjectEditor):
            return "" if self.editable.is_editable else READ_ONLY
        return ""

    @property
    def store_health(self) -> StoreHealth | None:
        """How the store answers that it is in."""
        if (bucket := self._root.bucket) is None:
            return None
        state = bucket.state()
        return StoreHealth(
            self._shared.settings.poll_interval_s,
            state.listed_at,
            state.failed_since,
            state.reason,
            state.objects,
            state.requests_per_minute,
            state.limit_per_minute,
        )

    def may_edit(self) -> bool:
        """Whether edits of it are possible, as far as its own folder tells. In a thread."""
        with suppress(OSError, LavdlikeError):
            store = self.editor.people.store()
            is_elsewhere = store is not self.editable
            if isinstance(self.editable, ObjectEditor):
                return is_elsewhere or self.editable.is_editable
            return is_elsewhere or (not self.why_read_only and os.access(self.editable.path, os.W_OK))
        return True  # an edit will say why it is not

    def folder_of_runs(self, name: ExperimentName) -> Subfolder | None:
        """As `NestedRuns.folder_of_runs`; or the root itself, by the name under which its own files are known."""
        if name == self.called.home:
            return None if self.rows.failure else Subfolder(self.rows.identity)
        return self.nested.folder_of_runs(self._inner(name))

    def hint_root(self, name: str | None) -> None:
        """A name directly in the root (None: the root itself) may have changed."""
        self.rows.hint(name)
        if name and (store := store_registry.changed_store(name)):
            self.rows.hint(store)  # which holds runs from now on, perhaps
        if name in (None, ROOT_SETTINGS_FILE):
            self.people.ask()

    def look_at_all(self) -> None:
        """Anything may have changed."""
        self.rows.hint(None)
        self.rows.read_all()
        self.nested.look_at_all()
        self.people.ask()

    def look_for(self, name: ExperimentName) -> None:
        """Look whether there is an experiment of this name in a folder of the root."""
        self.nested.look_for(self._inner(name))

    def hint_nested(self, folder: str, name: str | None) -> None:
        self.nested.hint(self.called.inner(folder), name)

    async def found(self) -> None:
        """Wait until rows and what is in folders have been looked at; raises as `Coalescer.done`."""
        await self.rows.read()
        await self.nested.found()

    async def close(self) -> None:
        await self.rows.close()
        await self.nested.close()
        await self.people.close()

    def _inner(self, name: ExperimentName) -> ExperimentName:
        return ExperimentName(self.called.inner(name))

    def _take_nested(self, changes: Mapping[ExperimentName, Subfolder | None]) -> None:
        self.rows.take_nested(
            {ExperimentName(self.called.outer(name)): node for name, node in changes.items()}
        )

    def _take_root_file(self, root_file: RootFile) -> None:
        self.rows.take_root_file(root_file)
        self._shared.on_words()


class _CalledWatcher:
    """What `NestedRuns` asks of a watcher, by paths of one root."""

    def __init__(self, watcher: Watcher, called: RootName) -> None:
        self._watcher = watcher
        self._called = called

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        self._watcher.watch(self._called.outer(folder), descriptor, priority)

    def unwatch(self, folders: Iterable[str]) -> None:
        self._watcher.unwatch(map(self._called.outer, folders))

    def unwatched(self, folders: Iterable[str]) -> list[str]:
        return list(map(self._called.inner, self._watcher.unwatched(map(self._called.outer, folders))))
