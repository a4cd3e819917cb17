from __future__ import annotations

import re

import pytest

from lavdlike.server.credentials import SIGN_IN_S, Credentials, new_session, new_token

ONE = Credentials(b"1" * 32, "token")
OTHER = Credentials(b"2" * 32, "token")


def test_secrets_of_one_session_differ_and_tell_nothing_of_each_other() -> None:
    secrets = {ONE.page_secret("s"), ONE.address_key("s"), ONE.page_secret("t"), OTHER.page_secret("s")}
    assert len(secrets) == 4


def test_secrets_can_stand_in_headers_addresses_and_subprotocols() -> None:
    for secret in (new_token(), ONE.page_secret(new_session()), ONE.address_key("s"), ONE.cookie_name):
        assert re.fullmatch(r"[A-Za-z0-9_-]+", secret)


def test_a_cookie_holds_for_90_days_and_only_for_its_key() -> None:
    cookie = ONE.cookie_value("s", 1000.9)
    assert ONE.session_of(cookie, 1000 + SIGN_IN_S) == "s"
    assert ONE.session_of(cookie, 1001 + SIGN_IN_S) is None
    assert ONE.session_of(cookie, 0) == "s"  # the clock was set back
    assert OTHER.session_of(cookie, 1000) is None


@pytest.mark.parametrize(
    "value", ["", ".", "..", "s.1", "s.1.", "a.b.c.d", "s.x.\xff", "\ud800.1.x", "." * 10_000]
)
def test_other_texts_are_no_cookie(value: str) -> None:
    assert ONE.session_of(value, 0) is None


def test_the_instance_is_the_same_for_a_key_and_does_not_tell_it() -> None:
    assert ONE.instance == Credentials(b"1" * 32, None).instance != OTHER.instance
    assert ONE.key.hex() not in ONE.instance


def test_no_text_is_the_token_of_a_server_without_one() -> None:
    assert not Credentials(b"1" * 32, None).is_token("")
    assert ONE.is_token("token")
