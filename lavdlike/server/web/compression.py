"""Answers compressed for who takes that: most of what the page asks for comes over a link that is slower than zlib.

Clients on the same machine get it too: at the other end of a tunnel (`ssh -L`) they look the same.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

# Shorter ones fit into a packet or two. Among them are all that hold a secret, whose size could tell of it.
WORTH_COMPRESSING_BYTES = 2000
# Longer ones are compressed in a thread: a megabyte takes some 10 ms, in which the event loop should turn.
_WORTH_A_THREAD_BYTES = 100_000
_LEVEL = 1  # 6 saves another tenth and takes three times as long
_GZIP = 31  # of zlib's kinds of frames
_MEMORY = 9
_NEVER = re.compile(r"\s*q=0(\.0*)?\s*")


async def compressed(request: Request, body: bytes, media_type: str, *, is_packed: bool = False) -> Response:
    """An answer with this body.

    Args:
        is_packed: there is nothing to find in it but runs of a byte and bytes that are frequent (`series.packing`).
    """
    headers: Mapping[str, str] = {"Vary": "Accept-Encoding"}
    if len(body) < WORTH_COMPRESSING_BYTES or not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(body, headers=headers, media_type=media_type)
    if len(body) < _WORTH_A_THREAD_BYTES:
        smaller = _gzip(body, is_packed=is_packed)
    else:
        smaller = await asyncio.to_thread(_gzip, body, is_packed=is_packed)
    return Response(smaller, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)


def takes_gzip(accept_encoding: str) -> bool:
    for accepted in accept_encoding.lower().split(","):
        coding, _, quality = accepted.partition(";")
        if coding.strip() in ("gzip", "*"):
            return not _NEVER.fullmatch(quality)
    return False


def _gzip(body: bytes, *, is_packed: bool) -> bytes:
    strategy = zlib.Z_RLE if is_packed else zlib.Z_DEFAULT_STRATEGY
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP, _MEMORY, strategy)
    return compressor.compress(body) + compressor.flush()
