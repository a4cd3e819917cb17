"""The whole application: who may ask which of its routes. A route that is added is tested here by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from lavdlike.server.app import create_app
from lavdlike.server.live.hub import Hub
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules, TokenGate
from lavdlike.server.web.credentials import EDITOR, Credentials, Session
from lavdlike.server.web.responses import BASE_HEADERS
from lavdlike.server.web.routes import DataRoutes
from lavdlike.server.web.sign_in import sign_in_routes
from tests.serving import Reached, served

TOKEN = "the-right-token"  # noqa: S105
CREDENTIALS = Credentials(b"k" * 32, TOKEN)
SESSION = Session("session", EDITOR.mark)
PARAMETERS = {
    "experiment": "exp",
    "kind": "texts",
    "step": "global",
    "label:path": "x",
    "path:path": "events.log",
    "file": "my-notes.md",
}
OPEN = {"/api/session", "/api/sign-in"}
ADDRESSED = ("/api/pictures/", "/api/videos/", "/api/files/")


def _routes() -> list[tuple[str, str]]:
    """Method and path of every route below api/, as the application has them."""
    data_routes = DataRoutes(Hub(Settings(Path("/"), editing=True)))
    routes = [*sign_in_routes(CREDENTIALS, TokenGate(CREDENTIALS), base_url=""), *data_routes.routes()]
    asyncio.run(data_routes.close())
    found: list[tuple[str, str]] = []
    for route in routes:
        assert isinstance(route, Route | WebSocketRoute)
        path = route.path
        for name, value in PARAMETERS.items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"{path}: give its parameter a value above"
        methods = route.methods or set() if isinstance(route, Route) else {"STREAM"}
        found.extend((method, path) for method in sorted(methods - {"HEAD"}))
    return found


ROUTES = _routes()
CLOSED = [(method, path) for method, path in ROUTES if path not in OPEN]


@dataclass(frozen=True)
class Asked(Reached):
    """`lasting`: a client whose connection stays, as hundreds of requests follow."""

    lasting: httpx.Client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    root = tmp_path_factory.mktemp("log")
    (root / "exp").mkdir()
    (root / "exp" / "events.log").write_text("line\n")
    with (
        served(create_app(Settings(root, editing=True), CREDENTIALS, AccessRules())) as served_,
        served_.client() as client,
    ):
        yield Asked(served_.port, client)


def cookie(credentials: Credentials = CREDENTIALS) -> dict[str, str]:
    return {"Cookie": f"{CREDENTIALS.cookie_name}={credentials.cookie_value(SESSION, time.time())}"}


BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGE = {"X-Lavdlike-Page": CREDENTIALS.page_secret(SESSION)}
SIGNED_IN = {**cookie(), **PAGE}


def ask(server: Asked, method: str, path: str, headers: dict[str, str]) -> int:
    if method == "STREAM":
        return _ask_for_stream(server, path, headers)
    server.lasting.cookies.clear()
    answer = server.lasting.request(method, path, headers=headers, json={} if method == "POST" else None)
    assert all(len(answer.headers.get_list(name)) == 1 for name in BASE_HEADERS), answer.headers
    return answer.status_code


def _ask_for_stream(server: Asked, path: str, headers: dict[str, str]) -> int:
    others = {name: value for name, value in headers.items() if name not in ("Origin", "Host")}
    origin = Origin(headers["Origin"]) if "Origin" in headers else None
    host = headers.get("Host", f"127.0.0.1:{server.port}")
    try:
        with connect(f"ws://{host}{path}", sock=server.raw(), origin=origin, additional_headers=others):
            return 101
    except InvalidStatus as refused:
        names = httpx.Headers(list(refused.response.headers.raw_items()))
        assert all(len(names.get_list(name)) == 1 for name in BASE_HEADERS), names
        return refused.response.status_code


def test_the_routes_are_those_of_the_protocol() -> None:
    protocol = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text("utf-8")
    for _, path in ROUTES:
        assert "/".join(path.split("/")[1:3]) in protocol


@pytest.mark.parametrize(("method", "path"), CLOSED)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        cookie(),
        PAGE,
        {**cookie(Credentials(b"x" * 32, TOKEN)), **PAGE},
        {**cookie(), "X-Lavdlike-Page": CREDENTIALS.address_key(SESSION)},
        {"Authorization": "Bearer"},
    ],
    ids=["nothing", "cookie alone", "secret alone", "foreign cookie", "wrong secret", "no token"],
)
def test_every_route_is_closed_without_a_sign_in(
    server: Asked, method: str, path: str, headers: dict[str, str]
) -> None:
    assert ask(server, method, path, headers) in (401, 429)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
def test_every_route_refuses_other_names_and_pages(
    server: Asked, method: str, path: str, headers: dict[str, str]
) -> None:
    for with_access in (SIGNED_IN, BEARER):
        assert ask(server, method, path, {**with_access, **headers}) == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("access", [BEARER, SIGNED_IN], ids=["token", "cookie and secret"])
def test_every_route_is_open_to_who_signed_in(
    server: Asked, method: str, path: str, access: dict[str, str]
) -> None:
    headers = {**access, "Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert ask(server, method, path, headers) in (101, 200, 400, 404, 422)


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_the_key_of_addresses_opens_pictures_and_files_only(server: Asked, method: str, path: str) -> None:
    status = ask(server, method, f"{path}?key={CREDENTIALS.address_key(SESSION)}", cookie())
    assert (status != 401) == path.startswith(ADDRESSED)
    assert ask(server, method, f"{path}?key={CREDENTIALS.address_key(SESSION)}", {}) == 401


@pytest.mark.parametrize("path", [path for method, path in CLOSED if method == "STREAM"])
def test_streams_open_with_the_secret_as_a_subprotocol_and_not_with_a_wrong_one(
    server: Asked, path: str
) -> None:
    def opened(secret: str) -> bool:
        names = [Subprotocol("lavdlike.feed"), Subprotocol(f"lavdlike.page.{secret}")]
        try:
            with connect(
                server.stream_url + path, subprotocols=names, additional_headers=cookie(), proxy=None
            ) as stream:
                return stream.subprotocol == "lavdlike.feed"
        except InvalidStatus:
            return False

    assert opened(CREDENTIALS.page_secret(SESSION))
    assert not opened("wrong")
    assert not opened(CREDENTIALS.address_key(SESSION))


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("other", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_no_route_does_anything_else(server: Asked, method: str, path: str, other: str) -> None:
    if method != "STREAM":
        assert ask(server, other, path, BEARER) in (400, 405)


@pytest.mark.parametrize(("method", "path"), [route for route in CLOSED if route[0] == "POST"])
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b"\xff", b'{"experiments": {}}', b"[" * 100_000]
)
def test_no_body_makes_a_route_fail(server: Asked, method: str, path: str, body: bytes) -> None:
    headers = {**BEARER, "Content-Type": "application/json"}
    assert server.lasting.request(method, path, content=body, headers=headers).status_code in (200, 400)
