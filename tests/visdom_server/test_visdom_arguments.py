from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host.kept_token import VARIABLE
from lavdlike.visdom_server.visdom_arguments import VisdomOptions, parse

LONG = "correct-horse-battery-staple-8097"


def test_the_options_are_visdoms_in_visdoms_spelling() -> None:
    words = "-env_path /logs -port 9000 -base_url /vis -logging_level 10 -readonly -eager_data_loading -bind_local"
    expected = VisdomOptions(Path("/logs"), 9000, None, "/vis", readonly=True, verbose=True)
    assert parse(words.split(), {}) == expected
    twice = ["/logs", *(f"-{word}" if word.startswith("-") else word for word in words.split()[2:])]
    assert parse(twice, {}) == expected


@pytest.mark.parametrize(
    ("environment", "root"),
    [({}, Path.cwd() / "log"), ({"LAVDLIKE_LOG_DIR": "/elsewhere"}, Path("/elsewhere"))],
)
def test_without_a_root_it_is_where_the_client_without_a_server_writes(
    environment: dict[str, str], root: Path
) -> None:
    assert parse([], environment) == VisdomOptions(root)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("-hostname 0.0.0.0", "-enable_login"),
        ("-hostname lab.example.org", "-enable_login"),
        ("-hostname ::1 -bind_local", "contradict"),
        ("/a -env_path /b", "differ"),
        ("-force_new_cookie", "-force_new_cookie is for -enable_login"),
        ("--token-file x", "--token-file is for -enable_login"),
    ],
)
def test_contradictions_and_open_doors_are_refused(words: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(words.split(), {})


@pytest.mark.parametrize("words", ["-port 99999", "-logging_level LOUD", "-base_url a*b"])
def test_what_is_no_value_ends_the_command(words: str) -> None:
    with pytest.raises(SystemExit):
        parse(words.split(), {})


def test_loopback_needs_no_login_and_other_hosts_have_one() -> None:
    assert parse(["-hostname", "::1"], {}).host == "::1"
    options = parse(["-hostname", "0.0.0.0", "-enable_login", "-force_new_cookie"], {})  # noqa: S104
    assert (options.host, options.login, options.new_key, options.username) == ("0.0.0.0", True, True, "")  # noqa: S104


def test_the_password_of_the_environment_becomes_the_token() -> None:
    environment = {
        "VISDOM_USE_ENV_CREDENTIALS": "1",
        "VISDOM_USERNAME": "ann",
        "VISDOM_PASSWORD": LONG,
        "VISDOM_COOKIE": "c",
    }
    options = parse(["-enable_login"], environment)
    assert (options.username, options.cookie) == ("ann", "c")
    assert environment == {"VISDOM_USE_ENV_CREDENTIALS": "1", "VISDOM_USERNAME": "ann", VARIABLE: LONG}


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_password_that_is_missing_or_could_be_guessed_is_refused(password: str) -> None:
    environment = {"VISDOM_USE_ENV_CREDENTIALS": "1", "VISDOM_USERNAME": "ann", "VISDOM_PASSWORD": password}
    with pytest.raises(UsageError, match="VISDOM_PASSWORD"):
        parse(["-enable_login"], environment)
