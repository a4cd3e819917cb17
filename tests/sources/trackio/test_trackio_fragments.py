from __future__ import annotations

import json
from pathlib import Path

from tests.sources.reading import all_points, new_points, reader_of, wall_times

NAME = "inbox/w/00000000.jsonl"


def record(step: object, metrics: object, run: str = "run", **more: object) -> dict[str, object]:
    usual = {"v": 1, "kind": "metric", "project": "p", "run": run, "metrics": metrics, "step": step}
    return {**usual, "timestamp": "1970-01-01T00:00:01+00:00", **more}


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_values_are_called_by_project_run_and_name(tmp_path: Path) -> None:
    alert = {"v": 1, "kind": "alert", "project": "p", "run": "run", "step": 5, "title": "x"}
    lines = [record(3, {"loss": 0.5, "a": {"b": 1}}), alert, record(4, {"loss": "NaN"}, "other")]
    path = write(tmp_path / "f.jsonl", *lines)
    found = all_points(path, NAME)
    assert {label: [step for step, _ in points] for label, points in found.items()} == {
        "p/run/loss": [3],
        "p/run/a.b": [3],
        "p/other/loss": [4],
    }
    assert wall_times(path, NAME)["p/run/loss"] == [1.0]


def test_a_record_without_a_step_follows_the_one_before_it(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.jsonl", record(None, {"loss": 1}), record(7, {"loss": 2}), record(None, {"loss": 3})
    )
    assert all_points(path, NAME) == {"p/run/loss": [(0, 1), (7, 2), (8, 3)]}


def test_fragments_of_a_writer_are_read_as_one(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", record(1, {"loss": 1}))
    assert (
        reader_of(path, NAME).writer == reader_of(path, "inbox/w/00000001.jsonl").writer == "inbox/w/trackio"
    )


def test_what_is_no_record_is_a_problem_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.jsonl", record(1, {"loss": 1}), "[1]", record(-1, {"loss": 1}), record(2, {"loss": 2})
    )
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"p/run/loss": [(1, 1), (2, 2)]}
    assert [problem.position.partition(",")[0] for problem in file.problems()] == ["line 2", "line 3"]
