from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

from lavdlike.server.web.access import Access, AccessRules, TokenGate, Visitor
from lavdlike.server.web.credentials import Credentials
from lavdlike.server.web.passwords import hash_of_token
from lavdlike.server.web.responses import json_answer
from lavdlike.server.web.sign_in import sign_in_routes
from lavdlike.server.web.users import User, Users
from tests.serving import Served, served

TOKEN = "the-right-token"  # noqa: S105
KEY = b"k" * 32
RULES = AccessRules(origins=frozenset({"https://lab.example.org"}), hosts=frozenset({"lab.example.org"}))


@contextmanager
def serving(credentials: Credentials) -> Iterator[Served]:
    async def data(_request: Request) -> Response:
        return PlainTextResponse("data")

    gate = TokenGate(credentials)

    async def who(request: Request) -> Response:
        visitor: Visitor = request.state.visitor
        return json_answer([visitor.may_edit, visitor.name])

    routes = [
        *sign_in_routes(credentials, gate, base_url=""),
        Route("/api/data", data),
        Route("/api/who", who),
    ]
    page = Router([])
    with served(Access(page, Router(routes), credentials=credentials, gate=gate, rules=RULES)) as server:
        yield server


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving(Credentials(KEY, TOKEN)) as served_:
        yield served_


def test_a_browser_signs_in_with_the_token_of_the_link_and_reads(server: Served) -> None:
    with server.client(headers={"Origin": server.url, "Sec-Fetch-Site": "same-origin"}) as browser:
        before = browser.get("/api/session").json()
        assert (before["needs_token"], before["signed_in"]) == (True, False)
        signed_in = browser.post("/api/sign-in", json={"token": TOKEN}).json()
        assert signed_in["instance"] == before["instance"]
        assert browser.get("/api/data").status_code == 401
        secret = {"X-Lavdlike-Page": signed_in["page_secret"]}
        assert browser.get("/api/data", headers=secret).text == "data"
        assert browser.get("/api/session").json()["signed_in"]
        assert browser.get("/api/session", headers=secret).json()["signed_in"]
        assert not browser.get("/api/session", headers={"X-Lavdlike-Page": "old"}).json()["signed_in"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(server: Served) -> None:
    with server.client() as client:
        answer = client.post("/api/sign-in", json={"token": TOKEN})
        at_proxy = client.post(
            "/api/sign-in", json={"token": TOKEN}, headers={"Origin": "https://lab.example.org"}
        )
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith(f"lavdlike-{answer.json()['instance']}=")
    assert sorted(attributes) == ["HttpOnly", "Max-Age=7776000", "Path=/", "SameSite=strict"]
    assert "Secure" in at_proxy.headers["Set-Cookie"].split("; ")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.slow
def test_a_sign_in_outlives_a_restart_but_not_its_key(server: Served) -> None:
    with server.client() as client:
        signed_in = client.post("/api/sign-in", json={"token": TOKEN}).json()
        cookies = dict(client.cookies)
    headers = {"X-Lavdlike-Page": signed_in["page_secret"]}
    for key, status in ((KEY, 200), (b"x" * 32, 401)):
        with (
            serving(Credentials(key, "another token")) as restarted,
            restarted.client(cookies=cookies) as client,
        ):
            assert client.get("/api/data", headers=headers).status_code == status


def test_signing_in_again_keeps_the_session(server: Served) -> None:
    """A tunnel shows the server at another port, with the same cookies: both pages go on."""
    with server.client() as client:
        first = client.post("/api/sign-in", json={"token": TOKEN}).json()
        again = client.post("/api/sign-in", json={"token": TOKEN}).json()
        assert first == again
        client.cookies.clear()
        other = client.post("/api/sign-in", json={"token": TOKEN}).json()
    assert other["instance"] == first["instance"]
    assert {other["page_secret"], other["address_key"]}.isdisjoint(first.values())


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}]
)
def test_no_other_page_can_sign_in(server: Served, headers: dict[str, str]) -> None:
    with server.client(headers=headers) as client:
        answer = client.post("/api/sign-in", json={"token": TOKEN})
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


def test_a_wrong_token_is_refused_with_what_to_do(server: Served) -> None:
    with server.client() as client:
        answer = client.post("/api/sign-in", json={"token": TOKEN + "x"})
        assert answer.status_code == 403
        assert "at its last start" in answer.json()["hint"]
        assert "Set-Cookie" not in answer.headers
        assert client.get("/api/sign-in").status_code == 405


def test_a_body_that_holds_more_than_a_token_is_refused(server: Served) -> None:
    """Everybody who can connect may send one, on each connection."""
    with server.client() as client:
        answer = client.post("/api/sign-in", json={"token": "x" * 16_384})
        assert (answer.status_code, answer.json()["error"]) == (413, "The body is larger than 16384 bytes.")


def test_a_server_without_a_token_asks_for_none() -> None:
    with serving(Credentials(KEY, None)) as server, server.client() as client:
        session = client.get("/api/session").json()
        assert (session["needs_token"], session["signed_in"]) == (False, True)
        signed_in = client.post("/api/sign-in", json={"token": "of an old link"})
        assert signed_in.json() == {"instance": session["instance"], "page_secret": "", "address_key": ""}
        assert "Set-Cookie" not in signed_in.headers


def test_a_reader_stays_a_reader_over_restarts_until_signing_in_as_the_owner(server: Served) -> None:
    readers_token = Credentials(KEY, TOKEN).reader_token
    with server.client() as client:
        signed_in = client.post("/api/sign-in", json={"token": readers_token}).json()
        secret = {"X-Lavdlike-Page": signed_in["page_secret"]}
        assert client.get("/api/who", headers=secret).json() == [False, ""]
        cookies = dict(client.cookies)
        assert client.post("/api/sign-in", json={"token": readers_token}).json() == signed_in
    with serving(Credentials(KEY, "another token")) as restarted, restarted.client(cookies=cookies) as client:
        assert client.get("/api/who", headers=secret).json() == [False, ""]
    with server.client() as client:
        client.post("/api/sign-in", json={"token": readers_token})
        signed_in = client.post("/api/sign-in", json={"token": TOKEN}).json()
        assert (
            client.get("/api/who", headers=secret).status_code == 401
        )  # as the owner now, without its secret
        secret = {"X-Lavdlike-Page": signed_in["page_secret"]}
        assert client.get("/api/who", headers=secret).json() == [True, ""]


def test_signing_out_takes_the_cookie_away(server: Served) -> None:
    with server.client(headers={"Origin": server.url}) as browser:
        signed_in = browser.post("/api/sign-in", json={"token": TOKEN}).json()
        secret = {"X-Lavdlike-Page": signed_in["page_secret"]}
        assert browser.post("/api/sign-out").status_code == 401
        assert browser.get("/api/sign-out", headers=secret).status_code == 405
        out = browser.post("/api/sign-out", headers=secret)
        assert (out.status_code, out.json()["signed_in"]) == (200, False)
        (name, value), *attributes = (
            part.partition("=")[::2] for part in out.headers["Set-Cookie"].split("; ")
        )
        assert (name, value) == (f"lavdlike-{signed_in['instance']}", '""')
        assert ("Max-Age", "0") in attributes
        assert ("Path", "/") in attributes
        assert not browser.cookies
        assert browser.get("/api/data", headers=secret).status_code == 401


# --- people -------------------------------------------------------------------------------------------------

# Of "correct horse"; see test_passwords.py.
ANN = User(
    "ann",
    may_edit=True,
    hash="$scrypt$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$OAkZqUBelG6VIYdTJfYSENL5OmZRxMa3GwXn5oFliTg",
)
BOB = User("bob", may_edit=False, hash=hash_of_token("token of bob"))


@pytest.fixture(scope="module")
def server_of_people() -> Iterator[Served]:
    with serving(Credentials(KEY, users=lambda: Users([ANN, BOB]))) as served_:
        yield served_


@pytest.mark.parametrize(
    ("asked", "who"),
    [
        ({"name": "ann", "token": "correct horse"}, [True, "ann"]),
        ({"name": "bob", "token": "token of bob"}, [False, "bob"]),
        ({"token": "token of bob"}, [False, "bob"]),
    ],
)
def test_a_person_signs_in_with_name_and_password_or_a_token(
    server_of_people: Served, asked: dict[str, str], who: object
) -> None:
    with server_of_people.client() as browser:
        before = browser.get("/api/session").json()
        assert (before["needs_token"], before["signed_in"], before["asks"]) == (True, False, "password")
        signed_in = browser.post("/api/sign-in", json=asked).json()
        assert browser.get("/api/data").status_code == 401
        secret = {"X-Lavdlike-Page": signed_in["page_secret"]}
        assert browser.get("/api/who", headers=secret).json() == who


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        {"name": "ann", "token": "wrong"},
        {"name": "carl", "token": "correct horse"},
        {"name": "ann", "token": "token of bob"},
        {"name": "bob", "token": "correct horse"},
        {"token": "correct horse"},
        {"name": "", "token": ""},
        {"name": "ann\u0000", "token": "correct horse"},
        {"name": "a" * 10_000, "token": "correct horse"},
    ],
)
def test_nobody_else_is_let_in(asked: dict[str, str]) -> None:
    with serving(Credentials(KEY, users=lambda: Users([ANN, BOB]))) as server, server.client() as client:
        answer = client.post("/api/sign-in", json=asked)
        assert answer.status_code == 403
        assert "Set-Cookie" not in answer.headers


def test_wrong_passwords_are_slowed_and_a_token_is_taken_all_the_same() -> None:
    with serving(Credentials(KEY, users=lambda: Users([ANN, BOB]))) as server, server.client() as client:
        wrong = {"name": "ann", "token": "wrong"}
        assert [client.post("/api/sign-in", json=wrong).status_code for _ in range(6)] == [403] * 5 + [429]
        slowed = client.post("/api/sign-in", json={"name": "ann", "token": "correct horse"})
        assert 0 < int(slowed.headers["Retry-After"]) <= 60
        assert "token of yours" in slowed.json()["hint"]
        assert client.post("/api/sign-in", json={"name": "bob", "token": "token of bob"}).status_code == 200


def test_a_server_with_a_token_takes_no_names(server: Served) -> None:
    with server.client() as client:
        assert client.get("/api/session").json()["asks"] == "token"
        assert client.post("/api/sign-in", json={"name": "ann", "token": "correct horse"}).status_code == 403
        assert client.post("/api/sign-in", json={"name": "ann", "token": TOKEN}).status_code == 200
