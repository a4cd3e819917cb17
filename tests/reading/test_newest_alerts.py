from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lavdlike import Logger, alerts
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading import newest_alerts as reading
from lavdlike.reading import summaries

RUN = ExperimentName("run")


def _titles(root: Path) -> list[str]:
    (row,) = summaries.read_summaries(LocalRoot(root), [RUN], lambda *_: None, budget_s=1.0)
    assert row is not None
    return [alert.title for alert in row.summary.alerts]


def _line(title: str, second: int = 0) -> str:
    return alerts.format_alert(datetime(2026, 3, 1, 9, 30, second, tzinfo=UTC), title, "", "info")


def test_alerts_of_all_writers_stand_in_the_row_by_their_time(tmp_path: Path) -> None:
    with Logger("run", tmp_path, writer="rank1") as second, Logger("run", tmp_path) as first:
        second.alert("one")
        first.println("between")
        first.alert("two")
        second.alert("three")
    assert _titles(tmp_path) == ["one", "two", "three"]


def test_only_what_is_new_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    log = tmp_path / "run" / "events.log"
    log.write_text(_line("one") + "x" * 100_000 + "\n")
    assert _titles(tmp_path) == ["one"]
    read: list[int] = []
    pread = os.pread

    def counted(descriptor: int, size: int, at: int) -> bytes:
        read.append(size)
        return pread(descriptor, size, at)

    monkeypatch.setattr(os, "pread", counted)
    with log.open("a") as file:
        file.write(_line("two", 1) + _line("cut", 2)[:-1])
    assert _titles(tmp_path) == ["one", "two"]
    assert sum(read) < 2000
    with log.open("a") as file:
        file.write("\n")
    assert _titles(tmp_path) == ["one", "two", "cut"]


def test_a_log_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    log = tmp_path / "run" / "events.log"
    log.write_text(_line("one") * 3)
    assert _titles(tmp_path) == ["one"] * 3
    log.write_text(_line("two") * 5)  # the same file, and longer
    assert _titles(tmp_path) == ["two"] * 5
    log.write_text(_line("3"))
    assert _titles(tmp_path) == ["3"]
    log.unlink()
    assert _titles(tmp_path) == []


def test_the_newest_are_kept_and_of_a_long_log_the_end_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FIRST_BYTES", 4000)
    (tmp_path / "run").mkdir()
    every = [_line(str(number)) for number in range(100)]
    (tmp_path / "run" / "events.log").write_text("".join(every))
    assert _titles(tmp_path) == [str(number) for number in range(80, 100)]
