from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.sources.reading import all_points, new_points, reader_of, wall_times

NAME = "metrics.jsonl"


def event(step: object, value: object = 0.5, **more: object) -> dict[str, Any]:
    usual = {
        "type": "training_stats_scalar",
        "timestamp": 1763600000500,
        "metric": "loss",
        "variant": "train",
    }
    return {**usual, "iter": step, "value": value, **more}


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_a_scalar_is_at_its_iteration_and_time(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [event(3, 2**60), event(4, timestamp=None)], [{"type": "plot", "iter": 1}])
    assert all_points(path, NAME) == {"loss/train": [(3, 2**60), (4, 0.5)]}
    assert wall_times(path, NAME) == {"loss/train": [1763600000.5, path.stat().st_mtime]}
    assert list(all_points(path, f"a/{NAME}")) == ["a/loss/train"]


def test_what_is_reported_once_is_at_step_0(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [event(-(2**31), metric="Summary", variant="final")])
    assert all_points(path, NAME) == {"Summary/final": [(0, 0.5)]}


def test_what_is_appended_is_read_on(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [event(1)], '[{"type": "training')
    file = reader_of(path, NAME)
    path.write_bytes(path.read_bytes()[:-1])
    assert new_points(file, path) == {"loss/train": [(1, 0.5)]}
    write(path, [event(1)], [event(2, float("nan"))])
    ((step, value),) = new_points(file, path)["loss/train"]
    assert (step, value != value) == (2, True)
    assert file.problems() == []


def test_what_is_no_event_is_a_problem_with_its_line_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, [event(1)], "{}", [3, event(-1), event(2, "x")], "\0" * 9, "[" * 9000)
    write(path.with_name("more"), [event(5, variant=chr(0xD800))])
    path.write_bytes(path.read_bytes() + path.with_name("more").read_bytes())
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"loss/train": [(1, 0.5)], "loss/\\ud800": [(5, 0.5)]}
    places = [problem.position.partition(",")[0] for problem in file.problems()]
    assert places == ["line 2", "line 3", "line 3", "line 4", "line 5"]
