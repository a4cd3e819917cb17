from __future__ import annotations

import pytest

from lavdlike.server.web.authority import Authority, authority_of, is_same_address, origin_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("localhost", Authority("localhost")),
        ("LOCALHOST:4343", Authority("localhost", 4343)),
        ("127.0.0.1:1", Authority("127.0.0.1", 1)),
        ("[::1]", Authority("::1")),
        ("[2001:DB8:0:0::1]:65535", Authority("2001:db8::1", 65535)),
        ("a_b-c.example.org", Authority("a_b-c.example.org")),
        *(
            (text, None)
            for text in ("", ":", ":1", "a:", "a:0", "a:65536", "a:123456", "a:b", "a:1:2", "a:1b")
        ),
        *(
            (text, None)
            for text in ("a@b", "a:1@b", "a/b", "a b", "a,b", "a?b", "a#b", "a%b", "\u0131a", "a:\u0661")
        ),
        *(
            (text, None)
            for text in ("::1", "[::1", "::1]", "[]", "[::1]x", "[a]", "[::1]:", "[::x]", "[fe80::1%lo]")
        ),
        ("a\n", None),
    ],
)
def test_a_host_is_a_name_and_perhaps_a_port(text: str, found: Authority | None) -> None:
    assert authority_of(text) == found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://lab.example.org", "https://lab.example.org"),
        ("HTTPS://Lab.example.org:443", "https://lab.example.org"),
        ("http://lab.example.org:443", "http://lab.example.org:443"),
        ("http://[::0001]:80", "http://[::1]"),
        ("https://lab.example.org:8443", "https://lab.example.org:8443"),
        *(
            (text, None)
            for text in ("", "null", "lab.example.org", "ftp://a", "https://", "https://a/", "//a")
        ),
        ("https://a:1@evil.example", None),
        ("https://a, https://b", None),
    ],
)
def test_an_origin_is_written_as_browsers_do(text: str, written: str | None) -> None:
    found = origin_of(text)
    assert (None if found is None else str(found)) == written


@pytest.mark.parametrize(
    ("name", "address", "same"),
    [
        ("10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "::ffff:10.0.0.5", True),  # of a socket that listens at ::
        ("fe80::1", "fe80::1%eth0", True),
        ("10.0.0.5", "10.0.0.6", False),
        ("lab", "lab", False),  # a name, which somebody else may have resolved
        ("", "", False),
    ],
)
def test_an_address_is_the_one_that_was_connected_to(name: str, address: str, *, same: bool) -> None:
    assert is_same_address(name, address) == same
