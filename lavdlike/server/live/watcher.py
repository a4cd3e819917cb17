"""File system -> hints: which name in which folder may have changed. What is true is on disk; a hint only says where.

Linux has `inotify.py`, other systems watchdog's observer. Where neither can be, and where changes of other machines
count (network file systems), whoever asks has to look from time to time: polling.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from watchdog.events import (
    EVENT_TYPE_CLOSED_NO_WRITE,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MOVED,
    EVENT_TYPE_OPENED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from lavdlike.server.messages import WatchMode
from lavdlike.server.settings import WatchOption

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

# Of these, changes that other machines make are not reported. `fuse.` and anything: it cannot be known.
_NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
    }
    | {"ocfs2", "orangefs", "panfs", "prl_fs", "vboxsf", "virtiofs", "vmhgfs"}
)


class Hint(NamedTuple):
    """`name` in `folder` may have changed; None: anything in the folder, or the folder itself."""

    folder: str  # relative to the root, "" for the root itself
    name: str | None


class Hints(NamedTuple):
    """What came since the last time. `lost`: events were lost, so anything may have changed."""

    hints: frozenset[Hint]
    lost: bool = False


class Watcher(Protocol):
    """Watches folders one by one. Every method may be called from any thread."""

    @property
    def mode(self) -> WatchMode: ...

    @property
    def reason(self) -> str:
        """What stands in the way of watching everything, "" if nothing does."""

    @property
    def watched_count(self) -> int: ...

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

    def take(self) -> Hints:
        """What came since the last call."""

    def close(self) -> None: ...


# Smaller is more important: (class, rank within the class).
Priority = tuple[int, int]


class Pending:
    """Hints that wait to be taken: the one hand-over from the watcher's thread.

    Args:
        notify: called in the watcher's thread when there is something to take, once until it is taken.
    """

    def __init__(self, notify: Callable[[], object]) -> None:
        self._notify = notify
        self._lock = threading.Lock()
        self._hints: set[Hint] = set()
        self._lost = False

    def add(self, hint: Hint) -> None:
        with self._lock:
            is_first = not self._hints and not self._lost
            self._hints.add(hint)
        if is_first:
            self._notify()

    def lose(self) -> None:
        with self._lock:
            is_first = not self._hints and not self._lost
            self._lost = True
        if is_first:
            self._notify()

    def take(self) -> Hints:
        with self._lock:
            taken = Hints(frozenset(self._hints), self._lost)
            self._hints.clear()
            self._lost = False
        return taken


class NoWatcher:
    """Reports nothing: everything has to be looked at from time to time."""

    mode: WatchMode = "poll"
    watched_count = 0

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

    def take(self) -> Hints:
        return Hints(frozenset())

    def close(self) -> None:
        pass


class ObserverWatcher(FileSystemEventHandler):
    """watchdog's observer: one recursive watch of the root, for systems that have such a thing."""

    mode: WatchMode = "observer"

    def __init__(self, root: Path, notify: Callable[[], object]) -> None:
        self._root = os.path.realpath(root)
        self._pending = Pending(notify)
        self._lock = threading.Lock()
        self._observer: BaseObserver | None = None
        self._identity = (0, 0)
        self.reason = ""

    @property
    def watched_count(self) -> int:
        return int(self._observer is not None)

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:  # noqa: ARG002
        if folder:
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

    def is_watched(self, folder: str) -> bool:  # noqa: ARG002
        observer = self._observer
        if observer is None or self._identity == (0, 0):
            return False
        return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)

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
                if not name.startswith("."):
                    self._pending.add(Hint(folder, name))

    def _stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None


def choose(option: WatchOption, root: Path, notify: Callable[[], object]) -> Watcher:
    """The best that the system has."""
    if option == "poll":
        return NoWatcher("asked for by --watch poll")
    try:
        from lavdlike.server import inotify
    except (ImportError, OSError, AttributeError):  # another system, or another watchdog
        return ObserverWatcher(root, notify)
    try:
        if option == "inotify":  # whoever asks for it knows that nobody else changes the files
            return inotify.InotifyWatcher(notify, network_type=lambda _device: None)
        return inotify.InotifyWatcher(notify)
    except OSError as error:
        return NoWatcher(f"inotify cannot be used: {error.strerror}")


def network_file_system(device: int, *, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The type of the file system (`nfs4`, ...) if others can change it without this machine being told.

    Args:
        device: as in `st_dev`.
        mounts: what is mounted, as Linux says it.
    """
    try:
        lines = mounts.read_text(errors="replace").splitlines()
    except OSError:  # another system
        return None
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, type_ = before.split(" "), after.partition(" ")[0]
        if len(fields) > 2 and fields[2] == number:
            is_network = type_ in _NETWORK_FILE_SYSTEMS or type_.startswith("fuse.")
            return type_ if is_network else None
    return None
