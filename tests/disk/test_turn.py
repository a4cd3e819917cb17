from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.disk.turn import Turn

HOLDS = """
import sys
from pathlib import Path
from lavdlike.disk.turn import Turn
turn = Turn(Path(sys.argv[1]))
print(turn.take(), flush=True)
input()
"""


def test_only_one_has_the_turn_until_it_leaves(tmp_path: Path) -> None:
    first, second = Turn(tmp_path / ".lock"), Turn(tmp_path / ".lock")
    assert first.take()
    assert first.take()
    assert not second.take()
    first.leave()
    assert second.take()
    second.leave()


@pytest.mark.slow
def test_a_killed_process_has_it_no_longer(tmp_path: Path) -> None:
    turn = Turn(tmp_path / ".lock")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, tmp_path / ".lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        assert not turn.take()
        other.kill()
        other.wait()
    assert turn.take()
    turn.leave()


def test_a_child_that_forgets_it_does_not_keep_it(tmp_path: Path) -> None:
    mine, others = Turn(tmp_path / ".lock"), Turn(tmp_path / ".lock")
    assert mine.take()
    descriptor = mine._descriptor
    copy = os.dup(descriptor)  # as a forked child has it
    mine.leave()
    assert others.take()
    others.leave()
    os.close(copy)


def test_a_folder_that_is_gone_is_nobodys(tmp_path: Path) -> None:
    assert not Turn(tmp_path / "gone" / ".lock").take()
