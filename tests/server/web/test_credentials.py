from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable

import pytest

from lavdlike.server.web.credentials import (
    EDITOR,
    READER,
    SIGN_IN_S,
    Credentials,
    Session,
    bound_key,
    new_session,
    new_token,
)
from lavdlike.server.web.passwords import hash_of_token
from lavdlike.server.web.users import User, Users

ONE = Credentials(b"1" * 32, "token")
OTHER = Credentials(b"2" * 32, "token")
NOBODY = Credentials(b"1" * 32)
S, T, READS = Session("s", EDITOR.mark), Session("t", EDITOR.mark), Session("s", READER.mark)


def test_secrets_of_one_session_differ_and_tell_nothing_of_each_other() -> None:
    secrets = {
        *(each.page_secret(S) for each in (ONE, OTHER)),
        *(ONE.page_secret(session) for session in (T, READS)),
        *(ONE.address_key(session) for session in (S, READS)),
    }
    assert len(secrets) == 6


def test_secrets_can_stand_in_headers_addresses_and_subprotocols() -> None:
    session = new_session(EDITOR)
    assert ONE.reader_token
    for secret in (
        new_token(),
        ONE.reader_token,
        ONE.page_secret(session),
        ONE.address_key(S),
        ONE.cookie_name,
    ):
        assert re.fullmatch(r"[A-Za-z0-9_-]+", secret)


# --- who has which token ------------------------------------------------------------------------------------


def test_the_owners_token_edits_and_the_readers_only_reads() -> None:
    assert ONE.holder_of_token("token") == EDITOR
    assert ONE.reader_token
    assert ONE.holder_of_token(ONE.reader_token) == READER
    assert (EDITOR.may_edit, READER.may_edit) == (True, False)
    for other in ("", "toke", "token ", ONE.reader_token[:-1], "\ud800"):
        assert ONE.holder_of_token(other) is None


def test_the_readers_token_stays_as_long_as_the_owners_and_is_another_for_another() -> None:
    assert ONE.reader_token == OTHER.reader_token
    assert len(ONE.reader_token or "") * 6 == 192
    assert Credentials(b"1" * 32, "token2").reader_token != ONE.reader_token
    assert NOBODY.reader_token is None


def test_no_text_is_the_token_of_a_server_without_one() -> None:
    assert NOBODY.holder_of_token("") is None
    assert NOBODY.holder_of_password("", "") is None


def test_a_person_has_the_right_of_their_line_and_none_without_one() -> None:
    ann = User("ann", may_edit=True, hash=hash_of_token("x"))
    people = [ann]
    credentials = Credentials(b"1" * 32, users=lambda: Users(people))
    holder = credentials.holder_of_token("x")
    assert holder is not None
    session = new_session(holder)
    assert credentials.holder_of(session) == holder == (ann.stamp, True, "ann")
    people[0] = ann._replace(may_edit=False)
    assert credentials.holder_of(session) == holder._replace(may_edit=False)
    people.clear()
    assert credentials.holder_of(session) is None


def test_links_and_people_are_nothing_to_each_other() -> None:
    people = Credentials(
        b"1" * 32, users=lambda: Users([User("ann", may_edit=True, hash=hash_of_token("x"))])
    )
    assert people.holder_of(S) is None
    assert people.holder_of_token("token") is None
    holder = people.holder_of_token("x")
    assert holder is not None
    assert ONE.holder_of(new_session(holder)) is None


# --- cookies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("session", [S, READS])
def test_a_cookie_holds_for_90_days_and_only_for_its_key(session: Session) -> None:
    cookie = ONE.cookie_value(session, 1000.9)
    assert ONE.session_of(cookie, 1000 + SIGN_IN_S) == session
    assert ONE.session_of(cookie, 1001 + SIGN_IN_S) is None
    assert ONE.session_of(cookie, 0) == session  # the clock was set back
    assert OTHER.session_of(cookie, 1000) is None


def test_a_readers_cookie_cannot_be_made_into_an_owners() -> None:
    """Neither by its text, nor with the secrets that a reader has; at any later start with this key."""
    later = Credentials(ONE.key, "another token")
    cookie = ONE.cookie_value(READS, 1000)
    assert later.session_of(cookie, 1000) == READS
    assert later.holder_of(READS) == READER
    assert later.session_of(cookie.replace(".r.", ".w."), 1000) is None
    assert ONE.page_secret(READS) != ONE.page_secret(S)


@pytest.mark.parametrize("mark", ["", "x", "W", "rw", "0" * 32])
def test_a_mark_that_there_is_not_is_nobody(mark: str) -> None:
    assert ONE.holder_of(Session("s", mark)) is None


@pytest.mark.parametrize(
    "value", ["", ".", "..", "...", "s.w.1", "s.w.1.", "a.b.c.d", "s.w.x.\xff", "\ud800.w.1.x", "." * 10_000]
)
def test_other_texts_are_no_cookie(value: str) -> None:
    assert ONE.session_of(value, 0) is None


def test_the_instance_is_the_same_for_a_key_and_does_not_tell_it() -> None:
    assert ONE.instance == NOBODY.instance != OTHER.instance
    assert ONE.key.hex() not in ONE.instance


def test_a_bound_key_is_another_for_each_token_and_for_people() -> None:
    keys = [bound_key(ONE.key, to) for to in ("users", "token:a", "token:b")]
    assert len({ONE.key, *keys}) == 4
    assert keys == [bound_key(ONE.key, to) for to in ("users", "token:a", "token:b")]


@pytest.mark.parametrize(
    "sign",
    [lambda c: c.cookie_value(S, 0), lambda c: c.page_secret(S), lambda c: c.address_key(S)],
    ids=["cookie", "page secret", "address key"],
)
def test_a_server_where_nobody_signs_in_signs_nothing(sign: Callable[[Credentials], str]) -> None:
    with pytest.raises(ValueError, match="signs nothing"):
        sign(NOBODY)
    assert sign(ONE)
    assert sign(Credentials(b"1" * 32, users=Users))


def test_a_server_where_nobody_signs_in_knows_no_session() -> None:
    assert NOBODY.session_of(ONE.cookie_value(S, 0), 0) is None


def test_what_was_signed_before_it_said_who_may_edit_is_refused() -> None:
    """The first derivation signed for everybody where there was no token; the second had one right for all."""
    for prefix in ("", "2:"):
        for signed in ("s.1000", "s.w.1000"):
            digest = hmac.digest(ONE.key, f"{prefix}cookie:{signed}".encode(), "sha256")
            once = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            assert ONE.session_of(f"{signed}.{once}", 1000) is None
