"""What Visdom's clients post: who may, what they mean, and what they are answered, as texts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lavdlike.server.web.access import AccessRules, check_host, check_site
from lavdlike.server.web.request_head import RequestHead
from lavdlike.server.web.responses import BASE_HEADERS, RefusedError, printable, too_large_body
from lavdlike.visdom_server import login as logins
from lavdlike.visdom_server import requests
from lavdlike.visdom_server.login import Login
from lavdlike.visdom_server.requests import RequestError
from lavdlike.visdom_server.scripts import Scripts

POLLING = "vis_socket_wrap"
# Of one message: videos and long plots come as a whole.
MAX_BODY_BYTES = 256 * 2**20
# Of all that are being read.
MAX_BODIES_BYTES = 1024 * 2**20
# From one piece of a body to the next.
PIECE_TIMEOUT_S = 30.0
# A smaller one is understood sooner than handed to a thread.
_SMALL_BYTES = 16 * 2**10
# The Python client says nothing, the Lua client the last one. A page of another site could send neither without being
# asked for its origin, which is then refused.
_TYPES = frozenset({"", "application/json", "application/text"})


class Endpoints:
    """Answers posts to the endpoints of Visdom's server."""

    def __init__(self, scripts: Scripts, login: Login, rules: AccessRules) -> None:
        self._scripts, self._login, self._rules = scripts, login, rules
        self._reading_bytes = 0

    @staticmethod
    def has(path: str) -> bool:
        """Whether something is posted to a path. It has no base URL, and no slash at its beginning."""
        return path in ("", POLLING) or requests.is_endpoint(path)

    async def answer(self, request: Request, path: str) -> Response:
        """What is answered to a post; refusals as sentences, since clients give the text to their scripts."""
        try:
            return await self._answer(request, path)
        except RefusedError as refused:
            text = " ".join(filter(None, (refused.error, refused.hint)))
            return text_answer(text, refused.status, refused.headers)
        except RequestError as error:
            return text_answer(str(error), error.status)

    async def _answer(self, request: Request, path: str) -> Response:
        head = RequestHead(request.scope)
        check_host(head, self._rules)
        check_site(head, self._rules)
        _check_type(request)
        if path == "":
            return self._signed_in(request, await self._body(request, head, logins.MAX_BODY_BYTES))
        self._login.check(head, writes=False)
        body = await self._body(request, head, MAX_BODY_BYTES)
        if path == POLLING:
            return text_answer(await self._polled(body))
        understand = partial(requests.request_of, path, body)
        asked = understand() if len(body) < _SMALL_BYTES else await self._scripts.in_thread(understand)
        self._login.check(head, writes=asked.writes)
        return text_answer(await self._scripts.do(asked))

    def _signed_in(self, request: Request, body: bytes) -> Response:
        value = self._login.sign_in(body, request.client.host if request.client else "")
        if value is None:
            return text_answer("")
        secure = request.headers.get("origin", "").startswith("https://")
        cookie = self._login.cookie_of(value, path=f"{self._rules.base_url}/", secure=secure)
        return text_answer("", headers={"Set-Cookie": cookie, "Cache-Control": "no-store"})

    async def _polled(self, body: bytes) -> str:
        """For clients that ask for events again and again instead of having a socket."""
        message = requests.decoded(body)
        clients, number = self._scripts.clients, message.get("sid")
        answer: dict[str, Any]
        if number is None:
            number, box = clients.add_polled()
            await self._scripts.greet(box)
            return msgspec.json.encode({"success": True, "sid": number}).decode()
        polled = clients.polled(str(number))
        if polled is None:
            answer = {"success": False, "reason": "closed", "messages": []}
        elif message.get("message_type") == "query":
            answer = {"success": True, "messages": polled.taken()}
        elif message.get("message_type") == "send" and message.get("message") is not None:
            self._scripts.take(message["message"])
            answer = {"success": True}
        else:
            answer = {"success": False, "reason": "invalid"}
        return msgspec.json.encode(answer).decode()

    async def _body(self, request: Request, head: RequestHead, limit: int) -> bytes:
        if head.content_length > limit:
            raise too_large_body(limit)
        body = bytearray()
        pieces = request.stream().__aiter__()
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(anext(pieces), PIECE_TIMEOUT_S)
                except StopAsyncIteration:
                    return bytes(body)
                body += piece
                self._reading_bytes += len(piece)
                if len(body) > limit:
                    raise too_large_body(limit)
                if self._reading_bytes > MAX_BODIES_BYTES:
                    raise RefusedError(503, "Too much is being sent at once.", "Try again in a moment.")
        except TimeoutError:
            raise RefusedError(
                408, f"Nothing of the body came for {PIECE_TIMEOUT_S:g} s.", headers={"Connection": "close"}
            ) from None
        finally:
            self._reading_bytes -= len(body)


def text_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    # Names of the tree need not be Unicode.
    body = text.encode(errors="backslashreplace")
    return Response(body, status, {**BASE_HEADERS, **(headers or {})}, "text/plain")


def _check_type(request: Request) -> None:
    kinds = [kind.partition(";")[0].strip().lower() for kind in request.headers.getlist("content-type")]
    if len(kinds) > 1 or (kinds and kinds[0] not in _TYPES):
        raise RefusedError(
            415, f"A body of the type {printable(kinds[0])} is not taken.", "Send it as application/json."
        )
