"""Where a log ended at a time is found without reading all of it."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lavdlike.kinds import logs
from lavdlike.reading import log_past

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("line_bytes", [20, 3_000])
def test_log_ends_before_the_first_line_that_is_later(tmp_path: Path, line_bytes: int) -> None:
    chance = random.Random(line_bytes)
    lines = ["no time yet\n"]
    for second in range(2_000):
        time = BEGIN + timedelta(seconds=second)
        lines.append(logs.format_record(time, "STDOUT", "x" * chance.randrange(line_bytes)))
        lines += ["of the traceback\n"] * chance.choice([0, 0, 0, 5])
    path = tmp_path / "events.log"
    path.write_text("".join(lines))
    with path.open("rb") as file:
        descriptor, size = file.fileno(), path.stat().st_size
        assert log_past.begin_of(descriptor, size) == BEGIN.timestamp()
        for second in [-1, 0, 1_999, 5_000, *(chance.randrange(2_000) for _ in range(40))]:
            moment = BEGIN.timestamp() + second + 0.5
            end = log_past.end_at(descriptor, size, moment)
            assert end is not None
            kept = os.pread(descriptor, end, 0).decode().splitlines()
            rest = os.pread(descriptor, size, end).decode().splitlines()
            times = [logs.parse_line(line).time for line in kept]
            stamps = [datetime.fromisoformat(time).timestamp() for time in times if time]
            assert len(stamps) == min(max(0, second + 1), 2_000)
            assert all(stamp <= moment for stamp in stamps)
            assert not rest or second < 0 or logs.parse_line(rest[0]).time


def test_log_without_times_has_no_end(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text("epoch 1\nepoch 2\n")
    with path.open("rb") as file:
        assert log_past.end_at(file.fileno(), 16, 0.0) is None
        assert log_past.begin_of(file.fileno(), 16) is None
