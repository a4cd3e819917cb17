from __future__ import annotations

import json
from pathlib import Path

import pytest

from lavdlike.sources.json_files.log_records import dllogger_record, tagged_record
from tests.sources.reading import all_points, wall_times


def dllogger_line(step: object, data: object, type_: str = "LOG") -> str:
    head = {"timestamp": "1763600000.5", "datetime": "2025-11-20 00:53:20.5", "elapsedtime": "1.5"}
    return "DLLL " + json.dumps({**head, "type": type_, "step": step, "data": data})


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (7, {"step": 7}),
        ([7], {"step": 7}),
        ([1, 20], {"step.0": 1, "step.1": 20}),
        ([], {}),
        ("", {}),
    ],
)
def test_steps_of_dllogger(step: object, expected: dict[str, int]) -> None:
    record = dllogger_record(dllogger_line(step, {"loss": 0.5}).encode())
    assert record == {"loss": 0.5, "timestamp": 1763600000.5, **expected}


@pytest.mark.parametrize(
    "line",
    [
        dllogger_line("PARAMETER", {"lr": 0.1}),
        dllogger_line(None, {}),
        dllogger_line(1, {"a": 1}, "METADATA"),
    ],
)
def test_lines_of_dllogger_without_values(line: str) -> None:
    assert dllogger_record(line.encode()) is None


def test_a_log_of_dllogger_is_read(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    lines = [
        dllogger_line("PARAMETER", {"lr": 0.1}),
        "noise",
        dllogger_line([3], {"loss": 0.5, "none": None}),
    ]
    path.write_text("\n".join([*lines, dllogger_line([], {"final": 2})]) + "\n")
    assert all_points(path, "train.log") == {"loss": [(3, 0.5)], "final": [(3, 2)]}
    assert wall_times(path, "train.log")["loss"] == [1763600000.5]


def test_a_line_of_fairseq_has_its_tag_and_numbers_as_text() -> None:
    inner = b'2026 | INFO | train_inner | {"epoch": 1, "update": 0.5, "loss": "9.1", "num_updates": "100"}'
    assert tagged_record(inner) == {
        "num_updates": 100,
        "epoch": 1,
        "train_inner/update": 0.5,
        "train_inner/loss": 9.1,
    }
    end = (
        b'2026-01-01 10:00:00 | INFO | valid | {"epoch": 1, "valid_loss": "8.5", "valid_num_updates": "200"}'
    )
    assert tagged_record(end) == {"num_updates": 200, "epoch": 1, "valid_loss": 8.5}
    assert tagged_record(b"2026 | INFO | fairseq | {'a': 1}") is None


def test_a_log_of_fairseq_is_read(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text(
        "2026 | INFO | fairseq_cli.train | Namespace(...)\n"
        '2026 | INFO | train_inner | {"epoch": 1, "loss": "9.1", "num_updates": "100"}\n'
        "some text\n"
        '2026 | INFO | valid | {"epoch": 1, "valid_loss": "8.5", "valid_num_updates": "200"}\n'
    )
    assert all_points(path, "train.log") == {
        "epoch": [(100, 1), (200, 1)],
        "train_inner/loss": [(100, 9.1)],
        "valid_loss": [(200, 8.5)],
    }
