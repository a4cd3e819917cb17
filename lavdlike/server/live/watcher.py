"""File system -> hints: which name in which folder may have changed. What is true is on disk; a hint only says where.

Linux has `inotify.py`, other systems watchdog's observer. Where neither can be, and where changes of other machines
count (network file systems), whoever asks has to look from time to time: polling.
"""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from watchdog.events import (
    EVENT_TYPE_CLOSED_NO_WRITE,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MOVED,
    EVENT_TYPE_OPENED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from lavdlike import layout
from lavdlike.messages import WatchMode
from lavdlike.server.live.hints import Hint, Hints, Name, Pending, Priority
from lavdlike.server.settings import WatchOption

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver


class Watcher(Protocol):
    """Watches folders one by one. Every method may be called from any thread."""

    @property
    def mode(self) -> WatchMode: ...

    @property
    def reason(self) -> str:
        """What stands in the way of watching everything, "" if nothing does."""

    @property
    def watched_count(self) -> int: ...

    @property
    def has_room(self) -> bool:
        """Whether one more folder could be watched without another one making room."""

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        """Report what changes in a folder from now on, if there is a watch to spare.

        Args:
            folder: relative to the root; hints have this path.
            descriptor: of the opened folder; what is watched is this one, whatever its path leads to by now.
            priority: the smaller, the sooner others make room; the smallest of several calls counts.
        """

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        """From now on these folders have other priorities, those of them that are watched."""

    def unwatch(self, folders: Iterable[str]) -> None: ...

    def is_watched(self, folder: str) -> bool:
        """Whether every change there will be reported."""

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        """Those of the folders where that is not so."""

    def take(self) -> Hints:
        """What came since the last call."""

    def close(self) -> None: ...


class NoWatcher:
    """Reports nothing: everything has to be looked at from time to time."""

    mode: WatchMode = "poll"
    watched_count = 0
    has_room = False

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        pass

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        pass

    def unwatch(self, folders: Iterable[str]) -> None:
        pass

    def is_watched(self, folder: str) -> bool:  # noqa: ARG002
        return False

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        return list(folders)

    def take(self) -> Hints:
        return Hints(frozenset())

    def close(self) -> None:
        pass


class ObserverWatcher(FileSystemEventHandler):
    """watchdog's observer: one recursive watch of the root, for systems that have such a node."""

    mode: WatchMode = "observer"
    has_room = False

    def __init__(self, root: Path, notify: Callable[[], object]) -> None:
        self._root = os.path.realpath(root)
        self._pending = Pending(notify)
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None
        self._identity = (0, 0)
        self._behind_links: set[str] = set()  # the observer goes through no link
        self.reason = ""

    @property
    def watched_count(self) -> int:
        return int(self._observer is not None)

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:  # noqa: ARG002
        if folder:
            path = os.path.join(self._root, folder)
            (self._behind_links.discard if os.path.realpath(path) == path else self._behind_links.add)(folder)
            return
        status = os.fstat(descriptor)
        identity = (status.st_dev, status.st_ino)
        with self._lock:
            if identity == self._identity and self.is_watched(folder):
                return
            self._stop()
            observer = Observer()
            try:
                observer.schedule(self, self._root, recursive=True)
                observer.start()
            except OSError as error:
                self.reason = f"the system does not let the root be watched: {error.strerror or error}"
                return
            self._observer, self._identity, self.reason = observer, identity, ""
        self._pending.lose()  # what was looked at before this was not watched then

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        pass

    def unwatch(self, folders: Iterable[str]) -> None:
        if "" in folders:
            with self._lock:
                self._stop()

    def is_watched(self, folder: str) -> bool:
        return not self.unwatched([folder])

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        observer = self._observer
        if observer is None or self._identity == (0, 0) or not observer.is_alive():
            return list(folders)
        if not all(emitter.is_alive() for emitter in observer.emitters):
            return list(folders)
        return [folder for folder in folders if folder in self._behind_links]

    def take(self) -> Hints:
        return self._pending.take()

    def close(self) -> None:
        with self._lock:
            self._stop()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in (EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE):
            return  # our own reads cause these; passing them on would never end
        for path in (event.src_path, event.dest_path):
            name = os.fsdecode(path)
            if name == self._root:
                if event.event_type in (EVENT_TYPE_DELETED, EVENT_TYPE_MOVED):
                    self._identity = (0, 0)  # another root may have its path, and even its inode, by now
                self._pending.add(Hint("", None))
            elif name.startswith(self._root + os.sep):
                folder, name = os.path.split(name[len(self._root) + 1 :])
                if not name.startswith(".") or (folder and name == layout.GUILD_FOLDER):
                    self._pending.add(Hint(folder, name))

    def _stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None


def choose(option: WatchOption, root: Path, notify: Callable[[], object]) -> Watcher:
    """The best that the system has."""
    return of_any_folders(option, notify) or ObserverWatcher(root, notify)


def of_any_folders(option: WatchOption, notify: Callable[[], object]) -> Watcher | None:
    """The best that the system has for folders of any root; None where there is only one for a root (the observer)."""
    if option == "poll":
        return NoWatcher("asked for by --watch poll")
    try:
        from lavdlike.server.live import inotify
    except (ImportError, OSError, AttributeError):
        if platform.system() == "Linux":  # there the observer does not tell which folders it could not watch
            return NoWatcher("this version of watchdog has no watches of single folders")
        return None
    try:
        if option == "inotify":  # whoever asks for it knows that nobody else changes the files
            return inotify.InotifyWatcher(notify, network_type=lambda _device: None)
        return inotify.InotifyWatcher(notify)
    except OSError as error:
        return NoWatcher(f"inotify cannot be used: {error.strerror}")
