from __future__ import annotations

import sys

import argon2
import pytest

from lavdlike.server.web import passwords
from lavdlike.server.web.passwords import (
    MAX_MEMORY_BYTES,
    NOBODYS_HASH,
    check_hash,
    hash_of_password,
    hash_of_token,
    is_password,
)

# Of "correct horse", at a cost that tests can pay: its salt is "0123456789abcdef".
CHEAP = "$scrypt$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$OAkZqUBelG6VIYdTJfYSENL5OmZRxMa3GwXn5oFliTg"
SALT, DIGEST = "A" * 22, "A" * 43


def test_a_password_belongs_to_its_hash_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG2_COST", 4)
    kept = hash_of_password("correct horse")
    check_hash(kept)
    assert is_password("correct horse", kept)
    for other in ("", "correct hors", "correct horse ", "Correct horse", "\ud800", "\0"):
        assert not is_password(other, kept)
    assert hash_of_password("correct horse") != kept


def test_a_hash_of_before_is_still_understood() -> None:
    assert is_password("correct horse", CHEAP)


def test_a_password_is_the_same_however_a_keyboard_composes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG2_COST", 4)
    assert is_password("u\u0308ber", hash_of_password("\u00fcber"))


@pytest.mark.slow
def test_nobodys_hash_costs_what_a_new_one_does_and_belongs_to_nothing() -> None:
    parameters = hash_of_password("x").split("$")[2]
    check_hash(NOBODYS_HASH)
    assert NOBODYS_HASH.split("$")[2] == parameters
    assert not is_password("", NOBODYS_HASH)


def test_hashes_of_argon2_are_taken() -> None:
    kept = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse")
    check_hash(kept)
    assert is_password("correct horse", kept)
    assert not is_password("other", kept)


def test_without_argon2_a_hash_of_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    monkeypatch.setitem(sys.modules, "argon2", None)
    with pytest.raises(ValueError, match="argon2-cffi"):
        check_hash(kept)


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("", "not a hash"),
        ("secret", "not a hash"),
        ("$2b$12$abcdefghijklmnopqrstuv", "not a hash"),
        ("$sha256$abc", "not a hash"),
        (hash_of_token("x").upper(), "not a hash"),
        (f"$scrypt$ln=15,r=8,p=3${SALT}", "not a hash"),
        (f"$scrypt$ln=0,r=8,p=3${SALT}${DIGEST}", "not a hash"),
        (f"$scrypt$ln=99,r=8,p=3${SALT}${DIGEST}", "not a hash"),
        (f"$scrypt$ln=15,r=0,p=3${SALT}${DIGEST}", "not a hash"),
        (f"$scrypt$ln=15,r=8,p=3${SALT}${DIGEST}\n", "not a hash"),
        (f"$scrypt$ln=15,r=8,p=3$AAAAA${DIGEST}", "not a hash"),
        (f"$scrypt$ln=15,r=8,p=3$AAAA${DIGEST}", "too short"),
        (f"$scrypt$ln=15,r=8,p=3${SALT}$AAAA", "too short"),
        (f"$scrypt$ln=15,r=8,p=3${SALT}${'A' * 100}", "too short or too long"),
        (f"$scrypt$ln=24,r=8,p=1${SALT}${DIGEST}", "too much memory"),
        (f"$scrypt$ln=15,r=99,p=1${SALT}${DIGEST}", "too much memory"),
        (f"$scrypt$ln=4,r=8,p=99${SALT}${DIGEST}", "too much memory or time"),
        ("$argon2id$v=19$m=9999999,t=1,p=1$c2FsdHNhbHQ$aGFzaA", "too much memory"),
        ("$argon2id$v=19$m=8,t=999,p=1$c2FsdHNhbHQ$aGFzaA", "too much memory or time"),
        ("$argon2id$broken", "not a hash"),
    ],
)
def test_what_is_no_hash_or_one_that_costs_too_much_is_refused(kept: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_hash(kept)


def test_our_own_cost_is_far_below_the_limit() -> None:
    assert 128 * passwords.BLOCK_SIZE * (1 << passwords.LOG2_COST) * 4 <= MAX_MEMORY_BYTES
