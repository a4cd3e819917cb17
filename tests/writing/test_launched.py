"""Where tools write under `lavdlike run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.writing.launched import VARIABLE, LaunchedRun, Place, launched_run


def test_the_run_is_known_by_the_environment_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = LaunchedRun(tmp_path / "log", "überall", tmp_path)
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


def test_where_processes_cannot_know_of_each_other_all_write_the_run(tmp_path: Path) -> None:
    run = LaunchedRun(tmp_path, "run", tmp_path / "gone")
    assert run.place_for("a", str) == run.place_for("b", str) == Place(tmp_path, "run")
