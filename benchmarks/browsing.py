"""Row 9: the page in a real Chromium, drawn in software: frames a second, the longest task, the heap."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import measure, servers, trees
from benchmarks.measure import Figures, Result
from tests import chromium

_LABELS = 200
_LOGGED_HZ = 10
_COUNT = 10_000
_POINTS = 1_000_000
_SCROLLED_S = 4
_ZOOMS = 5
# The heap is looked at over 10 minutes, and its highest in the last third compared with that in the second: in the
# first, the points gather that a chart takes before it asks for an overview of them (1,000).
_HEAP_LOOKS = 60
_LIVE_S = 600
# In a hurry.
_QUICK_LIVE_S = 20

# From now on: the times between frames, and the longest task.
_START_WATCHING = """() => {
  const watched = (window.watched = { gaps: [], longest: 0, last: performance.now(), on: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longest = Math.max(watched.longest, duration);
  }).observe({ type: "longtask" });
  const frame = (now) => {
    watched.gaps.push(now - watched.last);
    watched.last = now;
    if (watched.on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
_STOP_WATCHING = """() => {
  const { gaps, longest } = Object.assign(window.watched, { on: false });
  return { fps: (gaps.length / gaps.reduce((sum, gap) => sum + gap, 0)) * 1000, longest_ms: longest };
}"""
# Two windows of a laptop in a second and a half, as somebody looks for something.
_SCROLL = """([selector, seconds]) => new Promise((done) => {
  const scroller = document.querySelector(selector);
  const start = performance.now();
  const step = (now) => {
    scroller.scrollTop = (now - start) * 1.2;
    if (now - start < seconds * 1000) requestAnimationFrame(step);
    else done();
  };
  requestAnimationFrame(step);
})"""


def page(rounds: int) -> Result:
    """Row 9."""
    live_s = _LIVE_S if rounds >= measure.WHOLE_ROUNDS else _QUICK_LIVE_S
    with tempfile.TemporaryDirectory() as name, windows() as new_page:
        folder = Path(name)
        live = trees.scalars(folder / "live", 1, _LABELS, 100)
        many = trees.experiments(folder / "many", _COUNT)
        thumbnails = trees.pictures(folder / "pictures", _COUNT)
        long = trees.scalars(folder / "long", 1, 1, _POINTS)
        contestants: dict[str, Callable[[], Figures]] = {
            f"scrolling {_COUNT:,} experiments, overview": scrolling(
                new_page, many, "overview", "main .scroller"
            ),
            f"scrolling {_COUNT:,} experiments, sidebar": scrolling(
                new_page, many, "overview", "aside .scroller"
            ),
            f"scrolling {_COUNT:,} thumbnails": scrolling(
                new_page, thumbnails, "images?images.all=1", "[data-scroller]"
            ),
            f"zooming into {_POINTS:,} points": _zooming(new_page, long),
            "floor: an empty page": _nothing(new_page),
        }
        middle = measure.medians(measure.in_turn(contestants, rounds))
        followed = _followed(new_page, live, live_s)
    middle = {f"{_LABELS} live charts at {_LOGGED_HZ} Hz, {live_s} s": followed, **middle}
    bars = []
    for what, figures in middle.items():
        if not what.startswith("floor"):
            bars += [
                (f"{what}: >= 50 fps", f"{figures['fps']:.0f}", figures["fps"] >= 50),
                (
                    f"{what}: no task > 100 ms",
                    f"{figures['longest_ms']:.0f} ms",
                    figures["longest_ms"] <= 100,
                ),
            ]
    growth = followed["heap_end_mib"] / followed["heap_start_mib"]
    bars.append((f"JS heap flat over {live_s} s (<= 1.1 x)", f"{growth:.2f} x", growth <= 1.1))
    table = [
        [
            what,
            f"{figures['fps']:.0f}",
            f"{figures['longest_ms']:.0f}",
            f"{figures['heap_start_mib']:.1f} -> {figures['heap_end_mib']:.1f}"
            if "heap_end_mib" in figures
            else "",
        ]
        for what, figures in middle.items()
    ]
    note = (
        "Chromium draws in software, without a graphics card. Tasks below 50 ms are not told by browsers: 0."
        " The heap: the most, after collections, in the second and in the last third of the time."
    )
    header = ["", "fps", "longest task, ms", "JS heap, MiB"]
    return Result("9", "the page in Chromium", header, table, bars, middle, [note])


@contextmanager
def windows() -> Iterator[Callable[[], Page]]:
    """Makes pages, each in a window of its own."""
    executable = chromium.find_or_install(lambda line: print(line, file=sys.stderr))
    arguments = [*chromium.ARGUMENTS, "--js-flags=--expose-gc", "--enable-precise-memory-info"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield lambda: browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        finally:
            browser.close()


@contextmanager
def _opened(new_page: Callable[[], Page], root: Path, address: str) -> Iterator[Page]:
    """A page of the viewer that has come to rest."""
    with servers.lavdlike(root) as server:
        server.get("/api/root")
        page = new_page()
        page.goto(f"http://127.0.0.1:{server.port}/#/{address}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)
        yield page
        page.context.close()


def scrolling(new_page: Callable[[], Page], root: Path, address: str, selector: str) -> Callable[[], Figures]:
    """Of a page of the viewer, in the element that scrolls it."""

    def run() -> Figures:
        with _opened(new_page, root, address) as page:
            page.evaluate(_START_WATCHING)
            page.evaluate(_SCROLL, [selector, _SCROLLED_S])
            if page.locator(selector).first.evaluate("(scroller) => scroller.scrollTop") < 1000 * _SCROLLED_S:
                raise RuntimeError(f"{address} was not scrolled")
            figures: Figures = page.evaluate(_STOP_WATCHING)
            return figures

    return run


def _zooming(new_page: Callable[[], Page], root: Path) -> Callable[[], Figures]:
    """Each time into the middle half of what is shown."""

    def run() -> Figures:
        with _opened(new_page, root, "scalars") as page:
            plot = page.locator(".u-over").first
            plot.wait_for()
            area = plot.bounding_box()
            assert area is not None
            y = area["y"] + area["height"] / 2
            page.evaluate(_START_WATCHING)
            for _ in range(_ZOOMS):
                page.mouse.move(area["x"] + area["width"] / 4, y)
                page.mouse.down()
                page.mouse.move(area["x"] + area["width"] * 3 / 4, y, steps=20)
                with page.expect_response("**/api/scalars/series"):
                    page.mouse.up()
                page.wait_for_timeout(300)
            figures: Figures = page.evaluate(_STOP_WATCHING)
            return figures

    return run


def _nothing(new_page: Callable[[], Page]) -> Callable[[], Figures]:
    def run() -> Figures:
        page = new_page()
        page.evaluate(_START_WATCHING)
        page.wait_for_timeout(_SCROLLED_S * 1000)
        figures: Figures = page.evaluate(_STOP_WATCHING)
        page.context.close()
        return figures

    return run


def _followed(new_page: Callable[[], Page], root: Path, seconds: float) -> Figures:
    """The page of a training that logs all labels ten times a second; the heap after collections of garbage."""
    received = 0

    def note(_: object) -> None:
        nonlocal received
        received += 1

    file = os.open(root / "experiment-00000" / "scalars.tsv", os.O_WRONLY | os.O_APPEND)
    stop = threading.Event()

    def log() -> None:
        step = 100
        while not stop.wait(1 / _LOGGED_HZ):
            now = time.time()
            lines = (
                f"{step}\t{now:.3f}\tgroup-{label % 4}/metric-{label}\t{1 / step!r}\n"
                for label in range(_LABELS)
            )
            os.write(file, "".join(lines).encode())
            step += 1

    writer = threading.Thread(target=log)
    try:
        with servers.lavdlike(root) as server:
            server.get("/api/root")
            page = new_page()
            page.on("websocket", lambda socket: socket.on("framereceived", note))
            page.goto(f"http://127.0.0.1:{server.port}/#/scalars")
            page.locator(".u-over").first.wait_for()
            writer.start()
            page.wait_for_timeout(3000)  # what is made once is there
            received = 0
            page.evaluate(_START_WATCHING)
            heap_mib = []
            for _ in range(_HEAP_LOOKS):
                page.wait_for_timeout(seconds * 1000 / _HEAP_LOOKS)
                heap_mib.append(_heap_mib(page))
            figures: Figures = page.evaluate(_STOP_WATCHING)
            page.context.close()
    finally:
        stop.set()
        if writer.ident is not None:
            writer.join()
        os.close(file)
    if received < seconds * _LOGGED_HZ / 2:
        raise RuntimeError(f"only {received} messages in {seconds} s: the page was not live")
    third = _HEAP_LOOKS // 3
    return {
        **figures,
        "heap_start_mib": max(heap_mib[third : 2 * third]),
        "heap_end_mib": max(heap_mib[2 * third :]),
        "messages": received,
    }


def _heap_mib(page: Page) -> float:
    return float(page.evaluate("() => { gc(); return performance.memory.usedJSHeapSize; }")) / 2**20
