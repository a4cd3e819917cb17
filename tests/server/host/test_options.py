from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host import serve_arguments
from lavdlike.server.host.options import ServeOptions

GIVEN: dict[str, Any] = {
    "--readonly": {"readonly": True},
    "--allow-edits": {"allow_edits": True},
    "--no-token": {"no_token": True},
    "--token-file": {"token_file": Path("token")},
    "--users": {"users": Path("users")},
    "--proxy-user-header": {"proxy_user_header": "X-Remote-User"},
    "--uds-mode": {"uds_mode": 0o660},
    "--uds-group": {"uds_group": "www-data"},
}


def options(*given: str, **others: Any) -> ServeOptions:
    arguments = {name: value for option in given for name, value in GIVEN[option].items()}
    return ServeOptions(["log"], **{**arguments, **others})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("--readonly", "--allow-edits"),
        ("--no-token", "--token-file"),
        ("--no-token", "--users"),
        ("--token-file", "--users"),
        ("--users", "--proxy-user-header"),
        ("--token-file", "--proxy-user-header"),
    ],
)
def test_options_that_contradict_each_other_are_said(one: str, other: str) -> None:
    with pytest.raises(UsageError, match=f"{one} and {other}"):
        options(one, other, uds="/run/lavdlike").check()


@pytest.mark.parametrize("option", ["--uds-mode", "--uds-group", "--proxy-user-header"])
def test_options_of_the_socket_are_refused_at_a_port(option: str) -> None:
    with pytest.raises(UsageError, match=f"{option} is for .*--uds"):
        options(option).check()
    options(option, uds="/run/lavdlike").check()


def test_a_socket_of_its_own_choice_is_for_nobody_else() -> None:
    options("--proxy-user-header", uds="auto").check()
    for option in ("--uds-mode", "--uds-group"):
        with pytest.raises(UsageError, match="--uds auto"):
            options(option, uds="auto").check()


def test_the_socket_is_private_or_its_groups_unless_a_mode_is_given() -> None:
    assert options().socket_mode == 0o600
    assert options("--uds-group").socket_mode == 0o660
    assert options("--uds-group", uds_mode=0o600).socket_mode == 0o600
    assert options("--uds-mode").socket_mode == 0o660


def test_they_are_those_of_the_command_line() -> None:
    parsed = vars(serve_arguments.parser(()).parse_args(["log"]))
    assert parsed.keys() == inspect.signature(ServeOptions).parameters.keys()
    ServeOptions(**parsed).check()
