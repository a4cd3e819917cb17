"""Who may read: every request and WebSocket passes here first (docs/security.md).

What is not named as open is closed: the page and its static files carry no data, everything below `api/` does.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from lavdlike.server.answers import (
    BASE_HEADERS,
    MAX_BODY_BYTES,
    RefusedError,
    printable,
    refusal,
    too_large_body,
)
from lavdlike.server.credentials import Credentials, same_secret

FEED_SUBPROTOCOL = "lavdlike.feed"
PAGE_SUBPROTOCOL = "lavdlike.page."
MAX_STREAMS = 2048
MAX_STREAMS_PER_SESSION = 64
WRONG_TOKENS_PER_ADDRESS = 5
WRONG_TOKENS_OVERALL = 20
WRONG_TOKENS_WINDOW_S = 60.0

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
# Below api/: what needs no access, and what `<img>`, `<video>` and frames load with a key in the address.
_OPEN_ROUTES = frozenset({"/api/session", "/api/sign-in"})
_ADDRESSED_ROUTES = ("/api/pictures/", "/api/files/")
_OWN_SITES = ("same-origin", "none")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AccessRules:
    """What the command line decided about addresses.

    `hosts`: names beside the loopback ones, `name` for any port or `name:port`; `origins`: beside the server's own;
    `base_url`: "" or a path such as `/lavd`, without a slash at its end.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    base_url: str = ""


class Visitor(NamedTuple):
    """Who asks, as `request.state.visitor`. `session`: of a good cookie; `allowed`: with all that a read needs."""

    session: str | None = None
    allowed: bool = False


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
        answer = _Answer(scope, receive, send)
        try:
            await self._pass_on(scope, receive, answer)
        except RefusedError as refused:
            await answer.refuse(refused)
        except HTTPException as error:  # Starlette's own: no such route, or not with this method
            await answer.refuse(RefusedError(error.status_code, f"{error.detail}.", headers=error.headers))
        except (ClientDisconnect, WebSocketDisconnect):
            pass
        except Exception:  # noqa: BLE001  # the last place that can answer
            _log.exception("failed at %s %s", scope.get("method", "WebSocket"), scope["path"])
            await answer.refuse(RefusedError(500, "The server failed at this request.", "Its log says why."))

    async def _pass_on(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        head = RequestHead(scope)
        _check_host(head, self._rules)
        if head.content_length > MAX_BODY_BYTES:
            raise too_large_body()
        path = self._path_inside(scope["raw_path"].decode("ascii"))
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
        with self._streams.one_more(visitor.session) as too_many:
            if too_many:
                await answer.accept_and_close(1013, too_many)
            else:
                await self._data(inner, receive, answer.send)

    def _path_inside(self, path: str) -> str:
        """The path as the application knows it. A proxy may take the base URL off, or leave it on."""
        base = self._rules.base_url
        if base and path == base:
            raise RefusedError(307, "The page is one slash further.", headers={"Location": base + "/"})
        return path[len(base) :] if base and path.startswith(base + "/") else path

    def _visitor(self, head: RequestHead, path: str) -> Visitor:
        """Who asks for `path`; raises `RefusedError` if that is not for them."""
        _check_site(head, self._rules)
        visitor = self._signed_in(head, path)
        if not visitor.allowed and path not in _OPEN_ROUTES:
            raise RefusedError(
                401,
                "Sign in first.",
                "Open the link that lavdlike printed when it started, or send 'Authorization: Bearer TOKEN'.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return visitor

    def _signed_in(self, head: RequestHead, path: str) -> Visitor:
        if self._credentials.token is None:
            return Visitor(allowed=True)
        if head.bearer is not None:
            self._gate.check(head.bearer, head.client, status=401)
            return Visitor(allowed=True)
        found = Visitor()
        # Several: another port of this host may have set a cookie of the same name, but not one that we signed.
        for cookie in head.cookies(self._credentials.cookie_name):
            session = self._credentials.session_of(cookie, time.time())
            if session is None:
                continue
            if self._has_secret(head, path, session):
                return Visitor(session, allowed=True)
            found = Visitor(session)
        return found

    def _has_secret(self, head: RequestHead, path: str, session: str) -> bool:
        """Whether the request comes from the page: any port of this host gets the cookie, and could send it on."""
        if head.page_secret is not None:
            return same_secret(head.page_secret, self._credentials.page_secret(session))
        if path.startswith(_ADDRESSED_ROUTES) and not head.is_stream:
            return same_secret(head.address_key, self._credentials.address_key(session))
        return False


# --- what is asked ------------------------------------------------------------------------------------------


class RequestHead:
    """The parts of a request's head that decide about access. What may stand once only is refused twice."""

    def __init__(self, scope: Scope) -> None:
        self._headers: dict[bytes, list[str]] = {}
        for name, value in scope["headers"]:
            self._headers.setdefault(name, []).append(value.decode("latin-1"))
        self._query: bytes = scope["query_string"]
        self.is_stream = scope["type"] == "websocket"
        self.scheme: str = {"ws": "http", "wss": "https"}.get(scope["scheme"]) or scope["scheme"]
        self.client = scope["client"][0] if scope.get("client") else ""
        self.server_address = scope["server"][0] if scope.get("server") else ""
        self.host = (self._only(b"host") or "").lower()
        self.origin = self._only(b"origin")
        self.fetch_site = self._only(b"sec-fetch-site")

    @property
    def content_length(self) -> int:
        length = self._only(b"content-length")
        return int(length) if length is not None and length.isdecimal() else 0

    @property
    def bearer(self) -> str | None:
        scheme, _, token = (self._only(b"authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    @property
    def page_secret(self) -> str | None:
        if self.is_stream:
            for name in ",".join(self._headers.get(b"sec-websocket-protocol", [])).split(","):
                if name.strip().startswith(PAGE_SUBPROTOCOL):
                    return name.strip()[len(PAGE_SUBPROTOCOL) :]
        return self._only(b"x-lavdlike-page")

    @property
    def address_key(self) -> str:
        return parse_qs(self._query.decode("latin-1")).get("key", [""])[0]

    def cookies(self, name: str) -> list[str]:
        pairs = (pair.partition("=") for line in self._headers.get(b"cookie", []) for pair in line.split(";"))
        return [value.strip() for key, _, value in pairs if key.strip() == name]

    def _only(self, name: bytes) -> str | None:
        values = self._headers.get(name, [])
        if len(values) > 1:
            raise RefusedError(400, f"The header {name.decode('latin-1')} was sent more than once.")
        return values[0] if values else None


def _check_host(head: RequestHead, rules: AccessRules) -> None:
    """Only names that are ours: a name of somebody else's that leads here is how a page gets around its origin."""
    name = _name_of(head.host)
    if name in _LOOPBACK_NAMES or name in rules.hosts or head.host in rules.hosts:
        return
    if name == head.server_address and _is_address(name):
        return  # the very address that was connected to; no name was resolved
    shown = printable(head.host)
    raise RefusedError(
        403,
        f"This server does not answer to the name {shown}." if shown else "The request names no host.",
        f"If the address is right, start lavdlike with --allowed-host {_name_of(shown) or 'NAME'}.",
    )


def _check_site(head: RequestHead, rules: AccessRules) -> None:
    """Data is for our own page, and for programs that are no browser (they send neither header)."""
    if head.origin is not None and head.origin in rules.origins:
        return
    if head.origin is not None and head.origin.lower() != f"{head.scheme}://{head.host}":
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


def _name_of(host: str) -> str:
    """`localhost:4343` -> `localhost`, `[::1]:4343` -> `::1`; "" for what is no host."""
    if host.startswith("["):
        name, bracket, port = host[1:].partition("]")
        return name if bracket and (not port or port.startswith(":")) else ""
    return host.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


# --- limits -------------------------------------------------------------------------------------------------


class TokenGate:
    """Checks tokens. A right one always passes, a wrong one only costs its sender the reasons why."""

    def __init__(self, credentials: Credentials, now: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._now = now
        self._wrong: deque[tuple[float, str]] = deque()

    def check(self, token: str, address: str, *, status: int) -> None:
        """Raise `RefusedError` with `status`, or 429 after too many wrong ones, unless the token is right."""
        if self._credentials.is_token(token):
            return
        wait_s = self._count_wrong(address)
        if wait_s:
            raise RefusedError(
                429,
                "Too many wrong tokens.",
                f"Wait {wait_s} s. The right token is always taken.",
                headers={"Retry-After": str(wait_s)},
            )
        raise RefusedError(
            status,
            "This token is wrong, or lavdlike has been started anew since.",
            "Open the link that lavdlike printed at its last start.",
            headers={"WWW-Authenticate": "Bearer"},
        )

    def _count_wrong(self, address: str) -> int:
        """Seconds until a wrong token is looked at again; 0 if this one was."""
        now = self._now()
        while self._wrong and self._wrong[0][0] <= now - WRONG_TOKENS_WINDOW_S:
            self._wrong.popleft()
        own = [when for when, who in self._wrong if who == address]
        if len(own) >= WRONG_TOKENS_PER_ADDRESS:
            first = own[0]
        elif len(self._wrong) >= WRONG_TOKENS_OVERALL:
            first = self._wrong[0][0]
        else:
            self._wrong.append((now, address))
            return 0
        return max(1, round(first + WRONG_TOKENS_WINDOW_S - now))


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
        await self._send(message)

    async def refuse(self, refused: RefusedError) -> None:
        if not self._begun:
            accept = Headers(scope=self._scope).get("accept", "")
            await refusal(refused, accept=accept)(self._scope, self._receive, self.send)
        elif self._scope["type"] == "websocket":
            await self._send({"type": "websocket.close", "code": 1011, "reason": refused.error})
        # Else the body ends too early, and the server closes the connection so that the browser sees it.

    async def accept_and_close(self, code: int, reason: str) -> None:
        """For the page, which cannot read the status or the body of a refused WebSocket."""
        subprotocol = FEED_SUBPROTOCOL if FEED_SUBPROTOCOL in self._scope["subprotocols"] else None
        await self.send({"type": "websocket.accept", "subprotocol": subprotocol})
        await self.send({"type": "websocket.close", "code": code, "reason": reason})
