from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.server.children import Limits
from lavdlike.server.markdown import MAX_BYTES, Markdown, safe_html


@pytest.fixture(scope="module")
def shared() -> Iterator[Markdown]:
    """One child for all tests that do not harm it."""
    markdown = Markdown()
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
    ("address", "expected"),
    [
        ("picture.png", "api/files/my%20run/0001/notes/picture.png"),
        ("./sub/a%20b.png", "api/files/my%20run/0001/notes/sub/a%20b.png"),
        ("../other.png", "api/files/my%20run/0001/other.png"),
        ("../../top.png?raw=1#x", "api/files/my%20run/top.png"),
        ("/top.png", "api/files/my%20run/top.png"),
        ("größe.png", "api/files/my%20run/0001/notes/gr%C3%B6%C3%9Fe.png"),
        ("%FF.png", "api/files/my%20run/0001/notes/%FF.png"),
        ("../../../outside.png", None),
        ("/../outside.png", None),
        ("%2e%2e/%2e%2e/%2e%2e/outside.png", None),
        ("..", "api/files/my%20run/0001"),
        ("../..", None),
        ("https://example.org/a.png", None),
        ("//example.org/a.png", None),
        ("javascript:alert(1)", None),
        ("java&#10;script:alert(1)", None),
        ("file:///etc/passwd", None),
        ("http://[", None),
    ],
)
def test_pictures_are_those_of_the_experiment(address: str, expected: str | None) -> None:
    html = safe_html(f'<img alt="x" src="{address}">', "my%20run", "0001/notes")
    assert html == (f'<img alt="x" src="{expected}">' if expected else '<img alt="x">')


def test_pictures_in_the_text_itself_are_kept() -> None:
    inside = '<img src="data:image/png;base64,AAAA">'
    assert safe_html(inside, "a", "") == inside
    assert safe_html('<img src="data:image/svg+xml;base64,AAAA">', "a", "") == "<img>"
    assert "data:" not in safe_html('<a href="data:text/html;base64,AAAA">x</a>', "a", "")


def test_links_lead_into_the_experiment_or_to_the_web() -> None:
    assert 'href="api/files/a/sub/x.csv"' in safe_html('<a href="x.csv">x</a>', "a", "sub")
    assert 'href="https://example.org/"' in safe_html('<a href="https://example.org/">x</a>', "a", "sub")
    assert 'href="mailto:a@example.org"' in safe_html('<a href="mailto:a@example.org">x</a>', "a", "sub")
    assert 'href="#doc-part"' in safe_html('<a href="#part">x</a>', "a", "sub")
    assert "href" not in safe_html('<a href="ftp://example.org/">x</a>', "a", "sub")


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
            "<math",
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


_PIECES = [*"<>\"'=/ &;:#.x\\%\t\n", "<a href=", "<img src=", "javascript:", "//e.org", "..", "&#10;"]


@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_every_address_that_is_left_is_one_of_ours(text: str) -> None:
    html = safe_html(text, "a", "sub")
    for address in re.findall(r'(?:src|href|poster)="([^"]*)"', html):
        assert address.startswith(("api/files/a/", "#doc-", "https:", "http:", "mailto:", "data:image/"))


def test_long_text_is_cut_between_lines_and_says_so(shared: Markdown) -> None:
    line = "x" * 63 + "\n"
    page = shared.page(line.encode() * (MAX_BYTES // 64 + 100), "a", "a.md")
    assert page.cut
    assert page.source == line * (MAX_BYTES // 64)


def test_bytes_that_are_not_utf8_are_replaced(shared: Markdown) -> None:
    assert "\ufffd" in shared.page(b"a\xffb", "a", "a.md").html


@pytest.mark.parametrize("source", [">" * 5000 + " x\n", "- " * 3000 + "x\n", "[" * 20_000, "*a_" * 20_000])
def test_what_cannot_be_rendered_in_time_is_shown_as_written(source: str) -> None:
    markdown = Markdown(Limits(time_s=0.3))
    try:
        page = markdown.page(source.encode(), "a", "a.md")
        assert page.source == source
        assert page.html
        assert "<p>fine</p>" in markdown.page(b"fine\n", "a", "a.md").html
    finally:
        markdown.close()


def test_plain_text_is_escaped() -> None:
    markdown = Markdown(Limits(time_s=0.001))
    try:
        page = markdown.page(b"<b>x</b>\n" * 1000, "a", "a.md")
    finally:
        markdown.close()
    assert "takes longer than 0.001 s" in page.html
    assert "&lt;b&gt;x" in page.html
    assert "<b>" not in page.html
