"""What labels are: in `experiment.json`, with what else stands there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger, experiment
from lavdlike.messages import LabelDefinition
from lavdlike.writing.presence import MAX_DEFINITIONS
from tests.logged import files_of


def _definitions(folder: Path) -> list[dict[str, Any]]:
    labels: list[dict[str, Any]] = json.loads((folder / "experiment.json").read_text()).get("labels", [])
    return labels


def test_what_is_said_is_written_and_read(tmp_path: Path) -> None:
    with Logger("run", tmp_path, tags=["a"]) as logger:
        logger.define("val/loss", goal="min", unit="nats", x="tokens", description="Mean of all batches.")
        logger.define("time/*", unit="ms")
        assert _definitions(logger.log_dir) == [
            {
                "pattern": "val/loss",
                "goal": "min",
                "unit": "nats",
                "x": "tokens",
                "description": "Mean of all batches.",
            },
            {"pattern": "time/*", "unit": "ms"},
        ]
    data = (tmp_path / "run" / "experiment.json").read_bytes()
    read = experiment.read(data, "experiment.json")
    assert read.labels[1] == LabelDefinition("time/*", unit="ms")
    assert read.tags == ["a"]
    assert read.sessions[0].outcome == "finished"


def test_a_later_call_replaces_and_one_that_says_nothing_removes(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.define("a", goal="min", unit="s")
        logger.define("b", goal="max")
        logger.define("a", goal="max")
        assert _definitions(logger.log_dir) == [
            {"pattern": "a", "goal": "max"},
            {"pattern": "b", "goal": "max"},
        ]
        logger.define("a")
        logger.define("never said")
        assert _definitions(logger.log_dir) == [{"pattern": "b", "goal": "max"}]
        logger.define("b")
        assert "labels" not in json.loads((logger.log_dir / "experiment.json").read_text())


def test_what_others_wrote_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "experiment.json").write_text(
        '{"labels": ["odd", {"pattern": "z", "more": 1}], "k": 1}'
    )
    with Logger("run", tmp_path) as logger:
        logger.define("a", goal="min")
    document = json.loads((tmp_path / "run" / "experiment.json").read_text())
    assert document["labels"] == ["odd", {"pattern": "z", "more": 1}, {"pattern": "a", "goal": "min"}]
    assert document["k"] == 1


def test_there_is_a_most_of_them(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for index in range(MAX_DEFINITIONS):
            logger.define(f"label {index}", goal="min")
        with pytest.raises(ValueError, match=f"more than {MAX_DEFINITIONS} definitions of labels; it stays"):
            logger.define("one more", goal="min")
        logger.define("label 0", goal="max")
        assert len(_definitions(logger.log_dir)) == MAX_DEFINITIONS


def test_a_disabled_logger_writes_none(tmp_path: Path) -> None:
    Logger("run", tmp_path, disabled=True).define("a", goal="min")
    assert files_of(tmp_path) == []
