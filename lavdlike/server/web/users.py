"""The people of a users file (`--users`): one line a person, `name:right:hash` (docs/security.md, "People").

A person may have several lines: one with a password, and others with tokens for scripts, each with a right of its own.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from lavdlike.errors import UsageError
from lavdlike.server.web import passwords

MAX_NAME = 64
_RIGHTS = {"read": False, "write": True}
_COMMENT = "#"


class User(NamedTuple):
    """One line of the file: a way in. `hash`: one that `passwords.check_hash` takes."""

    name: str
    may_edit: bool
    hash: str

    @property
    def stamp(self) -> str:
        """Names the line in cookies: another password or token is another stamp."""
        return hashlib.sha256(f"{self.name}:{self.hash}".encode()).hexdigest()[:32]

    @property
    def line(self) -> str:
        return f"{self.name}:{'write' if self.may_edit else 'read'}:{self.hash}"


class Users:
    """What one state of a users file says."""

    def __init__(self, users: Iterable[User] = ()) -> None:
        self._all = tuple(users)
        self._by_stamp = {user.stamp: user for user in self._all}
        self._by_token = {user.hash: user for user in self._all if passwords.is_of_token(user.hash)}
        self._with_password = [user for user in self._all if not passwords.is_of_token(user.hash)]

    def __len__(self) -> int:
        return len(self._all)

    def of_stamp(self, stamp: str) -> User | None:
        return self._by_stamp.get(stamp)

    def of_token(self, token: str) -> User | None:
        """Whose token it is. Quick: what is looked up is a hash, of which nobody learns anything by time."""
        return self._by_token.get(passwords.hash_of_token(token))

    def of_password(self, name: str, password: str) -> User | None:
        """Who has this name (in NFC) and password. One hash is checked whatever the name is, which takes a while."""
        user = next((user for user in self._with_password if user.name == name), None)
        is_right = passwords.is_password(password, (user or self._nobody(name)).hash)
        return user if user is not None and is_right else None

    def _nobody(self, name: str) -> User:
        """Whose hash is checked for a name without a password: always the same, and as costly as that of others."""
        if not self._with_password:
            return User(name, may_edit=False, hash=passwords.NOBODYS_HASH)
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
        return self._with_password[int.from_bytes(digest[:8], "big") % len(self._with_password)]


def read_users(text: str) -> list[User]:
    """The lines of a users file.

    Raises:
        UsageError: a line is none; it is named by its number, and none of its hash is said.
    """
    users: list[User] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith(_COMMENT):
            continue
        try:
            user = _user(line.strip())
            _check_other_lines(user, users)
        except ValueError as error:
            raise UsageError(f"line {number}: {error}") from None
        users.append(user)
    return users


def checked_name(text: str) -> str:
    """A name as it is kept; raises ValueError with the reason for what is none."""
    name = unicodedata.normalize("NFC", text)
    if not 1 <= len(name) <= MAX_NAME:
        raise ValueError(f"a name has 1 to {MAX_NAME} characters")
    if not name.isprintable() or name != name.strip() or ":" in name or name.startswith(_COMMENT):
        raise ValueError(f"not a name: {name!a} (no colon, no # at its start, nothing that is not printed)")
    return name


def with_user(text: str, user: User) -> str:
    """The text of a users file with a person's line of the same sort (password or token) replaced, or added."""
    is_token = passwords.is_of_token(user.hash)
    kept: list[str] = []
    is_placed = False
    for line in text.splitlines():
        if _is_line_of(line, user.name, is_token=is_token):
            if is_placed:
                continue
            is_placed, line = True, user.line
        kept.append(line)
    if not is_placed:
        kept.append(user.line)
    return "".join(f"{line}\n" for line in kept)


def _is_line_of(line: str, name: str, *, is_token: bool) -> bool:
    owner, _, rest = line.strip().partition(":")
    return owner == name and passwords.is_of_token(rest.partition(":")[2].strip()) == is_token


def _user(line: str) -> User:
    parts = re.split(r"\s*:\s*", line)
    if len(parts) != 3:
        raise ValueError("not name:right:hash")
    name, right, kept = parts
    if right not in _RIGHTS:
        raise ValueError(f"the right must be read or write, not {right[:20]!a}")
    passwords.check_hash(kept)
    return User(checked_name(name), _RIGHTS[right], kept)


def _check_other_lines(user: User, others: list[User]) -> None:
    for other in others:
        if other.hash == user.hash:
            raise ValueError("this hash stands in an earlier line, too")
        if other.name == user.name and not (
            passwords.is_of_token(other.hash) or passwords.is_of_token(user.hash)
        ):
            raise ValueError(f"{user.name} has a password in an earlier line")
