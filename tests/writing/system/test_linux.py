from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from lavdlike.writing.system.cgroup import Cgroup
from lavdlike.writing.system.counters import Counters, Traffic
from lavdlike.writing.system.linux import LinuxHost

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads what Linux writes")

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
NET = """Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
    lo: 1000 1 0 0 0 0 0 0 1000 1 0 0 0 0 0 0
  eth0: 200 1 0 0 0 0 0 0 300 1 0 0 0 0 0 0
veth12: 40 1 0 0 0 0 0 0 50 1 0 0 0 0 0 0
"""
DISKS = """   8       0 sda 10 0 4 0 20 0 6 0 0 0 0
   8       1 sda1 10 0 4 0 20 0 6 0 0 0 0
   7       0 loop0 10 0 100 0 20 0 100 0 0 0 0
"""


def _look(tmp_path: Path, files: dict[str, str], groups: dict[str, str] | None = None) -> Counters:
    for name, text in {"cgroup/.keep": "", "own": "0::/\n", **files}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, text in (groups or {}).items():
        (tmp_path / "cgroup" / name).write_text(text)
    cgroup = Cgroup(tmp_path / "cgroup", tmp_path / "own")
    return LinuxHost(tmp_path / "proc", tmp_path / "sys", cgroup).look({os.getpid()})


def test_cores_that_the_process_may_not_use_do_not_count(tmp_path: Path) -> None:
    mine = min(os.sched_getaffinity(0))
    lines = "".join(
        f"cpu{core} {100 if core == mine else 0} 0 50 1000 30 0 0 0 7 0\n" for core in os.sched_getaffinity(0)
    )
    found = _look(tmp_path, {"proc/stat": f"cpu 9 9 9 9 9\n{lines}cpu99999 500 0 0 0 0 0 0 0\nintr 1 2\n"})
    cores = len(os.sched_getaffinity(0))
    assert found.cores == cores
    assert found.busy_s == pytest.approx((100 + 50 * cores) / TICKS_PER_S)


def test_a_group_with_fewer_cores_is_the_host(tmp_path: Path) -> None:
    groups = {"cpu.max": "50000 100000\n", "cpu.stat": "usage_usec 4000000\n"}
    found = _look(tmp_path, {"proc/stat": "cpu0 1 1 1 1 1 1 1 1\n"}, groups)
    assert (found.cores, found.busy_s) == (0.5, 4.0)


def test_memory_is_that_of_the_group_if_it_may_have_less(tmp_path: Path) -> None:
    meminfo = {"proc/meminfo": "MemTotal:  1000 kB\nMemFree:  1 kB\nMemAvailable:  400 kB\n"}
    whole = _look(tmp_path / "a", meminfo)
    assert (whole.memory_bytes, whole.used_bytes) == (1000 * 1024, 600 * 1024)
    part = _look(tmp_path / "b", meminfo, {"memory.max": "5000\n", "memory.current": "3000\n"})
    assert (part.memory_bytes, part.used_bytes) == (5000, 3000)


def test_disks_count_and_what_lies_on_them_does_not(tmp_path: Path) -> None:
    found = _look(tmp_path, {"proc/diskstats": DISKS, "sys/block/sda/device/model": "x"})
    assert found.disk == Traffic(4 * 512, 6 * 512)


def test_devices_of_the_network_count_and_in_a_container_all_interfaces(tmp_path: Path) -> None:
    files = {"proc/net/dev": NET}
    assert _look(tmp_path / "a", {**files, "sys/class/net/eth0/device/x": ""}).network == Traffic(200, 300)
    assert _look(tmp_path / "b", files).network == Traffic(240, 350)


def test_a_system_that_says_nothing_is_nothing(tmp_path: Path) -> None:
    found = _look(tmp_path, {})
    assert (found.busy_s, found.memory_bytes, found.disk, found.network, found.run) == (None,) * 5


def test_what_this_process_does_is_seen() -> None:
    host = LinuxHost()
    before = host.look({os.getpid()})
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    now = host.look({os.getpid()})
    assert before.run is not None
    assert now.run is not None
    assert now.run.cpu_s - before.run.cpu_s > 0.05
    assert now.busy_s is not None
    assert before.busy_s is not None
    assert now.busy_s > before.busy_s
    assert now.memory_bytes is not None
    assert 0 < now.run.memory_bytes < now.memory_bytes
