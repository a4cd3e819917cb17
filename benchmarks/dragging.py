"""Row 13b: smoothing dragged over many experiments: how long the page's tasks are, beside work of a known length."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from benchmarks import browsing, measure, servers, trees
from benchmarks.measure import Figures, Result

_SWEEP = (30, 40, 5000)
_QUICK_SWEEP = (30, 20, 1000)
_WINDOW: ViewportSize = {"width": 2560, "height": 1400}
_REST_MS = 3000
_DRAGGED_S, _MOVE_MS = 5, 30
_SLOWEST_S = 120
# Of a task that is long for a browser, half: what is longer here was held up by the machine.
_WORK_MS = 25

_WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" });
}"""
_WORK = """(ms) => {
  const frame = () => {
    for (const start = performance.now(); performance.now() - start < ms; );
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""


def smoothing(rounds: int) -> Result:
    """Row 13b."""
    size = _SWEEP if rounds >= measure.WHOLE_ROUNDS else _QUICK_SWEEP
    experiments, labels, steps = size
    with tempfile.TemporaryDirectory() as name, browsing.windows() as new_page:
        root = trees.scalars(Path(name, "log"), *size)
        ours, floor = "smoothing dragged", f"floor: {_WORK_MS} ms of arithmetic in each frame"
        contestants = {ours: _dragged(new_page, root), floor: _worked(new_page)}
        middle = measure.medians(measure.in_turn(contestants, rounds))
    longest = middle[ours]["longest_ms"]
    bars = [("no task over 50 ms", f"{longest:.0f} ms", longest <= 50)]
    table = [
        [who, *(f"{each[key]:.0f}" for key in ("longest_ms", "long_tasks", "moves"))]
        for who, each in middle.items()
    ]
    title = f"smoothing dragged: {experiments} experiments x {labels} labels x {steps:,} steps"
    note = (
        f"A window of {_WINDOW['width']} x {_WINDOW['height']}, all charts in sight are drawn anew; Chromium draws in"
        " software, without a graphics card. Tasks below 50 ms are not told by browsers: 0. Where the floor has long"
        " tasks, the machine was busy with something else."
    )
    return Result(
        "13b", title, ["", "longest task, ms", "tasks over 50 ms", "moves"], table, bars, middle, [note]
    )


def _dragged(new_page: Callable[[], Page], root: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(root) as server:
            server.get("/api/root")
            page = new_page()
            page.set_viewport_size(_WINDOW)
            page.goto(f"http://127.0.0.1:{server.port}/#/scalars?scalars.smoothing=0.5")
            page.locator(".chart canvas").nth(5).wait_for(timeout=_SLOWEST_S * 1e3)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(_REST_MS)
            page.evaluate(_WATCH)
            moves = _drag(page)
            return _figures_of(page, moves)

    return run


def _drag(page: Page) -> int:
    """To and fro over the slider, as a hand does. How many moves that were."""
    box = page.get_by_role("slider", name="Smoothing").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    begun, moves = measure.now_s(), 0
    while (passed := measure.now_s() - begun) < _DRAGGED_S:
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.4 * math.sin(2 * passed)), y)
        page.wait_for_timeout(_MOVE_MS)
        moves += 1
    page.mouse.up()
    return moves


def _worked(new_page: Callable[[], Page]) -> Callable[[], Figures]:
    def run() -> Figures:
        page = new_page()
        page.evaluate(_WATCH)
        page.evaluate(_WORK, _WORK_MS)
        page.wait_for_timeout(_DRAGGED_S * 1e3)
        return _figures_of(page, 0)

    return run


def _figures_of(page: Page, moves: int) -> Figures:
    page.wait_for_timeout(1000)  # what the last move began
    tasks: list[float] = page.evaluate("() => tasks")
    page.context.close()
    over = [each for each in tasks if each > 50]
    return {"longest_ms": max(tasks, default=0.0), "long_tasks": len(over), "moves": moves}
