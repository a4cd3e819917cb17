"""`python -m benchmarks.against CHECKOUT [WORK ...]`: has the way of a value become slower than in another checkout?

Both do the same work in turn, in the same minutes; the figure is the median of the ratios of each round, with the
interval in which it lies with 95 % confidence. `git worktree add FOLDER COMMIT` makes a checkout.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import browsing, following, many_runs, measure, reading, scaling, servers, trees, writing
from benchmarks.measure import Figures

# By row: the figures that are compared, each smaller is better.
COMPARED: dict[str, tuple[str, ...]] = {
    "1": ("calls_s", "cpu_s"),
    "2, 10 labels": ("calls_s", "cpu_s"),
    "2, 100 labels": ("calls_s", "cpu_s"),
    "5": ("p50_ms", "bytes"),
    "5b": ("cpu",),
    "6": ("cold_ms", "warm_ms", "zoom_ms"),
    "8": ("cpu_us",),
    "13": ("lines_s", "chart_s", "all_s", "warm_chart_s", "requests", "kb"),
    "14": ("cpu_s", "read_mb"),
}
_CALLS = 200_000
_VALUES, _BUSY_S, _FAN_OUT_S = 100, 5.0, 8.0
_MEDIAN, _UPPER = 1.03, 1.10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.against", description=__doc__)
    parser.add_argument("checkout", type=Path, help="folder of the other checkout")
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {'; '.join(COMPARED)}; all without")
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    other = given.checkout.absolute()
    print("| row | figure | here | there | ratio | 95 % interval | |\n|---|---|---|---|---|---|---|")
    for work in given.works or COMPARED:
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            run = _work(work, Path(folder), stack)
            taken = measure.in_turn({"here": run, "there": _elsewhere(run, other)}, given.rounds)
        for key in COMPARED[work]:
            print(_line(work, key, taken["here"], taken["there"]), flush=True)


def _elsewhere(run: Callable[[], Figures], checkout: Path) -> Callable[[], Figures]:
    def elsewhere() -> Figures:
        with measure.programs_of(checkout):
            return run()

    return elsewhere


def _work(work: str, folder: Path, stack: contextlib.ExitStack) -> Callable[[], Figures]:
    """One run of the work of a row, shorter than there; `folder` is empty, and its own; `stack` ends what it starts."""
    if work == "1":
        return writing.writer("lavdlike", "scalars", _CALLS)
    if work.startswith("2"):
        return writing.writer("lavdlike", f"batch-{work.split()[1]}", _CALLS)
    if work == "6":
        return reading.series_of(trees.scalars(folder / "log", 1, 1, reading.ROWS))
    if work == "13":
        new_page = stack.enter_context(browsing.windows())
        return many_runs.opened(new_page, trees.scalars(folder / "log", 30, 40, 5_000))
    if work == "14":
        return many_runs.charts(many_runs.linked(folder / "log", 300))
    if work == "8":
        return lambda: scaling.follow_lavdlike(_FAN_OUT_S)
    root = trees.scalars(folder / "log", 10, 10 if work == "5" else 1, 1_000)

    def follow() -> Figures:
        with servers.lavdlike(root) as server:
            if work == "5":
                return asyncio.run(following.latency_of(server, root, 1, _VALUES))
            return asyncio.run(following.busy_of(server, root, _BUSY_S))

    return follow


def _line(work: str, key: str, here: list[Figures], there: list[Figures]) -> str:
    ratios = [a[key] / b[key] for a, b in zip(here, there, strict=True)]
    median, (lower, upper) = statistics.median(ratios), measure.interval_of_median(ratios)
    verdict = "" if median <= _MEDIAN and upper <= _UPPER else "**slower**"
    middles = [f"{statistics.median(run[key] for run in runs):.4g}" for runs in (here, there)]
    cells = [work, key, *middles, f"{median:.3f}", f"{lower:.3f} to {upper:.3f}", verdict]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
