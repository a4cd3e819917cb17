"""Commands of the shell as a person starts them, and what they print."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.scripts import ROOT

IMPORTS = "import sys; from pathlib import Path; from lavdlike.shell import subcommands as shell"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines(capsys)]


@contextmanager
def running(call: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs a command of the shell."""
    program = f"{IMPORTS}; shell.FOLLOW_EVERY_S = 0.01; sys.exit({call})"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")
