"""What routes have in common: JSON bodies in and out, the headers of docs/security.md, and how a refusal looks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lavdlike.messages import Refusal

BASE_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
}
# Pages of our own that draw what the tree says, in a frame without an origin (`frames/` of the build). Their library
# comes from the page as a blob: frames without an origin share no cache, and each would load it anew.
FRAME_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; script-src 'self' blob:; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# The page of ours that HTML of the tree is written into with its scripts (`--allow-html-scripts`). Its address has no
# key, which a script could read; where it may go to is up to `frame-src` of the page around it.
SCRIPT_FRAME_HEADERS: Mapping[str, str] = {
    **FRAME_HEADERS,
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; media-src data: blob:; connect-src 'none'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
}
# Files of the tree: whatever they hold, a browser runs nothing of it and gives it no origin.
TREE_FILE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; "
        "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


JSON_TYPE = "application/json"
MAX_BODY_BYTES = 1024 * 1024
# Notes and boards of 1 MiB however they are escaped (one byte can stand as `\u0001`), and what is around them.
MAX_NOTES_BODY_BYTES = 7 * 1024 * 1024
_ROUTES_OF_NOTES = ("/api/edits", "/api/notes/", "/api/boards/preview")
BODY_TIMEOUT_S = 30.0

_Message = TypeVar("_Message")


class RefusedError(Exception):
    """A request that is not answered: what is wrong, and what to do."""

    def __init__(
        self, status: int, error: str, hint: str = "", *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.hint = hint
        self.headers = dict(headers or {})


def refusal(refused: RefusedError, *, accept: str = "") -> Response:
    """The answer for a refused request: plain text for a person who opened the address, else a `Refusal`."""
    headers = {"Cache-Control": "no-store", **refused.headers}
    # Names of the tree need not be Unicode.
    error, hint = (text.encode(errors="backslashreplace").decode() for text in (refused.error, refused.hint))
    if "text/html" in accept:
        return Response(
            "".join(f"{line}\n" for line in (error, hint) if line), refused.status, headers, "text/plain"
        )
    return json_answer(Refusal(error, hint), refused.status, headers)


def json_answer(message: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A message of `messages.py` as JSON; NaN and infinities must have been turned into texts before."""
    return Response(msgspec.json.encode(message), status, headers, JSON_TYPE)


async def read_json(request: Request, type_: type[_Message], *, max_bytes: int = MAX_BODY_BYTES) -> _Message:
    """The body of a request as a message; raises `RefusedError` for what is none, too large or too slow."""
    kinds = [kind.partition(";")[0].strip().lower() for kind in request.headers.getlist("content-type")]
    if kinds != [JSON_TYPE]:  # nor two, of which others may have looked at the other one
        raise RefusedError(415, "The body must be JSON.", "Send it with 'Content-Type: application/json'.")
    try:
        body = await asyncio.wait_for(_body(request, max_bytes), BODY_TIMEOUT_S)
    except TimeoutError:
        close = {"Connection": "close"}
        raise RefusedError(
            408, f"The body did not arrive within {BODY_TIMEOUT_S:g} s.", headers=close
        ) from None
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(400, f"The body is not what this route takes: {printable(str(error))}.") from None


async def _body(request: Request, max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise too_large_body(max_bytes)
    return bytes(body)


def body_limit(path: str) -> int:
    """The most bytes that the body of a request for this path may have."""
    return MAX_NOTES_BODY_BYTES if path.startswith(_ROUTES_OF_NOTES) else MAX_BODY_BYTES


def too_large_body(max_bytes: int = MAX_BODY_BYTES) -> RefusedError:
    return RefusedError(
        413,
        f"The body is larger than {max_bytes} bytes.",
        "Ask for less at once.",
        headers={"Connection": "close"},
    )


def printable(text: str, limit: int = 100) -> str:
    """What a client sent, safe and short enough for a sentence."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:limit])
