from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lavdlike.kinds import logs

fields = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\t\n\r\\tnr"))
times = st.datetimes(timezones=st.just(timezone(timedelta(hours=-3.5))))


@given(times, fields, fields)
@example(datetime(2026, 1, 1, tzinfo=UTC), "T", "C:\\new\\table\\")
@example(datetime(2026, 1, 1, tzinfo=UTC), "T", "\\\n\\\\n")
def test_a_record_is_one_line_and_reads_back_equal(time: datetime, tag: str, message: str) -> None:
    line = logs.format_record(time, tag, message)
    assert line.count("\n") == 1
    assert line.count("\t") == 2
    assert logs.parse_line(line[:-1]) == logs.LogLine(message, time.isoformat(" ", "microseconds"), tag)


def test_messages_without_tabs_and_newlines_stand_as_they_are() -> None:
    line = logs.format_record(datetime(2026, 1, 1, tzinfo=UTC), "STDOUT", r"50 % of C:\data, \alpha")
    assert line == "2026-01-01 00:00:00.000000+00:00\tSTDOUT\t50 % of C:\\data, \\alpha\n"


@pytest.mark.parametrize(
    ("line", "parsed"),
    [
        ("", logs.LogLine("")),
        ("only text", logs.LogLine("only text")),
        (
            "2026-11-21 03:04:47.530630\tSTDOUT\tHello",
            logs.LogLine("Hello", "2026-11-21 03:04:47.530630", "STDOUT"),
        ),
        ("2026-11-21 03:04:47\tTAG\tC:\\new", logs.LogLine("C:\\new", "2026-11-21 03:04:47", "TAG")),
        ("noon\tmessage", logs.LogLine("message", "noon")),
        ("a\tb\tc\td\te", logs.LogLine("c\td\te", "a", "b")),
        ("text\r", logs.LogLine("text")),
        (
            "2026-11-21 03:04:47+01:00\tTAG\tloss 0.9\t!cut",
            logs.LogLine("2026-11-21 03:04:47+01:00\tTAG\tloss 0.9 … (cut short)"),
        ),
        ("2026-11-21 03:04:47+01:0\t!cut\r", logs.LogLine("2026-11-21 03:04:47+01:0 … (cut short)")),
    ],
)
def test_lines_of_other_writers_are_read_as_lavd_reads_them(line: str, parsed: logs.LogLine) -> None:
    assert logs.parse_line(line) == parsed
