"""What a watcher and whoever asks it share: hints, how they are handed over, priorities, and file systems of others."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

# Smaller is more important: (class, rank within the class).
Priority = tuple[int, int]
# The path of a folder relative to the root, as whoever asks calls it.
Name = TypeVar("Name", bound=str)

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
