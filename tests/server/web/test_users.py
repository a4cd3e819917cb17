from __future__ import annotations

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.web import passwords
from lavdlike.server.web.passwords import NOBODYS_HASH, hash_of_token
from lavdlike.server.web.users import User, Users, checked_name, read_users, with_user

# Of "correct horse"; see test_passwords.py.
HORSE = "$scrypt$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$OAkZqUBelG6VIYdTJfYSENL5OmZRxMa3GwXn5oFliTg"
TOKEN = "a-token-of-192-bits"  # noqa: S105
ANN = User("ann", may_edit=True, hash=HORSE)
BOB = User("bob", may_edit=False, hash=hash_of_token(TOKEN))


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which passwords were checked against which hashes; "right" is always right."""
    checked: list[tuple[str, str]] = []

    def check(password: str, kept: str) -> bool:
        checked.append((password, kept))
        return password == "right"  # noqa: S105

    monkeypatch.setattr(passwords, "is_password", check)
    return checked


def test_a_file_has_a_line_a_person() -> None:
    text = f"# people\n\nann:write:{HORSE}\n  bob : read : {BOB.hash}  \n"
    assert read_users(text) == [ANN, BOB]
    assert ANN.line == f"ann:write:{HORSE}"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ann", "name:right:hash"),
        ("ann:write", "name:right:hash"),
        ("ann:write:a:b", "name:right:hash"),
        (f"ann:admin:{HORSE}", "read or write, not 'admin'"),
        (f"ann:WRITE:{HORSE}", "read or write"),
        ("ann:write:hunter22", "not a hash"),
        (f":write:{HORSE}", "1 to 64 characters"),
        (f"{'a' * 65}:write:{HORSE}", "1 to 64 characters"),
        (f"a\x1bb:write:{HORSE}", r"'a\\x1bb'"),
        (f"a\u202eb:write:{HORSE}", r"'a\\u202eb'"),
        (f"bob:write:{HORSE}", "earlier line"),  # the hash of somebody else
        (f"ann:read:{NOBODYS_HASH}", "ann has a password in an earlier line"),
    ],
)
def test_a_bad_line_is_named_by_its_number_without_its_hash(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        read_users(f"# people\nann:write:{HORSE}\n{line}\n")
    assert str(error.value).startswith("line 3: ")
    assert "hunter22" not in str(error.value)
    assert HORSE not in str(error.value)


def test_a_person_may_have_a_password_and_tokens_with_other_rights() -> None:
    users = Users(
        read_users(f"ann:write:{HORSE}\nann:read:{hash_of_token('x')}\nann:read:{hash_of_token('y')}\n")
    )
    script, person = users.of_token("x"), users.of_password("ann", "correct horse")
    assert script is not None
    assert person is not None
    assert (script.may_edit, person.may_edit) == (False, True)
    assert script.stamp != person.stamp


def test_a_token_is_whose_hash_is_there() -> None:
    users = Users([ANN, BOB])
    assert users.of_token(TOKEN) == BOB
    for other in ("", TOKEN + "x", BOB.hash, HORSE, "\ud800"):
        assert users.of_token(other) is None


def test_name_and_password_belong_together() -> None:
    users = Users([ANN, BOB])
    assert users.of_password("ann", "correct horse") == ANN
    for name, password in (("ann", "x"), ("Ann", "correct horse"), ("", "correct horse"), ("bob", TOKEN)):
        assert users.of_password(name, password) is None


@pytest.mark.parametrize("name", ["ann", "nobody", "bob", "", "\ud800"])
def test_one_hash_is_checked_whatever_the_name_is(name: str, checked: list[tuple[str, str]]) -> None:
    """So that nobody learns by time which names there are: also for none, and for one with a token alone."""
    Users([ANN, BOB]).of_password(name, "wrong")
    assert checked == [("wrong", HORSE)]


@pytest.mark.usefixtures("checked")
def test_a_name_that_there_is_not_lets_nobody_in_even_if_the_hash_that_is_checked_fits() -> None:
    assert Users([ANN]).of_password("ann", "right") == ANN
    assert Users([ANN]).of_password("nobody", "right") is None
    assert Users([BOB]).of_password("bob", "right") is None


def test_a_name_that_there_is_not_costs_what_others_cost_and_always_the_same(
    checked: list[tuple[str, str]],
) -> None:
    people = [User(name, may_edit=False, hash=f"hash of {name}") for name in "abcdefgh"]
    for name in ("x", "y", "z", "x", "y", "z"):
        Users(people).of_password(name, "wrong")
    assert checked[:3] == checked[3:]
    assert {kept for _, kept in checked} <= {user.hash for user in people}


def test_where_nobody_has_a_password_one_is_checked_too(checked: list[tuple[str, str]]) -> None:
    assert Users([BOB]).of_password("ann", "x") is None
    assert checked == [("x", NOBODYS_HASH)]


def test_a_stamp_names_one_line_until_its_hash_is_another() -> None:
    users = Users([ANN, BOB])
    assert users.of_stamp(ANN.stamp) == ANN
    assert Users([ANN._replace(may_edit=False)]).of_stamp(ANN.stamp) == ANN._replace(may_edit=False)
    assert Users([ANN._replace(hash=NOBODYS_HASH)]).of_stamp(ANN.stamp) is None
    assert Users([ANN._replace(name="bob")]).of_stamp(ANN.stamp) is None
    assert Users().of_stamp(ANN.stamp) is None


def test_a_line_is_replaced_where_it_stands_and_comments_stay() -> None:
    text = f"# ours\nann:read:{NOBODYS_HASH}\nann:write:{hash_of_token('x')}\nbob:read:{hash_of_token('y')}"
    changed = with_user(text, ANN)
    assert changed == f"# ours\n{ANN.line}\nann:write:{hash_of_token('x')}\nbob:read:{hash_of_token('y')}\n"
    assert with_user(changed, BOB).splitlines()[3] == BOB.line
    assert with_user("", ANN) == ANN.line + "\n"
    assert with_user("# only this", ANN) == f"# only this\n{ANN.line}\n"


def test_names_that_look_the_same_are_the_same() -> None:
    assert checked_name("u\u0308ber") == "\u00fcber"
    assert checked_name("Ann Müller@lab") == "Ann Müller@lab"
    for text in ("", " ann", "#ann", "a:b", "a\nb", "a" * 65):
        with pytest.raises(ValueError, match="name"):
            checked_name(text)
