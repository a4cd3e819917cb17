"""What only one process at a time does, for as long as it lives: the kernel gives the turn on when it is killed."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from lavdlike.disk.shared_folders import open_or_make
from lavdlike.disk.write import try_lock, unlock


class Turn:
    """One turn. `lock`: its hidden file; where that cannot be made or locked, nobody has to wait."""

    def __init__(self, lock: Path) -> None:
        self._lock = lock
        self._descriptor = -1

    def take(self) -> bool:
        """Whether it is this process's turn, from now until it ends or leaves."""
        if self._descriptor >= 0:
            return True
        try:
            descriptor = open_or_make(self._lock, os.O_RDWR)
        except OSError:
            # In a folder of somebody else; one whose folder is gone is nobody's.
            return self._lock.parent.is_dir()
        if not try_lock(descriptor):
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def leave(self) -> None:
        """Let another process have it."""
        if self._descriptor >= 0:
            unlock(self._descriptor)
            self.forget()

    def forget(self) -> None:
        """In a forked child: the turn stays the parent's, also when the child lives longer."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(descriptor)
