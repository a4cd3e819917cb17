"""The one of the processes that write a spool which stores it: what is told, found and due goes to the senders."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from lavdlike.disk.stores.object_store import ObjectStore
from lavdlike.errors import StoreError, StoreRightsError
from lavdlike.mirror.file_state import Growing, grows
from lavdlike.mirror.notices import Notice, Notices, age_s
from lavdlike.mirror.senders import Senders
from lavdlike.mirror.store_journal import Journal
from lavdlike.mirror.tree_scan import files_of, is_mirrored, make_room, unstored
from lavdlike.mirror.uploads import Uploads
from lavdlike.mirror.waiting import MirrorLimits, Waiting

# A file that was about to be removed so long ago, and is there, is another one.
_GONE_AFTER_S = 1.0
_SAID_EVERY_S = 60.0
# A store that fails now and then is nothing to be said of.
_SAID_AFTER = 3

_log = logging.getLogger("lavdlike")


class Uploader:
    """Used by one thread.

    Args:
        spool: the folder.
        notes: its folder for what the mirror keeps.
        limit_bytes: of the spool; 0: none.
        on_sent: called by another thread when `step` has something to do at once.
    """

    def __init__(
        self,
        spool: Path,
        notes: Path,
        store: ObjectStore,
        limits: MirrorLimits,
        limit_bytes: int,
        on_sent: Callable[[], None],
    ) -> None:
        self._spool = spool
        self._store = store
        self._limits = limits
        self._limit_bytes = limit_bytes
        self._journal = Journal(notes / "journal.sqlite")
        self._uploads = Uploads(spool, store, self._journal)
        self._notices = Notices(notes)
        self._read: dict[Path, tuple[int, Notice]] = {}
        self._waiting = Waiting(limits)
        self._busy: dict[str, tuple[int, float]] = {}
        self._busy_sizes: dict[str, int] = {}
        self._senders = Senders(limits.uploads, self._send, on_sent)
        self._active: dict[str, float] = {}
        self._sent_sizes: dict[str, int] = {}
        self._next_scan = -math.inf
        self._failures = 0
        self._paused_until = -math.inf
        self._said = -math.inf
        self._looked_at = -math.inf

    def step(self, changed: Iterable[str]) -> None:
        """Take what was told, start what is due, note what is done."""
        now = time.monotonic()
        self._waiting.turn += 1
        self._take_sent(now)
        for path in changed:
            self._note(path, now)
        self._read_notices(now)
        if now - self._looked_at >= min(1.0, self._limits.part_s) or self._waiting.is_urgent:
            self._look_at_growing(now)
        if now >= self._next_scan:
            self._scan(now)
        self._start_due(now)
        self._forget_done()

    @property
    def is_idle(self) -> bool:
        """Whether all that is known of is stored."""
        return not (self._waiting or self._busy or self._read or self._journal.doomed())

    def close(self) -> None:
        self._journal.close()

    def _note(self, path: str, now: float) -> None:
        if not is_mirrored(path):
            return
        if grows(path):
            self._active[path] = now
        self._waiting.add(path, now)

    def _read_notices(self, now: float) -> None:
        is_urgent = False
        for file, notice in self._notices.unread(self._read).items():
            self._read[file] = self._waiting.turn, notice
            for path in notice.changed:
                self._note(path, now)
            for folder in notice.ended:
                self._end(folder, now)
            is_urgent = is_urgent or notice.is_urgent
        if is_urgent:
            self._look_at_growing(now)
            self._waiting.hurry()
            self._paused_until = min(self._paused_until, now + self._limits.urgent_pause_s)

    def _end(self, folder: str, now: float) -> None:
        """Store all of an experiment, also what nobody told of."""
        for file in files_of(self._spool, folder):
            if not grows(file.path):
                self._waiting.add(file.path, now)
            elif not self._is_joined(file.path, file.status.st_size):
                self._waiting.end(file.path, now)

    def _is_joined(self, path: str, size_bytes: int) -> bool:
        known = self._journal.state(path)
        return isinstance(known, Growing) and known.stored == size_bytes and not known.parts

    def _look_at_growing(self, now: float) -> None:
        self._looked_at = now
        for path, noted_at in list(self._active.items()):
            try:
                size_bytes = (self._spool / path).stat().st_size
            except OSError:
                del self._active[path]
                continue
            if size_bytes != self._sent_sizes.get(path, -1):
                self._waiting.add(path, now)
            elif now - noted_at > self._limits.active_s:
                del self._active[path]
                self._sent_sizes.pop(path, None)

    def _scan(self, now: float) -> None:
        known = self._journal.states()
        files = list(files_of(self._spool))
        for path in unstored(files, known, self._limits.settled_s):
            self._note(path, now)
        if self._limit_bytes:
            size_bytes = make_room(self._spool, files, known, self._journal, self._limit_bytes)
            if size_bytes > self._limit_bytes:
                self._say(
                    f"{self._spool} holds {size_bytes / 2**30:.1f} GiB, more than LAVDLIKE_SPOOL_LIMIT allows, that "
                    "are not stored yet or needed here; nothing is given up, so it grows on"
                )
        took_s = time.monotonic() - now
        self._next_scan = now + max(self._limits.scan_s, 100 * took_s)

    def _start_due(self, now: float) -> None:
        if now < self._paused_until or self._is_removal_due():
            return
        growth = {path: self._size(path) - self._sent_sizes.get(path, 0) for path in self._active}
        for path, is_last in self._waiting.due(now, growth, self._busy):
            # A store that failed is asked for one file, not for all of them.
            if len(self._busy) >= (1 if self._failures else self._limits.uploads):
                break
            self._busy_sizes[path] = self._size(path)
            self._busy[path] = self._waiting.begun(path)
            self._senders.start(path, is_last=is_last)

    def _is_removal_due(self) -> bool:
        """Whether objects are to be removed before more is stored: they are now, once nothing is being sent."""
        gone = [
            (file, path)
            for file, (_, notice) in self._read.items()
            for path in notice.going
            if age_s(file) >= _GONE_AFTER_S or not (self._spool / path).exists()
        ]
        if not gone and not self._journal.doomed():
            return False
        if self._busy:
            return True
        try:
            for file, path in gone:
                self._doom(path)
                self._read[file][1].going.remove(path)
            self._uploads.remove_doomed()
        except (StoreError, OSError) as error:
            self._failed(error, time.monotonic())
            return True
        return False

    def _doom(self, path: str) -> None:
        """Forget what was removed here, and have it removed there. A folder ends with `/`."""
        now = time.monotonic()
        if path.endswith("/"):
            self._journal.doom(path.rstrip("/"), is_folder=True)
            for file in files_of(self._spool, path.rstrip("/")):  # made anew
                self._note(file.path, now)
        elif not (self._spool / path).exists():
            self._journal.doom(path, is_folder=False)
            self._waiting.remove(path)

    def _send(self, path: str, is_last: bool) -> None:  # noqa: FBT001 - called by a thread with what it was given
        if grows(path):
            self._uploads.growing(path, is_last=is_last)
        else:
            self._uploads.whole(path)

    def _take_sent(self, now: float) -> None:
        for path, is_last, error in self._senders.take_sent():
            since = self._busy.pop(path)
            size_bytes = self._busy_sizes.pop(path)
            if error is None:
                self._failures = 0
                self._waiting.stored(path, now)
                if path in self._active:
                    self._sent_sizes[path] = size_bytes
            else:
                self._waiting.failed(path, since, now, is_last=is_last)
                self._failed(error, now)

    def _failed(self, error: Exception, now: float) -> None:
        """After a store that cannot be reached everything pauses; what is wrong with one file holds up no other."""
        if isinstance(error, StoreRightsError) or (isinstance(error, StoreError) and error.is_temporary):
            self._failures += 1
            longest_s = (
                self._limits.urgent_pause_s if self._waiting.is_urgent else self._limits.longest_pause_s
            )
            self._paused_until = now + min(self._limits.tick_s * 2.0 ** min(self._failures, 20), longest_s)
        if isinstance(error, StoreError) and error.is_temporary and self._failures < _SAID_AFTER:
            return
        count = len(self._waiting) + len(self._busy)
        self._say(
            f"{count} files wait in {self._spool} for {self._store.address}: {error}. It is tried again until the "
            "script ends; `lavdlike push` brings over what is left then"
        )

    def _say(self, text: str) -> None:
        if time.monotonic() - self._said >= _SAID_EVERY_S:
            self._said = time.monotonic()
            _log.warning("%s", text)

    def _forget_done(self) -> None:
        """Remove the notices of which all is stored: who waits for one sees that it is gone."""
        for file, (turn, notice) in list(self._read.items()):
            if notice.going:
                continue
            busy = self._busy.values()
            is_stored = self._waiting.is_stored_until(turn, busy)
            if is_stored or (
                notice.is_urgent and not self._failures and self._waiting.is_refused_until(turn, busy)
            ):
                self._notices.answer(file, is_stored=is_stored)
                del self._read[file]

    def _size(self, path: str) -> int:
        try:
            return (self._spool / path).stat().st_size
        except OSError:
            return 0
