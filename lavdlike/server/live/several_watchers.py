"""One watcher a root, as one (`watcher.Watcher`): where a watcher is of one folder and all in it, or of a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from lavdlike.messages import WatchMode
from lavdlike.named_roots import NamedRoot, RootName
from lavdlike.server.live.hints import Hint, Hints, Name, Priority
from lavdlike.server.live.watcher import Watcher


class _Watched(NamedTuple):
    called: RootName
    watcher: Watcher

    def inner(self, folder: str) -> str:
        return "" if folder == self.called.key else self.called.inner(folder)

    def outer(self, folder: str) -> str:
        return self.called.outer(folder) if folder else self.called.key


class SeveralWatchers:
    """Args: make: a watcher of a root that is added."""

    has_room = False

    def __init__(self, make: Callable[[NamedRoot], Watcher]) -> None:
        self._make = make
        self._by_name: dict[str, _Watched] = {}

    def add(self, root: NamedRoot) -> None:
        """Before anything in it is watched."""
        self._by_name[root.name] = _Watched(root.called, self._make(root))

    @property
    def mode(self) -> WatchMode:
        """That of those which need not look from time to time, if there is one."""
        modes = [each.watcher.mode for each in self._by_name.values()]
        return next((mode for mode in modes if mode != "poll"), modes[0] if modes else "observer")

    @property
    def reason(self) -> str:
        return next(filter(None, (each.watcher.reason for each in self._by_name.values())), "")

    @property
    def watched_count(self) -> int:
        return sum(each.watcher.watched_count for each in self._by_name.values())

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        each = self._of(folder)
        each.watcher.watch(each.inner(folder), descriptor, priority)

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        for folder, priority in priorities.items():
            each = self._of(folder)
            each.watcher.rank({each.inner(folder): priority})

    def unwatch(self, folders: Iterable[str]) -> None:
        for folder in folders:
            each = self._of(folder)
            each.watcher.unwatch([each.inner(folder)])

    def is_watched(self, folder: str) -> bool:
        return not self.unwatched([folder])

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        of_roots: dict[str, list[Name]] = {}
        for folder in folders:
            of_roots.setdefault(self._of(folder).called.name, []).append(folder)
        found = []
        for name, asked in of_roots.items():
            each = self._by_name[name]
            unwatched = set(each.watcher.unwatched([each.inner(folder) for folder in asked]))
            found += [folder for folder in asked if each.inner(folder) in unwatched]
        return found

    def take(self) -> Hints:
        hints: set[Hint] = set()
        lost = False
        for each in self._by_name.values():
            taken, was_lost = each.watcher.take()
            lost |= was_lost
            hints.update(
                Hint(each.outer(folder), name)
                for folder, name in taken
                if not folder or each.called.has(folder)
            )
        return Hints(frozenset(hints), lost)

    def close(self) -> None:
        for each in self._by_name.values():
            each.watcher.close()

    def _of(self, folder: str) -> _Watched:
        return self._by_name[folder.removeprefix("/").partition("/")[0]]
