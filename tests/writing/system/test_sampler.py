from __future__ import annotations

import multiprocessing
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike import Logger, layout
from lavdlike.kinds import scalars
from lavdlike.writing.system import sampler
from tests.limits import LIMIT_S

FILE = layout.system_file(socket.gethostname())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "_FIRST_S", 0.05)
    monkeypatch.setattr(sampler, "PERIOD_S", 0.05)
    monkeypatch.setattr(sampler, "_LEAST_S", 0.01)


def _lines(file: Path) -> list[bytes]:
    return file.read_bytes().splitlines() if file.exists() else []


def _wait(is_so: Callable[[], object]) -> None:
    until = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_logger_writes_how_busy_its_host_is_until_it_is_closed(tmp_path: Path) -> None:
    with Logger("run", tmp_path, system=True) as logger:
        _wait(lambda: len(_lines(logger.log_dir / FILE)) > 30)
    lines = _lines(tmp_path / "run" / FILE)
    assert lines[0] == scalars.HEADER.strip().encode()
    points = [scalars.parse_line(line) for line in lines[1:]]
    assert all(isinstance(point, scalars.ScalarPoint) for point in points)
    labels = {point.label for point in points if isinstance(point, scalars.ScalarPoint)}
    assert {"system/cpu/run_cores", "system/memory/run_gib", "system/cpu/host_percent"} <= labels
    assert all(label.startswith("system/") for label in labels)
    time.sleep(0.1)
    assert _lines(tmp_path / "run" / FILE) == lines  # and not any more


def test_without_it_nothing_is_written(tmp_path: Path) -> None:
    with Logger("run", tmp_path):
        pass
    assert not list((tmp_path / "run").glob("system*"))


def test_of_two_loggers_of_an_experiment_one_writes_and_the_other_goes_on(tmp_path: Path) -> None:
    first = Logger("run", tmp_path, system=True, writer="rank0")
    _wait(lambda: _lines(tmp_path / "run" / FILE))
    second = Logger("run", tmp_path, system=True, writer="rank1")
    file = tmp_path / "run" / FILE
    time.sleep(0.2)
    times = [line.split(b"\t")[1] for line in _lines(file)[1:] if b"cpu/run_cores" in line]
    assert len(times) == len(set(times))
    first.close()
    before = len(_lines(file))
    _wait(lambda: len(_lines(file)) > before)
    second.close()


def test_a_session_that_goes_on_counts_on_from_the_first(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    begun = time.time() - 3600
    (tmp_path / "run" / FILE).write_text(f"{scalars.HEADER}0\t{begun:.3f}\tsystem/cpu/run_cores\t1.0\n")
    with Logger("run", tmp_path, system=True):
        _wait(lambda: len(_lines(tmp_path / "run" / FILE)) > 2)
    steps = {int(line.split(b"\t")[0]) for line in _lines(tmp_path / "run" / FILE)[2:]}
    assert min(steps) >= 3600


def test_a_table_of_that_name_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / FILE).write_text("disk\tfree\na\t1\n")
    other = tmp_path / "run" / FILE.replace(".tsv", ".lavdlike.tsv")
    with Logger("run", tmp_path, system=True):
        _wait(lambda: len(_lines(other)) > 2)
    assert (tmp_path / "run" / FILE).read_text() == "disk\tfree\na\t1\n"


def test_a_host_that_cannot_be_looked_at_does_not_end_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Odd:
        def look(self, _: set[int]) -> object:
            raise KeyError("odd")

    monkeypatch.setattr(sampler, "this_host", Odd)
    with Logger("run", tmp_path, system=True) as logger:
        _wait(lambda: "system metrics are not written any more" in caplog.text)
        logger.log_scalar(1.0, "loss", 1)


def _fork(folder: Path) -> None:
    with Logger("run", folder, system=True):
        _wait(lambda: len(_lines(folder / "run" / FILE)) > 2)


@pytest.mark.slow
def test_processes_of_an_experiment_are_the_run_together(tmp_path: Path) -> None:
    child = multiprocessing.get_context("spawn").Process(target=_fork, args=(tmp_path,))
    with Logger("run", tmp_path, system=True):
        file = tmp_path / "run" / FILE
        child.start()
        counts = b"system/processes/run\t"
        _wait(lambda: any(int(line.rpartition(b"\t")[2]) > 1 for line in _lines(file) if counts in line))
        child.join(LIMIT_S)
    assert child.exitcode == 0


def test_without_a_way_to_look_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert sampler.this_host() is None
    assert "pip install 'lavdlike[system]'" in caplog.text
