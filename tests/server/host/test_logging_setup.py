from __future__ import annotations

import asyncio
import io
import logging
from pathlib import Path

import pytest

from lavdlike.server.host.logging_setup import LINES_PER_MINUTE, MAX_CHARACTERS, RateLimit, set_up_logging

pytestmark = pytest.mark.usefixtures("kept_loggers")


def lines(*, verbose: bool = False) -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(verbose=verbose, stream=stream)
    return stream


def test_control_characters_are_escaped() -> None:
    stream = lines()
    logging.getLogger("lavdlike.x").warning("bad name %s", "a\x1b[31m\r\nfaked: line\x85\u202e\ud800")
    text = stream.getvalue()
    assert text.count("\n") == 1
    assert r"a\x1b[31m\r\nfaked: line\x85\u202e\ud800" in text


def test_a_terminal_that_is_closed_or_of_another_encoding_stops_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii", errors="strict")
    set_up_logging(verbose=False, stream=stream)
    logging.getLogger("lavdlike.x").warning("größe")
    assert written.getvalue().endswith(b"warning: gr\\xf6\\xdfe\n")
    stream.close()
    logging.getLogger("lavdlike.x").warning("more")
    with Path("/dev/full").open("w") as full:
        set_up_logging(verbose=False, stream=full)
        logging.getLogger("lavdlike.x").warning("more")
    assert capsys.readouterr() == ("", "")


def test_an_exception_is_one_line_unless_verbose() -> None:
    for verbose in (False, True):
        stream = lines(verbose=verbose)
        try:
            int("two\nlines")
        except ValueError:
            logging.getLogger("lavdlike").exception("failed")
        first, *rest = stream.getvalue().splitlines()
        assert (
            r"error: failed: ValueError: invalid literal for int() with base 10: 'two\nlines' (test_logging_setup.py:"
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


@pytest.mark.parametrize("verbose", [False, True])
def test_of_what_is_long_the_middle_is_left_out(*, verbose: bool) -> None:
    stream = lines(verbose=verbose)
    try:
        Path("begin" + "\x1b" * 100_000 + "end").stat()
    except OSError:
        logging.getLogger("lavdlike").exception("failed at GET /%s", "a" * 60_000)
    first, *rest = stream.getvalue().splitlines()
    assert "failed at GET /aaa" in first
    assert "end' (" in first
    assert all(len(line) < 4 * MAX_CHARACTERS + 100 for line in (first, *rest))
    assert bool(rest) == verbose


def test_what_a_library_says_that_nobody_listens_to_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's
    stream = lines()
    logging.getLogger("some.library").warning("in a file: \x1b[31m\n")
    assert stream.getvalue().endswith("warning: in a file: \\x1b[31m\n")
