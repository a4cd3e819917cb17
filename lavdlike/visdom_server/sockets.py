"""The sockets of Visdom's server: `/vis_socket` of scripts, `/socket` of its page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from lavdlike.server.web.access import AccessRules, check_host, check_site
from lavdlike.server.web.request_head import RequestHead
from lavdlike.server.web.responses import RefusedError
from lavdlike.visdom_server.login import Login
from lavdlike.visdom_server.scripts import Scripts
from lavdlike.visdom_server.visdom_endpoints import text_answer

SCRIPTS, BROWSERS = "vis_socket", "socket"
_TRY_LATER = 1013


class Sockets:
    """Answers WebSockets. A client that reads too slowly is let go (`outboxes`) or skips states (`browsers`)."""

    def __init__(self, scripts: Scripts, login: Login, rules: AccessRules) -> None:
        self._scripts, self._login, self._rules = scripts, login, rules

    async def serve(self, websocket: WebSocket, path: str) -> None:
        """Until either side ends it."""
        head = RequestHead(websocket.scope)
        try:
            check_host(head, self._rules)
            check_site(head, self._rules)
            self._login.check(head, writes=False)
        except RefusedError as refused:
            await websocket.send_denial_response(text_answer(refused.error, refused.status))
            return
        await websocket.accept()
        if path == SCRIPTS:
            await self._serve_script(websocket)
        else:
            await self._serve_browser(websocket, may_edit=self._may_edit(head))

    async def _serve_script(self, websocket: WebSocket) -> None:
        box = self._scripts.clients.add()

        async def send() -> None:
            await self._scripts.greet(box)
            while texts := await box.next():
                for text in texts:
                    await websocket.send_text(text)
            await websocket.close(_TRY_LATER, "read too slowly")

        async def take(text: str | bytes) -> None:
            self._scripts.take(text)

        try:
            await _both(send(), _receive(websocket, take))
        finally:
            await self._scripts.say_goodbye(box)

    async def _serve_browser(self, websocket: WebSocket, *, may_edit: bool) -> None:
        browsers = self._scripts.browsers
        browser = browsers.add()
        if browser is None:
            await websocket.close(_TRY_LATER, "too many pages")
            return

        async def send() -> None:
            for text in browsers.greeting(browser):
                await websocket.send_text(text)
            while True:
                for text in await browsers.next(browser):
                    await websocket.send_text(text)

        async def take(text: str | bytes) -> None:
            if may_edit:
                await self._scripts.take_command(text)

        try:
            await _both(send(), _receive(websocket, take))
        finally:
            browsers.remove(browser)

    def _may_edit(self, head: RequestHead) -> bool:
        try:
            self._login.check(head, writes=True)
        except RefusedError:
            return False
        return True


async def _receive(websocket: WebSocket, take: Callable[[str | bytes], Awaitable[None]]) -> None:
    while (message := await websocket.receive())["type"] == "websocket.receive":
        await take(message.get("text") or message.get("bytes") or b"")


async def _both(*halves: Coroutine[Any, Any, None]) -> None:
    """Until one of them ends, as it does when the other side has gone."""
    tasks = [asyncio.create_task(half) for half in halves]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        if not isinstance(task.exception(), (WebSocketDisconnect, OSError, type(None))):
            task.result()
