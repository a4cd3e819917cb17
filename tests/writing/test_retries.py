from __future__ import annotations

import dataclasses
import errno
import itertools
import os
from pathlib import Path

import pytest

from lavdlike.disk.append import AppendFile
from lavdlike.errors import WriteError
from lavdlike.writing import retries
from lavdlike.writing.retries import Retries, Write

A, B = Path("a"), Path("b")


class _Disk:
    """Refuses the paths in `full`; `written` is what it took."""

    def __init__(self) -> None:
        self.full: set[Path] = set()
        self.written: list[str] = []

    def write(self, path: Path, text: str, size_bytes: int = 10) -> Write:
        def do() -> None:
            if path in self.full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.written.append(text)

        return Write(path, size_bytes, do)


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "_LAST_PAUSE_S", 0)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of the module under test, to be set."""
    clock = [1000.0]
    monkeypatch.setattr(retries, "monotonic", lambda: clock[0])
    return clock


def test_what_is_refused_is_written_later_in_order(now: list[float]) -> None:
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    tried.write(disk.write(A, "1"))
    tried.write(disk.write(A, "2"))
    assert disk.written == []
    disk.full = set()
    now[0] += retries.RETRY_EVERY_S
    tried.write(disk.write(A, "3"))
    assert disk.written == ["1", "2", "3"]
    assert tried.unwritten == 0


def test_a_refused_file_does_not_hold_up_others(now: list[float]) -> None:
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    for write in (disk.write(A, "a1"), disk.write(B, "b1"), disk.write(A, "a2"), disk.write(B, "b2")):
        tried.write(write)
        now[0] += retries.RETRY_EVERY_S
    assert disk.written == ["b1", "b2"]
    disk.full = set()
    tried.retry()
    assert disk.written == ["b1", "b2", "a1", "a2"]


def test_a_full_disk_is_not_asked_at_each_call(now: list[float]) -> None:
    disk, tried, asked = _Disk(), Retries("warn"), []
    disk.full = {A}
    tried.write(disk.write(A, "1"))
    for _ in range(100):
        tried.write(Write(A, 10, lambda: asked.append(1)))
    assert asked == []
    now[0] += retries.RETRY_EVERY_S


def test_one_warning_a_minute_with_path_reason_and_count(
    now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    for _ in range(120):
        tried.write(disk.write(A, "x"))
        now[0] += 1.0
    assert len(caplog.records) == 2
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("cannot write a: No space left on device. ")
    assert "1 writes wait" in first
    assert "61 writes wait" in second


def test_memory_is_bounded_and_what_is_given_up_is_counted(
    now: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retries, "MAX_WAITING_BYTES", 3000)
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    for number in range(10):
        tried.write(disk.write(A, str(number), size_bytes=1000))
    disk.full = set()
    now[0] += retries.WARN_EVERY_S
    tried.retry()
    assert disk.written == ["0", "1"]
    assert tried.unwritten == 8
    tried.finish()
    assert "8 writes were not done" in caplog.text


@pytest.mark.usefixtures("no_pause")
def test_the_end_writes_on_while_the_disk_takes_anything() -> None:
    calls, written = itertools.count(1), []

    def write(number: int) -> Write:
        def do() -> None:
            if next(calls) % 3 == 0:  # as a network file system that comes and goes
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            written.append(number)

        return Write(A, 10, do)

    tried = Retries("warn")
    for number in range(100):
        tried.write(write(number))
    tried.finish()
    assert written == list(range(100))
    assert tried.unwritten == 0


@pytest.mark.usefixtures("no_pause")
def test_the_end_gives_up_a_disk_that_takes_nothing() -> None:
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    tried.write(disk.write(A, "1"))
    tried.finish()
    assert (disk.written, tried.unwritten) == ([], 1)


def test_raise_raises_and_keeps_nothing() -> None:
    disk, tried = _Disk(), Retries("raise")
    disk.full = {A}
    with pytest.raises(WriteError, match="cannot write a: No space left on device"):
        tried.write(disk.write(A, "1"))
    with pytest.raises(WriteError):
        tried.once(A, disk.write(A, "1").do)
    assert tried.unwritten == 0


def test_lines_of_a_folder_that_cannot_be_made_are_written_when_it_can(
    tmp_path: Path, now: list[float]
) -> None:
    (tmp_path / "log").write_text("a file where a folder should be")
    file, tried = AppendFile(tmp_path / "log" / "a.log"), Retries("warn")
    tried.append(file, b"one\n", 1.0)
    tried.append(file, b"two\n", 2.0)
    (tmp_path / "log").unlink()
    now[0] += retries.RETRY_EVERY_S
    tried.append(file, b"three\n", 3.0)
    file.close()
    assert file.path.read_bytes() == b"one\ntwo\nthree\n"


def test_an_error_that_is_not_the_disks_is_given_up_and_not_raised_elsewhere(
    now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    tried.write(disk.write(A, "1"))
    tried.write(Write(A, 10, lambda: disk.written.index("not there")))  # type: ignore[arg-type]
    disk.full = set()
    now[0] += retries.WARN_EVERY_S
    tried.write(disk.write(A, "2"))
    assert disk.written == ["1", "2"]
    assert tried.unwritten == 1
    assert "cannot write a: 'not there' is not in list" in caplog.text


def test_a_forked_child_forgets_what_its_parent_waits_with() -> None:
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A}
    tried.write(disk.write(A, "1"))
    tried.forget()
    disk.full = set()
    tried.retry()
    assert disk.written == []


def test_lines_that_wait_are_one_and_take_little_more_memory_than_their_text(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.write_text("a file where the folder should be")
    tried, file = Retries("warn"), AppendFile(folder / "a.tsv")
    for number in range(10_000):
        tried.append(file, b"%d\n" % number, 1.0)
    assert tried.unwritten == 10_000
    assert tried._waiting_bytes < 60_000
    folder.unlink()
    tried.retry()
    file.close()
    assert file.path.read_text().split() == [str(number) for number in range(10_000)]


def test_the_disk_is_asked_again_before_anything_is_given_up(
    now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "MAX_WAITING_BYTES", 3000)
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A, B}
    tried.write(disk.write(A, "a1", size_bytes=1000))
    tried.write(disk.write(B, "b1", size_bytes=1000))
    disk.full = set()
    for text in ("a2", "a3", "a4"):  # within a second
        tried.write(disk.write(A, text, size_bytes=1000))
    assert disk.written == ["a1", "b1", "a2", "a3", "a4"]
    assert tried.unwritten == 0
    assert now == [1000.0]


def test_what_is_kept_waits_however_much_waits_and_one_write_of_any_size_does(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(retries, "MAX_WAITING_BYTES", 3000)
    disk, tried = _Disk(), Retries("warn")
    disk.full = {A, B}
    tried.write(disk.write(A, "large", size_bytes=10**9))
    tried.write(disk.write(B, "lost"))
    tried.write(dataclasses.replace(disk.write(B, "the end"), is_kept=True))
    assert "0 MiB wait already" in caplog.text  # at once, not after a minute
    disk.full = set()
    tried.finish()
    assert disk.written == ["large", "the end"]
    assert "1 writes were not done: b (1)" in caplog.text


def test_a_signal_handler_may_write_while_its_thread_tries_again(tmp_path: Path) -> None:
    disk, tried = _Disk(), Retries("warn")
    file = AppendFile(tmp_path / "log" / "a.tsv")
    (tmp_path / "log").write_text("a file where the folder should be")
    tried.append(file, b"1\n", 1.0)

    def interrupted() -> None:
        disk.written.append("interrupted")
        tried.retry()
        tried.write(disk.write(A, "by the handler"))
        tried.append(file, b"2\n", 1.0)
        (tmp_path / "log").unlink(missing_ok=True)

    disk.full = {A}
    tried.write(disk.write(A, "first"))
    disk.full = set()
    tried._waiting[A][0] = Write(A, 10, interrupted)
    tried._waiting = dict(reversed(tried._waiting.items()))
    tried.retry()
    tried.retry()
    file.close()
    assert disk.written == ["interrupted", "by the handler"]
    assert file.path.read_text() == "1\n2\n"
    assert (tried.unwritten, tried._waiting_bytes) == (0, 0)
