from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from lavdlike.server.journal import LINES_PER_MINUTE, RateLimit, open_journal


@pytest.fixture(autouse=True)
def _restore_loggers() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("lavdlike", "uvicorn.error", "asyncio")]
    before = [(logger.handlers, logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


def lines(*, verbose: bool = False) -> io.StringIO:
    stream = io.StringIO()
    open_journal(verbose=verbose, stream=stream)
    return stream


def test_control_characters_are_escaped() -> None:
    stream = lines()
    logging.getLogger("lavdlike.x").warning("bad name %s", "a\x1b[31m\r\nfaked: line\x85\u202e\ud800")
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert r"a\x1b[31m\r\nfaked: line\x85\u202e\ud800" in text


def test_an_exception_is_one_line_unless_verbose() -> None:
    for verbose in (False, True):
        stream = lines(verbose=verbose)
        try:
            int("two\nlines")
        except ValueError:
            logging.getLogger("lavdlike").exception("failed")
        first, *rest = stream.getvalue().splitlines()
        assert (
            r"error: failed: ValueError: invalid literal for int() with base 10: 'two\nlines' (test_journal.py:"
            in first
        )
        assert bool(rest) == verbose


def test_what_the_event_loop_says_is_one_line_too() -> None:
    stream = lines()
    loop = asyncio.new_event_loop()
    loop.call_exception_handler({"message": "two\nlines", "exception": OSError(24, "Too many open files")})
    loop.close()
    assert stream.getvalue().count("\n") == 1
    assert r"error: two\nlines: OSError: [Errno 24] Too many open files" in stream.getvalue()


def test_what_repeats_is_left_out_and_counted() -> None:
    now = 0.0
    limit = RateLimit(now=lambda: now)

    def passes() -> str | None:
        record = logging.LogRecord("x", logging.WARNING, "here", 1, "again %s", ("x",), None)
        return record.getMessage() if limit.filter(record) else None

    assert [passes() for _ in range(LINES_PER_MINUTE + 5)] == ["again x"] * LINES_PER_MINUTE + [None] * 5
    now = 61.0
    assert passes() == "again x (5 more like this were left out)"
    assert passes() == "again x"


def test_uvicorn_is_heard_from_warnings_on() -> None:
    stream = lines()
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("uvicorn.error").warning("something is wrong")
    assert stream.getvalue().endswith("warning: something is wrong\n")
    assert "Started" not in stream.getvalue()
