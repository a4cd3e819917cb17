"""`lavdlike passwd`: sets a person's password, or makes them a token, in a users file."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from lavdlike.errors import UsageError
from lavdlike.server.host.users_file import put_user, users_in
from lavdlike.server.web.credentials import new_token
from lavdlike.server.web.passwords import hash_of_password, hash_of_token, is_of_token
from lavdlike.server.web.users import User, checked_name
from lavdlike.shell.output import say
from lavdlike.shell.text import escaped

MIN_PASSWORD, MAX_PASSWORD = 8, 1024


def passwd(
    path: Path,
    name: str,
    *,
    may_edit: bool | None,
    token: bool,
    from_stdin: bool,
    ask: Callable[[str], str] = getpass.getpass,
) -> int:
    """Put a person's line into the file; the exit code of the process.

    Args:
        may_edit: None for what they may already, and only to read if they are new.
        token: make a token for scripts, which is printed once, instead of a password.
        from_stdin: take the first line of standard input instead of asking twice.

    Raises:
        UsageError: the name or the password is none, the file cannot be used or written, or nobody can be asked.
    """
    try:
        name = checked_name(name)
    except ValueError as error:
        raise UsageError(str(error)) from None
    known = [user for user in users_in(path) if user.name == name]
    if may_edit is None:
        same = next((user for user in known if is_of_token(user.hash) == token), None)
        may_edit = same.may_edit if same is not None else False
    made = new_token() if token else ""
    kept = hash_of_token(made) if token else hash_of_password(_password(ask, from_stdin=from_stdin))
    put_user(path, User(name, may_edit, kept))
    right = "may read and edit" if may_edit else "may read"
    say(
        f"{name} {right}, with the {'token below' if token else 'new password'}: {escaped(str(path))}",
        sys.stderr,
    )
    if token:
        say(made, sys.stdout)
    return 0


def _password(ask: Callable[[str], str], *, from_stdin: bool) -> str:
    password = _first_line(sys.stdin) if from_stdin else _asked_twice(ask)
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise UsageError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    return password


def _first_line(stream: TextIO) -> str:
    try:
        return stream.readline(MAX_PASSWORD + 2).rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError("the password is not text") from None


def _asked_twice(ask: Callable[[str], str]) -> str:
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to ask at; use --password-stdin")
    try:
        password = ask("Password: ")
        again = ask("The same once more: ")
    except EOFError:
        raise UsageError("no password was given") from None
    if password != again:
        raise UsageError("these two differ; nothing was changed")
    return password
