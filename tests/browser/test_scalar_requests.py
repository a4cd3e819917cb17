"""What the page of scalars asks for and draws: how often, how many bytes come, how much at once."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Response, Route

from lavdlike.kinds.scalars import HEADER
from tests.browser.pages import at_rest, until_quiet
from tests.expecting import expect

EXPERIMENTS, LABELS, STEPS = 30, 24, 900
# docs/protocol.md, "Series, binary form"; 24 as doubles.
MOST_BYTES_A_POINT = 9
# `charts/frames.ts` and `charts/paint.ts`: points with a thin line in a frame, and what one of a wider line counts.
FRAME_BUDGET, WIDE = 40_000, 7
# Of each frame: the charts that were drawn, whether all were in sight, and how much it was.
WATCH_DRAWING = """(wide) => {
  const frames = new Map();
  window.drawn = () => [...frames.values()].map(({ charts, ...frame }) => ({ ...frame, charts: charts.size }));
  window.forget = () => frames.clear();
  const frame = () => {
    const time = document.timeline.currentTime;
    if (!frames.has(time)) frames.set(time, { charts: new Set(), cost: 0, unseen: 0 });
    return frames.get(time);
  };
  const { lineTo } = Path2D.prototype;
  const { clearRect, stroke } = CanvasRenderingContext2D.prototype;
  const points = new WeakMap();
  Path2D.prototype.lineTo = function (...place) {
    points.set(this, (points.get(this) ?? 0) + 1);
    lineTo.apply(this, place);
  };
  CanvasRenderingContext2D.prototype.clearRect = function (...area) {
    if (this.canvas.closest(".chart") && !this.canvas.matches(".emphasis")) {
      const { top, bottom } = this.canvas.getBoundingClientRect();
      frame().charts.add(this.canvas);
      if (bottom < 0 || top > innerHeight) frame().unseen++;
    }
    clearRect.apply(this, area);
  };
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    if (path.length > 0) frame().cost += (points.get(path[0]) ?? 0) * (this.lineWidth > 1 ? wide : 1);
    stroke.apply(this, path);
  };
}"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sweep") / "log"
    for number in range(EXPERIMENTS):
        lines = [
            f"{step}\t{1.7e9 + step * 0.3 + (step * 7 % 11) / 100:.3f}\tgroup-{label % 3}/m{label:02d}"
            f"\t{(step * 7919 + label * 104729 + number) % 10007 / 10007!r}\n"
            for step in range(STEPS)
            for label in range(LABELS)
        ]
        folder = root / f"run-{number:02d}"
        folder.mkdir(parents=True)
        (folder / "scalars.tsv").write_text(HEADER + "".join(lines))
    return root


def test_few_requests_each_thing_once_and_compressed(page: Page) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if "/api/" in answer.url else None)
    with until_quiet(page):
        page.goto("./#/scalars")
        expect(page.locator(".chart[aria-busy=false]").first).to_be_visible()
        expect(page.locator(".chart[aria-busy=true]")).to_have_count(0)
    assert len(answers) <= 15, [answer.url for answer in answers]
    of_labels = [_asked(answer.request) for answer in answers if answer.url.endswith("/scalars/labels")]
    assert Counter(id_ for asked in of_labels for id_ in asked["experiments"]).most_common(1)[0][1] == 1
    of_series = [answer for answer in answers if _is_of_series(answer.request)]
    pairs = Counter(
        (id_, label)
        for asked in (_asked(answer.request) for answer in of_series)
        for id_ in asked["experiments"]
        for label in asked["labels"]
    )
    assert pairs.most_common(1)[0][1] == 1
    width = page.locator(".chart").first.evaluate("(chart) => chart.clientWidth")
    points = 0
    for answer in of_series:
        assert answer.headers["content-encoding"] == "gzip"
        body = answer.body()
        head = json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])
        sent = [series["sent"] for series in head["series"]]
        # In a smoothed chart two lines have their extremes in half as many columns; and the ends beside them.
        assert max(sent) <= 2 * width + 8
        points += sum(sent)
    received = sum(answer.request.sizes()["responseBodySize"] for answer in of_series)
    # A smoothed value is a mean of many: all bits of its double differ, and none of them can be left out.
    smoothed = 8 if any(_asked(answer.request)["smoothing"] for answer in of_series) else 0
    assert points < received <= (MOST_BYTES_A_POINT + smoothed) * points


def test_the_first_chart_shares_the_way_with_little(page: Page) -> None:
    """What decides over a slow link: the bytes that are asked for before all of the first chart is there."""
    held: list[Route] = []
    asked: list[Request] = []

    def hold(route: Route) -> None:
        few = len(_asked(route.request)["experiments"]) < EXPERIMENTS / 2
        held.append(route)
        if few or asked:
            go_on()

    def go_on() -> None:
        while held:
            held.pop().continue_()

    def note_request(request: Request) -> None:
        if _is_of_series(request):
            asked.append(request)
            go_on()

    # Charts begin with the few experiments whose labels come first.
    page.route("**/scalars/labels", hold)
    page.on("request", note_request)
    with until_quiet(page):
        page.goto("./#/scalars")
        expect(page.locator(".chart[aria-busy=false]").first).to_be_visible()
        expect(page.locator(".chart[aria-busy=true]")).to_have_count(0)
    expect(page.locator(".chart [aria-label]").first).to_have_attribute("aria-label", re.compile("m00"))
    times = page.evaluate("""() => performance.getEntriesByType("resource")
      .filter(({ name }) => name.endsWith("/scalars/series"))
      .map(({ startTime, responseEnd }) => [startTime, responseEnd])""")
    of_first_chart = ["group-0/m00" in _asked(request)["labels"] for request in asked]
    assert of_first_chart[0]
    assert len(times) == len(asked)
    there = max(end for is_first, (_, end) in zip(of_first_chart, times, strict=True) if is_first)
    sizes = [request.sizes()["responseBodySize"] for request in asked]
    meanwhile = [size for size, (begin, _) in zip(sizes, times, strict=True) if begin < there]
    assert sum(meanwhile) < sum(sizes) / 3, (sizes, times)


def test_while_smoothing_is_dragged_each_frame_draws_little_and_only_what_is_seen(page: Page) -> None:
    """No task may take long: that is counted, in points and charts, and not timed."""
    page.add_init_script(f"({WATCH_DRAWING})({WIDE})")
    page.goto("./#/scalars?scalars.smoothing=0.3")
    expect(page.locator(".chart[aria-busy=false]").first).to_be_visible()
    expect(page.locator(".chart[aria-busy=true]")).to_have_count(0)
    slider = page.get_by_role("slider", name="Smoothing")
    box = at_rest(slider)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.evaluate("() => forget()")
    with until_quiet(page):
        for move in range(12):
            page.mouse.move(box["x"] + box["width"] * (0.35 + move / 30), middle)
            page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    weight = float(slider.input_value())
    expect(page).to_have_url(re.compile(f"scalars.smoothing={weight:g}"))
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    frames = page.evaluate("() => drawn()")
    seen = page.locator(".chart").evaluate_all(
        "charts => charts.filter((each) => each.getBoundingClientRect().top < innerHeight).length"
    )
    assert sum(frame["charts"] for frame in frames) >= seen >= 4
    assert max(frame["charts"] for frame in frames) <= 2, frames
    assert max(frame["cost"] for frame in frames) <= 2 * FRAME_BUDGET, frames
    assert sum(frame["unseen"] for frame in frames) == 0, frames


def _is_of_series(request: Request) -> bool:
    return request.url.endswith("/scalars/series")


def _asked(request: Request) -> Any:
    return request.post_data_json
