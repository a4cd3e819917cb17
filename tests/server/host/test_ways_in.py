from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host import ways_in
from lavdlike.server.host.kept_token import VARIABLE
from lavdlike.server.host.listening import listen_at_port, listen_at_socket
from lavdlike.server.host.options import ServeOptions
from lavdlike.server.host.users_file import put_user
from lavdlike.server.host.ways_in import WayIn, access_rules, way_in
from lavdlike.server.web.credentials import EDITOR, Credentials, Session
from lavdlike.server.web.passwords import hash_of_token
from lavdlike.server.web.users import User

TOKEN = "Zm9vYmFyLWxvbmctdG9rZW4"  # noqa: S105
OTHER_TOKEN = "YmFyZm9vLWxvbmctdG9rZW4"  # noqa: S105
SESSION = Session("s", EDITOR.mark)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def way(tmp_path: Path, environment: dict[str, str] | None = None, **options: Any) -> WayIn:
    return way_in(
        ServeOptions([str(tmp_path / "log")], **options), {} if environment is None else environment
    )


def token_file(tmp_path: Path, token: str = TOKEN) -> Path:
    path = tmp_path / "token"
    path.write_text(token)
    path.chmod(0o600)
    return path


def holds(cookie_of: Credentials, at: Credentials) -> bool:
    """Whether what one start signed is good at a later one."""
    return at.session_of(cookie_of.cookie_value(SESSION, 0), 0) is not None


@pytest.mark.parametrize(
    ("options", "signs_in", "editing"),
    [
        ({}, True, True),
        ({"readonly": True}, True, False),
        ({"no_token": True}, False, False),
        ({"no_token": True, "allow_edits": True}, False, True),
        ({"no_token": True, "readonly": True}, False, False),
        ({"uds": "auto"}, False, True),
        ({"uds": "auto", "no_token": True}, False, True),
        ({"uds": "auto", "readonly": True}, False, False),
        ({"uds": "/x", "uds_mode": 0o666}, False, True),
        ({"uds": "/x", "uds_mode": 0o666, "allow_edits": True}, False, True),
        ({"uds": "/x", "proxy_user_header": "X-User"}, False, True),
    ],
)
def test_who_may_edit_at_all(
    tmp_path: Path, options: dict[str, Any], *, signs_in: bool, editing: bool
) -> None:
    found = way(tmp_path, **options)
    assert (found.credentials.needs_sign_in, found.editing) == (signs_in, editing)


def test_a_token_of_each_start_and_one_key_for_all(tmp_path: Path) -> None:
    first, second = (way(tmp_path).credentials for _ in range(2))
    assert first.token != second.token
    assert holds(first, second)


def test_a_token_that_stays_and_its_readers_one(tmp_path: Path) -> None:
    path = token_file(tmp_path)
    first, second = (way(tmp_path, token_file=path).credentials for _ in range(2))
    from_environment = way(tmp_path, {VARIABLE: TOKEN}).credentials
    assert first.token == second.token == from_environment.token == TOKEN
    assert first.reader_token == second.reader_token
    assert holds(first, second)
    assert holds(first, from_environment)


def test_another_token_that_stays_ends_what_was_signed_for_the_one_before(tmp_path: Path) -> None:
    first = way(tmp_path, token_file=token_file(tmp_path)).credentials
    second = way(tmp_path, token_file=token_file(tmp_path, OTHER_TOKEN)).credentials
    assert not holds(first, second)
    assert not holds(way(tmp_path).credentials, second)
    assert first.cookie_name != second.cookie_name


def test_an_option_stands_before_the_environment_which_loses_its_token_all_the_same(tmp_path: Path) -> None:
    for options in ({"token_file": token_file(tmp_path)}, {"no_token": True}):
        environment = {VARIABLE: OTHER_TOKEN, "PATH": "x"}
        credentials = way(tmp_path, environment, **options).credentials
        assert credentials.token == (TOKEN if "token_file" in options else None)
        assert environment == {"PATH": "x"}


def test_a_token_that_was_given_is_asked_for_at_a_socket_too(tmp_path: Path) -> None:
    found = way(tmp_path, uds="auto", token_file=token_file(tmp_path))
    assert (found.credentials.token, found.editing) == (TOKEN, True)


def test_people_have_a_key_of_their_own(tmp_path: Path) -> None:
    put_user(tmp_path / "users", User("ann", may_edit=True, hash=hash_of_token("x")))
    first, second = (way(tmp_path, users=tmp_path / "users").credentials for _ in range(2))
    assert (first.asks, first.token, first.needs_sign_in) == ("password", None, True)
    assert holds(first, second)
    assert not holds(way(tmp_path).credentials, second)


def test_a_new_key_ends_every_sign_in(tmp_path: Path) -> None:
    path = token_file(tmp_path)
    before, kept_before = way(tmp_path).credentials, way(tmp_path, token_file=path).credentials
    after = way(tmp_path, new_key=True).credentials
    assert not holds(before, after)
    assert not holds(kept_before, way(tmp_path, token_file=path).credentials)
    assert holds(after, way(tmp_path).credentials)
    way(tmp_path, new_key=True, no_token=True)
    assert not holds(after, way(tmp_path).credentials)


def test_a_new_key_that_cannot_be_kept_is_an_error_and_an_old_one_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(UsageError, match="--new-key: sign-ins cannot be ended"):
        way(tmp_path, new_key=True)
    (note,) = way(tmp_path).notes
    assert "will not outlive" in note


@pytest.mark.parametrize("options", [{}, {"readonly": False, "uds": "auto"}])
def test_allowing_edits_means_nothing_where_people_sign_in(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="--allow-edits is for --no-token and --uds"):
        way(tmp_path, {VARIABLE: TOKEN}, allow_edits=True, **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, None),
        ({"uds_mode": 0o660}, "whoever can open the socket can read what is shown; only you can change it"),
        ({"uds_group": "x", "readonly": True}, "nobody can change it"),
        ({"uds_mode": 0o666, "allow_edits": True}, r"read and change what is shown \(--allow-edits\)"),
        ({"proxy_user_header": "X-User", "uds_mode": 0o660}, None),
    ],
)
def test_what_others_can_do_at_a_socket_is_said(
    tmp_path: Path, options: dict[str, Any], said: str | None
) -> None:
    notes = way(tmp_path, uds="/x", **options).notes
    assert len(notes) == (said is not None)
    if said is not None:
        assert re.search(said, notes[0])


# --- the rules at a place -----------------------------------------------------------------------------------


def rules_at_socket(tmp_path: Path, **options: Any) -> tuple[bool, int | None, str]:
    given = ServeOptions([str(tmp_path / "log")], uds=str(tmp_path / "s"), **options)
    with closing(listen_at_socket(tmp_path / "s")) as place:
        rules = access_rules(given, place, way_in(given, {}))
    return rules.anybody_edits, rules.owner, rules.user_header


def test_at_a_socket_its_owner_edits_and_others_if_that_is_allowed(tmp_path: Path) -> None:
    me = os.geteuid()
    assert rules_at_socket(tmp_path) == (False, me, "")
    assert rules_at_socket(tmp_path, uds_mode=0o666) == (False, me, "")
    assert rules_at_socket(tmp_path, uds_mode=0o666, allow_edits=True) == (True, me, "")
    assert rules_at_socket(tmp_path, readonly=True) == (False, None, "")
    assert rules_at_socket(tmp_path, proxy_user_header="X-User") == (False, me, "X-User")


def test_where_the_system_does_not_say_who_connects_a_private_socket_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways_in, "KNOWS_PEERS", False)
    assert rules_at_socket(tmp_path)[0]
    assert not rules_at_socket(tmp_path, uds_mode=0o660)[0]
    assert not rules_at_socket(tmp_path, readonly=True)[0]


@pytest.mark.parametrize("allow_edits", [False, True])
def test_at_a_port_without_a_token_everybody_edits_or_nobody(tmp_path: Path, *, allow_edits: bool) -> None:
    given = ServeOptions([str(tmp_path / "log")], no_token=True, allow_edits=allow_edits)
    with closing(listen_at_port(None, 0)) as place:
        rules = access_rules(given, place, way_in(given, {}))
    assert (rules.anybody_edits, rules.owner) == (allow_edits, None)
