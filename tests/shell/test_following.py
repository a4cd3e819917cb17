from __future__ import annotations

import json
from pathlib import Path

import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.shell import subcommands
from tests.shell.terminal import lines, next_line, running


def test_tail_follows_a_log_through_replacement(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("one\ntwo\n")
    with running(f"shell.tail(Path({str(path.parent)!r}), follow=True, lines=1)") as process:
        assert next_line(process) == "two"
        with path.open("a") as file:
            file.write("thr")
            file.flush()
            file.write("ee\n")
        assert next_line(process) == "three"
        path.rename(path.with_name("old.log"))
        path.write_text("anew\n")
        assert next_line(process) == "anew"


def test_tail_follows_a_scalar(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    path.parent.mkdir()
    path.write_text(HEADER + "1\t10.000\tloss\t0.5\n")
    with running(f"shell.tail(Path({str(path.parent)!r}), 'loss', follow=True, as_json=True)") as process:
        assert json.loads(next_line(process))["step"] == 1
        with path.open("a") as file:
            file.write("2\t11.000\tother\t0.5\n2\t11.000\tloss\t0.25\n")
        assert json.loads(next_line(process)) == {"step": 2, "wall_time": 11.0, "value": 0.25, "writer": ""}
        path.write_text(HEADER + "7\t12.000\tloss\t1.0\n")
        assert json.loads(next_line(process))["step"] == 7


def test_tail_follows_values_in_json_files(tmp_path: Path) -> None:
    experiment = tmp_path / "a"
    for step in (1, 2):
        (experiment / f"{step}").mkdir(parents=True)
    (experiment / "1/loss.json").write_text('{"scalars": {"value": 0.5}}')
    with running(f"shell.tail(Path({str(experiment)!r}), 'loss', follow=True, as_json=True)") as process:
        assert json.loads(next_line(process))["step"] == 1
        (experiment / "2/loss.json").write_text('{"scalars": {"value": 0.25}}')
        assert json.loads(next_line(process))["value"] == 0.25
        (experiment / "3").mkdir()
        (experiment / "3/loss.json").write_text('{"scalars": {"value": 0.125}}')
        assert json.loads(next_line(process))["value"] == 0.125


def test_tail_has_a_last_line_without_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/stdout.log").write_text("one\ntwo\nthr")
    subcommands.tail(tmp_path / "a", lines=2)
    assert lines(capsys) == ["two", "thr"]
