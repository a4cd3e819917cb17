"""Records of Python's logging in `events.log`."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.integrations.logging import LavdlikeHandler


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    found = logging.getLogger("tests.integrations")
    found.setLevel(logging.DEBUG)
    yield found
    for handler in list(found.handlers):
        found.removeHandler(handler)


def _events(folder: Path) -> list[list[str]]:
    return [line.split("\t")[1:] for line in (folder / "events.log").read_text().splitlines()]


def test_records_are_lines_with_their_level_as_tag(tmp_path: Path, log: logging.Logger) -> None:
    with Logger("run", tmp_path) as logger:
        handler = LavdlikeHandler(logger, level="INFO")
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        log.addHandler(handler)
        log.debug("unseen")
        log.info("epoch %d", 3)
        try:
            int("bad\tvalue")
        except ValueError:
            log.exception("failed")
    first, second = _events(tmp_path / "run")
    assert first == ["INFO", "tests.integrations: epoch 3"]
    assert second[0] == "ERROR"
    assert second[1].startswith(r"tests.integrations: failed\nTraceback")
    assert second[1].endswith(r"'bad\\tvalue'")


def test_what_is_said_while_a_record_is_written_is_left_out(
    tmp_path: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def refuse(_: Any, tag: str, message: str) -> None:
        written.append((tag, message))
        log.warning("the disk is full")

    with Logger("run", tmp_path) as logger:
        log.addHandler(LavdlikeHandler(logger))
        monkeypatch.setattr(Logger, "log", refuse)
        log.info("one")
    assert written == [("INFO", "one")]


def test_a_record_that_cannot_be_formatted_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Logger("run", tmp_path) as logger:
        handler = LavdlikeHandler(logger)
        handler.handle(logging.makeLogRecord({"levelname": "INFO", "msg": "%d", "args": ("three",)}))
        handler.handle(logging.makeLogRecord({"levelname": "INFO", "msg": "four"}))
    assert _events(tmp_path / "run") == [["INFO", "four"]]
    assert "--- Logging error ---" in capsys.readouterr().err


def test_something_else_than_a_logger_is_refused() -> None:
    with pytest.raises(ValueError, match=r"logger must be a lavdlike\.Logger, not str"):
        LavdlikeHandler("run")  # type: ignore[arg-type]
