"""Token, cookie and the page's secrets: what they are made of and how they are checked (docs/security.md).

All that a sign-in needs is derived from one signing key: nothing is kept per browser, and it outlives restarts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

SIGN_IN_DAYS = 90
SIGN_IN_S = SIGN_IN_DAYS * 86_400


def new_token() -> str:
    """A token for one start of the server: 192 random bits, safe in addresses and headers."""
    return secrets.token_urlsafe(24)


def same_secret(given: str, expected: str) -> bool:
    """Compare in constant time. `given` may be anything a client sent."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


@dataclass(frozen=True)
class Credentials:
    """What opens one server. `token` None: reads need no token (`--no-token`, unix socket)."""

    key: bytes
    token: str | None

    @property
    def instance(self) -> str:
        """Names the server of this user and root; not a secret."""
        return hashlib.sha256(b"instance:" + self.key).hexdigest()[:12]

    @property
    def cookie_name(self) -> str:
        return f"lavdlike-{self.instance}"

    def is_token(self, given: str) -> bool:
        return self.token is not None and same_secret(given, self.token)

    def cookie_value(self, session: str, now: float) -> str:
        """`session.issued.signature`; `session` as made by `new_session`, `now` in Unix seconds."""
        signed = f"{session}.{int(now)}"
        return f"{signed}.{self._derived('cookie', signed)}"

    def session_of(self, cookie_value: str, now: float) -> str | None:
        """The session of a cookie that we signed and that is not too old; None for all else."""
        signed, _, signature = cookie_value.rpartition(".")
        session, _, issued = signed.partition(".")
        if not same_secret(signature, self._derived("cookie", signed)):
            return None
        return session if now - int(issued) <= SIGN_IN_S else None

    def page_secret(self, session: str) -> str:
        """What only the page knows, sent as a header: cookies go to every port of a host, this does not."""
        return self._derived("page", session)

    def address_key(self, session: str) -> str:
        """The weaker secret that stands in addresses of pictures and files and opens nothing else."""
        return self._derived("address", session)

    def _derived(self, purpose: str, text: str) -> str:
        message = f"{purpose}:{text}".encode("utf-8", "surrogatepass")
        return base64.urlsafe_b64encode(hmac.digest(self.key, message, "sha256")).rstrip(b"=").decode()


def new_session() -> str:
    return secrets.token_hex(16)
