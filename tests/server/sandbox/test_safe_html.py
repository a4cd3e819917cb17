from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.server.sandbox.safe_html import safe_html


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


_PIECES = [*"<>\"'=/ &;:#.x\\%\t\n", "<a href=", "<img src=", "javascript:", "//e.org", "..", "&#10;"]


@given(st.lists(st.sampled_from(_PIECES)).map("".join))
def test_every_address_that_is_left_is_one_of_ours(text: str) -> None:
    html = safe_html(text, "a", "sub")
    for address in re.findall(r'(?:src|href|poster)="([^"]*)"', html):
        assert address.startswith(("api/files/a/", "#doc-", "https:", "http:", "mailto:", "data:image/"))
