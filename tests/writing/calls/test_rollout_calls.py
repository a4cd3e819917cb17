"""Rollouts: lines are appended, also by several calls, and are read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from tests.logged import check_written, files_of


def rollout(**fields: Any) -> dict[str, Any]:
    return {"prompt": "2+2?", "completion": "4", **fields}


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_file_is_there_and_read(tmp_path: Path) -> None:
    check_written(
        "rollouts",
        lambda logger: logger.log_rollouts([rollout()], "a/x", 1),
        ["0001/a/x.rollouts.jsonl"],
        tmp_path,
    )


def test_calls_append_and_steps_have_their_own_files(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in range(20):
            logger.log_rollouts([rollout(reward=0.5)], "x", step)
        logger.log_rollouts([rollout(reward=1), rollout(step=7)], "x", 3)
        logger.log_rollouts((rollout(at=number) for number in range(3)), "all")
        logger.log_rollouts([], "none", 1)
    assert len(files_of(tmp_path / "run")) == 21
    assert [each.get("reward") for each in records(tmp_path / "run/0003/x.rollouts.jsonl")] == [0.5, 1, None]
    assert [each["step"] for each in records(tmp_path / "run/0003/x.rollouts.jsonl")] == [3, 3, 7]
    assert [each["at"] for each in records(tmp_path / "run/all.rollouts.jsonl")] == [0, 1, 2]


def test_numbers_of_libraries_are_numbers(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_rollouts([rollout(reward=np.float32(0.5), scores=np.array([1, 2]))], "x", np.int64(4))  # type: ignore[arg-type]
    (record,) = records(tmp_path / "run/0004/x.rollouts.jsonl")
    assert record == {"step": 4, "prompt": "2+2?", "completion": "4", "reward": 0.5, "scores": [1, 2]}


def test_nothing_is_written_if_one_is_none(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        with pytest.raises(ValueError, match=r"rollouts\[1\] must have 'messages'"):
            logger.log_rollouts([rollout(), {"reward": 1}], "x", 1)
        with pytest.raises(ValueError, match="rollouts must be a list of dicts, not dict"):
            logger.log_rollouts(rollout(), "x", 1)  # type: ignore[arg-type]
        assert files_of(tmp_path / "run") == []


def test_two_loggers_append_to_one_file(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as one, Logger("run", tmp_path, writer="two") as two:
        for number in range(50):
            (one if number % 2 else two).log_rollouts([rollout(at=number)], "x")
    assert [each["at"] for each in records(tmp_path / "run/x.rollouts.jsonl")] == list(range(50))


def test_a_disabled_logger_writes_nothing(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path, disabled=True)
    logger.log_rollouts("anything", "x")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
