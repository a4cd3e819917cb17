"""Rows 25: boards beside the page of scalars: edits, opening, scrolling, and what is drawn anew when a panel moves."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from benchmarks import browsing, measure, servers, trees
from benchmarks.measure import Figures, Result

_RUNS, _STEPS = 30, 1000
_PANELS, _MANY = 50, 200
_EDITS = 20
_LIMIT_S = 60
_REST_MS = 500
# As the page of scalars lays its cards out in this window.
_COLUMNS, _ROWS = 3, 4
_BOARD = "charts.board.yaml"
_ADDRESS = f"board?board.name=.root/{_BOARD}"

# When the first and all charts in sight were drawn whole, in milliseconds since the begin of the navigation.
_WATCH = """() => {
  window.drawn = { first: 0, all: 0, charts: 0 };
  const look = () => {
    const charts = [...document.querySelectorAll("main article")].filter((card) => {
      const { top, bottom, height } = card.getBoundingClientRect();
      return height > 0 && bottom > 0 && top < innerHeight;
    });
    const whole = charts.filter(
      (card) =>
        card.querySelector("canvas") &&
        card.querySelector(".chart")?.ariaBusy === "false" &&
        card.querySelector('[aria-label$=", 30 experiments"]'),
    );
    if (whole.length > 0) drawn.first ||= performance.now();
    drawn.charts = charts.length;
    if (charts.length === 0 || whole.length < charts.length) drawn.all = 0;
    else drawn.all ||= performance.now();
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
_DRAWN = "() => window.drawn && drawn.all > 0 && performance.now() - drawn.all > 1000 && drawn"
_ASKED = """() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/api/scalars/"))
  .length"""
# From now on, when somebody does something here, when what this selector finds changes, and how often charts are drawn.
_FOLLOW = """(selector) => {
  const now = () => performance.timeOrigin + performance.now();
  window.told = { done: 0, seen: 0, painted: 0 };
  for (const kind of ["keydown", "pointerup", "input"])
    addEventListener(kind, () => (told.done = now()), { capture: true });
  const seen = () => (told.seen = now());
  const observer = new MutationObserver(seen);
  for (const element of document.querySelectorAll(selector))
    observer.observe(element, { attributes: true, characterData: true, childList: true, subtree: true });
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    told.painted += 1;
    return clearRect.apply(this, given);
  };
}"""


def board_of(root: Path, panels: int) -> Path:
    """A board of a chart for each label of `trees.scalars`, in the order, the sections and the size of the page's."""
    lines = ["panels:"]
    labels = sorted((f"group-{number % 4}/metric-{number}" for number in range(panels)), key=_natural)
    places: dict[str, int] = {}
    for label in labels:
        section = label.partition("/")[0]
        place = places[section] = places.get(section, -1) + 1
        at = [place % _COLUMNS * (12 // _COLUMNS), place // _COLUMNS * _ROWS, 12 // _COLUMNS, _ROWS]
        lines += [f"  - chart: {label}", f"    section: {section}", f"    at: {at}"]
    (root / _BOARD).write_text("\n".join(lines) + "\n")
    return root


def _natural(label: str) -> tuple[str, int]:
    group, _, number = label.rpartition("-")
    return group, int(number)


# --- row 25: from an edit to the file and another browser ------------------------------------------------------------


def edits(rounds: int) -> Result:
    """Row 25."""
    count = _EDITS if rounds >= measure.WHOLE_ROUNDS else 5
    with tempfile.TemporaryDirectory() as name, browsing.windows() as new_page:
        root = board_of(trees.scalars(Path(name, "log"), _RUNS, 12, 200), 12)
        contestants = {
            what: _edited(new_page, root, edit, count)
            for what, edit in (
                ("a panel is moved", _move),
                ("a title is typed", _type),
                ("in an editor", None),
            )
        }
        taken = measure.in_turn(contestants, min(rounds, 2))
    middle = measure.medians(taken)
    slowest = max(run["other_max_ms"] for runs in taken.values() for run in runs)
    painted = max(run["painted"] for run in taken["a panel is moved"])
    bars = [
        (
            f"{what}: in another browser within 300 ms (median)",
            f"{each['other_ms']:.0f} ms",
            each["other_ms"] <= 300,
        )
        for what, each in middle.items()
    ]
    bars += [
        ("the slowest of all within 300 ms", f"{slowest:.0f} ms", slowest <= 300),
        ("moving a panel draws none anew, in either browser", f"{painted:.0f} redraws", painted == 0),
    ]
    table = [
        [what, *(f"{each[key]:.0f}" for key in ("file_ms", "other_ms", "other_max_ms"))]
        for what, each in middle.items()
    ]
    header = ["", "to the file, ms", "to another browser, ms", "slowest of both, ms"]
    note = (
        f"{count} edits each: from the key (what is typed: the last one) to the time of the file, and until the other"
        " browser shows it. Two pages of Chromium of 12 charts each on one server."
    )
    return Result("25", "an edit of a board in two browsers", header, table, bars, middle, [note])


Edit = Callable[[Page, int], None]


def _move(page: Page, number: int) -> None:
    corner = page.get_by_role("button", name="Place of group-0/metric-0", exact=True)
    corner.press("ArrowRight" if number % 2 == 0 else "ArrowLeft")


def _type(page: Page, number: int) -> None:
    page.get_by_role("textbox", name="Title", exact=True).press_sequentially(f" {number}", delay=60)


def _edited(new_page: Callable[[], Page], root: Path, edit: Edit | None, count: int) -> Callable[[], Figures]:
    """`edit` None: the file is written over, as editors do."""

    def run() -> Figures:
        file = root / _BOARD
        with servers.lavdlike(root, "--allow-edits") as server:
            server.until(server.is_listening)
            one, other = (_opened(new_page, server.port) for _ in range(2))
            if edit is _type:
                one.get_by_role("button", name="Edit the board").click()
                one.get_by_role("textbox", name="Title", exact=True).wait_for()
            for page in (one, other):
                page.evaluate(_FOLLOW, "main .part, main nav")
            taken = [_once(one, other, file, edit, number) for number in range(count)]
            painted = sum(page.evaluate("() => told.painted") for page in (one, other))
            one.context.close()
            other.context.close()
        files, others = ([each[place] for each in taken] for place in (0, 1))
        return {
            "file_ms": statistics.median(files),
            "other_ms": statistics.median(others),
            "other_max_ms": max(*files, *others),
            "painted": painted,
        }

    return run


def _once(one: Page, other: Page, file: Path, edit: Edit | None, number: int) -> tuple[float, float]:
    """Milliseconds to the file, and to the other browser."""
    before = other.evaluate("() => told.seen")
    if edit is None:
        text, aside = file.read_text(), file.with_name("x~")
        aside.write_text(
            text.replace("[0, 0,", "[1, 0,") if number % 2 == 0 else text.replace("[1, 0,", "[0, 0,")
        )
        aside.replace(file)
        begun = file.stat().st_mtime * 1e3
    else:
        edit(one, number)
        begun = one.evaluate("() => told.done")
    other.wait_for_function("(before) => told.seen > before", arg=before, timeout=_LIMIT_S * 1e3)
    other.wait_for_timeout(_REST_MS)
    one.wait_for_timeout(_REST_MS)
    seen: float = other.evaluate("() => told.seen")
    return file.stat().st_mtime * 1e3 - begun, seen - begun


# --- rows 25b and 25c: beside the page of scalars --------------------------------------------------------------------


def opening(rounds: int) -> Result:
    """Row 25b."""
    with tempfile.TemporaryDirectory() as name, browsing.windows() as new_page:
        root = board_of(trees.scalars(Path(name, "log"), _RUNS, _PANELS, _STEPS), _PANELS)
        board, scalars = "board", "page of scalars"
        contestants = {board: _shown(new_page, root, _ADDRESS), scalars: _shown(new_page, root, "scalars")}
        taken = measure.in_turn(contestants, max(rounds, 1))
    middle = measure.medians(taken)
    if middle[board]["charts"] != middle[scalars]["charts"]:
        raise RuntimeError(f"not the same charts are in sight: {middle}")
    names = {
        "all_s": "all charts in sight",
        "warm_all_s": "the same, warm",
        "cpu_s": "CPU of the server",
        "page_s": "main thread of the page",
        "requests": "requests",
    }
    bars = []
    for key, what in names.items():
        times = measure.ratio(taken, board, scalars, key)
        bars.append((f"{what} <= 1.2 x the page of scalars", f"{times:.2f} x", times <= 1.2))
    keys = ("first_s", "all_s", "warm_all_s", "cpu_s", "page_s")
    table = [
        [who, *(f"{each[key]:.2f}" for key in keys), *(f"{each[key]:.0f}" for key in ("requests", "charts"))]
        for who, each in middle.items()
    ]
    header = [
        "",
        "first chart s",
        "all in sight s",
        "warm: all",
        "CPU s",
        "page s",
        "requests",
        "charts in sight",
    ]
    note = (
        "From the begin of the navigation, the server just listening; warm: in another browser. CPU: of the server,"
        " page: tasks of the page's main thread, for the first; requests: for series and labels."
    )
    title = f"a board of {_PANELS} charts over {_RUNS} runs x {_STEPS:,} steps"
    return Result("25b", title, header, table, bars, middle, [note])


def scrolling(rounds: int) -> Result:
    """Row 25c."""
    with tempfile.TemporaryDirectory() as name, browsing.windows() as new_page:
        root = board_of(trees.scalars(Path(name, "log"), _RUNS, _MANY, 200), _MANY)
        board, scalars = "board", "page of scalars"
        contestants = {
            board: browsing.scrolling(new_page, root, _ADDRESS, "main [data-scroller][aria-label=Panels]"),
            scalars: browsing.scrolling(new_page, root, "scalars", "main [data-scroller]"),
        }
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    fps = measure.ratio(taken, board, scalars, "fps")
    longest = [middle[who]["longest_ms"] for who in (board, scalars)]
    bars = [
        ("frames a second >= 0.9 x the page of scalars", f"{fps:.2f} x", fps >= 0.9),
        (
            "longest task <= 1.2 x, or below 50 ms",
            f"{longest[0]:.0f} ms, {longest[1]:.0f} ms",
            longest[0] <= max(50, 1.2 * longest[1]),
        ),
    ]
    table = [[who, f"{each['fps']:.0f}", f"{each['longest_ms']:.0f}"] for who, each in middle.items()]
    note = (
        "Chromium draws in software, without a graphics card. Tasks below 50 ms are not told by browsers: 0."
    )
    title = f"scrolling {_MANY} charts over {_RUNS} runs"
    return Result("25c", title, ["", "fps", "longest task, ms"], table, bars, middle, [note])


def _opened(new_page: Callable[[], Page], port: int) -> Page:
    """The board, at rest."""
    page = new_page()
    _draw(page, port, _ADDRESS)
    page.wait_for_timeout(_REST_MS)
    return page


def _draw(page: Page, port: int, address: str) -> Figures:
    page.add_init_script(f"({_WATCH})()")
    page.goto(f"http://127.0.0.1:{port}/#/{address}", wait_until="commit")
    return dict(page.wait_for_function(_DRAWN, timeout=_LIMIT_S * 1e3, polling=100).json_value())


def _shown(new_page: Callable[[], Page], root: Path, address: str) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(root) as server:
            server.until(server.is_listening)
            cpu_s = server.cpu_s()
            page = new_page()
            network = page.context.new_cdp_session(page)
            network.send("Performance.enable")
            drawn = _draw(page, server.port, address)
            cpu_s = server.cpu_s() - cpu_s
            metrics = {
                each["name"]: each["value"] for each in network.send("Performance.getMetrics")["metrics"]
            }
            requests = page.evaluate(_ASKED)
            page.context.close()
            again = new_page()
            warm = _draw(again, server.port, address)
            again.context.close()
        return {
            "first_s": drawn["first"] / 1e3,
            "all_s": drawn["all"] / 1e3,
            "warm_all_s": warm["all"] / 1e3,
            "cpu_s": cpu_s,
            "page_s": metrics["TaskDuration"],
            "requests": requests,
            "charts": drawn["charts"],
        }

    return run
