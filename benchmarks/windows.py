"""Row 24: what Visdom's calls cost by `lavdlike.compat.visdom` and by Visdom, and a long history of pictures."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import measure, peers, servers
from benchmarks.measure import Figures, Result

_POINTS, _THEIR_POINTS, _BLOCK, _PICTURES = 10_000, 1_000, 200_000, 500
_APPENDS_BAR, _BLOCK_BAR, _GROWTH_BAR_MIB = 0.01, 0.02, 20.0
_NOTE = (
    f"Wall time of the script. Of Visdom, {_THEIR_POINTS:,} single points are appended and counted ten times: each"
    " costs it more than the one before, so that the true ratio is smaller. Its server runs beside on the loopback."
)


def calls(rounds: int) -> Result:
    """Each of ours, and Visdom's where it is installed."""
    ours = _median("lavdlike", "appends", _POINTS, rounds)
    block = _median("lavdlike", "block", _BLOCK, rounds)
    history, growth_mib = _history()
    drift = ours["last_s"] / ours["first_s"]
    table = [
        ["lavdlike", f"{ours['all_s']:.2f}", f"{block['all_s']:.2f}", f"{history['all_s']:.2f}"],
    ]
    bars = [
        ("the last tenth of the points <= 2 x the first", f"{drift:.2f} x", drift <= 2),
        (
            f"{_PICTURES} pictures: server <= {_GROWTH_BAR_MIB:.0f} MiB more",
            f"{growth_mib:+.1f} MiB",
            growth_mib <= _GROWTH_BAR_MIB,
        ),
    ]
    figures = {"lavdlike appends": ours, "lavdlike block": block, "lavdlike history": history}
    python = peers.python_of("visdom")
    if python is not None:
        theirs = _taken(str(python), "appends", _THEIR_POINTS, "visdom")
        their_block = _taken(str(python), "block", _BLOCK, "visdom")
        their_s = theirs["all_s"] * _POINTS / _THEIR_POINTS
        table.append(["Visdom", f"> {their_s:.0f}", f"{their_block['all_s']:.1f}", ""])
        of_points, of_block = ours["all_s"] / their_s, block["all_s"] / their_block["all_s"]
        bars = [
            (
                f"{_POINTS:,} single points <= {_APPENDS_BAR} x Visdom",
                f"{of_points:.4f} x",
                of_points <= _APPENDS_BAR,
            ),
            (f"{_BLOCK:,} points to as many <= {_BLOCK_BAR} x", f"{of_block:.4f} x", of_block <= _BLOCK_BAR),
            *bars,
        ]
        figures |= {"visdom appends": theirs, "visdom block": their_block}
    header = [
        "",
        f"{_POINTS:,} single points, s",
        f"{_BLOCK:,} points to as many, s",
        f"{_PICTURES} pictures of history, s",
    ]
    return Result(
        "24", "Visdom's calls: appending, and a history of pictures", header, table, bars, figures, [_NOTE]
    )


def _median(package: str, name: str, count: int, rounds: int) -> Figures:
    taken = [_taken(sys.executable, name, count, package) for _ in range(rounds)]
    return measure.medians({package: taken})[package]


def _taken(python: str, name: str, count: int, package: str, folder: Path | None = None) -> Figures:
    with tempfile.TemporaryDirectory() as empty:
        arguments = [name, str(folder or empty), str(count), package]
        command = [python, "-m", "benchmarks.writers.windows", *arguments]
        return measure.figures_of(command, timeout_s=1800)


def _history() -> tuple[Figures, float]:
    """What it costs the script, and by how much the server that shows it has grown, in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _taken(sys.executable, "history", 2, "lavdlike", folder)
        with servers.lavdlike(folder) as server:
            before = _settled_mib(server)
            figures = _taken(sys.executable, "history", _PICTURES, "lavdlike", folder)
            return figures, _settled_mib(server) - before


def _settled_mib(server: servers.Server) -> float:
    server.json("/api/experiments/main")
    measure.wait(2)
    return server.memory_mib()
