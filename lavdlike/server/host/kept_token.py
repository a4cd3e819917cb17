"""A token that stays over restarts: from a file or from the environment."""

from __future__ import annotations

import math
import re
from collections.abc import MutableMapping
from pathlib import Path

from lavdlike.errors import UsageError
from lavdlike.server.host.private_files import read_private

VARIABLE = "LAVDLIKE_TOKEN"
MIN_CHARACTERS, MIN_BITS, MIN_DIFFERENT = 16, 96, 8
_MAX_BYTES = 1024
# What may stand in an `Authorization` header (RFC 6750).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_ALPHABETS = (r"[a-z]", 26), (r"[A-Z]", 26), (r"[0-9]", 10), (r"[._~+/=-]", 7)
_HOW_TO_MAKE_ONE = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(24))'"


def token_of_file(path: Path) -> str:
    """The token in a file of this user alone.

    Raises:
        UsageError: there is no such file, others can read it, or it holds no token that nobody could guess.
    """
    try:
        content = read_private(path, _MAX_BYTES).content
    except FileNotFoundError:
        raise UsageError(f"--token-file: there is no file {path}; {_HOW_TO_MAKE_ONE}") from None
    except UsageError as error:
        raise UsageError(f"--token-file: {error}") from None
    return checked_token(content.decode("ascii", "replace").strip(), f"the token in {path}")


def take_token(environment: MutableMapping[str, str]) -> str | None:
    """The token of the environment, which is removed from it, so that no child process gets it; None without one.

    Raises:
        UsageError: it is one that could be guessed.
    """
    token = environment.pop(VARIABLE, None)
    return None if token is None else checked_token(token.strip(), VARIABLE)


def checked_token(token: str, what: str) -> str:
    """A token as it is; `what` says where it is from.

    Raises:
        UsageError: it could be guessed, or could not stand in a header.
    """
    if not _TOKEN.fullmatch(token):
        raise UsageError(
            f"{what} must be one line of letters, digits and . _ ~ + / - (then perhaps =); {_HOW_TO_MAKE_ONE}"
        )
    if len(token) < MIN_CHARACTERS or _bits(token) < MIN_BITS or len(set(token)) < MIN_DIFFERENT:
        raise UsageError(f"{what} could be guessed, it is too short or too plain; {_HOW_TO_MAKE_ONE}")
    return token


def _bits(token: str) -> float:
    """How many random bits a text of these characters can hold."""
    if re.fullmatch(r"[0-9a-f]+|[0-9A-F]+", token):
        return len(token) * (4 if re.search("[A-Fa-f]", token) else math.log2(10))
    return len(token) * math.log2(sum(size for pattern, size in _ALPHABETS if re.search(pattern, token)))
