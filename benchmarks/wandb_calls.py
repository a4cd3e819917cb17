"""Row 20: what `log` of wandb and trackio costs the script by `lavdlike.compat`, the Logger and the originals."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable

from benchmarks import measure, peers
from benchmarks.measure import Figures, Result

_WANDB, _TRACKIO, _LOGGER = "lavdlike.compat.wandb", "lavdlike.compat.trackio", "lavdlike"
_ORIGINALS = {"wandb": _WANDB, "trackio": _TRACKIO}
_OURS, _THEIRS = 20_000, 2_000
_NOTE = (
    "CPU of the script's own process, with its threads, until all is handed over; wandb writes its log in another"
    " process, which is not counted, and trackio in a thread, which is. wandb runs offline."
)


def rows(rounds: int) -> Result:
    """CPU of a call with 1, 10 and 100 numbers."""
    table: list[list[str]] = []
    bars: list[tuple[str, str, bool]] = []
    all_figures: dict[str, Figures] = {}
    for size in (1, 10, 100):
        taken = measure.in_turn(_contestants(size), rounds)
        middle = measure.medians(taken)
        table += [[name, str(size), f"{figures['call_us']:,.1f}"] for name, figures in middle.items()]
        for original, ours in _ORIGINALS.items():
            to_logger = measure.ratio(taken, ours, _LOGGER, "call_us")
            said = f"{size}: {original}'s call <= 1.5 x the Logger's"
            bars.append((said, f"{to_logger:.2f} x", to_logger <= 1.5))
            if original in taken:
                to_original = measure.ratio(taken, ours, original, "call_us")
                bars.append((f"{size}: <= 0.4 x {original}", f"{to_original:.3f} x", to_original <= 0.4))
        all_figures |= {f"{name} {size}": figures for name, figures in middle.items()}
    return Result(
        "20",
        "caller's CPU of wandb's and trackio's log, by numbers in a row",
        ["", "numbers", "CPU us a call"],
        table,
        bars,
        all_figures,
        [_NOTE],
    )


def _contestants(size: int) -> dict[str, Callable[[], Figures]]:
    found = {package: _run(sys.executable, size, _OURS, package) for package in (_LOGGER, _WANDB, _TRACKIO)}
    for peer in _ORIGINALS:
        python = peers.python_of(peer)
        if python is not None:
            found[peer] = _run(str(python), size, _THEIRS, peer)
    return found


def _run(python: str, size: int, count: int, package: str) -> Callable[[], Figures]:
    def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            program = "benchmarks.writers.rows"
            command = [python, "-m", program, f"row-{size}", folder, str(count), package]
            figures = measure.figures_of(command)
        # Theirs are called less often, as they take longer.
        return figures | {"call_us": figures["cpu_s"] / figures["count"] * 1e6}

    return run
