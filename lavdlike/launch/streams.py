"""What a program prints: shown as it would be without us, and handed on (POSIX).

Where the person's own stream is a terminal, the program has one as well, so that its colours and progress bars stay.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import threading
from collections.abc import Callable
from typing import Any, Literal

Name = Literal["stdout", "stderr"]
_NUMBERS: dict[Name, int] = {"stdout": 1, "stderr": 2}
_CHUNK_BYTES = 64 * 1024
# How long what is left is waited for once the program has ended: one of its own children may hold the stream open.
_QUIET_S = 0.5


class Streams:
    """Standard output and error of a program.

    Args:
        keep: is told of all that is printed, in the thread of `copy`.
    """

    def __init__(self, keep: Callable[[Name, bytes], None]) -> None:
        self._keep = keep
        self._ends: dict[Name, tuple[int, int]] = {name: _opened(number) for name, number in _NUMBERS.items()}
        self._shown = set(_NUMBERS)  # whose reader is still there
        self._wakened, self._waker = os.pipe()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._copy, name="lavdlike-streams", daemon=True)
        self.resize()

    @property
    def are_terminals(self) -> bool:
        return all(os.isatty(number) for number in _NUMBERS.values())

    def file_actions(self) -> list[tuple[Any, ...]]:
        """The descriptors of the program."""
        return [(os.POSIX_SPAWN_DUP2, self._ends[name][1], number) for name, number in _NUMBERS.items()]

    def identities(self) -> tuple[tuple[int, int], ...]:
        """Device and number of the program's ends, by which it knows them; to be asked for before `begin`."""
        found = [os.fstat(its_end) for _, its_end in self._ends.values()]
        return tuple((each.st_dev, each.st_ino) for each in found)

    def begin(self) -> None:
        """The program has its ends: copy from now on."""
        for _, its_end in self._ends.values():
            os.close(its_end)
        self._thread.start()

    def resize(self) -> None:
        """Tell the program the size of the person's terminal."""
        with contextlib.suppress(ImportError, OSError):
            import fcntl
            import termios

            for name, number in _NUMBERS.items():
                if os.isatty(number):
                    size = fcntl.ioctl(number, termios.TIOCGWINSZ, bytes(8))
                    fcntl.ioctl(self._ends[name][0], termios.TIOCSWINSZ, size)

    def finish(self) -> None:
        """The program has ended: wait for what it printed last."""
        self._ended.set()
        os.write(self._waker, b".")
        self._thread.join()
        for descriptor in (self._wakened, self._waker):
            os.close(descriptor)

    def _copy(self) -> None:
        """Until both streams have ended, or the program has, and nobody prints any more."""
        selector = selectors.DefaultSelector()
        for name, (ours, _) in self._ends.items():
            selector.register(ours, selectors.EVENT_READ, name)
        selector.register(self._wakened, selectors.EVENT_READ, "")
        left = len(self._ends)
        while left:
            ready = [
                (key.fd, key.data) for key, _ in selector.select(_QUIET_S if self._ended.is_set() else None)
            ]
            if not ready:
                break
            for descriptor, name in ready:
                data = _read(descriptor)
                if not name or not data:
                    selector.unregister(descriptor)
                    left -= bool(name)
                elif name:
                    self._show(name, data)
                    self._keep(name, data)
        selector.close()
        for ours, _ in self._ends.values():
            os.close(ours)

    def _show(self, name: Name, data: bytes) -> None:
        """As the program itself would have, but that a reader who leaves ends nothing."""
        rest = memoryview(data)
        while rest and name in self._shown:
            try:
                rest = rest[os.write(_NUMBERS[name], rest) :]
            except BlockingIOError:
                select.select([], [_NUMBERS[name]], [])
            except OSError:
                self._shown.discard(name)


def _opened(number: int) -> tuple[int, int]:
    """Our end and the program's: of a terminal if the person's stream is one."""
    if not os.isatty(number):
        return os.pipe()
    import termios

    ours, its = os.openpty()
    attributes = termios.tcgetattr(its)
    attributes[1] &= ~termios.OPOST  # the person's own terminal turns newlines into what it needs
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(its, termios.TCSANOW, attributes)
    return ours, its


def _read(descriptor: int) -> bytes:
    """What there is; empty at its end."""
    try:
        return os.read(descriptor, _CHUNK_BYTES)
    except OSError:  # of a terminal that nobody has open any more
        return b""
