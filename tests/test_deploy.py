"""The commands in docs/deploy.md and deploy/Dockerfile have options that there are; `tools.check_deploy` runs them."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from lavdlike.server.host import passwd_arguments, serve_arguments
from lavdlike.server.host.options import ServeOptions
from tests.scripts import ROOT

DOCUMENT = (ROOT / "docs" / "deploy.md").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
# What the text says to put in the place of options of the unit.
INSTEAD = {
    "": "",
    "--token-file /etc/lavdlike/token": "--users /etc/lavdlike/users --readonly",
    " --token-file /etc/lavdlike/token": " --proxy-user-header X-Remote-User --allow-edits",
    "--uds /run/lavdlike/lavdlike.sock --uds-group www-data": "--port 4343",
}


def options(command: str) -> ServeOptions:
    _program, *arguments = shlex.split(command)
    found = ServeOptions(**vars(serve_arguments.parser(()).parse_args(arguments)))
    found.check()
    return found


@pytest.mark.parametrize("replaced", INSTEAD)
def test_the_units_command_is_one(replaced: str) -> None:
    command = re.findall(r"^ExecStart=(.+)$", DOCUMENT, re.MULTILINE)[0]
    assert replaced in command
    found = options(command.replace(replaced, INSTEAD[replaced], 1) if replaced else command)
    assert [str(origin) for origin in found.allowed_origin] == ["https://lab.example.org"]


def test_the_jobs_command_is_one() -> None:
    command = re.findall(r'^exec ("\$HOME/lavdlike.+)$', DOCUMENT, re.MULTILINE)[0]
    assert options(command).uds == "$folder/lavdlike.sock"


def test_the_images_command_is_one() -> None:
    command = re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE)[0]
    found = options(shlex.join(json.loads(command)))
    assert (found.host, found.no_browser) == ("0.0.0.0", True)  # noqa: S104 - of the container


@pytest.mark.parametrize("right", ["--write", "--read"])
def test_people_are_made_by_a_command_that_there_is(right: str) -> None:
    (command,) = re.findall(rf"bin/lavdlike passwd (.+ {right})$", DOCUMENT, re.MULTILINE)
    assert passwd_arguments.parser().parse_args(shlex.split(command)).may_edit is (right == "--write")
