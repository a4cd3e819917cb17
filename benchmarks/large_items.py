"""Row 30: what large items cost the caller, beside the call of a library that nobody can do without."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable

from benchmarks import measure
from benchmarks.measure import Figures, Result

# What is logged, the call beside it, and the bar of their ratio.
_ITEMS = {
    "array": ("an array of 100 MiB", "np.save", 1.2),
    "histogram": ("a histogram of 1,000,000 values", "np.histogram", 1.3),
    "table": ("a table of 100,000 rows", "csv.writer", 1.5),
}
_COPY_BAR_MIB = 10.0


def calls(rounds: int) -> Result:
    """CPU of the caller, and how much the peak of memory grows by the call."""
    table: list[list[str]] = []
    bars: list[tuple[str, str, bool]] = []
    all_figures: dict[str, Figures] = {}
    for item, (what, floor, bar) in _ITEMS.items():
        taken = measure.in_turn({who: _run(item, who) for who in ("floor", "lavdlike")}, rounds)
        middle = measure.medians(taken)
        for who, name in (("floor", floor), ("lavdlike", "lavdlike")):
            figures = middle[who]
            table.append([what, name, f"{figures['cpu_s'] * 1e3:.1f}", f"{figures['peak_mib']:.1f}"])
        ratio = measure.ratio(taken, "lavdlike", "floor", "cpu_s")
        bars.append((f"{what} <= {bar} x {floor}", f"{ratio:.2f} x", ratio <= bar))
        if item == "array":
            more = middle["lavdlike"]["peak_mib"]
            bars.append(("the array is not copied", f"+{more:.1f} MiB", more <= _COPY_BAR_MIB))
        all_figures |= {f"{who} {item}": figures for who, figures in middle.items()}
    return Result(
        "30",
        "large items, on the caller",
        ["", "", "CPU ms a call", "MiB more at the peak"],
        table,
        bars,
        all_figures,
    )


def _run(item: str, who: str) -> Callable[[], Figures]:
    def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            program = "benchmarks.writers.large_items"
            return measure.figures_of([sys.executable, "-m", program, item, who, folder])

    return run
