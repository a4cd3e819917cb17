"""Visdom's endpoints beside the page, at one port."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from lavdlike.errors import UsageError
from lavdlike.server.host.given_roots import note
from lavdlike.server.host.options import ServeOptions
from lavdlike.server.host.serve import Beside, serve
from lavdlike.visdom_server.login import Login
from lavdlike.visdom_server.scripts import Scripts
from lavdlike.visdom_server.sockets import BROWSERS, SCRIPTS, Sockets
from lavdlike.visdom_server.visdom_endpoints import Endpoints

if TYPE_CHECKING:
    from lavdlike.server.web.access import AccessRules
    from lavdlike.server.web.credentials import Credentials
    from lavdlike.visdom_server.visdom_arguments import VisdomOptions


class VisdomApp:
    """ASGI application: posts and sockets of Visdom's clients are answered here, all else by the page's."""

    def __init__(
        self, page: ASGIApp, credentials: Credentials, rules: AccessRules, options: VisdomOptions
    ) -> None:
        self._page, self._base_url = page, rules.base_url
        login = Login(credentials, username=options.username, may_write=not options.readonly)
        self._scripts = Scripts(options.root, readonly=options.readonly)
        self._endpoints = Endpoints(self._scripts, login, rules)
        self._sockets = Sockets(self._scripts, login, rules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._page(scope, receive, self._living(send))
            return
        path = self._path_inside(scope)
        if scope["type"] == "websocket" and path in (SCRIPTS, BROWSERS):
            await self._sockets.serve(WebSocket(scope, receive, send), path)
        elif scope["type"] == "http" and scope["method"] == "POST" and self._endpoints.has(path):
            with suppress(ClientDisconnect):
                response = await self._endpoints.answer(Request(scope, receive), path)
                await response(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    def _living(self, send: Send) -> Send:
        """Starts before the page says that it has, and stops before it says so."""

        async def living(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                await self._scripts.start()
            elif message["type"].startswith("lifespan.shutdown."):
                await self._scripts.stop()
            await send(message)

        return living

    def _path_inside(self, scope: Scope) -> str:
        """Without the base URL, which a proxy may have taken off, and without the first slash."""
        path: str = scope["raw_path"].decode("ascii")
        base = self._base_url
        inside = path[len(base) :] if base and (path == base or path.startswith(f"{base}/")) else path
        return inside.removeprefix("/")


def run(options: VisdomOptions) -> int:
    """Serve until SIGINT or SIGTERM; the exit code of the process.

    Raises:
        UsageError: as `server.host.serve.serve`, or the folder cannot be made.
    """
    if not options.readonly:
        _make(options)
    # A session notes the commit of where its script runs. That is not here; the folder is as near as can be known.
    with suppress(OSError):
        os.chdir(options.root)

    def around(page: ASGIApp, credentials: Credentials, rules: AccessRules) -> ASGIApp:
        return VisdomApp(page, credentials, rules, options)

    if options.login and not sys.stdout.isatty():
        note("the password of Visdom's clients is the token, which is in the file that is named below")
    return serve(_serve_options(options), Beside(around, options.cookie))


def _make(options: VisdomOptions) -> None:
    try:
        options.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {options.root}: {error.strerror}") from None


def _serve_options(options: VisdomOptions) -> ServeOptions:
    return ServeOptions(
        [str(options.root)],
        verbose=options.verbose,
        no_browser=True,
        port=options.port,
        host=options.host,
        base_url=options.base_url,
        no_token=not options.login,
        token_file=options.token_file,
        new_key=options.new_key,
        readonly=options.readonly,
        allow_edits=not options.login and not options.readonly,
        allowed_host=options.allowed_host,
        allowed_origin=options.allowed_origin,
    )
