"""What GitHub adds to CommonMark."""

from __future__ import annotations

import re

import pytest

from lavdlike.server.sandbox.markdown_program import render
from tests.server.sandbox.gfm.normal_html import normal


def table(head: str, *rows: str) -> str:
    """Cells between spaces."""
    columns = "".join(f"<th>{cell}</th>" for cell in head.split())
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row.split(' '))}</tr>" for row in rows)
    return f"<table><thead><tr>{columns}</tr></thead>{f'<tbody>{body}</tbody>' if rows else ''}</table>"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("| a | b |\n| - | - |\n| 1 | 2 |", table("a b", "1 2")),
        ("a | b\n--|--\n1 | 2", table("a b", "1 2")),
        ("| a |\n|---|", table("a")),
        ("| a |\n| - |\n| 1 |\n\ntext", table("a", "1") + "<p>text</p>"),
        ("| a |\n| - |\n1\n> q", table("a", "1") + "<blockquote><p>q</p></blockquote>"),
        ("| a |\n| - |\n| 1 |\n# h", table("a", "1") + "<h1>h</h1>"),
        ("| a |\n| - |\n| 1 |\n- x", table("a", "1") + "<ul><li>x</li></ul>"),
        ("| a | b |\n| - | - |\n| 1 |\n| 1 | 2 | 3 |", table("a b", "1 ", "1 2")),
        ("| a | b |\n| - |\n| 1 |", "<p>| a | b | | - | | 1 |</p>"),
        ("| a\\|b |\n| - |\n| `x\\|y` |", table("a|b", "<code>x|y</code>")),
        ("Results:\n| a |\n| - |\n| 1 |", "<p>Results:</p>" + table("a", "1")),
        ("two\nlines\n| a |\n| - |", "<p>two lines</p>" + table("a")),
        ("- | a |\n  | - |\n  | 1 |", f"<ul><li>{table('a', '1')}</li></ul>"),
        ("> | a |\n> | - |\n> | 1 |", f"<blockquote>{table('a', '1')}</blockquote>"),
        (
            "| *a* | [b](c) |\n|-|-|\n",
            "<table><thead><tr><th><em>a</em></th><th><a href='c'>b</a></th></tr></thead></table>",
        ),
    ],
)
def test_tables(source: str, expected: str) -> None:
    assert normal(render(source)) == normal(expected)


def test_columns_are_aligned() -> None:
    html = render("| a | b | c |\n|:-|:-:|-:|\n| 1 | 2 | 3 |")
    for tag in ("th", "td"):
        assert re.findall(rf'<{tag} align="(\w+)">', html) == ["left", "center", "right"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("Results:\n- a\n- b", "<p>Results:</p><ul><li>a</li><li>b</li></ul>"),
        ("Steps:\n1. a\n2. b", "<p>Steps:</p><ol><li>a</li><li>b</li></ol>"),
        ("The year\n1984. was", "<p>The year 1984. was</p>"),
        ("3. a\n4. b", "<ol start='3'><li>a</li><li>b</li></ol>"),
        ("- a\n\n      code", "<ul><li><p>a</p><pre><code>code\n</code></pre></li></ul>"),
        ("- a\n  ```\n  code\n  ```", "<ul><li>a<pre><code>code\n</code></pre></li></ul>"),
        ("- a\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
    ],
)
def test_lists(source: str, expected: str) -> None:
    assert normal(render(source)) == normal(expected)


BOX = '<input disabled="" type="checkbox">'
CHECKED = '<input checked="" disabled="" type="checkbox">'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- [ ] a\n- [x] b\n- [X] c", f"<ul><li>{BOX} a</li><li>{CHECKED} b</li><li>{CHECKED} c</li></ul>"),
        ("1. [ ] a", f"<ol><li>{BOX} a</li></ol>"),
        ("- [x] a\n  - [ ] b", f"<ul><li>{CHECKED} a<ul><li>{BOX} b</li></ul></li></ul>"),
        ("- [ ] a\n\n- [ ] b", f"<ul><li><p>{BOX} a</p></li><li><p>{BOX} b</p></li></ul>"),
        ("- [] a\n- [y] b\n- [ ]", "<ul><li>[] a</li><li>[y] b</li><li>[ ]</li></ul>"),
        ("[ ] a", "<p>[ ] a</p>"),
    ],
)
def test_tasks(source: str, expected: str) -> None:
    assert normal(render(source)) == normal(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("~~a~~ ~b~", "<p><del>a</del> <del>b</del></p>"),
        ("~~~a~~~ ~ b ~ c~d", "<pre><code></code></pre>"),
        ("a ~ b ~ c and ~/x ~/y", "<p>a ~ b ~ c and ~/x ~/y</p>"),
        ("~~a\n\nb~~", "<p>~~a</p><p>b~~</p>"),
        (
            "www.example.org/a(b)c.",
            "<p><a href='http://www.example.org/a(b)c'>www.example.org/a(b)c</a>.</p>",
        ),
        ("(https://example.org/x)", "<p>(<a href='https://example.org/x'>https://example.org/x</a>)</p>"),
        ("`https://example.org`", "<p><code>https://example.org</code></p>"),
        (":rocket: :+1: :no-such-name: a:b:c 1:2:3", "<p>🚀 👍 :no-such-name: a:b:c 1:2:3</p>"),
        ("`:rocket:`", "<p><code>:rocket:</code></p>"),
    ],
)
def test_marks_within_a_line(source: str, expected: str) -> None:
    assert normal(render(source)) == normal(expected)


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_alerts(kind: str) -> None:
    html = render(f"> [!{kind.upper()}]\n> Take *care*\n>\n> - of it\n")
    assert html.startswith(f'<div class="markdown-alert markdown-alert-{kind}">')
    assert f'<p class="markdown-alert-title">{kind.capitalize()}</p>' in html
    assert normal(html).endswith("<p>Take <em>care</em></p><ul><li>of it</li></ul></div>")


def test_other_quotes_are_no_alerts() -> None:
    for source in ("> [!OTHER]\n> a", "> [!NOTE] a", "> a\n> [!NOTE]", "[!NOTE]\na"):
        assert "markdown-alert" not in render(source)


def test_footnotes_are_below() -> None:
    html = render(
        "a[^1] b[^long]\n\n[^1]: one **bold**\nlazy\n[^long]: two\n\n    ```\n    code\n    ```\n\nc [^no]"
    )
    text, _, notes = html.partition('<div class="footnote">')
    assert text.count('class="footnote-ref"') == 2
    assert "[^no]" in text
    assert "one <strong>bold</strong>\nlazy" in notes
    assert "<pre><code>code\n</code></pre>" in notes


def test_markdown_stands_within_html() -> None:
    html = render("<details>\n<summary>More</summary>\n\n**a**\n\n- b\n\n</details>\n")
    assert normal(html) == normal(
        "<details><summary>More</summary><p><strong>a</strong></p><ul><li>b</li></ul></details>"
    )


def test_headings_have_the_names_that_github_gives_them() -> None:
    html = render("# Größe & `code`\n\n## A. B_c d\n\n## A. B_c d\n")
    assert 'id="größe--code"' in html
    assert 'id="a-b_c-d"' in html
    assert 'id="a-b_c-d_1"' in html


def test_diagrams_are_left_to_the_page() -> None:
    assert normal(render("```mermaid\na-->b\n```")) == "<pre><code>a--&gt;b\n</code></pre>"
    assert '<pre class="mermaid">' in render("```mermaid\na-->b\n```")


def test_html_and_code_in_titles_and_texts_of_pictures_is_text() -> None:
    html = render('![a `b` $x$ <i>](y "`t`") [l](u$v$w)')
    assert 'alt="a b $x$ &lt;i&gt;"' in html
    assert 'title="`t`"' in html
    assert 'href="u$v$w"' in html
