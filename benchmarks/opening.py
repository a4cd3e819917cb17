"""Row 4: from the start of the process to the first page with data."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure, peers, servers, trees
from benchmarks.measure import Figures, Result

# What a page asks for before it shows data: the page itself, the root, and what its kind needs.
_SERIES = {"x": "step", "columns": 500}


def _scalars_page(server: servers.Server) -> None:
    server.get("/")
    root = server.json("/api/root")
    experiments = [entry["id"] for entry in root["experiments"]]
    labels = server.json("/api/scalars/labels", {"experiments": experiments[:10]})["experiments"][0]["labels"]
    server.get(
        "/api/scalars/series", {"experiments": experiments[:10], "labels": [labels[0]["label"]], **_SERIES}
    )


def _images_page(server: servers.Server) -> None:
    server.get("/")
    experiment = server.json("/api/root")["experiments"][0]["id"]
    labels = server.json(f"/api/experiments/{experiment}")["labels"]
    label = next(entry["label"] for entry in labels if entry["kind"] == "images")
    server.get(f"/api/pictures/{experiment}/0/{label}?size=256")


def _root_page(server: servers.Server) -> None:
    server.get("/")
    server.get("/api/root")


def _opened(
    tree: Path, look: Callable[[servers.Server], None], *, settled: bool = False
) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(tree) as server:
            look(server)
            figures = {"seconds": server.elapsed_s()}
            if settled:  # also an experiment, then wait until nothing is read any more
                _images_page(server)
                server.rest()
            return {**figures, "mib": server.memory_mib()}

    return run


def tensorboard(tree: Path, runs: int) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.tensorboard(tree) as server:
            server.until(lambda: len(server.json("/data/plugin/scalars/tags")) >= runs)
            return {"seconds": server.elapsed_s(), "mib": server.memory_mib()}

    return run


def _lavd(tree: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavd(tree) as server:
            server.get("/api/all")
            return {"seconds": server.elapsed_s(), "mib": server.memory_mib()}

    return run


def opening(rounds: int) -> Result:
    """Row 4."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "empty").mkdir()
        contestants = {"empty root": _opened(base / "empty", _root_page)}
        cases = {
            "a: 10 experiments x 10 labels x 1,000 steps": (
                trees.scalars(base / "a", 10, 10, 1000),
                _scalars_page,
            ),
            "b: 100 x 20 x 1,000": (trees.scalars(base / "b", 100, 20, 1000), _scalars_page),
            "c: 10,000 pictures": (trees.pictures(base / "c", 10_000), _images_page),
            "d: 1,000,000 files in 100 experiments": (trees.files(base / "d", 1_000_000), _root_page),
            "e: 10,000 experiments": (trees.experiments(base / "e", 10_000), _root_page),
        }
        for case, (tree, look) in cases.items():
            contestants[case] = _opened(tree, look, settled=case.startswith("d"))
        if peers.python_of("tensorboard"):
            contestants["TensorBoard, a"] = tensorboard(event_files(base / "a-events", 10, 10, 1000), 10)
            contestants["TensorBoard, b"] = tensorboard(event_files(base / "b-events", 100, 20, 1000), 100)
        if peers.python_of("lavd"):
            contestants["Lavd, c"] = _lavd(base / "c")
        taken = measure.in_turn(contestants, rounds)
        curves = measure.in_turn({"first curves of b": _first_curves(base / "b")}, rounds)
    middle = measure.medians({**taken, **curves})
    bars = []
    for case in cases:
        limit = 1.3 * middle["empty root"]["seconds"] + 0.15
        seconds = middle[case]["seconds"]
        bars.append(
            (
                f"{case[0]} <= 1.3 x empty root + 150 ms",
                f"{seconds:.2f} s; limit {limit:.2f} s",
                seconds <= limit,
            )
        )
    curve_s = middle["first curves of b"]["seconds"]
    bars.append(("first curves of b <= 1 s from their request", f"{curve_s:.2f} s", curve_s <= 1))
    memory = middle["d: 1,000,000 files in 100 experiments"]["mib"]
    bars.append(("memory after opening d <= 150 MiB", f"{memory:.0f} MiB", memory <= 150))
    table = [[name, f"{figures['seconds']:.2f}", f"{figures['mib']:.0f}"] for name, figures in middle.items()]
    note = (
        "In a and b the page shows 10 experiments, of which all lines are read for their labels: 100,000 and 200,000."
        " Beyond the empty root that is the import of numpy (some 50 ms) and 0.35 us a line, by one thread at a time."
    )
    header = ["", "seconds", "MiB"]
    return Result("4", "process start to the first page with data", header, table, bars, middle, [note])


def nested(rounds: int) -> Result:
    """Row 4b."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "empty").mkdir()
        tree = trees.folders(base / "folders", 100_000)
        contestants = {
            "empty root": _first_page(base / "empty"),
            "100,000 folders in folders": _first_page(tree),
        }
        taken = measure.in_turn(contestants, rounds)
        found = measure.in_turn({"until all 1,000 runs in them are listed": _all_found(tree, 1000)}, rounds)
    middle = measure.medians({**taken, **found})
    limit = 1.3 * middle["empty root"]["cpu_s"] + 0.15
    cpu_s = middle["100,000 folders in folders"]["cpu_s"]
    bars = [("CPU <= 1.3 x empty root + 150 ms", f"{cpu_s:.2f} s; limit {limit:.2f} s", cpu_s <= limit)]
    table = [
        [case, f"{figures['seconds']:.2f}", f"{figures['cpu_s']:.2f}", f"{figures['mib']:.0f}"]
        for case, figures in middle.items()
    ]
    note = (
        "10 folders in the root, 100 in each, 100 in each of those; one in a hundred is a run of the Logger."
    )
    header = ["", "seconds", "CPU s", "MiB"]
    return Result(
        "4b", "process start to the first page, with runs in folders", header, table, bars, middle, [note]
    )


def _first_page(tree: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(tree) as server:
            _root_page(server)
            return _figures_of(server)

    return run


def _all_found(tree: Path, runs: int) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(tree) as server:
            while len(server.json("/api/root")["experiments"]) != runs:
                measure.wait(1.0)  # the questions share the processor with what they ask for
            return _figures_of(server)

    return run


def _figures_of(server: servers.Server) -> Figures:
    return {"seconds": server.elapsed_s(), "cpu_s": server.cpu_s(), "mib": server.memory_mib()}


def _first_curves(tree: Path) -> Callable[[], Figures]:
    """100 curves of one label, asked for when the readers are loaded but no file is read."""

    def run() -> Figures:
        with servers.lavdlike(tree) as server:
            experiments = [entry["id"] for entry in server.json("/api/root")["experiments"]]
            warm = {"experiments": experiments[:1], "labels": ["group-0/metric-0"], **_SERIES}
            server.get("/api/scalars/series", warm)
            measure.wait(3.0)  # the readers are loaded in the background
            start = measure.now_s()
            server.get("/api/scalars/series", {**warm, "experiments": experiments})
            return {"seconds": measure.now_s() - start, "mib": server.memory_mib()}

    return run


def event_files(folder: Path, runs: int, labels: int, steps: int) -> Path:
    """The same scalars as TensorBoard's event files."""
    arguments = json.dumps([str(folder), runs, labels, steps])
    python = str(peers.python_of("tensorboard"))
    measure.figures_of([python, "-m", "benchmarks.writers.event_files", arguments])
    return folder
