"""The Plots page in a browser: figures drawn by plotly in frames without an origin."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page

from tests.browser.pages import at_rest, show_page, write
from tests.expecting import expect
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab

_GRID = [[0, 1, 2], [1, 3, 1], [2, 1, 0]]
_XYZ = {"x": [0, 1, 0, 1], "y": [0, 0, 1, 1], "z": [0, 1, 1, 2]}
_FIELD = {**_XYZ, "u": [1, 0, 1, 0], "v": [0, 1, 0, 1], "w": [1, 1, 0, 0]}
_SHARES = {"labels": ["all", "cat", "dog"], "parents": ["", "all", "all"], "values": [3, 1, 2]}
# Each is drawn as one trace; what a stem plot is made of stands as one.
GALLERY: dict[str, dict[str, Any]] = {
    "scatter": {"type": "scatter", "mode": "markers", "x": [1, 2, 3], "y": [2, 1, 3]},
    "scatter-gl": {"type": "scattergl", "mode": "markers", "x": [1, 2, 3], "y": [2, 1, 3]},
    "scatter-3d": {"type": "scatter3d", "mode": "markers", **_XYZ},
    "line": {"type": "scatter", "mode": "lines", "y": [2, 1, 3]},
    "stem": {"mode": "markers", "y": [2, 1, 3], "error_y": {"array": [0, 0, 0], "arrayminus": [2, 1, 3]}},
    "bar": {"type": "bar", "x": ["a", "b"], "y": [2, 1]},
    "histogram": {"type": "histogram", "x": [1, 1, 2, 3, 3, 3]},
    "histogram-2d": {"type": "histogram2d", "x": [1, 1, 2, 3], "y": [1, 2, 2, 3]},
    "box": {"type": "box", "y": [1, 2, 3, 9]},
    "violin": {"type": "violin", "y": [1, 2, 3, 9]},
    "heatmap": {"type": "heatmap", "z": _GRID},
    "contour": {"type": "contour", "z": _GRID},
    "surface": {"type": "surface", "z": _GRID},
    "quiver": {"type": "quiver", "x": [0, 1], "y": [0, 1], "u": [1, 0], "v": [0, 1]},
    "cone": {"type": "cone", **_FIELD},
    "mesh": {"type": "mesh3d", **_XYZ, "i": [0, 1], "j": [1, 2], "k": [2, 3]},
    "pie": {"type": "pie", "labels": ["cat", "dog"], "values": [1, 2]},
    "sunburst": {"type": "sunburst", **_SHARES},
}


def log(root: Path, path: str, trace: dict[str, Any], **layout: Any) -> Path:
    return write(root, f"{path}.plotly.json", json.dumps({"data": [trace], "layout": layout}))


# Whether the figure has left a mark: shapes in the SVG, or a canvas that WebGL has drawn on.
PAINTED = """
    document.querySelector(`.trace path, .slice path, .points path, .heatmaplayer image, .contourlayer path,
                            .gl-container canvas`) !== null
"""


def plot(page: Page, label: str) -> Locator:
    return page.get_by_title(f"Plot of {label}", exact=True)


def expect_drawn(page: Page, label: str) -> None:
    expect(plot(page, label)).to_have_attribute("data-state", "drawn")


def shown(page: Page, label: str, script: str) -> Any:
    """What the frame of a plot says, asked from inside."""
    frame = plot(page, label).element_handle().content_frame()
    assert frame is not None
    return frame.evaluate(script)


def wait_for(page: Page, label: str, script: str, expected: Any) -> None:
    def is_so() -> bool:
        with suppress(Error):  # a frame that is loaded anew gives way in this moment
            return bool(shown(page, label, script) == expected)
        return False

    wait_until(is_so)


def test_every_type_of_trace_is_drawn(page: Page, root: Path, experiment: str) -> None:
    for step, (name, trace) in enumerate(GALLERY.items()):
        log(root, f"{experiment}/{step:04}/gallery", {**trace, "name": name})
    show_page(page, "plots", experiment, step="0")
    for step, (name, trace) in enumerate(GALLERY.items()):
        if step:
            page.get_by_role("button", name="Next step", exact=True).click()
        wait_for(page, "gallery", "plot._fullData?.[0].name", name)
        wait_for(page, "gallery", "plot._fullData[0].type", trace.get("type", "scatter"))
        wait_for(page, "gallery", PAINTED, expected=True)
    expect_drawn(page, "gallery")


def test_zoom_survives_updates_steps_and_the_large_view(page: Page, root: Path, experiment: str) -> None:
    log(root, f"{experiment}/0001/curve", GALLERY["line"])
    show_page(page, "plots", experiment)
    expect_drawn(page, "curve")
    box = at_rest(plot(page, "curve"))
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.7, steps=4)
    page.mouse.up()
    ranges = "JSON.stringify(plot._fullLayout.xaxis.range.map((x) => x.toFixed(6)))"
    wait_for(page, "curve", "plot._fullLayout.xaxis.autorange", expected=False)
    zoomed = shown(page, "curve", ranges)
    log(root, f"{experiment}/0001/curve", {**GALLERY["line"], "y": [3, 1, 2]})
    wait_for(page, "curve", "plot._fullData[0].y[0]", 3)
    assert shown(page, "curve", ranges) == zoomed
    log(root, f"{experiment}/0002/curve", {**GALLERY["line"], "y": [9, 1, 2]})
    wait_for(page, "curve", "plot._fullData[0].y[0]", 9)
    assert shown(page, "curve", ranges) == zoomed
    page.get_by_role("button", name="Large view").click()
    large = page.get_by_title("Large plot of curve")
    expect(large).to_have_attribute("data-state", "drawn")
    frame = large.element_handle().content_frame()
    assert frame is not None
    wait_until(lambda: frame.evaluate(ranges) == zoomed)


def test_plot_has_the_themes_colours_and_is_saved(page: Page, root: Path, experiment: str) -> None:
    log(root, f"{experiment}/bars", GALLERY["bar"], template={"layout": {"plot_bgcolor": "#E5ECF6"}})
    page.emulate_media(color_scheme="dark")
    show_page(page, "plots", experiment)
    expect_drawn(page, "bars")
    background = "[plot._fullLayout.plot_bgcolor, plot._fullLayout.paper_bgcolor]"
    wait_for(page, "bars", background, ["#141417"] * 2)
    page.emulate_media(color_scheme="light")
    wait_for(page, "bars", background, ["#fff"] * 2)
    page.get_by_role("switch", name="Original colours").check()
    wait_for(page, "bars", "plot._fullLayout.plot_bgcolor", "#E5ECF6")
    for format_, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("JSON", b'{"data"')):
        page.get_by_role("button", name="Save bars").click()
        with page.expect_download() as saving:
            page.get_by_role("button", name=f"Download {format_}").click()
        assert Path(saving.value.path()).read_bytes().startswith(start)


@pytest.mark.expect_browser_errors("Content Security Policy", "sandboxed")
@pytest.mark.own_tab
def test_figure_reaches_nothing_outside_its_frame(page: Page, root: Path, experiment: str) -> None:
    markup = "<img src=x onerror=parent.canary(1)><script>parent.canary(2)</script>"
    page.add_init_script("window.ran = []; window.canary = (what) => window.ran.push(what);")
    log(
        root,
        f"{experiment}/hostile",
        {
            "type": "bar",
            "x": [markup, '<a href="javascript:parent.canary(3)">b</a>'],
            "y": [1, 2],
            "name": markup,
        },
        title={"text": markup},
        images=[{"source": "https://example.invalid/picture.png", "x": 0, "y": 1, "sizex": 1, "sizey": 1}],
        showlegend=True,
        __proto__={"polluted": 1},
    )
    write(root, f"{experiment}/empty.plotly.json", '{"layout": {}}')
    write(root, f"{experiment}/nan.plotly.json", '{"data": [{"y": [1, NaN, -Infinity], "name": "NaN"}]}')
    show_page(page, "plots", experiment)
    expect(page.get_by_role("alert").get_by_text("not a plot")).to_be_visible()
    expect_drawn(page, "nan")
    assert shown(page, "nan", "[...plot._fullData[0].y]") == [1, None, None]
    assert shown(page, "nan", "plot._fullData[0].name") == "NaN"
    expect_drawn(page, "hostile")
    assert shown(page, "hostile", "[origin, {}.polluted === undefined]") == ["null", True]
    for reach in ("parent.document", "localStorage", "document.cookie", "open('about:blank').name"):
        assert shown(
            page, "hostile", f"(() => {{ try {{ return {reach}; }} catch {{ return 'refused'; }} }})()"
        ) == ("refused")
    request = "fetch('../api/root').then(() => 'read', () => 'refused')"
    assert shown(page, "hostile", request) == "refused"
    assert page.evaluate("window.ran") == []
    assert shown(page, "hostile", "window.ran") == []


def test_a_plot_that_grows_is_read_on_and_begun_anew(page: Page, root: Path, experiment: str) -> None:
    """Only what is new is asked for; another file under its name is read from its begin."""
    pad = " " * 5000  # more than the few bytes that are asked for again
    base = json.dumps({"data": [{"y": [1], "name": pad}]})
    path = write(root, f"{experiment}/0001/curve.plotly.jsonl", f"{base}\n")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    show_page(page, "plots", experiment)
    wait_for(page, "curve", "plot._fullData?.[0].y.length", 1)
    sizes.clear()
    with path.open("a") as file:
        file.write('{"trace": 0, "append": {"y": [2, 3]}}\n{"add": {"y": [4]}}\n{"trace": 0, "append": {"y')
    wait_for(page, "curve", "plot._fullData.length", 2)
    assert shown(page, "curve", "plot._fullData[0].y.join()") == "1,2,3"
    assert max(sizes) < len(pad)
    write(
        root,
        f"{experiment}/0001/curve.plotly.jsonl",
        f"{base}\n" + '{"trace": 0, "append": {"y": [7]}}\n' * 9,
    )
    wait_for(page, "curve", "plot._fullData.length", 1)
    wait_for(page, "curve", "plot._fullData[0].y.length", 10)


def test_titles_are_drawn_that_are_texts_as_before_and_formulas(
    page: Page, root: Path, experiment: str
) -> None:
    log(
        root,
        f"{experiment}/0001/titled",
        {**GALLERY["line"], "name": r"$\alpha_1$"},
        title="Two words",
        titlefont={"size": 20},
        xaxis={"title": r"$\beta^2$"},
        showlegend=True,
    )
    show_page(page, "plots", experiment)
    drawn = "[...document.querySelectorAll('.gtitle, .xtitle, .legendtext')]"
    texts = rf"{drawn}.map((each) => each.textContent.replaceAll('\u200b', '')).sort().join()"
    wait_for(page, "titled", texts, "Two words,α1,β2")
    assert shown(page, "titled", "plot._fullLayout.title.font.size") == 20
