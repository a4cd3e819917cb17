from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from lavdlike.server.sandbox.markdown_pages import MAX_BYTES, Markdown
from lavdlike.server.sandbox.pool import Limits
from tests.limits import LIMIT_S
from tests.serving import wait_until


@pytest.fixture(scope="module")
def shared() -> Iterator[Markdown]:
    """One child for all tests that do not harm it."""
    markdown = Markdown()
    yield markdown
    markdown.close()


@pytest.fixture(scope="module")
def hurried() -> Iterator[Markdown]:
    """One that ends whatever takes long, and begins anew."""
    markdown = Markdown(Limits(time_s=0.2))
    yield markdown
    markdown.close()


def rendered(markdown: Markdown, source: str, path: str = "0001/notes/a.md") -> str:
    page = markdown.page(source.encode(), "my%20run", path)
    assert page.source == source
    assert not page.cut
    return page.html


def test_tables_are_aligned_without_styles(shared: Markdown) -> None:
    html = rendered(shared, "| a | b |\n|:-:|--:|\n| 1 | 2 |\n")
    assert '<td align="center">1</td>' in html
    assert '<td align="right">2</td>' in html
    assert "style" not in html


def test_code_has_classes_for_its_colours(shared: Markdown) -> None:
    html = rendered(shared, '```python\ndef f():\n    return "a<b"\n```\n')
    assert '<div class="highlight">' in html
    assert '<span class="k">def</span>' in html
    assert "a&lt;b" in html
    assert "style" not in html


def test_task_lists_have_boxes_that_cannot_be_clicked(shared: Markdown) -> None:
    html = rendered(shared, "- [x] done\n- [ ] open\n")
    boxes = re.findall(r"<input[^>]*>", html)
    assert len(boxes) == 2
    assert all('type="checkbox"' in box and "disabled" in box for box in boxes)
    assert ["checked" in box for box in boxes] == [True, False]


def test_what_github_has_is_there(shared: Markdown) -> None:
    html = rendered(
        shared,
        "# Title\n\n~~gone~~ https://example.org note[^1]\n\n[^1]: foot\n\n<details><summary>s</summary>x</details>\n",
    )
    for expected in (
        '<h1 id="doc-title">Title</h1>',
        "<del>gone</del>",
        '<a href="https://example.org" rel="noopener noreferrer nofollow">',
        'href="#doc-fn:1"',
        'id="doc-fn:1"',
        "<details><summary>s</summary>",
    ):
        assert expected in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<iframe src=//example.org></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "<p style='position:fixed'>x</p>",
        "<style>body{display:none}</style>",
        "<form action=//example.org><input type=password name=token><button>sign in</button></form>",
        "<base href=//example.org>",
        "<meta http-equiv=refresh content='0;url=//example.org'>",
        "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
        "<math href='javascript:alert(1)'><mi style='position:fixed' class='button'>x</mi></math>",
        "<math><maction actiontype='statusline#//example.org'><mi>x</mi></maction></math>",
        "---\na: <img src=x onerror=alert(1)>\n---",
        "```mermaid\n<img src=x onerror=alert(1)>\n```",
        "> [!NOTE]\n> <button onclick=alert(1)>x</button>",
        "<video src=//example.org/x.mp4 poster=//example.org/x.png onplay=alert(1)></video>",
        "<details ontoggle=alert(1) open>x</details>",
        "```python onload=alert(1)\nx\n```",
        "<object data=//example.org></object><embed src=//example.org>",
        "<a href='x' target=_top class='button primary' id='app'>x</a>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    ],
)
def test_nothing_hostile_is_left(shared: Markdown, hostile: str) -> None:
    html = rendered(shared, f"before\n\n{hostile}\n\nafter\n")
    tags = "".join(re.findall(r"<[^>]*>", html)).lower()
    for forbidden in (
        *(
            "<script",
            "<svg",
            "<iframe",
            "<form",
            "<button",
            "<base",
            "<meta",
            "<object",
            "<embed",
            "<style",
            "xlink",
            "mglyph",
            "annotation",
            "maction",
        ),
        *(
            "javascript:",
            "//example.org",
            "style=",
            "target=",
            "button",
            'id="app"',
            'type="password"',
            "name=",
        ),
        *(" onerror", " onload", " onplay", " ontoggle"),
    ):
        assert forbidden not in tags


def test_long_text_is_cut_between_lines_and_says_so(shared: Markdown) -> None:
    line = "x" * 63 + "\n"
    page = shared.page(line.encode() * (MAX_BYTES // 64 + 100), "a", "a.md")
    assert page.cut
    assert page.source == line * (MAX_BYTES // 64)


def test_bytes_that_are_not_utf8_are_replaced(shared: Markdown) -> None:
    assert "\ufffd" in shared.page(b"a\xffb", "a", "a.md").html


@pytest.mark.parametrize("source", [">" * 5000 + " x\n", "- " * 3000 + "x\n", "[" * 20_000, "*a_" * 20_000])
def test_what_cannot_be_rendered_in_time_is_shown_as_written(hurried: Markdown, source: str) -> None:
    page = hurried.page(source.encode(), "a", "a.md")
    assert page.source == source
    assert page.html
    wait_until(lambda: "<p>fine</p>" in hurried.page(b"fine\n", "a", "a.md").html)


@pytest.mark.parametrize(
    "part",
    [
        *(
            "[",
            "![",
            "*",
            "_a ",
            "`a",
            "$",
            "$a ",
            "$\\frac{1}{2}$ ",
            "$$\n",
            "|a|b\n",
            "a|b\n-|-\n",
            "<",
            "<a ",
            "<!--",
        ),
        *(
            "<div>\n",
            "<b><p>",
            "&",
            ":a",
            "> ",
            "- ",
            "  - a\n",
            "[a]: b\n",
            "[^1]: a\n",
            "```python\n",
            "a\n===\n",
            "\\(",
        ),
        *("\t", "~", "](", "[a](<b", "---\na: &a [*a]\n"),
    ],
)
def test_hostile_text_of_any_length_takes_no_longer_than_it_may(hurried: Markdown, part: str) -> None:
    data = (part * (10 * 2**20 // len(part))).encode()
    begun = time.monotonic()
    page = hurried.page(data, "a", "a.md")
    # The child's start, its limit, and what its parent does.
    assert time.monotonic() - begun < LIMIT_S
    assert page.cut
    assert len(page.source) <= MAX_BYTES
    assert len(page.html) < 16 * MAX_BYTES


def test_plain_text_is_escaped() -> None:
    markdown = Markdown(Limits(time_s=0.001))
    try:
        page = markdown.page(b"<b>x</b>\n" * 1000, "a", "a.md")
    finally:
        markdown.close()
    assert "takes longer than 0.001 s" in page.html
    assert "&lt;b&gt;x" in page.html
    assert "<b>" not in page.html
