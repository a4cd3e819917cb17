"""What changes of what a browser looks at: over a WebSocket, or asked for from time to time."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from lavdlike.messages import Look, PollRequest
from lavdlike.server.live.subscriptions import Subscription
from lavdlike.server.web.access import FEED_SUBPROTOCOL
from lavdlike.server.web.endpoints import Asgi, answering, unless_gone
from lavdlike.server.web.responses import read_json
from lavdlike.server.web.routes.subject import Subject

_UNSUPPORTED_DATA = 1003


class FeedRoutes(Subject):
    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/poll", answering(self._poll), methods=["POST"]),
            WebSocketRoute("/api/feed", Asgi(self._feed)),
        ]

    async def _poll(self, request: Request) -> Any:
        return await unless_gone(request, self._hub.poll(await read_json(request, PollRequest)))

    async def _feed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what changes of what the browser looks at, until either side ends it."""
        websocket = WebSocket(scope, receive, send)
        offered = scope["subprotocols"]
        await websocket.accept(FEED_SUBPROTOCOL if FEED_SUBPROTOCOL in offered else None)
        subscription = self._hub.subscribe()
        halves = [
            asyncio.create_task(_send_changes(send, subscription)),
            asyncio.create_task(_take_looks(websocket, subscription)),
        ]
        try:
            done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            subscription.close()
            for half in halves:
                half.cancel()
            await asyncio.gather(*halves, return_exceptions=True)
        for half in done:
            half.result()  # raises what was raised in it


async def _send_changes(send: Send, subscription: Subscription) -> None:
    while batch := await subscription.next_batch():
        for message in batch:
            # Not by `WebSocket.send_text`: what it checks is known here, and every value goes to every browser.
            content = subscription.encoded(message)
            await send({"type": "websocket.send", "text" if isinstance(content, str) else "bytes": content})


async def _take_looks(websocket: WebSocket, subscription: Subscription) -> None:
    decoder = msgspec.json.Decoder(Look)
    while (message := await websocket.receive())["type"] == "websocket.receive":
        try:
            look = decoder.decode(message.get("text") or message.get("bytes") or b"")
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            reason = f"not a message of this protocol: {error}"
            await websocket.close(_UNSUPPORTED_DATA, reason[:100])
            return
        subscription.look(look)
