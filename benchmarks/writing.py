"""Rows 1 to 3: what a call costs the training script, beside the peers and bare system calls."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable

from benchmarks import measure, peers
from benchmarks.measure import Figures, Result

# Slow peers get fewer calls: what counts is the cost of one.
_SCALARS = {
    "visdom": 500,
    "dvclive": 2_000,
    "aim": 5_000,
    "lavd": 5_000,
    "tensorboard": 20_000,
    "trackio": 20_000,
}
_PICTURES, _PEERS_PICTURES = 200, 50


def writer(name: str, work: str, count: int) -> Callable[[], Figures]:
    """One run of a contestant's program."""
    python = sys.executable if name in ("floor", "lavdlike") else peers.python_of(name)

    def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            program = f"benchmarks.writers.{name}"
            return measure.figures_of([str(python), "-m", program, work, folder, str(count)])

    return run


def _contestants(work: str, ours: int, theirs: dict[str, int]) -> dict[str, Callable[[], Figures]]:
    known = {"floor": ours, "lavdlike": ours}
    known |= {name: count for name, count in theirs.items() if peers.python_of(name)}
    return {name: writer(name, work, count) for name, count in known.items()}


def scalars(rounds: int) -> Result:
    """Row 1: one `log_scalar`, 10 labels."""
    taken = measure.in_turn(_contestants("scalars", 200_000, _SCALARS), rounds)
    middle = measure.medians(taken)
    per_call = {name: figures["calls_s"] / figures["count"] * 1e6 for name, figures in middle.items()}
    to_floor = measure.ratio(taken, "lavdlike", "floor", "calls_s")
    ours = middle["lavdlike"]
    bytes_a_value = ours["bytes"] / ours["count"]
    return Result(
        "1",
        "caller's cost of one log_scalar, 10 labels",
        ["", "calls", "wall us a call", "CPU us a call", "bytes a value", "files"],
        [
            [
                name,
                f"{figures['count']:,.0f}",
                f"{per_call[name]:,.1f}",
                f"{figures['cpu_s'] / figures['count'] * 1e6:,.1f}",
                f"{figures['bytes'] / figures['count']:,.0f}",
                f"{figures['files']:,.0f}",
            ]
            for name, figures in middle.items()
        ],
        [
            ("<= 1.8 x floor", f"{to_floor:.2f} x", to_floor <= 1.8),
            _ahead_of_all(per_call, "us"),
            ("<= 60 bytes a value", f"{bytes_a_value:.1f}", bytes_a_value <= 60),
            ("0 new files a value", f"{ours['files']:.0f} files in all", ours["files"] <= 4),
        ],
        middle,
    )


def batches(rounds: int) -> Result:
    """Row 2: `log_scalars` of 10 and of 100 labels."""
    table: list[list[str]] = []
    bars: list[tuple[str, str, bool]] = []
    all_figures: dict[str, Figures] = {}
    for size in (10, 100):
        taken = measure.in_turn(_contestants(f"batch-{size}", 200_000, {"trackio": 20_000}), rounds)
        middle = measure.medians(taken)
        each = {name: figures["calls_s"] / figures["count"] * 1e6 for name, figures in middle.items()}
        table += [[name, str(size), f"{cost:,.2f}"] for name, cost in each.items()]
        to_floor = measure.ratio(taken, "lavdlike", "floor", "calls_s")
        bars.append((f"{size} labels: <= 1.5 x floor", f"{to_floor:.2f} x", to_floor <= 1.5))
        if "trackio" in each:
            to_peer = each["lavdlike"] / each["trackio"]
            bars.append((f"{size} labels: <= 0.3 x trackio", f"{to_peer:.2f} x", to_peer <= 0.3))
        all_figures |= {f"{name} {size}": figures for name, figures in middle.items()}
    note = (
        "trackio's call only puts the value into a queue of its process, and loses it with the process. The floor,"
        " which gives the lines to the kernel, takes longer than 0.3 of that already: no call that loses nothing"
        " reaches this."
    )
    return Result(
        "2",
        "log_scalars of many labels in one call",
        ["", "labels", "wall us a value"],
        table,
        bars,
        all_figures,
        [note],
    )


def pictures(rounds: int) -> Result:
    """Row 3: 200 pictures of 256 x 256 x 3."""
    names = dict.fromkeys(_SCALARS, _PEERS_PICTURES)
    taken = measure.in_turn(_contestants("pictures", _PICTURES, names), rounds)
    few = measure.in_turn(
        {
            "lavdlike, the first 8": writer("lavdlike", "pictures", 8),
            "lavdlike, 8 more": writer("lavdlike", "later-pictures", 8),
        },
        rounds,
    )
    middle = measure.medians(taken | few)
    per_call = {name: figures["calls_s"] / figures["count"] * 1e3 for name, figures in middle.items()}
    to_floor = measure.ratio(taken, "lavdlike", "floor", "total_s")
    unfilled = per_call["lavdlike, 8 more"]
    return Result(
        "3",
        f"{_PICTURES} pictures 256 x 256 x 3, {_PEERS_PICTURES} by peers"
        " (floor: Pillow alone, PNG level 1, on all cores)",
        ["", "caller ms a call", "total ms a picture", "CPU ms a picture", "peak MiB"],
        [
            [
                name,
                f"{per_call[name]:.2f}",
                f"{figures['total_s'] / figures['count'] * 1e3:.2f}",
                f"{figures['cpu_s'] / figures['count'] * 1e3:.2f}",
                f"{figures['peak_mib']:.0f}",
            ]
            for name, figures in middle.items()
        ],
        [
            (
                "caller <= 1.5 ms a call while the queue is not full, Pillow loaded",
                f"{unfilled:.2f} ms",
                unfilled <= 1.5,
            ),
            ("total <= 1.1 x Pillow alone", f"{to_floor:.2f} x", to_floor <= 1.1),
        ],
        middle,
        [
            "The first call of a process loads Pillow, at every contestant; the table has it in all rows but the last."
        ],
    )


def _ahead_of_all(cost: dict[str, float], unit: str) -> tuple[str, str, bool]:
    others = {name: figure for name, figure in cost.items() if name not in ("floor", "lavdlike")}
    if not others:
        return ("ahead of all", "no peer is installed", False)
    best = min(others, key=lambda name: others[name])
    return (
        "ahead of all",
        f"{cost['lavdlike']:.1f} {unit}; next is {best} with {others[best]:.1f}",
        cost["lavdlike"] < others[best],
    )
