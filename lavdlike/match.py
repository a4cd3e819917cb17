"""How a state of a file is named, so that an edit can say which one it has seen (`edit_messages.Target.match`)."""

from __future__ import annotations

import hashlib

NO_FILE = ""
_HEX_DIGITS = 32


def match_of(content: bytes | None) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of a file's content; "" without a file (None)."""
    return NO_FILE if content is None else hashlib.sha256(content).hexdigest()[:_HEX_DIGITS]
