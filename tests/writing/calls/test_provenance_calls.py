"""Commands: each method writes the files it names, and the reader of its kind takes them."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from tests.logged import check_written

CALLS: dict[str, tuple[Callable[[Logger], Any], list[str]]] = {
    "commands": (
        lambda logger: logger.log_command(ArgumentParser(), ArgumentParser().parse_args([])),
        ["command.json"],
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_file_is_there_and_read(what: str, tmp_path: Path) -> None:
    check_written(what.split(" ", maxsplit=1)[0], *CALLS[what], tmp_path)
