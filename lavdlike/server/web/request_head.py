"""What a request's head says that decides about access."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.types import Scope

from lavdlike.server.web.responses import RefusedError

MAX_USER = 64
# In `scope["state"]`, of a unix socket: the user (uid) at its other end, as the system says.
PEER_UID = "peer_uid"
PAGE_SUBPROTOCOL = "lavdlike.page."


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
        self.peer_uid: int | None = scope.get("state", {}).get(PEER_UID)
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

    def user(self, header: str) -> str:
        """The name that a proxy gives in a header; "" if it gives none."""
        value = self._only(header.lower().encode("latin-1")) or ""
        try:
            name = value.encode("latin-1").decode()
        except UnicodeDecodeError:
            name = value
        if len(name) > MAX_USER or not name.isprintable():
            raise RefusedError(400, f"The header {header} holds no name.")
        return name.strip()

    def cookies(self, name: str) -> list[str]:
        pairs = (pair.partition("=") for line in self._headers.get(b"cookie", []) for pair in line.split(";"))
        return [value.strip() for key, _, value in pairs if key.strip() == name]

    def _only(self, name: bytes) -> str | None:
        values = self._headers.get(name, [])
        if len(values) > 1:
            raise RefusedError(400, f"The header {name.decode('latin-1')} was sent more than once.")
        return values[0] if values else None
