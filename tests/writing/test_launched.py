"""Where tools write under `lavdlike run`."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from lavdlike.writing.launched import VARIABLE, LaunchedRun, Place, launched_run


def test_the_run_is_known_by_the_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = LaunchedRun(tmp_path / "log", "überall", tmp_path, ((1, 2), (3, 4)))
    for name, value in run.environment().items():
        monkeypatch.setenv(name, value)
    assert launched_run() == run


@pytest.mark.parametrize("value", [None, "", "{}", "[]", "no JSON"])
def test_without_it_there_is_none(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert launched_run() is None


def test_the_first_place_is_the_run_itself_and_others_are_in_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run = LaunchedRun(log, "run", tmp_path)
    told: list[str] = []

    def inner(first: str) -> str:
        told.append(first)
        return "a/../1/.b"

    assert not run.logs_itself()
    assert run.place_for("runs/a", inner) == Place(log, "run")
    assert run.logs_itself()
    assert run.place_for("runs/b", inner) == Place(log / "run/a/run-1", "%2Eb")
    assert run.place_for("runs/a", inner) == Place(log, "run")
    assert run.place_for("runs/c", lambda _: "") == Place(log / "run", "run")
    assert told == ["runs/a"]
    assert [path.name for path in tmp_path.iterdir()] == ["first"]


def test_an_experiment_of_a_logger_is_the_run_or_in_it(tmp_path: Path) -> None:
    log, other = tmp_path / "log", tmp_path / "other"
    run = LaunchedRun(log, "run", tmp_path)
    assert run.place_of(other, "a") == Place(log, "run")
    assert run.place_of(other, "b") == Place(log / "run", "b")
    assert run.place_of(other / "sweep", "c") == Place(log / "run/sweep", "c")
    assert run.place_of(other / "a", "inner") == Place(log / "run", "inner")
    for asked in (Place(log, "run"), Place(log / "run", "anything")):
        assert run.place_of(*asked) == asked


def test_what_is_printed_to_the_streams_of_the_run_is_kept_by_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as kept, (tmp_path / "else").open("w") as redirected:
        found = os.fstat(writing)
        run = LaunchedRun(tmp_path, "run", tmp_path, ((found.st_dev, found.st_ino),))
        assert run.keeps(kept)
        assert not run.keeps(redirected)
        assert not run.keeps(io.StringIO())
        assert not run.keeps(None)
    assert not run.keeps(kept)
    os.close(reading)


def test_where_processes_cannot_know_of_each_other_all_write_the_run(tmp_path: Path) -> None:
    run = LaunchedRun(tmp_path, "run", tmp_path / "gone")
    assert run.place_for("a", str) == run.place_for("b", str) == Place(tmp_path, "run")
