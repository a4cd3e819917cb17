"""Rows 24 and 24b: what Visdom's calls cost by `lavdlike.compat.visdom`, by Visdom's client at `lavdlike visdom` and at
Visdom's own server, and a long history of pictures.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from websockets.sync.client import connect

from benchmarks import measure, peers, servers
from benchmarks.measure import Figures, Result

_POINTS, _THEIR_POINTS, _BLOCK, _PICTURES = 10_000, 1_000, 200_000, 500
_APPENDS_BAR, _BLOCK_BAR, _GROWTH_BAR_MIB = 0.01, 0.02, 20.0
# Of these, the ratio of one turn: what else the machine does changes from minute to minute.
_TURNS, _TURN_POINTS = 5, 500
_NOTHING_BAR, _DELAY_BAR = 2.0, 1.5
_SERVED_NOTE = (
    "The original client 0.2.4 at each server; it posts twice for each point. A server that does nothing, ours and ours"
    f" beside a browser take turns, {_TURNS} times {_TURN_POINTS} points each: their ratios are medians of the turns."
)
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


def server(rounds: int) -> Result:
    """Visdom's client at our server, and at Visdom's where it is installed."""
    python = peers.python_of("visdom")
    if python is None:
        raise RuntimeError("Visdom's client is not installed: python -m benchmarks.peers")
    taken = [_at_our_server(str(python)) for _ in range(rounds)]
    ours = measure.medians({"lavdlike visdom": taken})["lavdlike visdom"]
    theirs = _taken(str(python), "appends", _THEIR_POINTS, "visdom")
    their_block = _taken(str(python), "block", _BLOCK, "visdom")
    their_s = theirs["all_s"] * _POINTS / _THEIR_POINTS
    table = [
        ["lavdlike visdom", f"{ours['appends_s']:.2f}", f"{ours['block_s']:.2f}", f"{ours['history_s']:.2f}"],
        ["Visdom", f"> {their_s:.0f}", f"{their_block['all_s']:.1f}", ""],
        ["a server that does nothing", f"{ours['nothing_s']:.2f}", "", ""],
    ]
    drift, delay = ours["last_s"] / ours["first_s"], ours["delay"]
    of_points, of_block = ours["appends_s"] / their_s, ours["block_s"] / their_block["all_s"]
    of_nothing, growth_mib = ours["of_nothing"], ours["growth_mib"]
    bars = [
        (
            f"{_POINTS:,} single points <= {_APPENDS_BAR} x Visdom",
            f"{of_points:.3f} x",
            of_points <= _APPENDS_BAR,
        ),
        (
            f"the same <= {_NOTHING_BAR:.0f} x a server that does nothing",
            f"{of_nothing:.2f} x",
            of_nothing <= _NOTHING_BAR,
        ),
        (
            f"{_BLOCK:,} points to as many <= {_BLOCK_BAR} x Visdom",
            f"{of_block:.3f} x",
            of_block <= _BLOCK_BAR,
        ),
        ("the last tenth of the points <= 2 x the first", f"{drift:.2f} x", drift <= 2),
        ("beside a browser that reads nothing <= 1.5 x", f"{delay:.2f} x", delay <= _DELAY_BAR),
        (
            f"{_PICTURES} pictures: server <= {_GROWTH_BAR_MIB:.0f} MiB more",
            f"{growth_mib:+.1f} MiB",
            growth_mib <= _GROWTH_BAR_MIB,
        ),
    ]
    header = [
        "",
        f"{_POINTS:,} single points, s",
        f"{_BLOCK:,} points to as many, s",
        f"{_PICTURES} pictures of history, s",
    ]
    figures = {"lavdlike visdom": ours, "visdom appends": theirs, "visdom block": their_block}
    return Result(
        "24b", "Visdom's client at lavdlike visdom", header, table, bars, figures, [_SERVED_NOTE, _NOTE]
    )


def _at_our_server(python: str) -> Figures:
    with tempfile.TemporaryDirectory() as name, servers.visdom(Path(name)) as served:
        package = f"visdom:{served.port}"
        _taken(python, "history", 2, package)
        before = _settled_mib(served)
        history = _taken(python, "history", _PICTURES, package)
        growth_mib = _settled_mib(served) - before
        appends = _taken(python, "appends", _POINTS, package)
        block = _taken(python, "block", _BLOCK, package)
        turns = _turns(python, served.port)
    return {
        "appends_s": appends["all_s"],
        "first_s": appends["first_s"],
        "last_s": appends["last_s"],
        "block_s": block["all_s"],
        "history_s": history["all_s"],
        "growth_mib": growth_mib,
        **turns,
    }


def _turns(python: str, port: int) -> Figures:
    """What the client takes at a server that does nothing, at ours, and at ours beside a browser, in turns."""
    package, nothing, ours, watched = f"visdom:{port}", [], [], []
    with servers.bare_posts() as bare:
        for _ in range(_TURNS):
            nothing.append(_taken(python, "appends", _TURN_POINTS, f"visdom:{bare.port}")["all_s"])
            ours.append(_taken(python, "appends", _TURN_POINTS, package)["all_s"])
            with _browser_that_reads_nothing(port):
                watched.append(_taken(python, "appends", _TURN_POINTS, package)["all_s"])
    return {
        "nothing_s": statistics.median(nothing) * _POINTS / _TURN_POINTS,
        "of_nothing": statistics.median(one / other for one, other in zip(ours, nothing, strict=True)),
        "delay": statistics.median(one / other for one, other in zip(watched, ours, strict=True)),
    }


@contextlib.contextmanager
def _browser_that_reads_nothing(port: int) -> Iterator[None]:
    """It has asked for all windows of the environment, and leaves them in the connection."""
    address = f"ws://127.0.0.1:{port}/socket"
    with connect(
        address, proxy=None, max_queue=1, max_size=None, ping_interval=None, close_timeout=1
    ) as browser:
        number = json.loads(browser.recv())["data"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/env/main", json.dumps({"sid": number}).encode(), method="POST"
        )
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request):  # noqa: S310 - our own server
            yield


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
