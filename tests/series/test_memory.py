from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from lavdlike.series.memory import lasting_doubles
from tests.limits import LIMIT_S
from tests.scripts import ROOT

# Each 80 kB, kept and dropped in turn, with small ones in between that stay.
_ARRAYS = """
from pathlib import Path
import numpy
from lavdlike.series import memory

def rss_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

before = rss_mib()
arrays, small = [], []
for _ in range(1000):
    arrays.append(memory.lasting_doubles(10, 1000))
    arrays[-1][:] = 1
    small.append(bytes(1000))
filled = rss_mib()
arrays = arrays[::10]
assert before + 70 < filled, (before, filled)
assert rss_mib() < before + 20, (before, rss_mib())
"""


def test_arrays_that_stay_give_their_memory_back_when_they_go() -> None:
    subprocess.run(
        [sys.executable, "-c", _ARRAYS], cwd=ROOT, stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=True
    )


@pytest.mark.parametrize("columns", [0, 1, 10, 100_000])
def test_arrays_that_stay_are_ordinary_arrays(columns: int) -> None:
    array = lasting_doubles(3, columns)
    array[:] = np.arange(columns)
    assert array.shape == (3, columns)
    assert np.array_equal(array[2], np.arange(columns, dtype=np.float64))
