"""What a process that writes a spool has: it tells of what it writes, waits where asked, uploads if no other does."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from lavdlike.disk import changes
from lavdlike.disk.stores.object_store import ObjectStore
from lavdlike.disk.write import try_lock, unlock
from lavdlike.errors import LavdlikeError
from lavdlike.mirror import spool, upload_program
from lavdlike.mirror.notices import Notice, Notices
from lavdlike.mirror.uploader import Uploader
from lavdlike.mirror.waiting import MirrorLimits

LIMITS = MirrorLimits()

_LOCK = "lock"
_POLL_S = 0.02
_SAID_EVERY_S = 60.0

_log = logging.getLogger("lavdlike")


class Mirror:
    """A spool, as one process writes it. For any thread; after a fork the child goes on with a thread of its own.

    Of all processes that write a spool the one that has its lock uploads; when it ends, another one does.

    Args:
        folder: the spool.
        address: what it stands for.
        open_store: opens the store, in the mirror's thread: it may take long.
        limits: times.
        limit_bytes: of the spool (`spool.limit_bytes`).
    """

    def __init__(
        self,
        folder: Path,
        address: str,
        open_store: Callable[[str], ObjectStore],
        limits: MirrorLimits,
        limit_bytes: int = 0,
    ) -> None:
        self.folder = folder
        self.address = address
        self.limits = limits
        self._limit_bytes = limit_bytes
        self._open_store = open_store
        self._notes = folder / spool.MIRROR_FOLDER
        self._notices = Notices(self._notes)
        self._prefix = f"{folder}{os.sep}"
        self._unreachable_until = 0.0
        self._said = 0.0
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._begin_anew()
        changes.listen(self)

    def start(self) -> None:
        """Have a thread run, and the folder say what it stands for; also in a process that was forked."""
        with contextlib.suppress(OSError):
            spool.mark(self.folder, self.address)
        if self._pid != os.getpid():
            self._begin_anew()
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="lavdlike-mirror", daemon=True)
                with contextlib.suppress(RuntimeError):  # the interpreter ends
                    thread.start()
                    self._thread = thread

    def changed(self, path: Path) -> None:
        if self._pid != os.getpid():
            self.start()
        self._told.append(path)

    def going(self, path: Path, *, is_folder: bool) -> None:
        relative = self._relative(path)
        if relative:
            with contextlib.suppress(OSError):
                self._notices.tell(Notice(going=[f"{relative}/" if is_folder else relative]))

    def flush(self, ended: Path | None = None) -> bool:
        """Wait until all that this process wrote is stored; whether it is.

        A store that stores nothing for `limits.flush_s` is not waited for any longer, and then, until it stores
        something again, only for a moment.

        Args:
            ended: the folder of an experiment, or the spool itself, that goes on no more: its growing files are made
                whole, and what nobody told of is looked for.
        """
        self.start()
        folders = [] if ended is None else [self._relative(ended)]
        try:
            with self._telling:
                told = self._take_told()
                file = self._notices.tell(Notice(told, [], folders, is_urgent=True))
        except OSError:
            return False
        self._wake.set()
        answer = self._waited(file)
        if not answer and time.monotonic() - self._said > _SAID_EVERY_S:
            self._said = time.monotonic()
            _log.warning(
                "not all of %s is stored in %s yet: it is tried further while the script runs, and `lavdlike push %s` "
                "brings over what is left",
                self.folder,
                self.address,
                self.folder,
            )
        return answer

    def holds_below(self, folder: Path) -> Callable[[str], bool]:
        """What says whether the store holds an experiment of a name in a folder of the spool."""
        below = self._relative(folder)

        def holds(name: str) -> bool:
            if self._is_forked:
                return False
            path = f"{below}/{name}" if below else name
            try:
                return next(iter(self._open_store(self.address).list(path)), None) is not None
            except LavdlikeError as error:
                _log.warning("whether %s holds %s already is not known: %s", self.address, name, error)
                return False

        return holds

    def _waited(self, file: Path) -> bool:
        progress = self._progress()
        is_short = time.monotonic() < self._unreachable_until
        limit_s = self.limits.urgent_pause_s if is_short else self.limits.flush_s
        give_up = time.monotonic() + limit_s
        while (answer := self._notices.answered(file)) is None:
            now = time.monotonic()
            if self._progress() != progress:
                progress = self._progress()
                give_up = now + self.limits.flush_s
            elif now >= give_up:
                self._unreachable_until = now + self.limits.longest_pause_s
                return False
            self._answered.wait(_POLL_S)
            self._answered.clear()
        self._unreachable_until = 0.0
        return answer

    def _progress(self) -> tuple[int, int]:
        """Another one whenever something was stored."""
        with contextlib.suppress(OSError):
            found = (self._notes / "journal.sqlite-wal").stat()
            return found.st_mtime_ns, found.st_size
        return 0, 0

    def _begin_anew(self) -> None:
        """As it is at the start, and in a forked child: what the parent has of threads and locks stays the parent's."""
        self._is_forked = self._pid not in (0, os.getpid())
        self._pid = os.getpid()
        self._helper: subprocess.Popen[bytes] | None = None
        self._told: deque[Path] = deque()
        self._starting = threading.Lock()
        self._telling = (
            threading.Lock()
        )  # who waits for all that was told must not overtake what is being told
        self._wake = threading.Event()
        self._answered = threading.Event()
        self._thread = None

    def _take_told(self) -> list[str]:
        found: dict[str, None] = {}
        while True:
            try:
                path = self._told.popleft()
            except IndexError:
                return list(found)
            if relative := self._relative(path):
                found[relative] = None

    def _relative(self, path: Path) -> str:
        """The path below the spool; empty of a file that is not in it."""
        text = str(path)
        return text[len(self._prefix) :].replace(os.sep, "/") if text.startswith(self._prefix) else ""

    def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, LavdlikeError):
                if self._is_forked:
                    self._have_uploaded()
                else:
                    with self._locked():
                        self._upload()
            self._hand_over()
            self._wake.wait(self.limits.tick_s)
            self._wake.clear()

    def _upload(self) -> None:
        """Be the one that uploads, for as long as the process lives."""
        store = self._open_store(self.address)
        uploader = Uploader(self.folder, self._notes, store, self.limits, self._limit_bytes, self._wake.set)
        try:
            while True:
                try:
                    uploader.step(self._take_told())
                except Exception as error:  # noqa: BLE001 - the next step may do what this one could not
                    self._say_once_a_minute(error)
                self._answered.set()
                self._wake.wait(self.limits.tick_s)
                self._wake.clear()
        finally:
            uploader.close()

    def _have_uploaded(self) -> None:
        """Start a program that uploads, unless another process does: a forked one cannot (`upload_program`)."""
        if self._helper is not None and self._helper.poll() is None:
            return
        with self._locked():
            pass
        self._helper = upload_program.started(self.folder)

    def _hand_over(self) -> None:
        """Tell the process that uploads what this one wrote."""
        with self._telling:
            if told := self._take_told():
                try:
                    self._notices.tell(Notice(told))
                except OSError:
                    self._told.extend(self.folder / path for path in told)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock. Raises OSError: another process has it."""
        descriptor = os.open(self._notes / _LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        _held.add(descriptor)
        try:
            if not try_lock(descriptor):
                raise BlockingIOError
            yield
        finally:
            _held.discard(descriptor)
            unlock(descriptor)
            os.close(descriptor)

    def _say_once_a_minute(self, error: Exception) -> None:
        if time.monotonic() - self._said > _SAID_EVERY_S:
            self._said = time.monotonic()
            _log.warning("%s: %s", self.folder, error)


# Descriptors of locks: a forked child has them as well, and would keep them when its parent has ended.
_held: set[int] = set()


def _after_fork_in_child() -> None:
    for descriptor in _held:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)

_mirrors: dict[Path, Mirror] = {}


def mirror_of(folder: Path) -> Mirror | None:
    """The mirror of the spool that a folder lies in; None if it lies in none. It is started.

    Raises:
        ValueError: a library that reaches the address is not installed, or `$LAVDLIKE_SPOOL_LIMIT` is no size.
    """
    found = spool.spool_with(folder)
    if found is None:
        return None
    from lavdlike.disk.stores.opened_stores import open_store
    from lavdlike.disk.stores.retry_policy import RetryPolicy

    place, address = found
    mirror = _mirrors.get(place)
    if mirror is None:
        policy = RetryPolicy(tries=2, within_s=5.0)
        limit_bytes = spool.limit_bytes()
        try:
            open_store(address)
        except LavdlikeError as error:
            raise ValueError(f"log_dir: {error}") from None
        mirror = _mirrors[place] = Mirror(
            place, address, lambda asked: open_store(asked, policy=policy), LIMITS, limit_bytes
        )
    mirror.start()
    return mirror
