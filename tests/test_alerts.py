from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lavdlike.alerts import MAX_TEXT, find_alerts, format_alert
from lavdlike.messages import Alert, AlertLevel

TIME = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize("level", ["info", "warn", "error"])
@pytest.mark.parametrize("text", ["", "one line", "two\nlines\twith a tab and a \\n"])
def test_what_is_written_is_found(level: AlertLevel, text: str) -> None:
    line = format_alert(TIME, "Loss is NaN", text, level)
    assert line.count("\n") == 1
    assert list(find_alerts(line.encode())) == [Alert(TIME.timestamp(), level, "Loss is NaN", text)]


def test_other_records_are_none_and_hide_none() -> None:
    lines = (
        "2026-03-01 09:30:00.000000+00:00\tSTDOUT\tsays \\tALERT-WARN\\tno\n"
        "2026-03-01 09:30:00\tALERT-WARN\ta time without a zone\n"
        "no time\tALERT-WARN\tx\n"
        "2026-03-01 09:30:00+00:00\tALERT-LOUD\tno such level\n"
        "2026-03-01 09:30:00+00:00\tALERT-WARN\tcut\t!cut\n"
        "2026-03-01 09:30:00+00:00\tALERT-INFO\tby hand\n"
    )
    expected = Alert(datetime(2026, 3, 1, 9, 30, tzinfo=UTC).timestamp(), "info", "by hand")
    assert list(find_alerts(lines.encode())) == [expected]


def test_a_title_is_one_line_and_a_long_text_is_cut_for_pages() -> None:
    line = format_alert(TIME, "two\nlines", "x" * 5000, "info").encode()
    (found,) = find_alerts(line)
    assert found.title == "two lines"
    assert found.text == "x" * MAX_TEXT
    assert len(line) > 5000
