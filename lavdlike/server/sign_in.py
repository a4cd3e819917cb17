"""The two routes that need no access: whether this browser may read, and the token for a cookie."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lavdlike.server.access import TokenGate, Visitor
from lavdlike.server.answers import json_answer, read_json
from lavdlike.server.credentials import SIGN_IN_S, Credentials, new_session
from lavdlike.server.messages import SessionPage, SignedIn, SignInRequest

# Anybody may send it, on every connection at once.
MAX_BODY_BYTES = 16 * 1024


def sign_in_routes(credentials: Credentials, gate: TokenGate, *, base_url: str) -> list[Route]:
    async def session(request: Request) -> Response:
        visitor: Visitor = request.state.visitor
        sends_secret = "x-lavdlike-page" in request.headers
        signed_in = visitor.allowed if sends_secret else visitor.allowed or visitor.session is not None
        needs_token = credentials.token is not None
        return json_answer(SessionPage(credentials.instance, needs_token=needs_token, signed_in=signed_in))

    async def sign_in(request: Request) -> Response:
        token = (await read_json(request, SignInRequest, max_bytes=MAX_BODY_BYTES)).token
        if credentials.token is not None:
            gate.check(token, request.client.host if request.client else "", status=403)
        # The session stays if there is one: a page of the same server at another port of this host (a tunnel) goes on.
        session = request.state.visitor.session or new_session()
        secrets = SignedIn(
            credentials.instance, credentials.page_secret(session), credentials.address_key(session)
        )
        answer = json_answer(secrets, headers={"Cache-Control": "no-store"})
        answer.set_cookie(
            credentials.cookie_name,
            credentials.cookie_value(session, time.time()),
            max_age=SIGN_IN_S,
            path=base_url + "/",
            secure=request.headers.get("origin", "").startswith("https://"),
            httponly=True,
            samesite="strict",
        )
        return answer

    return [Route("/api/session", session), Route("/api/sign-in", sign_in, methods=["POST"])]
