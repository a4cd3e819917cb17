"""Rows 13, 14 and 16: the page of scalars with many experiments, and more points than fit into memory as doubles."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks import browsing, measure, opening, peers, servers, trees
from benchmarks.measure import Figures, Result

_SWEEP = (30, 40, 5000)
_QUICK_SWEEP = (30, 20, 2500)  # files that are long enough to be kept
_SETTLED_S = 5
_LABELS, _STEPS = 20, 5000
_FEWER, _MANY, _MORE_THAN_FITS = 20, 200, 300
_THOUSANDS = 3000
_QUICK_THOUSANDS = 1000
# Of one chart (`kinds/scalars/columns.ts`).
_MOST_DRAWN = 1000
_CHARTS = 4
_IN_REQUEST = 50
# A link of 50 ms and 5 Mbit/s.
_LINK = {
    "offline": False,
    "latency": 50,
    "downloadThroughput": 5e6 / 8,
    "uploadThroughput": 5e6 / 8,
}
_LIMIT_S = 120
_TIMES = ("lines_s", "chart_s", "all_s", "warm_chart_s", "warm_all_s")

# Times from the begin of the navigation: the first lines, the first chart with all of them, all charts in sight.
_WATCH = """(experiments) => {
  window.drawn = { chart: 0, all: 0, longest: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) drawn.longest = Math.max(drawn.longest, duration);
  }).observe({ type: "longtask", buffered: true });
  const look = () => {
    const charts = [...document.querySelectorAll(".chart[aria-busy]")].filter((chart) => {
      const { top, bottom, height } = chart.getBoundingClientRect();
      return height > 0 && bottom > 0 && top < innerHeight;
    });
    const whole = charts.filter(
      (chart) =>
        chart.ariaBusy === "false" &&
        chart.querySelector("canvas") &&
        chart.querySelector(`[aria-label$=", ${experiments.toLocaleString("en")} experiments"]`),
    );
    if (whole.length > 0) drawn.chart ||= performance.now();
    if (charts.length === 0 || whole.length < charts.length) drawn.all = 0;
    else drawn.all ||= performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
_REST = "() => window.drawn && drawn.all > 0 && performance.now() - drawn.all > 1000 && drawn"
_FIRST_LINES = """() => Math.min(...performance.getEntriesByType("resource")
  .filter(({ name }) => name.endsWith("/scalars/series")).map(({ responseEnd }) => responseEnd))"""
_ASKED = """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/api/"))
  .map(({ encodedBodySize }) => encodedBodySize)"""


def opened(
    new_page: Callable[[], Page], root: Path, *, link: bool = False, cache: Path | None = None
) -> Callable[[], Figures]:
    """The page of scalars of a server that has just been started, and once more in another browser.

    `cache`: of servers that have read the same files before; None: nobody has. `cpu_s`: of the server, for the first.
    """
    drawn = min(sum(1 for _ in root.iterdir()), _MOST_DRAWN)

    def run() -> Figures:
        with servers.lavdlike(root, cache=cache) as server:
            server.until(server.is_listening)
            cpu_s = server.cpu_s()
            cold = _page(new_page, server.port, drawn, link=link)
            cpu_s = server.cpu_s() - cpu_s
            warm = _page(new_page, server.port, drawn, link=link)
        return {
            **{f"{name}_s": seconds for name, seconds in cold.items()},
            **{f"warm_{name}_s": warm[name] for name in ("chart", "all")},
            "cpu_s": cpu_s,
            "requests": cold["requests"],
            "kb": cold["kb"],
        }

    return run


def _kept(root: Path, cache: Path) -> Path:
    """What a server has kept of all files, which are left alone for a while: only such are kept."""
    time.sleep(_SETTLED_S)
    with servers.lavdlike(root, cache=cache) as server:
        server.until(server.is_listening)
        experiments = [entry["id"] for entry in server.json("/api/root")["experiments"]]
        server.get("/api/scalars/labels", {"experiments": experiments})
        folder = cache / "lavdlike" / "points"
        server.until(lambda: folder.is_dir() and len(list(folder.glob("[!.]*"))) >= len(experiments))
    return cache


def _page(new_page: Callable[[], Page], port: int, experiments: int, *, link: bool) -> Figures:
    """`experiments`: how many a chart draws when it is whole."""
    page = new_page()
    page.add_init_script(f"({_WATCH})({experiments})")
    if link:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", _LINK)
    page.goto(f"http://127.0.0.1:{port}/#/scalars", wait_until="commit")
    limit = measure.now_s() + _LIMIT_S
    drawn: Any = None
    while not drawn:
        if measure.now_s() > limit:
            raise RuntimeError(f"the charts were not there within {_LIMIT_S} s")
        page.wait_for_timeout(50)
        drawn = page.evaluate(_REST)
    sizes = page.evaluate(_ASKED)
    lines = page.evaluate(_FIRST_LINES)
    page.context.close()
    return {
        "lines": lines / 1e3,
        "chart": drawn["chart"] / 1e3,
        "all": drawn["all"] / 1e3,
        "requests": len(sizes),
        "kb": sum(sizes) / 1e3,
    }


def _sweep_bars(near: Figures, far: Figures, again: float) -> list[tuple[str, str, bool]]:
    """`again`: the CPU of a server that finds what one before it has read, as a share."""
    return [
        ("first chart, cold, < 2.5 s", f"{near['chart_s']:.2f} s", near["chart_s"] < 2.5),
        ("all charts in sight, cold, < 4 s", f"{near['all_s']:.2f} s", near["all_s"] < 4),
        ("first chart, warm, < 1 s", f"{near['warm_chart_s']:.2f} s", near["warm_chart_s"] < 1),
        ("all charts in sight, warm, < 2 s", f"{near['warm_all_s']:.2f} s", near["warm_all_s"] < 2),
        (
            "first chart over the link, warm, < 2.5 s",
            f"{far['warm_chart_s']:.2f} s",
            far["warm_chart_s"] < 2.5,
        ),
        ("files read by a server before: CPU of the server <= 0.5 x", f"{again:.2f} x", again <= 0.5),
        ("requests <= 15", f"{near['requests']:.0f}", near["requests"] <= 15),
    ]


def sweep(rounds: int) -> Result:
    """Row 13."""
    size = _SWEEP if rounds >= measure.WHOLE_ROUNDS else _QUICK_SWEEP
    with tempfile.TemporaryDirectory() as name, browsing.windows() as new_page:
        root = trees.scalars(Path(name, "log"), *size)
        contestants = {
            "loopback": opened(new_page, root),
            "50 ms, 5 Mbit/s": opened(new_page, root, link=True),
            "loopback, files read by a server before": opened(
                new_page, root, cache=_kept(root, Path(name, "cache"))
            ),
            "floor: reading the files": _floor(root),
        }
        if peers.python_of("tensorboard"):
            events = opening.event_files(Path(name, "events"), *size)
            contestants["TensorBoard, its runs known"] = opening.tensorboard(events, size[0])
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    again = measure.ratio(taken, "loopback, files read by a server before", "loopback", "cpu_s")
    bars = _sweep_bars(middle["loopback"], middle["50 ms, 5 Mbit/s"], again)
    table = [
        [
            place,
            *(f"{each[key]:.2f}" for key in (*_TIMES, "cpu_s")),
            *(f"{each[key]:.0f}" for key in ("requests", "kb")),
        ]
        for place, each in middle.items()
        if "lines_s" in each
    ]
    table += [
        [place, "", f"{each['seconds']:.2f}", *[""] * 6]
        for place, each in middle.items()
        if "seconds" in each
    ]
    experiments, labels, steps = size
    title = f"the page of scalars: {experiments} experiments x {labels} labels x {steps:,} steps"
    header = [
        *(
            "",
            "first lines s",
            "first chart s",
            "all in sight s",
            "warm: first",
            "all",
            "CPU s",
            "requests",
            "kB",
        )
    ]
    note = (
        "From the begin of the navigation, the server just listening. The first lines are those of the first answer"
        " with series, the first chart has those of all experiments. CPU:"
        " of the server, for all in sight. kB: of all answers but the page itself."
    )
    return Result("13", title, header, table, bars, middle, [note])


def _floor(root: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        start = measure.now_s()
        for path in root.glob("*/scalars.tsv"):
            path.read_bytes()
        return {"seconds": measure.now_s() - start}

    return run


def charts(root: Path) -> Callable[[], Figures]:
    """Charts of one label each over all experiments, one after the other; all labels are known."""

    def run() -> Figures:
        with servers.lavdlike(root) as server:
            experiments = [entry["id"] for entry in server.json("/api/root")["experiments"]]
            labels: list[str] = []
            for begin in range(0, len(experiments), _IN_REQUEST):
                part = experiments[begin : begin + _IN_REQUEST]
                page = server.json("/api/scalars/labels", {"experiments": part})
                labels = [entry["label"] for entry in page["experiments"][0]["labels"]]
            (_, read_bytes), cpu_s, start = server.reads(), server.cpu_s(), measure.now_s()
            for label in labels[:_CHARTS]:
                server.get(
                    "/api/scalars/series", {"experiments": experiments, "labels": [label], "columns": 80}
                )
            return {
                "seconds": (measure.now_s() - start) / _CHARTS,
                "cpu_s": (server.cpu_s() - cpu_s) / _CHARTS,
                "read_mb": (server.reads()[1] - read_bytes) / 1e6 / _CHARTS,
                "mib": server.memory_mib(),
            }

    return run


def linked(folder: Path, count: int, steps: int = _STEPS) -> Path:
    """Many experiments, whose files are links to those of a few: to spare the disk."""
    few = folder.with_name("few")
    if not few.exists():
        trees.scalars(few, _FEWER, _LABELS, steps)
    files = sorted(few.glob("*/scalars.tsv"))
    for number in range(count):
        experiment = folder / f"experiment-{number:05d}"
        experiment.mkdir(parents=True)
        os.link(files[number % len(files)], experiment / "scalars.tsv")
    return folder


def thousands(rounds: int) -> Result:
    """Row 16."""
    count = _THOUSANDS if rounds >= measure.WHOLE_ROUNDS else _QUICK_THOUSANDS
    with tempfile.TemporaryDirectory() as name, browsing.windows() as new_page:
        root = trees.sweep(Path(name, "log"), count)
        contestants = {"loopback": opened(new_page, root), "floor: reading the files": _floor(root)}
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    near, floor = middle["loopback"], middle["floor: reading the files"]
    bars = [("first lines, cold, < 2 s", f"{near['lines_s']:.2f} s", near["lines_s"] < 2)]
    table = [
        [
            "loopback",
            *(f"{near[key]:.2f}" for key in _TIMES),
            *(f"{near[key]:.0f}" for key in ("requests", "kb")),
        ],
        ["floor: reading the files", "", f"{floor['seconds']:.2f}", *[""] * 5],
    ]
    title = f"the page of scalars: {count:,} experiments x 2 labels x 100 steps"
    header = ["", "first lines s", "first chart s", "all in sight s", "warm: first", "all", "requests", "kB"]
    return Result("16", title, header, table, bars, middle)


def walk(rounds: int) -> Result:
    """Row 14."""
    with tempfile.TemporaryDirectory() as name:
        many, more = f"{_MANY} experiments", f"{_MORE_THAN_FITS} experiments"
        contestants = {
            many: charts(linked(Path(name, "many"), _MANY)),
            more: charts(linked(Path(name, "more"), _MORE_THAN_FITS)),
        }
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    slower = measure.ratio(taken, more, many, "cpu_s")
    read_mb = middle[more]["read_mb"]
    bars = [
        ("a further chart <= 3 x that of 200 experiments (CPU)", f"{slower:.2f} x", slower <= 3),
        ("nothing unchanged is read again (< 1 MB a chart)", f"{read_mb:.1f} MB", read_mb < 1),
    ]
    table = [
        [
            name,
            f"{each['seconds']:.2f}",
            f"{each['cpu_s']:.2f}",
            f"{each['read_mb']:.1f}",
            f"{each['mib']:.0f}",
        ]
        for name, each in middle.items()
    ]
    title = f"a further chart of many experiments x {_LABELS} labels x {_STEPS:,} steps"
    return Result("14", title, ["", "seconds", "CPU s", "MB read", "MiB"], table, bars, middle)
