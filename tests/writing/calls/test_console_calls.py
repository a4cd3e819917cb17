"""Lines: what is printed, and what is in the log files afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.kinds import logs


def test_lines_are_printed_and_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run", tmp_path) as logger:
        logger.println("{}, message: {num}", "Hello", num=1)
        logger.println("braces { } stay without arguments")
        logger.println({"any": "object"})
        logger.eprintln("two\nlines\tand a tab")
        logger.print_table(["a"], [[None]], indent_level=1, placeholder="{}")
        logger.log("NOTE", "by hand")
    assert capsys.readouterr() == (
        "Hello, message: 1\nbraces { } stay without arguments\n{'any': 'object'}\n    | a  |\n    |----|\n    | {} |\n",
        "two\nlines\tand a tab\n",
    )
    folder = tmp_path / "run"
    assert (folder / "stdout.log").read_text().splitlines()[0] == "Hello, message: 1"
    assert (folder / "stderr.log").read_text() == "two\nlines\tand a tab\n"
    records = [logs.parse_line(line) for line in (folder / "events.log").read_text().splitlines()]
    assert [(record.tag, record.message) for record in records] == [
        ("STDOUT", "Hello, message: 1"),
        ("STDOUT", "braces { } stay without arguments"),
        ("STDOUT", "{'any': 'object'}"),
        ("STDERR", "two\nlines\tand a tab"),
        ("STDOUT", "    | a  |"),
        ("STDOUT", "    |----|"),
        ("STDOUT", "    | {} |"),
        ("NOTE", "by hand"),
    ]


def test_events_have_prefix_tag_and_duration(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.set_prefix("[1 / 3]")
        logger.start("Train")
        logger.end("Train")
        logger.start("Test", prefix=False, tag="BEGIN")
        logger._event_started["Test"] -= 49 * 3600
        logger.end("Test", prefix=False, tag="DONE")
        logger.end("Never started")
        lines = (logger.log_dir / "events.log").read_text().splitlines()
    assert [line.split("\t", 1)[1] for line in lines] == [
        "START\t[1 / 3] Train",
        "END\t[1 / 3] Train - Duration: 00:00:00",
        "BEGIN\tTest",
        "DONE\tTest - Duration: 49:00:00",
        "END\t[1 / 3] Never started",
    ]


def test_another_delimiter_separates_the_columns(tmp_path: Path) -> None:
    with Logger("run", tmp_path, delimiter=" | ") as logger:
        logger.log("T", "a\tb")
        assert (logger.log_dir / "events.log").read_text().endswith(" | T | a\\tb\n")


def test_output_of_others_is_kept_and_not_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_output("one\ntwo\n")
        logger.log_output("wrong", stream="stderr")
        with pytest.raises(ValueError, match="stream must be one of 'stdout', 'stderr'"):
            logger.log_output("x", stream="events")  # type: ignore[arg-type]
    folder = tmp_path / "run"
    assert capsys.readouterr() == ("", "")
    assert (folder / "stdout.log").read_text() == "one\ntwo\n"
    assert (folder / "stderr.log").read_text() == "wrong\n"
    records = [logs.parse_line(line) for line in (folder / "events.log").read_text().splitlines()]
    assert [(record.tag, record.message) for record in records] == [
        ("STDOUT", "one"),
        ("STDOUT", "two"),
        ("STDERR", "wrong"),
    ]
