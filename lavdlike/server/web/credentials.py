"""Token, cookie and the page's secrets: what they are made of and how they are checked (docs/security.md).

All that a sign-in needs is derived from one signing key: nothing is kept per browser, and it outlives restarts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lavdlike.server.web.users import User, Users

SIGN_IN_DAYS = 90
SIGN_IN_S = SIGN_IN_DAYS * 86_400
# The first derivation signed for everybody where there was no token, the second did not say who may edit.
_DERIVATION = 3
_TOKEN_BYTES = 24


class Holder(NamedTuple):
    """Who has signed in. `mark`: names that in cookies; `name`: of a person, "" for whoever has a link."""

    mark: str
    may_edit: bool
    name: str = ""


EDITOR = Holder("w", may_edit=True)
READER = Holder("r", may_edit=False)


class Session(NamedTuple):
    """One sign-in of one browser: a random text, and the mark of the `Holder` it was made for."""

    id: str
    mark: str


def new_key() -> bytes:
    """A signing key that is not kept: what is derived from it ends with the server."""
    return secrets.token_bytes(32)


def bound_key(key: bytes, to: str) -> bytes:
    """A key of one way to sign in alone: with another token that stays, or with people, its sign-ins are worthless."""
    return hmac.digest(key, f"bound:{to}".encode(), "sha256")


def new_token() -> str:
    """A token for one start of the server: 192 random bits, safe in addresses and headers."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def same_secret(given: str, expected: str) -> bool:
    """Compare in constant time. `given` may be anything a client sent."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


@dataclass(frozen=True)
class Credentials:
    """What opens one server: a token, or people with names (`users`: as their file is now).

    With neither, nobody signs in (`--no-token`, unix socket), and nothing is signed.
    """

    key: bytes
    token: str | None = None
    users: Callable[[], Users] | None = None

    @property
    def needs_sign_in(self) -> bool:
        return self.token is not None or self.users is not None

    @property
    def asks(self) -> Literal["token", "password"]:
        """What the sign-in page asks for."""
        return "token" if self.users is None else "password"

    @property
    def instance(self) -> str:
        """Names the server of this user and root; not a secret."""
        return hashlib.sha256(b"instance:" + self.key).hexdigest()[:12]

    @property
    def cookie_name(self) -> str:
        return f"lavdlike-{self.instance}"

    @property
    def reader_token(self) -> str | None:
        """The token that only reads. It stays as long as the other one, which cannot be told from it."""
        if self.token is None:
            return None
        digest = hmac.digest(self.token.encode(), b"lavdlike:reader", "sha256")
        return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()

    def holder_of_token(self, given: str) -> Holder | None:
        """Whose token it is; None for all else."""
        if self.users is not None:
            return _holder(self.users().of_token(given))
        if self.token is None or self.reader_token is None:
            return None
        if same_secret(given, self.token):
            return EDITOR
        return READER if same_secret(given, self.reader_token) else None

    def holder_of_password(self, name: str, password: str) -> Holder | None:
        """Who has this name and password; None for all else. Takes memory and a part of a second."""
        return None if self.users is None else _holder(self.users().of_password(name, password))

    def holder_of(self, session: Session) -> Holder | None:
        """Who signed in, with the right that they have now; None if they have none any more."""
        if self.users is not None:
            return _holder(self.users().of_stamp(session.mark))
        return next((holder for holder in (EDITOR, READER) if holder.mark == session.mark), None)

    def cookie_value(self, session: Session, now: float) -> str:
        """`id.mark.issued.signature`; `now` in Unix seconds.

        This and the secrets below raise ValueError where nobody signs in: whoever could ask for one would take it
        along to a later start with a token.
        """
        signed = f"{session.id}.{session.mark}.{int(now)}"
        return f"{signed}.{self._derived('cookie', signed)}"

    def session_of(self, cookie_value: str, now: float) -> Session | None:
        """The session of a cookie that we signed and that is not too old; None for all else."""
        if not self.needs_sign_in:
            return None
        signed, _, signature = cookie_value.rpartition(".")
        if not same_secret(signature, self._derived("cookie", signed)):
            return None
        id_, mark, issued = signed.split(".")
        return Session(id_, mark) if now - int(issued) <= SIGN_IN_S else None

    def page_secret(self, session: Session) -> str:
        """What only the page knows, sent as a header: cookies go to every port of a host, this does not."""
        return self._derived("page", f"{session.id}.{session.mark}")

    def address_key(self, session: Session) -> str:
        """The weaker secret that stands in addresses of pictures and files and opens nothing else."""
        return self._derived("address", f"{session.id}.{session.mark}")

    def _derived(self, purpose: str, text: str) -> str:
        if not self.needs_sign_in:
            raise ValueError("a server where nobody signs in signs nothing")
        message = f"{_DERIVATION}:{purpose}:{text}".encode("utf-8", "surrogatepass")
        return base64.urlsafe_b64encode(hmac.digest(self.key, message, "sha256")).rstrip(b"=").decode()


def _holder(user: User | None) -> Holder | None:
    return None if user is None else Holder(user.stamp, user.may_edit, user.name)


def new_session(holder: Holder) -> Session:
    return Session(secrets.token_hex(16), holder.mark)
