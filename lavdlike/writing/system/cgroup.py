"""What control groups allow this process, and what of it is used: version 2, and 1 where that is mounted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

SYS_CGROUP = Path("/sys/fs/cgroup")
OWN_GROUPS = Path("/proc/self/cgroup")
# Version 1 says "no limit" by a number beyond every memory.
_UNLIMITED_BYTES = 2**60


class Limit(NamedTuple):
    """A limit, and the folder of the group that it is of: what is used of it stands there, too."""

    value: float
    folder: Path


class Cgroup:
    """The groups of this process, found once.

    Args:
        root: where the groups are mounted.
        own_groups: the file that says in which ones this process is.
    """

    def __init__(self, root: Path = SYS_CGROUP, own_groups: Path = OWN_GROUPS) -> None:
        of_controller = dict(_groups(own_groups))
        self._is_first_version = "memory" in of_controller or "cpu" in of_controller
        unified = list(_upwards(root, of_controller.get("", "/")))
        cpu = memory = unified
        if self._is_first_version:
            cpu = _mounted(root, ("cpu", "cpu,cpuacct"), of_controller.get("cpu", "/"))
            memory = _mounted(root, ("memory",), of_controller.get("memory", "/"))
        self.cores = _smallest(cpu, self._cores_of)
        self.memory = _smallest(memory, self._memory_of)

    def busy_s(self) -> float | None:
        """Seconds of CPU that the group with the limit has used; None without a limit."""
        if self.cores is None:
            return None
        folder = self.cores.folder
        if not self._is_first_version:
            used_us = _entry(folder / "cpu.stat", "usage_usec")
            return None if used_us is None else used_us / 1e6
        used_ns = _number(folder / "cpuacct.usage")
        return None if used_ns is None else used_ns / 1e9

    def used_bytes(self) -> int | None:
        """Memory that the group with the limit uses, without what is given back on demand; None without a limit."""
        if self.memory is None:
            return None
        folder, first = self.memory.folder, self._is_first_version
        used = _number(folder / ("memory.usage_in_bytes" if first else "memory.current"))
        if used is None:
            return None
        freed = _entry(folder / "memory.stat", "total_inactive_file" if first else "inactive_file") or 0
        return max(0, int(used) - freed)

    def _cores_of(self, folder: Path) -> float | None:
        if self._is_first_version:
            words = [*_words(folder / "cpu.cfs_quota_us")[:1], *_words(folder / "cpu.cfs_period_us")[:1]]
        else:
            words = _words(folder / "cpu.max")
        quota, period = (_whole(word) for word in words) if len(words) == 2 else (None, None)
        return quota / period if quota and period and quota > 0 else None

    def _memory_of(self, folder: Path) -> float | None:
        found = _number(folder / ("memory.limit_in_bytes" if self._is_first_version else "memory.max"))
        return found if found is not None and found < _UNLIMITED_BYTES else None


def _groups(own_groups: Path) -> Iterator[tuple[str, str]]:
    """Controller and path of each group that this process is in; "" is version 2, which has all controllers."""
    for line in _text(own_groups).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        for controller in controllers.split(","):
            yield controller, path


def _mounted(root: Path, names: tuple[str, ...], path: str) -> list[Path]:
    return next((list(_upwards(root / name, path)) for name in names if (root / name).is_dir()), [])


def _upwards(mounted: Path, path: str) -> Iterator[Path]:
    """The folder of a group and of those above it. In a container its path may be one of the host, not seen here."""
    folder = mounted / path.strip("/")
    while folder != mounted:
        if folder.is_dir() and mounted in folder.parents:
            yield folder
        folder = folder.parent
        if folder == folder.parent:
            break
    yield mounted


def _smallest(folders: list[Path], limit_of: Callable[[Path], float | None]) -> Limit | None:
    limits = [Limit(value, folder) for folder in folders if (value := limit_of(folder)) is not None]
    return min(limits, key=lambda limit: limit.value, default=None)


def _entry(path: Path, key: str) -> int | None:
    for line in _text(path).splitlines():
        name, _, value = line.partition(" ")
        if name == key:
            return _whole(value)
    return None


def _number(path: Path) -> int | None:
    words = _words(path)
    return _whole(words[0]) if words else None


def _words(path: Path) -> list[str]:
    return _text(path).split()


def _whole(word: str) -> int | None:
    """None for `max`, which is no limit."""
    try:
        return int(word)
    except ValueError:
        return None


def _text(path: Path) -> str:
    """Nothing of a file that is not there, or may not be read."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
