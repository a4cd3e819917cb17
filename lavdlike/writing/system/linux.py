"""Looks at a Linux host through `/proc`, `/sys` and the control groups: without a package, and cheaply."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from lavdlike.writing.system.amd import AmdGpus
from lavdlike.writing.system.cgroup import Cgroup
from lavdlike.writing.system.counters import Counters, Traffic
from lavdlike.writing.system.nvidia import NvidiaGpus
from lavdlike.writing.system.processes import Processes

# Of a line of `/proc/stat`: the time that a core had nothing to do.
_IDLE, _WAITING = 3, 4
_FIELDS = 8  # what follows is counted in the first ones already
_SECTOR_BYTES = 512
_KIB = 1024


class LinuxHost:
    """This host. `proc`, `system`: where the kernel tells of itself."""

    def __init__(
        self, proc: Path = Path("/proc"), system: Path = Path("/sys"), cgroup: Cgroup | None = None
    ) -> None:
        self._proc = proc
        self._system = system
        self._cgroup = cgroup or Cgroup()
        self._processes = Processes(proc)
        self._ticks_per_s = os.sysconf("SC_CLK_TCK")
        self._amd = AmdGpus(system)
        self._nvidia = NvidiaGpus()

    def look(self, roots: Iterable[int]) -> Counters:
        """What is counted until now; of the run, whose processes begin with these."""
        tree, pids = self._processes.tree(roots)
        cores = os.sched_getaffinity(0)
        limit = self._cgroup.cores
        is_limited = limit is not None and limit.value < len(cores)
        busy_in_group_s = self._cgroup.busy_s() if is_limited else None
        memory_bytes, used_bytes = self._memory()
        return Counters(
            at_s=time.monotonic(),
            cores=len(cores) if limit is None or busy_in_group_s is None else limit.value,
            busy_s=self._busy_s(cores) if busy_in_group_s is None else busy_in_group_s,
            used_bytes=used_bytes,
            memory_bytes=memory_bytes,
            disk=self._disk(),
            network=self._network(),
            run=tree,
            gpus=(*self._nvidia.look(pids), *self._amd.look()),
        )

    def _busy_s(self, cores: set[int]) -> float | None:
        """Of these cores together."""
        ticks, found = 0, False
        for line in self._lines("stat"):
            name, *values = line.split()
            if not name.startswith("cpu"):
                break
            if name[3:].isdigit() and int(name[3:]) in cores:
                numbers = [int(value) for value in values[:_FIELDS]]
                ticks += sum(numbers) - numbers[_IDLE] - numbers[_WAITING]
                found = True
        return ticks / self._ticks_per_s if found else None

    def _memory(self) -> tuple[int | None, int | None]:
        """All, and what is used of it, in bytes."""
        known = dict(line.partition(":")[::2] for line in self._lines("meminfo"))
        try:
            total = int(known["MemTotal"].split()[0]) * _KIB
            used = total - int(known["MemAvailable"].split()[0]) * _KIB
        except (KeyError, IndexError, ValueError):
            return None, None
        limit = self._cgroup.memory
        if limit is not None and limit.value < total:
            in_group = self._cgroup.used_bytes()
            return int(limit.value), used if in_group is None else in_group
        return total, used

    def _disk(self) -> Traffic | None:
        """Of all disks; not of what lies on one of them (partitions, volumes, loops)."""
        read = written = 0
        found = False
        for line in self._lines("diskstats"):
            fields = line.split()
            if len(fields) > 9 and (self._system / "block" / fields[2] / "device").exists():
                read += int(fields[5]) * _SECTOR_BYTES
                written += int(fields[9]) * _SECTOR_BYTES
                found = True
        return Traffic(read, written) if found else None

    def _network(self) -> Traffic | None:
        """Of all devices; in a container, which has none, of all its interfaces but the loop."""
        interfaces = {}
        for line in self._lines("net/dev")[2:]:
            name, _, rest = line.partition(":")
            fields = rest.split()
            if len(fields) > 8 and name.strip() != "lo":
                interfaces[name.strip()] = Traffic(int(fields[0]), int(fields[8]))
        devices = [name for name in interfaces if (self._system / "class/net" / name / "device").exists()]
        counted = [interfaces[name] for name in devices or interfaces]
        if not counted:
            return None
        return Traffic(sum(each.inwards for each in counted), sum(each.outwards for each in counted))

    def _lines(self, name: str) -> list[str]:
        try:
            return (self._proc / name).read_text(errors="replace").splitlines()
        except OSError:
            return []
