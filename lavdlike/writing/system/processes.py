"""The processes of a run, and what they use together, read from `/proc`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lavdlike.writing.system.counters import Traffic, Tree

# Of `/proc/<pid>/stat`, behind the name in parentheses.
_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM, _RESIDENT = 1, 11, 12, 13, 14, 21
# Of one that is only waiting to be forgotten.
_DEAD = ("Z", "X")


class _Process(NamedTuple):
    """`ticks`: of CPU, with those of its children that it has waited for."""

    parent: int
    state: str
    ticks: int
    pages: int


class Processes:
    """Looks at processes. `proc`: where they are listed."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._ticks_per_s = os.sysconf("SC_CLK_TCK")
        self._page_bytes = os.sysconf("SC_PAGE_SIZE")

    def tree(self, roots: Iterable[int]) -> tuple[Tree | None, set[int]]:
        """What these processes and all that they have started use together, and which they are; None if all are gone.

        What a process leaves behind that has ended, and was waited for by one of them, still counts.
        """
        found = self._found(roots)
        alive = {pid: process for pid, process in found.items() if process.state not in _DEAD}
        if not alive:
            return None, set()
        tree = Tree(
            cpu_s=sum(process.ticks for process in found.values()) / self._ticks_per_s,
            memory_bytes=sum(process.pages for process in alive.values()) * self._page_bytes,
            disk=self._disk(alive),
            processes=len(alive),
        )
        return tree, set(alive)

    def _found(self, roots: Iterable[int]) -> dict[int, _Process]:
        if not self._has_children():
            return self._found_by_parents(set(roots))
        found: dict[int, _Process] = {}
        waiting = list(roots)
        while waiting:
            pid = waiting.pop()
            if pid not in found and (process := self._process(pid)) is not None:
                found[pid] = process
                waiting += self._children(pid)
        return found

    def _has_children(self) -> bool:
        """Whether this kernel lists the children of a process."""
        return (self._proc / f"{os.getpid()}/task/{os.getpid()}/children").exists()

    def _children(self, pid: int) -> Iterator[int]:
        """Of each of its threads."""
        with suppress(OSError):
            for thread in os.scandir(self._proc / f"{pid}/task"):
                with suppress(OSError):
                    yield from map(int, (Path(thread) / "children").read_bytes().split())

    def _found_by_parents(self, roots: set[int]) -> dict[int, _Process]:
        """The same from a look at all processes of the system."""
        with suppress(OSError):
            pids = [int(entry.name) for entry in os.scandir(self._proc) if entry.name.isdigit()]
            every = {pid: process for pid in pids if (process := self._process(pid)) is not None}
            children: dict[int, list[int]] = {}
            for pid, process in every.items():
                children.setdefault(process.parent, []).append(pid)
            found, waiting = {}, [pid for pid in roots if pid in every]
            while waiting:
                pid = waiting.pop()
                if pid not in found:
                    found[pid] = every[pid]
                    waiting += children.get(pid, [])
            return found
        return {}

    def _process(self, pid: int) -> _Process | None:
        try:
            text = (self._proc / str(pid) / "stat").read_bytes()
            fields = text[text.rindex(b")") + 2 :].split()
            ticks = sum(int(fields[at]) for at in (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM))
            return _Process(int(fields[_PARENT]), fields[0].decode(), ticks, int(fields[_RESIDENT]))
        except (OSError, ValueError, IndexError):
            return None

    def _disk(self, pids: Iterable[int]) -> Traffic | None:
        """Of all together; None where the system tells of none."""
        found = [traffic for pid in pids if (traffic := self._disk_of(pid)) is not None]
        if not found:
            return None
        return Traffic(sum(each.inwards for each in found), sum(each.outwards for each in found))

    def _disk_of(self, pid: int) -> Traffic | None:
        try:
            lines = (self._proc / str(pid) / "io").read_text().splitlines()
        except OSError:
            return None
        values = dict(line.partition(": ")[::2] for line in lines)
        try:
            return Traffic(int(values["read_bytes"]), int(values["write_bytes"]))
        except (KeyError, ValueError):
            return None
