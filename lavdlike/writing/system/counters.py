"""What the system has counted until one moment, as every reader of it answers."""

from __future__ import annotations

from typing import NamedTuple


class Gpu(NamedTuple):
    """One graphics processor. None: its driver does not say.

    `name`: tells it from the others of the host, `gpu0`. `busy`: 0 to 1, of the last moments. `run_bytes`: memory that
    processes of the run hold.
    """

    name: str
    busy: float | None = None
    used_bytes: int | None = None
    total_bytes: int | None = None
    run_bytes: int | None = None
    power_w: float | None = None
    temperature_c: float | None = None


class Traffic(NamedTuple):
    """Bytes since some moment: read and written, or received and sent."""

    inwards: int
    outwards: int


class Tree(NamedTuple):
    """The processes of the run together, with all that they started.

    `cpu_s`: seconds of CPU, with those of children that have ended and were waited for. `memory_bytes`: resident; what
    forked processes share counts in each of them. `disk`: None where the system does not tell.
    """

    cpu_s: float
    memory_bytes: int
    disk: Traffic | None = None
    processes: int = 1


class Counters(NamedTuple):
    """One look. None: the system does not say.

    `at_s`: monotonic. `cores`: that may be used, by affinity and by the limits of control groups; `busy_s`: seconds of
    CPU that these were busy. `memory_bytes`: that there is, or may be used; `used_bytes`: of it, without what is given
    back on demand.
    """

    at_s: float
    cores: float
    busy_s: float | None = None
    used_bytes: int | None = None
    memory_bytes: int | None = None
    disk: Traffic | None = None
    network: Traffic | None = None
    run: Tree | None = None
    gpus: tuple[Gpu, ...] = ()
