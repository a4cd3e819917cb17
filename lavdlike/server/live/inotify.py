"""Watches of single folders through the lower layer of watchdog, which its observer stands on.

`watchdog.observers.inotify_c` is not declared stable (hence the bound on watchdog in pyproject.toml), so nothing else
imports it. Against the observer it costs a quarter, it holds nothing back after a move, and it says when events were
lost or a watch was refused.
"""

from __future__ import annotations

import errno
import functools
import heapq
import itertools
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from lavdlike import layout
from lavdlike.messages import WatchMode
from lavdlike.server.live.hints import Hint, Hints, Name, Pending, Priority, network_file_system

_SYSTEM_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
# Where the system does not say how many it allows: half of the least that Linux gives.
_USUAL_WATCHES = 4096
# After the system has refused a watch, none is asked for in addition for so long. Its limit is read as often.
_REFUSED_FOR_S = 60.0
# A watch that is taken away queues an event: so many at once are far below the 16,384 that the queue holds.
_REMOVED_AT_ONCE = 200
# How long whoever takes many away waits for the events of the last ones to be read.
_READ_WITHIN_S = 0.1
_RANKED_AT_ONCE = 1000
# While nobody reads, the kernel merges events that are the same; the first one after a pause is read at once.
_PAUSE_S = 0.01

_MASK = Mask(
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_MOVED_TO
    | InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_CLOSE_WRITE  # what was written through a mapping shows only here
    | InotifyConstants.IN_ATTRIB  # permissions
    | InotifyConstants.IN_MOVE_SELF  # of the root; any other folder's own folder tells as well
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_EXCL_UNLINK
)
_REFUSALS = {
    errno.ENOSPC: "the system allows no more than {} watches to this server now (sysctl fs.inotify.max_user_watches)",
    errno.ENOMEM: "the system has no memory for more than {} watches",
}


def half_of_limit(limit: Path = _SYSTEM_LIMIT) -> int:
    """Half of the watches that the system allows this user, who may need the others elsewhere."""
    try:
        return max(1, int(limit.read_text()) // 2)
    except (OSError, ValueError):
        return _USUAL_WATCHES


class InotifyWatcher:
    """See `watcher.Watcher`. Its thread reads events and nothing else.

    Args:
        notify: called in the thread when there is something to take.
        network_type: the type of a device's file system if other machines can change it without a word.
        max_watches: the most to ask the system for; None: `half_of_limit`.

    Raises:
        OSError: no inotify instance is left, or `/proc` is missing.
    """

    def __init__(
        self,
        notify: Callable[[], object],
        *,
        network_type: Callable[[int], str | None] = network_file_system,
        max_watches: int | None = None,
    ) -> None:
        if not Path("/proc/self/fd").is_dir():
            raise FileNotFoundError(errno.ENOENT, "/proc is not mounted")
        self._pending = Pending(notify)
        self._network_type = functools.cache(network_type)
        self._untrusted: str | None = None
        self._given_limit = max_watches
        self._max_watches = half_of_limit() if max_watches is None else max_watches
        self._limit_read_at = time.monotonic()
        self._lock = threading.Lock()
        self._watches: dict[str, _Watch] = {}
        self._leaving: deque[_Watch] = deque()  # the system still has these, nobody is told of their events
        # A heap of (negated priority, id, watch); an entry is stale if the watch is gone or ranks differently now.
        self._least_important: list[tuple[Priority, int, _Watch]] = []
        self._refused_until = 0.0
        self._allowed: int | None = None  # by the system, since it has refused one more
        self._refusal = ""
        self._has_turned_away = False  # a folder, for lack of room
        self._closed = False
        self._reader = _Reader()
        self._reader.start()

    @property
    def mode(self) -> WatchMode:
        return "inotify" if self._reader.is_alive() else "poll"

    @property
    def reason(self) -> str:
        if not self._reader.is_alive():
            return "the thread that reads what inotify reports has ended"
        if self._allowed is not None:
            return self._refusal.format(self._allowed)
        if self._has_turned_away and not self.has_room:
            return (
                f"this server watches no more than {self._max_watches} folders, half of what the system allows "
                "(sysctl fs.inotify.max_user_watches)"
            )
        if self._untrusted is not None:
            return f"on this file system ({self._untrusted}) changes made by other machines are not reported"
        return ""

    @property
    def watched_count(self) -> int:
        return len(self._watches)

    @property
    def has_room(self) -> bool:
        return len(self._watches) + len(self._leaving) < self._limit()

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        status = os.fstat(descriptor)
        identity = (status.st_dev, status.st_ino)
        with self._lock:
            known = self._watches.get(folder)
            if known is not None and known.identity == identity:
                if priority < known.priority:
                    known.priority = priority
                    self._rank(known)
                return
            if known is not None:
                self._remove(known)
            network_type = self._network_type(status.st_dev)
            self._untrusted = network_type or self._untrusted
            watch = _Watch(folder, identity, priority, network_type is None, self._pending, self._forget)
            if not self._closed and self._add(watch, descriptor):
                self._watches[folder] = watch
                self._rank(watch)

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        items = iter(priorities.items())
        while part := list(itertools.islice(items, _RANKED_AT_ONCE)):
            with self._lock:
                for folder, priority in part:
                    watch = self._watches.get(folder)
                    if watch is not None and watch.priority != priority:
                        watch.priority = priority
                        self._rank(watch)

    def unwatch(self, folders: Iterable[str]) -> None:
        with self._lock:
            for folder in folders:
                watch = self._watches.pop(folder, None)
                if watch is not None:
                    watch.is_left = True
                    self._leaving.append(watch)
        if self._remove_some():
            threading.Thread(target=self._remove_rest, name="lavdlike-unwatch", daemon=True).start()

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        if not self._reader.is_alive():
            return list(folders)
        watches = self._watches
        return [
            folder for folder in folders if (watch := watches.get(folder)) is None or not watch.is_trusted
        ]

    def is_watched(self, folder: str) -> bool:
        return not self.unwatched([folder])

    def take(self) -> Hints:
        return self._pending.take()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._watches.clear()
            self._leaving.clear()
        self._reader.stop()
        self._reader.join()

    def _add(self, watch: _Watch, descriptor: int) -> bool:
        path = f"/proc/self/fd/{descriptor}".encode()
        if not self.has_room and not self._make_room(watch.priority):
            self._has_turned_away = True
            return False
        try:
            watch.wd = self._reader.add_callback(path, _MASK, watch, watch.id)
        except OSError as error:
            if error.errno not in _REFUSALS:
                return False  # the folder is gone
            if time.monotonic() < self._refused_until:
                return False  # what was taken away is not free yet: next time
            self._refused_until = time.monotonic() + _REFUSED_FOR_S
            self._allowed = len(self._watches)
            self._refusal = _REFUSALS[error.errno]
            return self._add(watch, descriptor)
        if self._allowed is not None and len(self._watches) >= self._allowed:
            self._allowed = None
        return watch.wd != -1  # its answer to "no permission"

    def _limit(self) -> int:
        now = time.monotonic()
        if self._given_limit is None and now > self._limit_read_at + _REFUSED_FOR_S:
            self._limit_read_at = now
            self._max_watches = half_of_limit()
        if self._allowed is not None and now < self._refused_until:
            return min(self._allowed, self._max_watches)
        return self._max_watches

    def _make_room(self, priority: Priority) -> bool:
        """Take the least important watch away, if there is one less important than this."""
        if self._leaving:
            self._take_away(self._leaving.popleft())
            return True
        while self._least_important:
            negated, _, watch = self._least_important[0]
            is_current = self._watches.get(watch.folder) is watch and negated == _negated(watch.priority)
            if is_current and watch.priority <= priority:
                return False
            heapq.heappop(self._least_important)
            if is_current:
                self._remove(watch)
                return True
        return False

    def _rank(self, watch: _Watch) -> None:
        heapq.heappush(self._least_important, (_negated(watch.priority), watch.id, watch))
        if len(self._least_important) > 2 * len(self._watches) + 100:
            self._rank_all()

    def _rank_all(self) -> None:
        self._least_important = [(_negated(w.priority), w.id, w) for w in self._watches.values()]
        heapq.heapify(self._least_important)

    def _remove(self, watch: _Watch) -> None:
        del self._watches[watch.folder]
        watch.is_left = True
        self._take_away(watch)

    def _take_away(self, watch: _Watch) -> None:
        self._reader.remove_callbacks([(watch.wd, watch.id)])

    def _remove_some(self) -> bool:
        """Take some of those away that are left; whether there are more."""
        with self._lock:
            for _ in range(min(_REMOVED_AT_ONCE, len(self._leaving))):
                self._take_away(self._leaving.popleft())
            return bool(self._leaving)

    def _remove_rest(self) -> None:
        """In a thread of its own, no faster than the events of their end are read."""
        self._reader.has_read.clear()
        while self._remove_some():
            self._reader.has_read.wait(_READ_WITHIN_S)
            self._reader.has_read.clear()

    def _forget(self, watch: _Watch) -> None:
        """The kernel has taken the watch away, because the folder is gone."""
        with self._lock:
            if self._watches.get(watch.folder) is watch:
                del self._watches[watch.folder]


class _Watch:
    """One watched folder; `InotifyFD` calls it in its thread (`WatchCallback`)."""

    __slots__ = ("_forget", "_pending", "folder", "id", "identity", "is_left", "is_trusted", "priority", "wd")

    def __init__(
        self,
        folder: str,
        identity: tuple[int, int],
        priority: Priority,
        is_trusted: bool,  # noqa: FBT001
        pending: Pending,
        forget: Callable[[_Watch], None],
    ) -> None:
        self.folder = folder
        self.identity = identity
        self.priority = priority
        self.is_trusted = is_trusted
        self.is_left = False  # its events are nobody's any more
        self.id = CallbackId(next(_ids))
        self.wd = WatchDescriptor(-1)
        self._pending = pending
        self._forget = forget

    def on_event(self, event: InotifyEvent) -> None:
        name = os.fsdecode(event.name)
        is_hidden = name.startswith(".") and not (self.folder and name == layout.GUILD_FOLDER)
        if not self.is_left and not is_hidden:
            self._pending.add(Hint(self.folder, name or None))

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:  # noqa: ARG002
        if not self.is_left:
            self._forget(self)
            self._pending.add(Hint(self.folder, None))

    def on_queue_overflow(self) -> None:
        self._pending.lose()


class _Reader(InotifyFD):
    """Reads at most every few milliseconds under load, so that the kernel can merge what is the same.

    `has_read`: set after each reading.
    """

    def __init__(self) -> None:
        super().__init__()
        self.has_read = threading.Event()

    def run(self) -> None:
        while self.should_keep_running():
            for event in self.read_events():
                self.handle_event(event)
            self.has_read.set()
            self.stopped_event.wait(_PAUSE_S)


_ids = itertools.count(1)


def _negated(priority: Priority) -> Priority:
    return -priority[0], -priority[1]
