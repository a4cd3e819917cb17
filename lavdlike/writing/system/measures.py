"""What two looks at the system come to, as values of labels. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lavdlike.writing.system.counters import Counters, Gpu, Traffic

PREFIX = "system"
_GIB, _MIB = 2**30, 2**20
# A value has so many digits behind the point: an hour of eight GPUs is then 1 MB.
_DIGITS = 3


def values_between(before: Counters, now: Counters, disk_used: float | None = None) -> dict[str, float]:
    """The values of the time between two looks, by label. What the system did not say is left out.

    Args:
        disk_used: of the file system that the log is on, 0 to 1.
    """
    pause_s = now.at_s - before.at_s
    if pause_s <= 0:
        return {}
    found = dict(_host(before, now, pause_s))
    found.update(_run(before, now, pause_s))
    if disk_used is not None:
        found["disk/used_percent"] = 100 * disk_used
    for gpu in now.gpus:
        found.update(_gpu(gpu))
    return {f"{PREFIX}/{name}": round(value, _DIGITS) for name, value in found.items()}


def _host(before: Counters, now: Counters, pause_s: float) -> Iterator[tuple[str, float]]:
    if before.busy_s is not None and now.busy_s is not None and now.cores > 0:
        busy_s = max(0.0, now.busy_s - before.busy_s)
        yield "cpu/host_percent", min(100.0, 100 * busy_s / pause_s / now.cores)
    if now.used_bytes is not None and now.memory_bytes:
        yield "memory/host_gib", now.used_bytes / _GIB
        yield "memory/host_percent", 100 * now.used_bytes / now.memory_bytes
    yield from _rates("disk/read_mib_per_s", "disk/written_mib_per_s", before.disk, now.disk, pause_s)
    yield from _rates(
        "network/received_mib_per_s", "network/sent_mib_per_s", before.network, now.network, pause_s
    )


def _run(before: Counters, now: Counters, pause_s: float) -> Iterator[tuple[str, float]]:
    if now.run is None:
        return
    yield "memory/run_gib", now.run.memory_bytes / _GIB
    yield "processes/run", now.run.processes
    if before.run is None:
        return
    # Less than before: a process has ended and its parent, which would count it, is not of the tree.
    yield "cpu/run_cores", max(0.0, now.run.cpu_s - before.run.cpu_s) / pause_s
    yield from _rates(
        "disk/run_read_mib_per_s", "disk/run_written_mib_per_s", before.run.disk, now.run.disk, pause_s
    )


def _rates(
    inwards: str, outwards: str, before: Traffic | None, now: Traffic | None, pause_s: float
) -> Iterator[tuple[str, float]]:
    if before is not None and now is not None:
        yield inwards, max(0, now.inwards - before.inwards) / _MIB / pause_s
        yield outwards, max(0, now.outwards - before.outwards) / _MIB / pause_s


def _gpu(gpu: Gpu) -> Iterator[tuple[str, float]]:
    if gpu.busy is not None:
        yield f"{gpu.name}/busy_percent", 100 * gpu.busy
    if gpu.used_bytes is not None:
        yield f"{gpu.name}/memory_gib", gpu.used_bytes / _GIB
        if gpu.total_bytes:
            yield f"{gpu.name}/memory_percent", 100 * gpu.used_bytes / gpu.total_bytes
    if gpu.run_bytes is not None:
        yield f"{gpu.name}/run_memory_gib", gpu.run_bytes / _GIB
    if gpu.power_w is not None:
        yield f"{gpu.name}/power_w", gpu.power_w
    if gpu.temperature_c is not None:
        yield f"{gpu.name}/temperature_c", gpu.temperature_c
