"""The Markdown page in a browser: documents of anybody, rendered safely."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.pages import at_rest, choose, show_page, write
from tests.browser.pictures import log as log_picture
from tests.expecting import expect
from tests.running import Running
from tests.serving import wait_until

pytestmark = pytest.mark.one_tab


def document(page: Page, experiment: str, label: str = "report") -> Locator:
    return page.get_by_role("article", name=f"{label} of {experiment}", exact=True)


def test_document_is_rendered(page: Page, root: Path, experiment: str) -> None:
    write(
        root,
        f"{experiment}/report.md",
        "# Result\n\n**Good**, see `code`.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n\n"
        "```python\nx = 1  # one\n```\n",
    )
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    expect(shown.get_by_role("heading", name="Result")).to_be_visible()
    expect(shown.locator("strong")).to_have_text("Good")
    expect(shown.get_by_role("cell")).to_have_text(["1", "2"])
    expect(shown.get_by_role("checkbox")).to_be_checked()
    expect(shown.locator("pre")).to_have_text("x = 1  # one")


@pytest.mark.expect_browser_errors("404")  # of the picture that is not there
def test_nothing_in_a_document_runs_or_reaches_elsewhere(
    page: Page, server: Running, root: Path, experiment: str
) -> None:
    far = "http://far.invalid"
    write(
        root,
        f"{experiment}/report.md",
        f"""begin

<img src=x alt=gone onerror="window.canary = 'image'">
<svg onload="window.canary = 'svg'"></svg>
<script>window.canary = "script"</script>
<style>.prose {{ display: none }}</style>
<details open ontoggle="window.canary = 'details'"><summary>more</summary>inside</details>

<iframe srcdoc="<script>parent.canary = 'frame'</script>"></iframe>
<form action="{far}/form"><input name="password"><button>send</button></form>
<meta http-equiv="refresh" content="0; url={far}/meta">

[inline](javascript:window.canary='link') <a href="JaVaScRiPt:window.canary='tag'" onclick="window.canary=1">tag</a>

![far]({far}/picture.png) <video src="{far}/video.mp4" poster="{far}/poster.png" autoplay></video>

end
""",
    )
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    expect(shown.get_by_text("end", exact=True)).to_be_visible()
    # Its handler has had its turn then.
    expect(shown.get_by_role("img", name="gone")).to_have_js_property("complete", True)
    dangerous = "script, style, svg, iframe, form, button, meta, [onclick], [onerror], [ontoggle]"
    fields = "input:not([type=checkbox][disabled])"
    expect(shown.locator(".prose").locator(f"{dangerous}, {fields}")).to_have_count(0)
    for word in ("inline", "tag"):
        shown.get_by_text(word, exact=True).click()
    expect(shown.locator("a[href^='java' i]")).to_have_count(0)
    assert page.evaluate("window.canary") is None
    assert hosts == {urlsplit(server.url).netloc}


def test_source_is_shown_with_line_numbers(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/report.md", "# Title\n\n**bold**\n")
    show_page(page, "markdown", experiment)
    choose(page, "Form", "Source")
    shown = document(page, experiment)
    expect(shown.locator(".content")).to_have_text(["# Title", "", "**bold**"])
    expect(shown.locator(".number").last).to_have_attribute("data-number", "3")
    choose(page, "Form", "Rendered")
    expect(shown.locator("strong")).to_have_text("bold")


def test_picture_of_the_experiment_is_shown(page: Page, root: Path, experiment: str) -> None:
    log_picture(root, experiment, "a bird #1", 1)
    write(root, f"{experiment}/0001/report.md", "![the bird](a%20bird%20%231.png)\n")
    show_page(page, "markdown", experiment)
    picture = document(page, experiment).get_by_role("img", name="the bird")
    expect(picture).to_have_js_property("naturalWidth", 40)


def test_links_stay_within_the_document_or_open_a_new_tab(page: Page, root: Path, experiment: str) -> None:
    text = "\n\n".join(["[down](#the-end) [out](https://example.com/)", *["text"] * 100, "# The end"])
    write(root, f"{experiment}/report.md", text)
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    out = shown.get_by_role("link", name="out")
    expect(out).to_have_attribute("target", "_blank")
    expect(out).to_have_attribute("rel", "noopener noreferrer nofollow")
    end = shown.get_by_role("heading", name="The end")
    expect(end).not_to_be_in_viewport()
    address = page.url
    shown.get_by_role("link", name="down").click()
    expect(end).to_be_in_viewport()
    assert page.url == address


def test_document_that_is_written_again_is_shown_anew(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/report.md", "before\n")
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    expect(shown.locator(".prose")).to_have_text("before")
    write(root, f"{experiment}/report.md", "after\n")
    expect(shown.locator(".prose")).to_have_text("after")


def test_step_of_a_document_is_chosen(page: Page, root: Path, experiment: str) -> None:
    for step in (1, 2):
        write(root, f"{experiment}/{step:04}/report.md", f"of step {step}\n")
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    expect(shown.locator(".prose")).to_have_text("of step 2")
    page.get_by_role("button", name="Previous step", exact=True).click()
    expect(shown.locator(".prose")).to_have_text("of step 1")


@pytest.mark.parametrize("width", [1440, 360])
def test_long_document_is_cut_until_all_of_it_is_wanted(
    page: Page, root: Path, experiment: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("long", "short"):
        lines = ["many words that do not fit into a line of a phone, " * 3] * (40 if name == "long" else 1)
        write(root, f"{experiment}/{name}.md", "\n\n".join(lines))
    show_page(page, "markdown", experiment)
    shown = document(page, experiment, "long")
    more = shown.get_by_role("button", name="Show all of it")
    expect(more).to_be_visible()
    assert shown.locator(".prose").evaluate("(element) => element.scrollWidth <= element.clientWidth")
    cut = at_rest(shown)["height"]
    more.click()
    expect(more).to_have_count(0)
    wait_until(lambda: at_rest(shown)["height"] > cut)


def test_large_view_shows_the_whole_document(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/report.md", "# Title\n")
    show_page(page, "markdown", experiment)
    page.get_by_role("button", name="Large view").click()
    dialog = page.get_by_role("dialog", name="report")
    expect(dialog.get_by_role("heading", name="Title")).to_be_visible()
    page.reload()
    expect(dialog.get_by_role("heading", name="Title")).to_be_visible()


def test_formulas_are_drawn_without_scripts(page: Page, root: Path, experiment: str) -> None:
    write(
        root,
        f"{experiment}/report.md",
        "inline $x_1$\n\n$$\n\\begin{aligned} a &= \\frac{b}{c} \\\\ dd &= e \\end{aligned}\n$$\n",
    )
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    inline, block = shown.locator("math").first, shown.locator("math").last
    expect(inline).to_have_attribute("alttext", "x_1")
    expect(block).to_have_attribute("display", "block")
    # Drawn, not written one after the other: the numerator stands above the denominator.
    above, below = (at_rest(block.locator("mfrac > *").nth(index)) for index in (0, 1))
    assert above["y"] + above["height"] <= below["y"] + 1
    # Both rows end where their right column begins.
    ends = [
        cell.evaluate("(cell) => cell.lastElementChild.getBoundingClientRect().right")
        for cell in block.locator("mtd.right").all()
    ]
    assert ends[0] == pytest.approx(ends[1], abs=3)


def test_diagrams_are_drawn_in_a_frame_without_an_origin(page: Page, root: Path, experiment: str) -> None:
    write(root, f"{experiment}/report.md", "```mermaid\ngraph LR\n  first --> second\n```\n\nend\n")
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    frame = shown.locator("iframe")
    expect(frame).to_have_attribute("data-state", "drawn")
    assert frame.get_attribute("sandbox") == "allow-scripts"
    expect(shown.locator("pre.mermaid")).to_be_hidden()
    inside = frame.content_frame
    expect(inside.get_by_text("first")).to_be_visible()

    def is_as_large_as_its_drawing() -> bool:
        box, drawn = frame.bounding_box(), inside.locator("svg").bounding_box()
        assert box
        assert drawn
        return all(box[side] == pytest.approx(drawn[side], abs=2) for side in ("width", "height"))

    wait_until(is_as_large_as_its_drawing)


@pytest.mark.own_tab
def test_documents_without_diagrams_do_not_load_what_draws_them(
    page: Page, root: Path, experiment: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    write(root, f"{experiment}/report.md", "```\ngraph LR\n```\n\nend\n")
    show_page(page, "markdown", experiment)
    expect(document(page, experiment).get_by_text("end")).to_be_visible()
    assert not [address for address in asked if "mermaid" in address]


def test_diagram_that_cannot_be_drawn_is_shown_as_it_is_written(
    page: Page, root: Path, experiment: str
) -> None:
    write(root, f"{experiment}/report.md", "```mermaid\nno such --> diagram [\n```\n")
    show_page(page, "markdown", experiment)
    shown = document(page, experiment)
    expect(shown.locator("iframe")).to_have_attribute("data-state", "failed")
    source = shown.locator("pre.mermaid")
    expect(source).to_be_visible()
    expect(source).to_have_text("no such --> diagram [\n")
    assert "cannot be drawn" in (source.get_attribute("title") or "")


@pytest.mark.expect_browser_errors("Content Security Policy directive", "Failed to load resource")
def test_nothing_in_a_diagram_runs_or_reaches_elsewhere(
    page: Page, server: Running, root: Path, experiment: str
) -> None:
    far = "http://far.invalid"
    write(
        root,
        f"{experiment}/report.md",
        "```mermaid\n"
        '%%{init: {"securityLevel": "loose", "htmlLabels": true}}%%\n'
        "graph LR\n"
        f"  a[\"<img src='{far}/x.png' onerror='parent.canary = 1'>first\"] --> b\n"
        f'  click a href "{far}/" _top\n'
        '  click b call alert("canary")\n'
        "```\n",
    )
    reached: list[str] = []
    page.on("response", lambda response: reached.append(urlsplit(response.url).netloc))
    show_page(page, "markdown", experiment)
    frame = document(page, experiment).locator("iframe")
    expect(frame).to_have_attribute("data-state", "drawn")
    address = page.url
    frame.content_frame.get_by_text("first").click()
    assert page.url == address
    assert page.evaluate("window.canary") is None
    assert {host for host in reached if host} == {urlsplit(server.url).netloc}
