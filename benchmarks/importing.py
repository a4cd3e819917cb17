"""Row 31: what a script pays for a Logger before it logs anything, also for one that is disabled."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable

from benchmarks import measure
from benchmarks.measure import Figures, Result

_BAR_MS = 30.0
# What any module of this size needs of Python's own.
_PYTHON = "import collections.abc, contextlib, datetime, json, os, pathlib, re, threading, typing, weakref"
_CODE = """
import json, time
start = time.process_time()
{code}
print(json.dumps({{"cpu_ms": (time.process_time() - start) * 1e3}}))
"""
_CONTESTANTS = {
    "Python's own modules": _PYTHON,
    "a disabled Logger": "from lavdlike import Logger; Logger('a', {folder!r}, disabled=True)",
    "an enabled Logger": "from lavdlike import Logger; Logger('a', {folder!r})",
}


def start(rounds: int) -> Result:
    """CPU from the first import to a Logger that is made."""
    taken = measure.in_turn({name: _run(code) for name, code in _CONTESTANTS.items()}, 3 * rounds)
    middle = measure.medians(taken)
    disabled = middle["a disabled Logger"]["cpu_ms"]
    return Result(
        "31",
        "import and start of a Logger",
        ["", "CPU ms"],
        [[name, f"{figures['cpu_ms']:.1f}"] for name, figures in middle.items()],
        [(f"a disabled Logger <= {_BAR_MS:.0f} ms", f"{disabled:.1f} ms", disabled <= _BAR_MS)],
        middle,
    )


def _run(code: str) -> Callable[[], Figures]:
    def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            return measure.figures_of([sys.executable, "-c", _CODE.format(code=code.format(folder=folder))])

    return run
