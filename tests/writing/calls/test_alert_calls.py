from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.alerts import find_alerts


def test_an_alert_is_a_record_and_has_the_experiment_looked_at(tmp_path: Path) -> None:
    with Logger("run", tmp_path, delimiter=" | ") as logger:
        file = logger.log_dir / "experiment.json"
        os.utime(file, (0, 0))
        logger.alert("Disk is full", "on node7", level="warn")
        assert file.stat().st_mtime > 0
    found = list(find_alerts((tmp_path / "run" / "events.log").read_bytes()))
    assert [(each.level, each.title, each.text) for each in found] == [("warn", "Disk is full", "on node7")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("",), "title must not be empty"),
        ((3,), "title must be a string"),
        (("a", 3), "text must be a string"),
        (("a", "b", "loud"), "level must be one of 'info', 'warn', 'error', not 'loud'"),
    ],
)
def test_bad_arguments_are_named(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with Logger("run", tmp_path) as logger, pytest.raises(ValueError, match=said):
        logger.alert(*arguments)  # type: ignore[arg-type]


def test_a_disabled_logger_says_nothing(tmp_path: Path) -> None:
    Logger("run", tmp_path, disabled=True).alert("a")
    assert not (tmp_path / "run").exists()
