from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, Router, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from lavdlike.messages import SignInRequest
from lavdlike.server.web import access, responses
from lavdlike.server.web.access import Access, AccessRules, TokenGate, Visitor
from lavdlike.server.web.credentials import EDITOR, READER, Credentials, Session
from lavdlike.server.web.passwords import hash_of_token
from lavdlike.server.web.request_head import PEER_UID
from lavdlike.server.web.responses import BASE_HEADERS, RefusedError, json_answer, read_json
from lavdlike.server.web.sign_in import sign_in_routes
from lavdlike.server.web.users import User, Users
from tests.serving import Served, served

TOKEN = "the-right-token"  # noqa: S105
CREDENTIALS = Credentials(b"k" * 32, TOKEN)
NO_TOKEN = Credentials(b"k" * 32, None)
OWNER = Session("s", EDITOR.mark)
BEARER = {"Authorization": f"Bearer {TOKEN}"}

# One of each sort of route below api/, and how it is asked.
DATA, ADDRESSED, POSTED, STREAM = "/api/data", "/api/files/a", "/api/posted", "/api/feed"
# Answer who asks, as a route that writes sees it.
WHO, WHO_ADDRESSED = "/api/who", "/api/files/who"


async def _ok(_request: Request) -> Response:
    return PlainTextResponse("data")


async def _who(request: Request) -> Response:
    visitor: Visitor = request.state.visitor
    return json_answer([visitor.may_edit, visitor.name])


async def _path(request: Request) -> Response:
    return PlainTextResponse(request.path_params["path"])


async def _posted(request: Request) -> Response:
    return PlainTextResponse((await read_json(request, SignInRequest)).token)


async def _fails(_request: Request) -> Response:
    raise ZeroDivisionError("secret detail")


async def _fails_late(_request: Request) -> Response:
    async def body() -> Any:
        yield b"begun"
        raise ZeroDivisionError

    from starlette.responses import StreamingResponse

    return StreamingResponse(body())


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept("lavdlike.feed" if "lavdlike.feed" in websocket.scope["subprotocols"] else None)
    await websocket.send_text("hello")
    while (await websocket.receive())["type"] != "websocket.disconnect":
        await websocket.send_text("hello")


@contextmanager
def guarded(
    credentials: Credentials = CREDENTIALS,
    rules: AccessRules = AccessRules(),  # noqa: B008
    peer_uid: int | None = None,
) -> Iterator[Served]:
    """`Access` around one route of each sort. `peer_uid`: as if it came over a unix socket from this user."""
    gate = TokenGate(credentials)
    routes: list[BaseRoute] = [
        *sign_in_routes(credentials, gate, base_url=rules.base_url),
        Route(DATA, _ok),
        Route(WHO, _who),
        Route(WHO_ADDRESSED, _who),
        Route("/api/files/{path:path}", _path),
        Route(POSTED, _posted, methods=["POST"]),
        Route("/api/fails", _fails),
        Route("/api/fails-late", _fails_late),
        WebSocketRoute(STREAM, _stream),
    ]
    page = Router([Route("/{path:path}", _ok)], redirect_slashes=False)
    data = Router(routes, redirect_slashes=False)
    access_ = Access(page, data, credentials=credentials, gate=gate, rules=rules)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if peer_uid is not None and scope["type"] != "lifespan":
            scope["state"][PEER_UID] = peer_uid
        await access_(scope, receive, send)

    with served(app) as server:
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with guarded() as served_:
        yield served_


@pytest.fixture(scope="module")
def open_server() -> Iterator[Served]:
    with guarded(NO_TOKEN) as served_:
        yield served_


def cookie(
    session: str = "s", issued: float | None = None, credentials: Credentials = CREDENTIALS
) -> dict[str, str]:
    value = credentials.cookie_value(Session(session, EDITOR.mark), time.time() if issued is None else issued)
    return {"Cookie": f"{credentials.cookie_name}={value}"}


def signed_in(session: str = "s") -> dict[str, str]:
    return {**cookie(session), "X-Lavdlike-Page": CREDENTIALS.page_secret(Session(session, EDITOR.mark))}


def ask(server: Served, path: str, headers: Mapping[str, str] | None = None) -> int:
    """The status of a request of the sort that `path` is for; 101 for a stream that opened."""
    if path == STREAM:
        return open_stream(server, headers or {})
    with server.client() as client:
        if path == POSTED:
            return client.post(path, headers=headers, json={"token": "x"}).status_code
        return client.get(path, headers=headers).status_code


def open_stream(server: Served, headers: Mapping[str, str]) -> int:
    origin = Origin(headers["Origin"]) if "Origin" in headers else None
    others = {name: value for name, value in headers.items() if name != "Origin"}
    try:
        with connect(
            server.stream_url + STREAM, origin=origin, additional_headers=others, proxy=None
        ) as stream:
            assert stream.recv() == "hello"
            return 101
    except InvalidStatus as refused:
        assert_base_headers(httpx.Headers(list(refused.response.headers.raw_items())))
        return refused.response.status_code


def assert_base_headers(headers: httpx.Headers) -> None:
    for name, value in BASE_HEADERS.items():
        found = headers.get_list(name)
        assert len(found) == 1, name
        assert found == [value] or name == "Cache-Control"  # refusals are not even stored


# --- token, cookie, page secret -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [DATA, ADDRESSED, POSTED, STREAM])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        cookie(),  # without the page's secret: what another port of this host has
        {"X-Lavdlike-Page": CREDENTIALS.page_secret(OWNER)},
        {**cookie("other"), "X-Lavdlike-Page": CREDENTIALS.page_secret(OWNER)},
        {**cookie(), "X-Lavdlike-Page": CREDENTIALS.address_key(OWNER)},
        {**cookie(issued=time.time() - 91 * 86_400), "X-Lavdlike-Page": CREDENTIALS.page_secret(OWNER)},
        {
            **cookie(credentials=Credentials(b"x" * 32, TOKEN)),
            "X-Lavdlike-Page": CREDENTIALS.page_secret(OWNER),
        },
        {"Cookie": f"{CREDENTIALS.cookie_name}=s.1.", "X-Lavdlike-Page": CREDENTIALS.page_secret(OWNER)},
        {"Cookie": f"{CREDENTIALS.cookie_name}=", "X-Lavdlike-Page": ""},
        {"Cookie": "=;;=a;;", "X-Lavdlike-Page": "s"},
        {"Authorization": "Basic " + TOKEN},
        {"Authorization": TOKEN},
    ],
)
def test_data_is_closed_without_all_of_a_sign_in(server: Served, path: str, headers: dict[str, str]) -> None:
    assert ask(server, path, headers) == 401


@pytest.mark.parametrize("path", [DATA, ADDRESSED, POSTED, STREAM])
@pytest.mark.parametrize("headers", [BEARER, {"Authorization": f"bearer  {TOKEN}"}, signed_in()])
def test_data_is_open_with_the_token_or_cookie_and_secret(
    server: Served, path: str, headers: dict[str, str]
) -> None:
    assert ask(server, path, headers) in (200, 101)


def test_a_cookie_of_the_same_name_from_another_port_does_not_shut_out(server: Served) -> None:
    name = CREDENTIALS.cookie_name
    headers = signed_in()
    headers["Cookie"] = f"{name}=tossed.1.x; other=1; {headers['Cookie']}; {name}=tossed"
    assert ask(server, DATA, headers) == 200


@pytest.mark.parametrize(
    "tampered",
    [
        "t.{1}.{2}.{3}",
        "{0}.x.{2}.{3}",
        "{0}.{1}.9999999999.{3}",
        "{0}.{1}.{2}.A{3}",
        "{0}.{1}.{2}",
        "{0}.{2}.{3}",
        "{0}{1}.{2}.{3}",
        "{0}.{1}{2}.{3}",
    ],
)
def test_a_changed_cookie_is_no_cookie(server: Served, tampered: str) -> None:
    parts = CREDENTIALS.cookie_value(OWNER, time.time()).split(".")
    headers = {**signed_in(), "Cookie": f"{CREDENTIALS.cookie_name}={tampered.format(*parts)}"}
    assert ask(server, DATA, headers) == 401


def test_the_address_key_opens_files_and_pictures_only(server: Served) -> None:
    key = CREDENTIALS.address_key(OWNER)
    assert ask(server, f"{ADDRESSED}?v=1&key={key}", cookie()) == 200
    assert ask(server, f"{ADDRESSED}?key={key}") == 401
    assert ask(server, f"{ADDRESSED}?key={CREDENTIALS.page_secret(OWNER)}", cookie()) == 401
    assert ask(server, f"{DATA}?key={key}", cookie()) == 401
    assert ask(server, f"/api/files/../data?key={key}", cookie()) == 401


def test_the_page_opens_a_stream_with_its_secret_as_a_subprotocol(server: Served) -> None:
    names = [Subprotocol("lavdlike.feed"), Subprotocol(f"lavdlike.page.{CREDENTIALS.page_secret(OWNER)}")]
    with connect(
        server.stream_url + STREAM,
        subprotocols=names,
        origin=Origin(server.url),
        additional_headers=cookie(),
        proxy=None,
    ) as stream:
        assert stream.subprotocol == "lavdlike.feed"
        assert stream.recv() == "hello"


def test_without_a_token_everything_of_this_machine_may_read(open_server: Served) -> None:
    assert [ask(open_server, path) for path in (DATA, ADDRESSED, POSTED, STREAM)] == [200, 200, 200, 101]


def test_the_page_itself_is_open(server: Served) -> None:
    for path in ("/", "/assets/x.js", "/apiary", "/API/data"):
        assert ask(server, path, {"Sec-Fetch-Site": "cross-site"}) == 200


# --- who may edit -------------------------------------------------------------------------------------------


def who(server: Served, headers: Mapping[str, str] | None = None, path: str = WHO) -> object:
    """[may edit, name] of who asks, or the status of a refusal."""
    with server.client() as client:
        answer = client.get(path, headers=headers)
        return answer.json() if answer.status_code == 200 else answer.status_code


READS = Session("s", READER.mark)
READERS_COOKIE = {"Cookie": f"{CREDENTIALS.cookie_name}={CREDENTIALS.cookie_value(READS, time.time())}"}
READERS_SECRET = {"X-Lavdlike-Page": CREDENTIALS.page_secret(READS)}


def test_the_tokens_owner_edits(server: Served) -> None:
    assert who(server, BEARER) == [True, ""]
    assert who(server, signed_in()) == [True, ""]


def test_a_reader_reads_and_edits_with_nothing_that_a_reader_has(server: Served) -> None:
    token = CREDENTIALS.reader_token
    assert who(server, {"Authorization": f"Bearer {token}"}) == [False, ""]
    assert who(server, {**READERS_COOKIE, **READERS_SECRET}) == [False, ""]
    assert ask(server, STREAM, {**READERS_COOKIE, **READERS_SECRET}) == 101
    # An owner's cookie that another port got hold of, with a reader's own secret, and the other way round.
    assert who(server, {**cookie(), **READERS_SECRET}) == 401
    assert who(server, {**READERS_COOKIE, "X-Lavdlike-Page": CREDENTIALS.page_secret(OWNER)}) == 401
    both = {"Cookie": f"{READERS_COOKIE['Cookie']}; {cookie()['Cookie']}"}
    assert who(server, {**both, **READERS_SECRET}) == [False, ""]


def test_the_key_of_addresses_never_edits(server: Served) -> None:
    """It stands in addresses, which are copied."""
    key = CREDENTIALS.address_key(OWNER)
    assert who(server, cookie(), f"{WHO_ADDRESSED}?key={key}") == [False, ""]
    assert who(server, signed_in(), WHO_ADDRESSED) == [True, ""]


def test_where_nobody_signs_in_nobody_edits_unless_everybody_may(open_server: Served) -> None:
    assert who(open_server) == [False, ""]
    with guarded(NO_TOKEN, AccessRules(anybody_edits=True)) as server:
        assert who(server) == [True, ""]
        assert who(server, {"Origin": "http://evil.example"}) == 403


@pytest.mark.slow
@pytest.mark.parametrize(("uid", "may_edit"), [(1000, True), (1001, False), (0, False), (None, False)])
def test_at_a_socket_its_owner_edits(uid: int | None, *, may_edit: bool) -> None:
    with guarded(NO_TOKEN, AccessRules(owner=1000), uid) as server:
        assert who(server) == [may_edit, ""]
    with guarded(CREDENTIALS, AccessRules(owner=1000), uid) as server:
        assert who(server) == 401


# --- a proxy that says who asks -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind_proxy() -> Iterator[Served]:
    rules = AccessRules(owner=1000, user_header="X-Remote-User", anybody_edits=True)
    with guarded(NO_TOKEN, rules, 1000) as served_:
        yield served_


def test_a_proxy_says_who_asks(behind_proxy: Served) -> None:
    assert who(behind_proxy, {"X-Remote-User": "ann"}) == [True, "ann"]
    head = b"GET /api/who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-remote-user:  "
    answer = behind_proxy.exchange(head + "Ann Müller".encode() + b" \r\n\r\n")
    assert answer.body.decode() == '[true,"Ann Müller"]'
    with guarded(NO_TOKEN, AccessRules(owner=1000, user_header="X-Remote-User"), 1000) as server:
        assert who(server, {"X-Remote-User": "ann"}) == [False, "ann"]


@pytest.mark.parametrize("path", ["/api/session", DATA, ADDRESSED, POSTED, STREAM])
@pytest.mark.parametrize("headers", [{}, {"X-Remote-User": ""}, {"Remote-User": "ann"}])
def test_whom_the_proxy_does_not_name_is_not_let_in_not_even_the_sockets_owner(
    behind_proxy: Served, path: str, headers: dict[str, str]
) -> None:
    assert ask(behind_proxy, path, headers) == 401


@pytest.mark.parametrize("value", [b"a\tb", b"a" * 65, "a\u202eb".encode(), b"\xff\xfe\x80"])
def test_what_is_no_name_is_refused(behind_proxy: Served, value: bytes) -> None:
    head = b"GET /api/who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Remote-User: "
    assert behind_proxy.exchange(head + value + b"\r\n\r\n").status == 400


def test_a_name_given_twice_is_refused(behind_proxy: Served) -> None:
    head = b"GET /api/who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    twice = b"X-Remote-User: ann\r\nx-remote-user: ann\r\n\r\n"
    assert behind_proxy.exchange(head + twice).status == 400


def test_without_the_option_the_header_says_nothing(server: Served, open_server: Served) -> None:
    header = {"X-Remote-User": "ann"}
    assert who(open_server, header) == [False, ""]
    assert who(server, header) == 401
    assert who(server, {**BEARER, **header}) == [True, ""]


# --- people -------------------------------------------------------------------------------------------------


def test_people_have_their_right_and_name_as_long_as_they_are_listed() -> None:
    ann = User("ann", may_edit=True, hash=hash_of_token("token of ann"))
    bob = User("bob", may_edit=False, hash=hash_of_token("token of bob"))
    people = [ann, bob]
    credentials = Credentials(b"k" * 32, users=lambda: Users(people))
    session = Session("s", ann.stamp)
    as_ann = {
        "Cookie": f"{credentials.cookie_name}={credentials.cookie_value(session, time.time())}",
        "X-Lavdlike-Page": credentials.page_secret(session),
    }
    with guarded(credentials) as server:
        assert who(server) == 401
        assert who(server, as_ann) == [True, "ann"]
        assert who(server, {"Authorization": "Bearer token of bob"}) == [False, "bob"]
        people[0] = ann._replace(may_edit=False)
        assert who(server, as_ann) == [False, "ann"]
        people[:] = [ann._replace(hash=hash_of_token("another token"))]
        assert who(server, as_ann) == 401
        assert who(server, {"Authorization": "Bearer token of bob"}) == 401
        with server.client() as client:
            assert "name and password" in client.get(DATA).json()["hint"]


def test_a_stream_ends_with_the_next_message_when_its_person_is_removed() -> None:
    people = [User("ann", may_edit=False, hash=hash_of_token("x"))]
    credentials = Credentials(b"k" * 32, users=lambda: Users(people))
    with (
        guarded(credentials) as server,
        connect(
            server.stream_url + STREAM, additional_headers={"Authorization": "Bearer x"}, proxy=None
        ) as stream,
    ):
        assert stream.recv() == "hello"
        stream.send("more")
        assert stream.recv() == "hello"
        people.clear()
        stream.send("more")
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


# --- Host, Origin, Sec-Fetch-Site ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:9000", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:4343", 200),
        ("lab.example.org", 200),
        ("lab.example.org:8443", 200),
        ("strict.example.org:8443", 200),
        ("strict.example.org", 403),
        ("strict.example.org:1", 403),
        ("evil.example", 403),
        ("evil.example:4343", 403),
        ("localhost.evil.example", 403),
        ("evil.example#localhost", 403),
        ("localhost@evil.example", 403),
        ("127.0.0.1:4343@evil.example", 403),
        ("127.0.0.1:@evil.example", 403),
        ("[::1]:4343@evil.example", 403),
        ("[::1]@evil.example", 403),
        ("lab.example.org:8443@evil.example", 403),
        ("localhost:4343.evil.example", 403),
        ("localhost:4343/", 403),
        ("localhost:x", 403),
        ("localhost:-1", 403),
        ("localhost:+1", 403),
        ("localhost:65535", 200),
        ("localhost:65536", 403),
        ("localhost:000001", 403),
        ("localhost:", 403),
        ("localhost:1:2", 403),
        ("localhost:\xb2", 403),
        ("localhost, evil.example", 403),
        ("localhost evil.example", 403),
        ("[::0001]:1", 200),
        ("[fe80::1%lo]", 403),
        ("usual.example.org", 200),
        ("usual.example.org:443", 200),
        ("usual.example.org:80", 403),
        ("[2001:db8::1]:7", 200),
        ("[2001:db8::1]:8", 403),
        ("127.0.0.2", 403),
        ("10.0.0.1", 403),
        ("0.0.0.0", 403),  # noqa: S104
        ("[::1", 403),
        ("[::1]x", 403),
        ("::1", 403),
        ("", 403),
        ("\x80", 403),
    ],
)
@pytest.mark.parametrize("path", ["/", DATA])
def test_only_names_of_ours_are_answered(named_server: Served, path: str, host: str, status: int) -> None:
    head = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n"
    )
    answer = named_server.exchange(head.encode("latin-1"))
    assert answer.status == status
    assert_base_headers(answer.headers)
    if status == 403:
        assert b"--allowed-host" in answer.body


@pytest.fixture(scope="module")
def named_server() -> Iterator[Served]:
    rules = AccessRules(
        hosts=frozenset(
            {"lab.example.org", "strict.example.org:8443", "usual.example.org:443", "[2001:db8::1]:7"}
        ),
        origins=frozenset({"https://lab.example.org"}),
    )
    with guarded(CREDENTIALS, rules) as served_:
        yield served_


@pytest.mark.parametrize(
    "headers", [b"", b"Host: localhost\r\nHost: localhost\r\n", b"Host: a\r\nHost: localhost\r\n"]
)
def test_a_request_names_one_host(server: Served, headers: bytes) -> None:
    answer = server.exchange(b"GET / HTTP/1.1\r\nConnection: close\r\n" + headers + b"\r\n")
    assert answer.status in (400, 403)


@pytest.mark.parametrize("path", [DATA, ADDRESSED, POSTED, STREAM, "/api/session"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1:{port}@evil.example"},
        {"Origin": "http://127.0.0.1:{port}/"},
        {"Origin": "http://127.0.0.1:{port}.evil.example"},
        {"Origin": "http://evil.example http://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},  # ours, but not the name that was asked for
        {"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},  # another port of this host
        {"Sec-Fetch-Site": "unknown"},
    ],
)
def test_pages_of_others_get_no_data_even_with_all_secrets(
    server: Served, path: str, headers: dict[str, str]
) -> None:
    headers = {name: value.format(port=server.port) for name, value in headers.items()}
    assert ask(server, path, {**signed_in(), **headers}) == 403
    assert ask(server, path, {**BEARER, **headers}) == 403


@pytest.mark.parametrize("path", [DATA, ADDRESSED, POSTED, STREAM])
def test_pages_of_others_get_no_data_without_a_token_either(open_server: Served, path: str) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
        assert ask(open_server, path, headers) == 403


@pytest.mark.parametrize("path", [DATA, ADDRESSED, POSTED, STREAM])
@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_the_page_and_typed_addresses_get_data(server: Served, path: str, site: str | None) -> None:
    headers = {"Origin": server.url, **({"Sec-Fetch-Site": site} if site else {})}
    assert ask(server, path, {**signed_in(), **headers}) in (200, 101)


def test_an_allowed_origin_is_that_of_the_page_behind_a_proxy(named_server: Served) -> None:
    headers = {**BEARER, "Host": "lab.example.org", "Origin": "https://lab.example.org"}
    assert ask(named_server, POSTED, headers) == 200
    assert ask(named_server, POSTED, {**headers, "Origin": "https://lab.example.org:8443"}) == 403
    assert ask(named_server, POSTED, {**headers, "Origin": "http://lab.example.org"}) == 200  # as asked
    assert ask(named_server, POSTED, {**headers, "Sec-Fetch-Site": "same-origin"}) == 200
    assert ask(named_server, POSTED, {**headers, "Sec-Fetch-Site": "cross-site"}) == 403


def test_no_answer_allows_another_origin(server: Served) -> None:
    with server.client() as client:
        for method in ("OPTIONS", "GET"):
            headers = {**BEARER, "Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
            answer = client.request(method, DATA, headers=headers)
            assert answer.status_code == 403
            assert not [name for name in answer.headers if name.startswith("access-control")]


# --- what is answered ---------------------------------------------------------------------------------------


def test_every_answer_has_the_headers(server: Served) -> None:
    with server.client(headers=BEARER) as client:
        responses = [
            client.get("/"),
            client.head("/"),
            client.get(DATA),
            client.get("/api/nothing"),
            client.get("/api/fails"),
            client.delete(DATA),
            client.post(POSTED),
            client.get(DATA, headers={"Host": "evil.example"}),
            client.get(DATA, headers={"Authorization": "Bearer no"}),
        ]
    assert [a.status_code for a in responses] == [200, 200, 200, 404, 500, 405, 415, 403, 401]
    for answer in responses:
        assert_base_headers(answer.headers)


def test_a_failure_shows_no_detail_and_the_server_goes_on(
    server: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with server.client(headers=BEARER) as client:
        answer = client.get("/api/fails")
        assert answer.status_code == 500
        assert answer.json() == {"error": "The server failed at this request.", "hint": "Its log says why."}
        assert client.get(DATA).status_code == 200
    assert "failed at GET /api/fails" in caplog.text


def test_an_answer_that_fails_midway_is_cut_not_ended(server: Served) -> None:
    with server.client(headers=BEARER) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get("/api/fails-late")


def test_refusals_are_json_for_programs_and_text_for_people(server: Served) -> None:
    with server.client() as client:
        for_program = client.get(DATA)
        for_person = client.get(DATA, headers={"Accept": "text/html,*/*;q=0.8"})
    assert set(for_program.json()) == {"error", "hint"}
    assert for_person.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert for_person.text.startswith("Sign in first.\nOpen the link")
    assert for_person.headers["Cache-Control"] == "no-store"


def test_names_in_refusals_are_shown_harmlessly(server: Served) -> None:
    answer = server.exchange(
        b"GET / HTTP/1.1\r\nHost: <b>\x1b\xff\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    )
    assert answer.status in (400, 403)
    assert b"\x1b" not in answer.body


# --- base URL -----------------------------------------------------------------------------------------------


def test_a_base_url_may_be_taken_off_by_the_proxy_or_left_on() -> None:
    with (
        guarded(CREDENTIALS, AccessRules(base_url="/deep/lavd")) as server,
        server.client(headers=BEARER) as client,
    ):
        assert client.get("/deep/lavd/api/data").text == "data"
        assert client.get("/api/data").text == "data"
        assert client.get("/deep/lavd/api/files/a%2Fb/%C3%A9").text == "a%2Fb/%C3%A9"
        redirect = client.get("/deep/lavd?x=1")
        assert (redirect.status_code, redirect.headers["Location"]) == (307, "/deep/lavd/")
        client.headers.clear()
        assert client.get("/deep/lavd/api/data").status_code == 401
        assert client.get("/deep/lavd/deep/lavd/api/data").status_code == 200  # the page's files, no data
        answer = client.post("/deep/lavd/api/sign-in", json={"token": TOKEN})
        assert "Path=/deep/lavd/;" in answer.headers["Set-Cookie"]


def test_what_a_proxy_forwards_is_neither_believed_nor_repeated() -> None:
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Prefix": "/evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Server": "evil.example",
        "X-Original-URL": "/api/session",
        "X-Rewrite-URL": "/api/session",
        "Forwarded": "for=192.0.2.1;host=evil.example;proto=https",
    }
    with (
        guarded(CREDENTIALS, AccessRules(base_url="/lavd")) as server,
        server.client(headers=forwarded) as client,
    ):
        redirect = client.get("/lavd")
        signed_in = client.post("/lavd/api/sign-in", json={"token": TOKEN})
        assert redirect.headers["Location"] == "/lavd/"
        assert "Secure" not in signed_in.headers["Set-Cookie"]
        for answer in (redirect, signed_in):
            assert "evil" not in f"{answer.headers} {answer.text}"
        assert client.get(f"/lavd{DATA}", headers={"Host": "evil.example"}).status_code == 403
        client.cookies.clear()
        wrong = [
            client.get(
                DATA, headers={"Authorization": "Bearer wrong", "X-Forwarded-For": f"192.0.2.{number}"}
            )
            for number in range(6)
        ]
        assert [answer.status_code for answer in wrong] == [401] * 5 + [429]


# --- limits -------------------------------------------------------------------------------------------------


def test_wrong_tokens_are_slowed_and_the_right_one_is_always_taken(caplog: pytest.LogCaptureFixture) -> None:
    with guarded() as server, server.client() as client:
        wrong = {"Authorization": "Bearer wrong"}
        statuses = [client.get(DATA, headers=wrong).status_code for _ in range(7)]
        assert statuses == [401] * 5 + [429] * 2
        slowed = client.post("/api/sign-in", json={"token": "wrong"})
        assert slowed.status_code == 429
        assert 0 < int(slowed.headers["Retry-After"]) <= 60
        assert client.get(DATA, headers=BEARER).status_code == 200
        assert client.post("/api/sign-in", json={"token": TOKEN}).status_code == 200
    assert TOKEN not in caplog.text


def test_wrong_tokens_are_counted_for_each_address_and_overall() -> None:
    now = 1000.0
    gate = TokenGate(CREDENTIALS, now=lambda: now)

    def status(address: str) -> int:
        with pytest.raises(RefusedError) as refused:
            gate.check("wrong", address, status=401)
        return refused.value.status

    assert [status("a") for _ in range(6)] == [401] * 5 + [429]
    assert [status(address) for address in "bbbbbcccccddddd"] == [401] * 15
    assert status("e") == 429
    now += 61
    assert [status("a"), status("e")] == [401, 401]
    gate.check(TOKEN, "a", status=401)


@pytest.mark.parametrize("token", ["", "\ud800", "ÿ", TOKEN + " ", "x" * 100_000])
def test_odd_tokens_are_just_wrong(token: str) -> None:
    with pytest.raises(RefusedError):
        TokenGate(CREDENTIALS).check(token, "", status=401)


def test_streams_are_limited_for_each_sign_in_and_overall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MAX_STREAMS_PER_SESSION", 2)
    monkeypatch.setattr(access, "MAX_STREAMS", 4)
    with guarded() as server:

        def stream(headers: dict[str, str]) -> Any:
            return connect(server.stream_url + STREAM, additional_headers=headers, proxy=None)

        def refused(headers: dict[str, str]) -> str:
            with stream(headers) as opened, pytest.raises(ConnectionClosed) as closed:
                opened.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
            return str(closed.value.rcvd.reason)

        with stream(signed_in("a")) as first, stream(signed_in("a")) as second:
            assert first.recv() == second.recv() == "hello"
            assert "one sign-in" in refused(signed_in("a"))
            with stream(signed_in("b")) as third, stream(BEARER) as fourth:
                assert third.recv() == fourth.recv() == "hello"
                assert re.search("more than 4", refused(BEARER))
        assert ask(server, STREAM, signed_in("a")) == 101


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(server: Served) -> None:
    head = f"POST {POSTED} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    json_head = head + "Content-Type: application/json\r\n"
    answer = server.exchange((json_head + f"Content-Length: {2**20 + 1}\r\n\r\n").encode())
    assert answer.status == 413
    assert b"1048576" in answer.body
    chunks = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = server.exchange((json_head + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunks * 17)
    assert answer.status == 413


def test_a_body_of_two_types_is_refused(server: Served) -> None:
    with server.client() as client:
        types = [("Content-Type", "application/json"), ("Content-Type", "text/plain")]
        answer = client.post(POSTED, headers=[*BEARER.items(), *types], content='{"token": "x"}')
        assert answer.status_code == 415


def test_a_body_that_does_not_come_is_not_awaited_for_long(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "BODY_TIMEOUT_S", 0.1)
    head = f"POST {POSTED} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    json_head = head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    assert server.exchange(json_head.encode() + b'{"token":').status == 408


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"token": "x"}', 200),
        (b'{"token": 1}', 400),
        (b"{}", 400),
        (b"[]", 400),
        (b"", 400),
        (b"\xff", 400),
        (b'{"token": "\xff"}', 400),
        (b'{"token": "\\ud800"}', 400),
        (b"[" * 500_000, 400),
        (b'{"token": "x", "more": 1}', 200),
    ],
)
def test_a_body_is_the_message_or_refused(server: Served, body: bytes, status: int) -> None:
    with server.client(headers={**BEARER, "Content-Type": "application/json"}) as client:
        assert client.post(POSTED, content=body).status_code == status


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_that_a_form_could_send_is_refused(server: Served, kind: str) -> None:
    with server.client(headers={**BEARER, "Content-Type": kind}) as client:
        assert client.post(POSTED, content=b'{"token": "x"}').status_code == 415
