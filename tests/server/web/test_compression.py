from __future__ import annotations

import asyncio
import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from lavdlike.server.web.compression import WORTH_COMPRESSING_BYTES, compressed

_LONG = bytes(range(64)) * (WORTH_COMPRESSING_BYTES // 16)


def _answer(body: bytes, accepted: str, *, is_packed: bool = False) -> Response:
    request = Request({"type": "http", "headers": [(b"accept-encoding", accepted.encode())]})
    return asyncio.run(compressed(request, body, "a/b", is_packed=is_packed))


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("body", [_LONG, b"\0" * 1_000_000])
def test_a_long_answer_is_smaller_and_holds_the_same(body: bytes, *, is_packed: bool) -> None:
    answer = _answer(body, "br, gzip", is_packed=is_packed)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.body) < len(body)
    assert gzip.decompress(answer.body) == body


@pytest.mark.parametrize(
    ("body", "accepted"),
    [(b"short", "gzip"), (_LONG, ""), (_LONG, "br"), (_LONG, "gzip;q=0"), (_LONG, "gzip; q=0.0, br")],
)
def test_what_need_not_or_must_not_be_compressed_is_sent_as_it_is(body: bytes, accepted: str) -> None:
    answer = _answer(body, accepted)
    assert "Content-Encoding" not in answer.headers
    assert (answer.body, answer.headers["Vary"]) == (body, "Accept-Encoding")
