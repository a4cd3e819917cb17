from __future__ import annotations

import os

import pytest

from lavdlike.writing.system.with_psutil import PsutilHost


def test_it_sees_what_linux_says_itself() -> None:
    pytest.importorskip("psutil")  # an extra
    from lavdlike.writing.system.linux import LinuxHost

    mine, theirs = LinuxHost().look({os.getpid()}), PsutilHost().look({os.getpid()})
    assert mine.run is not None
    assert theirs.run is not None
    assert theirs.run.processes == mine.run.processes
    assert theirs.run.memory_bytes == pytest.approx(mine.run.memory_bytes, rel=0.2)
    assert theirs.run.cpu_s == pytest.approx(mine.run.cpu_s, rel=0.2, abs=0.5)
    assert theirs.busy_s == pytest.approx(mine.busy_s, rel=0.2)
