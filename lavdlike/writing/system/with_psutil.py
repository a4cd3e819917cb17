"""Looks at hosts other than Linux through `psutil`, which is an extra (`lavdlike[system]`)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from lavdlike.writing.system.counters import Counters, Traffic, Tree
from lavdlike.writing.system.nvidia import NvidiaGpus

_LOOPS = ("lo0", "loopback")


class PsutilHost:
    """This host.

    Raises:
        ImportError: psutil is not installed.
    """

    def __init__(self) -> None:
        import psutil

        self._psutil: Any = psutil
        self._nvidia = NvidiaGpus()

    def look(self, roots: Iterable[int]) -> Counters:
        """What is counted until now; of the run, whose processes begin with these."""
        psutil = self._psutil
        cpu, memory = psutil.cpu_times(), psutil.virtual_memory()
        disk = psutil.disk_io_counters()
        tree, pids = self._tree(roots)
        return Counters(
            at_s=time.monotonic(),
            cores=psutil.cpu_count() or 1,
            busy_s=_busy_s(cpu),
            used_bytes=memory.total - memory.available,
            memory_bytes=memory.total,
            disk=Traffic(disk.read_bytes, disk.write_bytes) if disk else None,
            network=_network(psutil.net_io_counters(pernic=True)),
            run=tree,
            gpus=tuple(self._nvidia.look(pids)),
        )

    def _tree(self, roots: Iterable[int]) -> tuple[Tree | None, set[int]]:
        psutil = self._psutil
        found: dict[int, Any] = {}
        for pid in roots:
            try:
                process = psutil.Process(pid)
                found.update({each.pid: each for each in (process, *process.children(recursive=True))})
            except psutil.Error:
                continue
        cpu_s, memory_bytes, alive = 0.0, 0, set()
        for pid, process in found.items():
            try:
                times = process.cpu_times()
                memory_bytes += process.memory_info().rss
            except psutil.Error:
                continue
            cpu_s += times.user + times.system
            cpu_s += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
            alive.add(pid)
        return (Tree(cpu_s, memory_bytes, None, len(alive)) if alive else None), alive


def _busy_s(cpu: Any) -> float:
    """Of all cores. On Linux, guests are counted in the first fields already."""
    waiting = getattr(cpu, "idle", 0.0) + getattr(cpu, "iowait", 0.0)
    guests = getattr(cpu, "guest", 0.0) + getattr(cpu, "guest_nice", 0.0)
    return float(sum(cpu) - waiting - guests)


def _network(interfaces: dict[str, Any]) -> Traffic | None:
    """Of all but the loop."""
    counted = [
        each for name, each in interfaces.items() if name != "lo" and not name.lower().startswith(_LOOPS)
    ]
    if not counted:
        return None
    return Traffic(sum(each.bytes_recv for each in counted), sum(each.bytes_sent for each in counted))
