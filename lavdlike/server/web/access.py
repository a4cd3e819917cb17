"""Who may read, and who may edit: every request and WebSocket passes here first (docs/security.md).

What is not named as open is closed: the page and its static files carry no data, everything below `api/` does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from lavdlike.server.web.authority import Authority, authority_of, is_same_address
from lavdlike.server.web.credentials import Credentials, Holder, Session, same_secret
from lavdlike.server.web.request_head import RequestHead
from lavdlike.server.web.responses import (
    BASE_HEADERS,
    RefusedError,
    body_limit,
    printable,
    refusal,
    too_large_body,
)
from lavdlike.server.web.wrong_tries import WrongTries, too_many

FEED_SUBPROTOCOL = "lavdlike.feed"
MAX_STREAMS = 2048
MAX_STREAMS_PER_SESSION = 64

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# Below api/: what needs no access, and what `<img>`, `<video>` and frames load with a key in the address.
_OPEN_ROUTES = frozenset({"/api/session", "/api/sign-in"})
_ADDRESSED_ROUTES = ("/api/pictures/", "/api/videos/", "/api/files/")
_OWN_SITES = ("same-origin", "none")
_SIGNED_OUT = 1008
# Characters of it in a line of the log.
_SHOWN_PATH = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AccessRules:
    """What the command line decided about addresses, and about visitors where nobody signs in.

    `hosts`: names beside the loopback ones: for any port as `Authority.name`, for just one as the text of `Authority`;
    `origins`: beside the server's own, as the text of `Origin`;
    `base_url`: "" or a path such as `/lavd`, without a slash at its end.
    `anybody_edits`: whoever may read may edit; `owner`: of a unix socket, the user (uid) whose connections may edit;
    `user_header`: the header in which a proxy at the socket says who asks; without it, nobody is let in. "": none.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    base_url: str = ""
    anybody_edits: bool = False
    owner: int | None = None
    user_header: str = ""


class Visitor(NamedTuple):
    """Who asks, as `request.state.visitor`.

    `session`: of a good cookie; `allowed`: with all that a read needs; `may_edit`: with all that a change needs, where
    anybody may change something (`Settings.editing`); `name`: by which edits are signed, "" where nobody is told apart.
    """

    session: str | None = None
    allowed: bool = False
    may_edit: bool = False
    name: str = ""


class Access:
    """ASGI middleware: lets through what may pass, refuses the rest, and puts `BASE_HEADERS` on every answer.

    `page` answers what is open to everybody; `data` everything below `/api/`, and the lifespan. Both see
    `scope["path"]` without the base URL and still percent-encoded (ids are bytes).
    """

    def __init__(
        self, page: ASGIApp, data: ASGIApp, *, credentials: Credentials, gate: TokenGate, rules: AccessRules
    ) -> None:
        self._page = page
        self._data = data
        self._credentials = credentials
        self._gate = gate
        self._rules = rules
        self._streams = _Streams()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._data(scope, receive, send)
            return
        with suppress(ClientDisconnect, WebSocketDisconnect):
            await self._answer(scope, receive, _Answer(scope, receive, send))

    async def _answer(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            await self._pass_on(scope, receive, answer)
        except RefusedError as refused:
            await answer.refuse(refused)
        except HTTPException as error:  # Starlette's own: no such route, or not with this method
            await answer.refuse(RefusedError(error.status_code, f"{error.detail}.", headers=error.headers))
        except (ClientDisconnect, WebSocketDisconnect):
            raise
        except asyncio.CancelledError:  # the server stops; its own answer would have none of our headers
            with suppress(ClientDisconnect):
                await answer.refuse(RefusedError(503, "The server stops.", headers={"Connection": "close"}))
            raise
        except Exception:  # noqa: BLE001  # the last place that can answer
            path = printable(scope["path"], _SHOWN_PATH)
            _log.exception("failed at %s %s", scope.get("method", "WebSocket"), path)
            await answer.refuse(RefusedError(500, "The server failed at this request.", "Its log says why."))

    async def _pass_on(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        head = RequestHead(scope)
        check_host(head, self._rules)
        path = self._path_inside(scope["raw_path"].decode("ascii"))
        if head.content_length > body_limit(path):
            raise too_large_body(body_limit(path))
        # With "app" Starlette raises its refusals instead of answering in its own form.
        inner = {**scope, "path": path, "root_path": "", "app": self}
        if not path.startswith("/api/"):
            if head.is_stream:
                raise RefusedError(404, "There is no stream here.")
            await self._page(inner, receive, answer.send)
            return
        visitor = self._visitor(head, path)
        inner["state"] = {**scope.get("state", {}), "visitor": visitor}
        if not head.is_stream:
            await self._data(inner, receive, answer.send)
            return
        with self._streams.one_more(visitor.session) as beyond:
            if beyond:
                await answer.accept_and_close(1013, beyond)
            else:
                await self._data(inner, receive, self._sending_while_allowed(head, path, answer))

    def _sending_while_allowed(self, head: RequestHead, path: str, answer: _Answer) -> Send:
        """`answer.send` for a stream, which ends when its person is no longer in the users file."""
        if self._credentials.users is None:
            return answer.send

        async def send(message: Message) -> None:
            if message["type"] == "websocket.send" and not self._is_allowed(head, path):
                await answer.send({"type": "websocket.close", "code": _SIGNED_OUT, "reason": "signed out"})
                raise WebSocketDisconnect(_SIGNED_OUT)
            await answer.send(message)

        return send

    def _is_allowed(self, head: RequestHead, path: str) -> bool:
        try:
            return self._signed_in(head, path).allowed
        except RefusedError:  # a token that is nobody's any more
            return False

    def _path_inside(self, path: str) -> str:
        """The path as the application knows it. A proxy may take the base URL off, or leave it on."""
        base = self._rules.base_url
        if base and path == base:
            raise RefusedError(307, "The page is one slash further.", headers={"Location": base + "/"})
        return path[len(base) :] if base and path.startswith(base + "/") else path

    def _visitor(self, head: RequestHead, path: str) -> Visitor:
        """Who asks for `path`; raises `RefusedError` if that is not for them."""
        check_site(head, self._rules)
        visitor = self._signed_in(head, path)
        if not visitor.allowed and path not in _OPEN_ROUTES:
            raise RefusedError(
                401, "Sign in first.", self._how_to_sign_in(), headers={"WWW-Authenticate": "Bearer"}
            )
        return visitor

    def _how_to_sign_in(self) -> str:
        if self._credentials.asks == "password":
            return "Use your name and password, or send 'Authorization: Bearer TOKEN' with a token of yours."
        return "Open the link that lavdlike printed when it started, or send 'Authorization: Bearer TOKEN'."

    def _signed_in(self, head: RequestHead, path: str) -> Visitor:
        if not self._credentials.needs_sign_in:
            return self._connected(head)
        if head.bearer is not None:
            return _visitor(None, self._gate.check(head.bearer, head.client, status=401))
        found = Visitor()
        # Several: another port of this host may have set a cookie of the same name, but not one that we signed.
        for cookie in head.cookies(self._credentials.cookie_name):
            session = self._credentials.session_of(cookie, time.time())
            holder = None if session is None else self._credentials.holder_of(session)
            if session is None or holder is None:
                continue
            found = self._with_secret(head, path, session, holder)
            if found.allowed:
                break
        return found

    def _connected(self, head: RequestHead) -> Visitor:
        """Who asks where nobody signs in, by the connection alone."""
        rules = self._rules
        if not rules.user_header:
            is_owner = rules.owner is not None and head.peer_uid == rules.owner
            return Visitor(allowed=True, may_edit=rules.anybody_edits or is_owner)
        name = head.user(rules.user_header)
        if not name:
            raise RefusedError(
                401,
                "The proxy does not say who asks.",
                f"It has to send the header {rules.user_header} with the name of whoever signed in to it.",
            )
        return Visitor(allowed=True, may_edit=rules.anybody_edits, name=name)

    def _with_secret(self, head: RequestHead, path: str, session: Session, holder: Holder) -> Visitor:
        """Allowed if the request comes from the page: any port of this host gets the cookie, and could send it on."""
        if head.page_secret is not None:
            if same_secret(head.page_secret, self._credentials.page_secret(session)):
                return _visitor(session.id, holder)
        elif (
            path.startswith(_ADDRESSED_ROUTES)
            and not head.is_stream
            and same_secret(head.address_key, self._credentials.address_key(session))
        ):
            return Visitor(session.id, allowed=True, name=holder.name)
        return Visitor(session.id)


def _visitor(session: str | None, holder: Holder) -> Visitor:
    return Visitor(session, allowed=True, may_edit=holder.may_edit, name=holder.name)


# --- what is asked ------------------------------------------------------------------------------------------


def check_host(head: RequestHead, rules: AccessRules) -> None:
    """Only names that are ours: a name of somebody else's that leads here is how a page gets around its origin."""
    asked = authority_of(head.host)
    if asked is not None:
        if asked.name in _LOOPBACK_NAMES or not rules.hosts.isdisjoint(_names_of(asked)):
            return
        if is_same_address(asked.name, head.server_address):
            return  # the very address that was connected to; no name was resolved
    shown = printable(head.host)
    raise RefusedError(
        403,
        f"This server does not answer to the name {shown}." if shown else "The request names no host.",
        f"If the address is right, start lavdlike with --allowed-host {Authority(asked.name) if asked else 'NAME'}.",
    )


def _names_of(asked: Authority) -> set[str]:
    """By which a rule may mean it. What names no port was asked for at the usual one, which a proxy may know alone."""
    ports = (80, 443) if asked.port is None else (asked.port,)
    return {asked.name, *(str(Authority(asked.name, port)) for port in ports)}


def check_site(head: RequestHead, rules: AccessRules) -> None:
    """Data is for our own page, and for programs that are no browser (they send neither header)."""
    own = f"{head.scheme}://{head.host}"
    if head.origin is not None and head.origin.lower() != own and head.origin.lower() not in rules.origins:
        shown = printable(head.origin)
        raise RefusedError(
            403,
            f"A page at {shown} may not read from this server.",
            f"If that is lavdlike's own page behind a proxy, start lavdlike with --allowed-origin {shown}.",
        )
    if head.fetch_site is not None and head.fetch_site not in _OWN_SITES:
        raise RefusedError(
            403, "Another site's page may not read from this server.", "Open lavdlike's own page."
        )


# --- limits -------------------------------------------------------------------------------------------------


class TokenGate:
    """Checks tokens. A right one always passes, a wrong one only costs its sender the reasons why."""

    def __init__(self, credentials: Credentials, now: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._wrong = WrongTries(now)

    def check(self, token: str, address: str, *, status: int) -> Holder:
        """Whose token it is; raises `RefusedError` with `status`, or 429 after too many wrong ones, for all else."""
        holder = self._credentials.holder_of_token(token)
        if holder is not None:
            return holder
        wait_s = self._wrong.count(address)
        if wait_s:
            raise too_many("tokens", wait_s, "The right token is always taken.")
        if self._credentials.asks == "password":
            error, hint = "This token is nobody's.", "Whoever runs lavdlike here can make you another one."
        else:
            error = "This token is wrong, or lavdlike has been started anew since."
            hint = "Open the link that lavdlike printed at its last start."
        raise RefusedError(status, error, hint, headers={"WWW-Authenticate": "Bearer"})


class _Streams:
    """Counts open WebSockets: each holds a descriptor and a queue."""

    def __init__(self) -> None:
        self._total = 0
        self._of_session: Counter[str] = Counter()

    @contextmanager
    def one_more(self, session: str | None) -> Iterator[str]:
        """Count a stream while it is open; yields "" or which limit it is beyond (it is not counted then)."""
        if self._total >= MAX_STREAMS:
            yield f"more than {MAX_STREAMS} open pages"
            return
        if session is not None and self._of_session[session] >= MAX_STREAMS_PER_SESSION:
            yield f"more than {MAX_STREAMS_PER_SESSION} open pages of one sign-in; close some"
            return
        self._total += 1
        if session is not None:
            self._of_session[session] += 1
        try:
            yield ""
        finally:
            self._total -= 1
            if session is not None:
                self._of_session[session] -= 1
                self._of_session += Counter()  # forgets sessions without streams


# --- what is answered ---------------------------------------------------------------------------------------


class _Answer:
    """What is sent for one request: adds `BASE_HEADERS` and knows whether the answer has begun."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.close" and not self._begun:
            raise RefusedError(404, "There is no stream here.")  # Starlette closes what it has no route for
        if message["type"] in ("http.response.start", "websocket.http.response.start", "websocket.accept"):
            self._begun = True
            headers = MutableHeaders(
                raw=[(name.lower(), value) for name, value in message.get("headers", [])]
            )
            for name, value in BASE_HEADERS.items():
                headers.setdefault(name, value)
            message = {**message, "headers": headers.raw}
        try:  # as `_pass`, without a further call for each of very many messages
            await self._send(message)
        except OSError:
            raise ClientDisconnect from None

    async def _pass(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:  # as ASGI calls a client that has gone
            raise ClientDisconnect from None

    async def refuse(self, refused: RefusedError) -> None:
        if not self._begun:
            accept = Headers(scope=self._scope).get("accept", "")
            await refusal(refused, accept=accept)(self._scope, self._receive, self.send)
        elif self._scope["type"] == "websocket":
            await self._pass({"type": "websocket.close", "code": 1011, "reason": refused.error})
        # Else the body ends too early, and the server closes the connection so that the browser sees it.

    async def accept_and_close(self, code: int, reason: str) -> None:
        """For the page, which cannot read the status or the body of a refused WebSocket."""
        subprotocol = FEED_SUBPROTOCOL if FEED_SUBPROTOCOL in self._scope["subprotocols"] else None
        await self.send({"type": "websocket.accept", "subprotocol": subprotocol})
        await self.send({"type": "websocket.close", "code": code, "reason": reason})
