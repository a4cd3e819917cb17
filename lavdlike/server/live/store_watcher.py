"""Files of many runs are watched once, whatever is in them: all that is in one would be told of each change of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lavdlike.messages import WatchMode
from lavdlike.server.live.hints import Hints, Name, Priority
from lavdlike.server.live.watcher import Watcher


class StoreWatcher:
    """A watcher in which what is in a file of runs has the file's name (`watcher.Watcher`).

    Args:
        store_of: the path of the file of runs that something is in; "" if it is in none. Called in any thread.
    """

    def __init__(self, inner: Watcher, store_of: Callable[[str], str]) -> None:
        self._inner = inner
        self._store_of = store_of
        self._has_archives = False

    @property
    def mode(self) -> WatchMode:
        return self._inner.mode

    @property
    def reason(self) -> str:
        return self._inner.reason or ("an archive is looked at again and again" if self._has_archives else "")

    @property
    def watched_count(self) -> int:
        return self._inner.watched_count

    @property
    def has_room(self) -> bool:
        return self._inner.has_room

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        if descriptor < 0:  # in an archive or a store, which is in no folder of the disk
            self._has_archives |= not self.is_watched(folder)
            return
        self._inner.watch(self._watched(folder), descriptor, priority)

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        ranked: dict[str, Priority] = {}
        for folder, priority in priorities.items():
            watched = self._watched(folder)
            ranked[watched] = min(priority, ranked.get(watched, priority))
        self._inner.rank(ranked)

    def unwatch(self, folders: Iterable[str]) -> None:
        """What is in a file of runs stays watched with the others in it."""
        self._inner.unwatch([folder for folder in folders if self._store_of(folder) in ("", folder)])

    def is_watched(self, folder: str) -> bool:
        return self._inner.is_watched(self._watched(folder))

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        every = {folder: self._watched(folder) for folder in folders}
        unwatched = set(self._inner.unwatched(dict.fromkeys(every.values())))
        return [folder for folder, watched in every.items() if watched in unwatched]

    def take(self) -> Hints:
        return self._inner.take()

    def close(self) -> None:
        self._inner.close()

    def _watched(self, folder: str) -> str:
        return self._store_of(folder) or folder
