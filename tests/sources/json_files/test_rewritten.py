from __future__ import annotations

import json
from pathlib import Path

import pytest

from lavdlike.kinds.scalars import REWIND
from lavdlike.sources.json_files.rewritten import RewrittenJson, global_step
from lavdlike.sources.source import Role
from tests.sources.reading import all_points, new_points, reader_of, wall_times


def state(*history: dict[str, float], step: int = 0) -> str:
    document = {"best_metric": None, "epoch": 1.0, "global_step": step, "log_history": list(history)}
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def sacred(values: list[object], name: str = "train.loss") -> str:
    steps = list(range(len(values)))
    times = [f"2026-01-01T00:00:{step:02d}.500000" for step in steps]
    return json.dumps({name: {"steps": steps, "timestamps": times, "values": values}}, indent=2)


@pytest.mark.parametrize(
    ("name", "begin", "is_claimed"),
    [
        ("trainer_state.json", state().encode(), True),
        ("out/checkpoint-5/trainer_state.json", state().encode(), True),
        ("trainer_state.json", b"[1, 2]", False),
        ("0001/trainer_state.json", state().encode(), False),
        ("metrics.json", sacred([1]).encode(), True),
        ("metrics.json", b'{\n    "step": 3,\n    "train": {\n        "loss": 0.5\n    }\n}', True),
        ("metrics.json", b'{"loss": 0.5}', False),
        ("metrics.json", b'[{"a": 1}]', False),
        ("all_results.json", b'{"eval_loss": 0.5}', True),
        ("results.json", b'{"eval_loss": 0.5}', False),
    ],
)
def test_files_tell_by_name_and_begin(name: str, begin: bytes, is_claimed: object) -> None:
    assert RewrittenJson().claims(name, begin) == (Role.ITEM_WITH_POINTS if is_claimed else None)


def test_a_history_that_has_grown_is_read_from_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "trainer_state.json"
    path.write_text(state({"step": 10, "epoch": 0.5, "loss": 1.5}))
    file = reader_of(path, "trainer_state.json")
    assert new_points(file, path) == {"epoch": [(10, 0.5)], "loss": [(10, 1.5)]}
    path.write_text(
        state({"step": 10, "epoch": 0.5, "loss": 1.5}, {"step": 20, "epoch": 1.0, "eval_loss": 1})
    )
    assert new_points(file, path) == {"epoch": [(20, 1.0)], "eval_loss": [(20, 1)]}


def test_another_history_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(sacred([1.0, 2.0]))
    file = reader_of(path, "metrics.json")
    assert new_points(file, path) == {"train.loss": [(0, 1.0), (1, 2.0)]}
    path.write_text(sacred([3.0]))
    assert new_points(file, path) == {REWIND: [(0, 0.0)], "train.loss": [(0, 3.0)]}


def test_a_half_written_file_is_a_problem_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(sacred([1.0]))
    file = reader_of(path, "metrics.json")
    new_points(file, path)
    path.write_text(sacred([1.0, 2.0])[:-9])
    assert new_points(file, path) == {}
    (problem,) = file.problems()
    assert (problem.path, problem.position[:5]) == ("exp/metrics.json", "line ")
    path.write_text(sacred([1.0, 2.0]))
    assert new_points(file, path) == {"train.loss": [(1, 2.0)]}
    assert file.problems() == []


def test_times_of_sacred_are_utc(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(sacred([1.0]))
    assert wall_times(path, "metrics.json") == {"train.loss": [1767225600.5]}


def test_the_last_values_of_dvclive_stand_at_their_step(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps({"train": {"loss": 0.5}, "bad": "NaN", "step": 3}, indent=4))
    points = all_points(path, "dvclive/metrics.json")
    assert points["train/loss"] == [(3, 0.5)]
    assert str(points["bad"][0][1]) == "nan"


def test_results_at_the_end_have_no_step(tmp_path: Path) -> None:
    path = tmp_path / "all_results.json"
    path.write_text(json.dumps({"epoch": 2.5, "eval_loss": 0.5}, indent=4))
    assert all_points(path, "all_results.json") == {"epoch": [(0, 2.5)], "eval_loss": [(0, 0.5)]}


def test_how_far_a_training_is_stands_near_the_begin() -> None:
    assert global_step(state({"step": 1, "global_step": 99}, step=500).encode()[:80]) == 500
    assert global_step(b"{}") == -1
