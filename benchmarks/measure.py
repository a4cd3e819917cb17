"""Takes figures in turn, so that a busy minute of the machine falls on everybody: A B A B, medians, ratios."""

from __future__ import annotations

import contextlib
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
_checkout: ContextVar[Path] = ContextVar("_checkout", default=REPOSITORY)
Figures = dict[str, float]
# With fewer, in a hurry, what takes minutes is cut short.
WHOLE_ROUNDS = 5


@dataclass
class Result:
    """One row of the list of bars: what was measured, and whether the bar is reached.

    `table`: lines of text cells under `header`. `bars`: (what must hold, the figure, whether it holds).
    `figures`: medians by contestant, for the line of JSON.
    """

    row: str
    title: str
    header: list[str]
    table: list[list[str]]
    bars: list[tuple[str, str, bool]]
    figures: Mapping[str, Figures] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def in_turn(contestants: Mapping[str, Callable[[], Figures]], rounds: int) -> dict[str, list[Figures]]:
    """Every contestant once a round; the order turns by one each round, so that nobody always follows the same one."""
    names = list(contestants)
    taken: dict[str, list[Figures]] = {name: [] for name in names}
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            taken[name].append(contestants[name]())
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return taken


def medians(taken: Mapping[str, list[Figures]]) -> dict[str, Figures]:
    return {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for name, runs in taken.items()
    }


def ratio(taken: Mapping[str, list[Figures]], ours: str, other: str, key: str) -> float:
    """The median of the ratios of each round: both of a round met the same machine."""
    return statistics.median(a[key] / b[key] for a, b in zip(taken[ours], taken[other], strict=True))


def figures_of(command: list[str], *, timeout_s: float = 600) -> Figures:
    """The line of JSON that a program prints last.

    Raises:
        RuntimeError: it failed; with the end of what it said.
    """
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=_checkout.get(), timeout=timeout_s, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {(done.stderr or done.stdout).strip()[-400:]}")
    figures: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


@contextlib.contextmanager
def programs_of(checkout: Path) -> Iterator[None]:
    """Until the block ends, programs that are measured are those of another checkout."""
    token = _checkout.set(checkout)
    try:
        yield
    finally:
        _checkout.reset(token)


def checkout() -> Path:
    """Where programs that are measured are started: modules there are taken before installed ones."""
    return _checkout.get()


def interval_of_median(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Where the median lies with at least this confidence, whatever the values' distribution.

    The narrowest pair of order statistics k, n + 1 - k that a binomial of n halves says to enclose it so often.
    """
    ordered, n = sorted(values), len(values)
    rank, below = 0, 0.0
    while rank < n // 2 and (next_below := below + math.comb(n, rank) / 2**n) <= (1 - confidence) / 2:
        rank, below = rank + 1, next_below
    rank = max(rank, 1)
    return ordered[rank - 1], ordered[n - rank]


def now_s() -> float:
    return time.perf_counter()


def wait(seconds: float) -> None:
    """Let a program that is measured settle."""
    time.sleep(seconds)
