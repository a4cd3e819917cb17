"""Who may use the endpoints of Visdom's clients: with a login whoever has signed in, without one everybody.

Visdom's client posts a name and the SHA-256 of the password, and gets the cookie `user_password`. The password is the
token of this server; that of readers may look, and write nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from lavdlike.server.web.credentials import (
    EDITOR,
    READER,
    SIGN_IN_S,
    Credentials,
    Holder,
    new_session,
    same_secret,
)
from lavdlike.server.web.request_head import RequestHead
from lavdlike.server.web.responses import RefusedError
from lavdlike.server.web.wrong_tries import WrongTries, too_many

COOKIE = "user_password"
MAX_BODY_BYTES = 16 * 1024


class Login:
    """The sign-in of Visdom's clients.

    Args:
        username: who may sign in; "": under any name.
        may_write: whether anybody may.
    """

    def __init__(self, credentials: Credentials, *, username: str, may_write: bool) -> None:
        self._credentials, self._username, self._may_write = credentials, username, may_write
        self._wrong = WrongTries()

    def sign_in(self, body: bytes, address: str) -> str | None:
        """The value of the cookie for who posts a name and a password; None where nobody has to sign in.

        Raises:
            RefusedError: it is another one, or somebody has been wrong too often.
        """
        if not self._credentials.needs_sign_in:
            return None
        name, digest = _given(body)
        holder = self._holder_of(digest)
        if holder is None or (self._username and name != self._username):
            wait_s = self._wrong.count(address)
            if wait_s:
                raise too_many("passwords", wait_s, "The right one is always taken.")
            raise RefusedError(
                400, "Name or password are wrong.", "The password is the token of `lavdlike visdom`."
            )
        return self._credentials.cookie_value(new_session(holder), time.time())

    def check(self, head: RequestHead, *, writes: bool) -> None:
        """Raises `RefusedError` if a request is not for who sends it."""
        holder = self._holder(head)
        if holder is None:
            raise RefusedError(
                401, "Sign in first.", "Give Visdom a username, and the token as the password."
            )
        if writes and not self._may_write:
            raise RefusedError(403, "Nothing can be changed here: the server was started with -readonly.")
        if writes and not holder.may_edit:
            raise RefusedError(403, "This token is for readers.")

    @staticmethod
    def cookie_of(value: str, *, path: str, secure: bool) -> str:
        """The header `Set-Cookie`."""
        parts = [f"{COOKIE}={value}", f"Max-Age={SIGN_IN_S}", f"Path={path}", "HttpOnly", "SameSite=Strict"]
        return "; ".join([*parts, "Secure"] if secure else parts)

    def _holder(self, head: RequestHead) -> Holder | None:
        if not self._credentials.needs_sign_in:
            return EDITOR
        for value in head.cookies(COOKIE):
            session = self._credentials.session_of(value, time.time())
            holder = None if session is None else self._credentials.holder_of(session)
            if holder is not None:
                return holder
        return None

    def _holder_of(self, digest: str) -> Holder | None:
        secrets = (self._credentials.token, EDITOR), (self._credentials.reader_token, READER)
        for token, holder in secrets:
            if token is not None and same_secret(digest, hashlib.sha256(token.encode()).hexdigest()):
                return holder
        return None


def _given(body: bytes) -> tuple[str, str]:
    try:
        given: Any = json.loads(body)
        name, password = given["username"], given["password"]
    except (ValueError, LookupError, TypeError, RecursionError):
        name = password = None
    if not (isinstance(name, str) and isinstance(password, str)):
        raise RefusedError(400, "The body must be JSON with 'username' and 'password'.")
    return name, password
