"""Row 19: what TensorBoard's calls cost the training script by `lavdlike.compat`, the Logger and the originals."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable

from benchmarks import measure, peers
from benchmarks.measure import Figures, Result

OURS, LOGGER = "lavdlike.compat", "lavdlike.Logger"
_PACKAGES = {
    OURS: ("", "lavdlike.compat.tensorboard"),
    LOGGER: ("", "lavdlike"),
    "tensorboardX": ("tensorboard", "tensorboardX"),
    "torch": ("torch", "torch.utils.tensorboard"),
}
# How many calls of each; ours are faster.
_WORKS = {"scalars": 20_000, "dicts": 2_000, "texts": 500, "histograms": 500, "pictures": 100}
_NOTE = (
    "scalars: 10 tags; dicts: `add_scalars` of 10 numbers; histograms: 10,000 values; pictures: 256 x 256 x 3. The"
    " originals hand events to a thread of their own, whose CPU is not counted, as lavdlike.compat hands texts and"
    " histograms to one; the Logger's are a file each, which is with the kernel when the call returns."
)


def calls(rounds: int) -> Result:
    """CPU of the calling thread, a call."""
    table: list[list[str]] = []
    bars: list[tuple[str, str, bool]] = []
    all_figures: dict[str, Figures] = {}
    for work, count in _WORKS.items():
        taken = measure.in_turn(_contestants(work, count), rounds)
        middle = measure.medians(taken)
        each = {name: figures["caller_cpu_s"] / figures["count"] * 1e6 for name, figures in middle.items()}
        table += [[name, work, f"{cost:,.1f}"] for name, cost in each.items()]
        to_logger = measure.ratio(taken, OURS, LOGGER, "caller_cpu_s")
        bars.append((f"{work}: <= 1.5 x the same call of the Logger", f"{to_logger:.2f} x", to_logger <= 1.5))
        for original in ("tensorboardX", "torch"):
            if original in taken:
                to_original = measure.ratio(taken, OURS, original, "caller_cpu_s")
                bars.append((f"{work}: <= 0.4 x {original}", f"{to_original:.2f} x", to_original <= 0.4))
        all_figures |= {f"{name} {work}": figures for name, figures in middle.items()}
    return Result(
        "19",
        "caller's CPU of TensorBoard's calls",
        ["", "calls", "CPU us a call"],
        table,
        bars,
        all_figures,
        [_NOTE],
    )


def _contestants(work: str, count: int) -> dict[str, Callable[[], Figures]]:
    found = {}
    for name, (peer, package) in _PACKAGES.items():
        python = sys.executable if not peer else peers.python_of(peer)
        if python is not None:
            found[name] = _run(str(python), work, count, package)
    return found


def _run(python: str, work: str, count: int, package: str) -> Callable[[], Figures]:
    def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            program = "benchmarks.writers.summary_writer"
            return measure.figures_of([python, "-m", program, work, folder, str(count), package])

    return run
