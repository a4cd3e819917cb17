from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.writing.system.processes import Processes

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
SLEEPS = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"


def _process(proc: Path, pid: int, parent: int, *, state: str = "S", ticks: int = 0, name: str = "a") -> None:
    fields = [state, str(parent), *["0"] * 9, str(ticks), "0", "0", "0", *["0"] * 6, "2", *["0"] * 20]
    (proc / str(pid)).mkdir(parents=True)
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")


def test_all_that_a_process_started_counts_with_it(tmp_path: Path) -> None:
    _process(tmp_path, 10, 1, ticks=100)
    _process(tmp_path, 11, 10, ticks=50, name="odd) S 1 (name")
    _process(tmp_path, 12, 11, ticks=25)
    _process(tmp_path, 20, 1, ticks=999)
    tree, pids = Processes(tmp_path).tree([10])
    assert tree is not None
    assert tree == (175 / TICKS_PER_S, 6 * PAGE_BYTES, None, 3)
    assert pids == {10, 11, 12}


def test_ranks_that_know_nothing_of_each_other_are_one_run_and_none_counts_twice(tmp_path: Path) -> None:
    _process(tmp_path, 10, 1, ticks=1)
    _process(tmp_path, 11, 10, ticks=2)
    _process(tmp_path, 30, 1, ticks=4)
    tree, _ = Processes(tmp_path).tree([10, 11, 30, 4711])
    assert tree is not None
    assert (round(tree.cpu_s * TICKS_PER_S), tree.processes) == (7, 3)


def test_a_process_that_has_ended_holds_no_memory(tmp_path: Path) -> None:
    _process(tmp_path, 10, 1)
    _process(tmp_path, 11, 10, state="Z")
    tree, pids = Processes(tmp_path).tree([10])
    assert tree is not None
    assert (tree.memory_bytes, pids) == (2 * PAGE_BYTES, {10})


def test_of_processes_that_are_gone_nothing_is_said(tmp_path: Path) -> None:
    assert Processes(tmp_path).tree([10]) == (None, set())


@pytest.mark.slow
def test_the_children_of_real_processes_are_found() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"1\n"  # the grandchild is there
        tree, pids = Processes().tree([os.getpid()])
        child.communicate(b"\n")
    assert tree is not None
    assert {os.getpid(), child.pid} < pids
    assert tree.processes >= 3
    assert tree.memory_bytes > 2**20
