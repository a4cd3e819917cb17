"""Texts, Markdown and pages: each method writes the files it names, and the reader of its kind takes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from tests.logged import check_written

CALLS: dict[str, tuple[Callable[[Logger], Any], list[str]]] = {
    "texts": (lambda logger: logger.log_text("a", "x", 1), ["0001/x.txt"]),
    "texts with what was expected": (lambda logger: logger.log_text("a", "x", 1, "b"), ["0001/x.json"]),
    "markdown": (lambda logger: logger.log_markdown("# a", "x", 1), ["0001/x.md"]),
    "html": (lambda logger: logger.log_html("<p>a</p>", "x", 1), ["0001/x.html"]),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_file_is_there_and_read(what: str, tmp_path: Path) -> None:
    check_written(what.split(" ", maxsplit=1)[0], *CALLS[what], tmp_path)
