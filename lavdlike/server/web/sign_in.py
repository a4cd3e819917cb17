"""The routes of signing in and out: whether this browser may read, a token or password for a cookie, and its end."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lavdlike.messages import SessionPage, SignedIn, SignInRequest
from lavdlike.server.web.access import TokenGate, Visitor
from lavdlike.server.web.credentials import SIGN_IN_S, Credentials, Holder, Session, new_session
from lavdlike.server.web.password_gate import PasswordGate
from lavdlike.server.web.responses import json_answer, read_json

# Anybody may send it, on every connection at once.
MAX_BODY_BYTES = 16 * 1024
_NOT_KEPT = {"Cache-Control": "no-store"}


def sign_in_routes(credentials: Credentials, gate: TokenGate, *, base_url: str) -> list[Route]:
    passwords = PasswordGate(credentials)

    async def session(request: Request) -> Response:
        visitor: Visitor = request.state.visitor
        sends_secret = "x-lavdlike-page" in request.headers
        signed_in = visitor.allowed if sends_secret else visitor.allowed or visitor.session is not None
        return json_answer(_session_page(credentials, signed_in=signed_in))

    async def sign_in(request: Request) -> Response:
        asked = await read_json(request, SignInRequest, max_bytes=MAX_BODY_BYTES)
        if not credentials.needs_sign_in:
            # Of an old link, most often. Reads need nothing, so the page gets nothing that it could show.
            return json_answer(SignedIn(credentials.instance, "", ""), headers=_NOT_KEPT)
        address = request.client.host if request.client else ""
        if asked.name and credentials.asks == "password":
            holder = await passwords.check(asked.name, asked.token, address)
        else:
            holder = gate.check(asked.token, address, status=403)
        return signed_in(request, holder)

    def signed_in(request: Request, holder: Holder) -> Response:
        # The session stays if there is one: a page of the same server at another port of this host (a tunnel) goes on.
        kept: str | None = request.state.visitor.session
        session = new_session(holder) if kept is None else Session(kept, holder.mark)
        answer = json_answer(
            SignedIn(
                credentials.instance, credentials.page_secret(session), credentials.address_key(session)
            ),
            headers=_NOT_KEPT,
        )
        set_cookie(request, answer, credentials.cookie_value(session, time.time()), SIGN_IN_S)
        return answer

    async def sign_out(request: Request) -> Response:
        answer = json_answer(
            _session_page(credentials, signed_in=not credentials.needs_sign_in), headers=_NOT_KEPT
        )
        set_cookie(request, answer, "", 0)
        return answer

    def set_cookie(request: Request, answer: Response, value: str, max_age_s: int) -> None:
        answer.set_cookie(
            credentials.cookie_name,
            value,
            max_age=max_age_s,
            path=base_url + "/",
            secure=request.headers.get("origin", "").startswith("https://"),
            httponly=True,
            samesite="strict",
        )

    return [
        Route("/api/session", session),
        Route("/api/sign-in", sign_in, methods=["POST"]),
        Route("/api/sign-out", sign_out, methods=["POST"]),
    ]


def _session_page(credentials: Credentials, *, signed_in: bool) -> SessionPage:
    return SessionPage(
        credentials.instance,
        needs_token=credentials.needs_sign_in,
        signed_in=signed_in,
        asks=credentials.asks,
    )
