from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.writing.system.cgroup import Cgroup


def _files(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _cgroup(root: Path, groups: str, files: dict[str, str]) -> Cgroup:
    _files(root, {"sys/.keep": "", "own": groups, **{f"sys/{name}": text for name, text in files.items()}})
    return Cgroup(root / "sys", root / "own")


def test_the_smallest_limit_of_a_group_and_those_above_it_holds(tmp_path: Path) -> None:
    group = _cgroup(
        tmp_path,
        "0::/slurm/job7\n",
        {
            "slurm/cpu.max": "150000 100000\n",
            "slurm/memory.max": "max\n",
            "slurm/cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
            "slurm/job7/cpu.max": "max 100000\n",
            "slurm/job7/memory.max": "1000\n",
            "slurm/job7/memory.current": "900\n",
            "slurm/job7/memory.stat": "anon 500\ninactive_file 300\n",
        },
    )
    assert group.cores is not None
    assert group.memory is not None
    assert (group.cores.value, group.busy_s()) == (1.5, 2.5)
    assert (group.memory.value, group.used_bytes()) == (1000, 600)


def test_a_container_sees_its_own_group_at_the_top(tmp_path: Path) -> None:
    group = _cgroup(
        tmp_path, "0::/system.slice/docker-1.scope\n", {"memory.max": "2000\n", "cpu.max": "max 100000\n"}
    )
    assert group.memory is not None
    assert group.memory.value == 2000
    assert group.cores is None
    assert group.busy_s() is None


def test_the_first_version_is_read_where_it_is_mounted(tmp_path: Path) -> None:
    group = _cgroup(
        tmp_path,
        "4:memory:/job\n3:cpu,cpuacct:/job\n0::/\n",
        {
            "cpu,cpuacct/job/cpu.cfs_quota_us": "200000\n",
            "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
            "cpu,cpuacct/job/cpuacct.usage": "3000000000\n",
            "memory/memory.limit_in_bytes": "9223372036854771712\n",
            "memory/job/memory.limit_in_bytes": "4096\n",
            "memory/job/memory.usage_in_bytes": "4000\n",
            "memory/job/memory.stat": "total_inactive_file 1000\n",
        },
    )
    assert group.cores is not None
    assert group.memory is not None
    assert (group.cores.value, group.busy_s()) == (2.0, 3.0)
    assert (group.memory.value, group.used_bytes()) == (4096, 3000)


@pytest.mark.parametrize("quota", ["-1", "", "many"])
def test_no_quota_is_no_limit(tmp_path: Path, quota: str) -> None:
    files = {"cpu/cpu.cfs_quota_us": quota, "cpu/cpu.cfs_period_us": "100000"}
    assert _cgroup(tmp_path, "1:cpu:/\n", files).cores is None


@pytest.mark.parametrize("groups", ["", "nonsense", "0::/../../etc\n"])
def test_odd_groups_are_no_limit(tmp_path: Path, groups: str) -> None:
    group = _cgroup(tmp_path, groups, {})
    assert (group.cores, group.memory, group.used_bytes()) == (None, None, None)
