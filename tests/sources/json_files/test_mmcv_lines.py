"""Lines made by hand after TextLoggerHook of mmcv 1.7: the package builds no wheel for this Python."""

from __future__ import annotations

import json
from pathlib import Path

from lavdlike.kinds.scalars import REWIND
from lavdlike.sources import source_registry
from tests.sources.reading import all_points, new_points, reader_of

NAME = "20210505_120000.log.json"
ENVIRONMENT = json.dumps({"env_info": "sys.platform: linux\nPython: 3.8", "seed": 0, "exp_name": "net.py"})


def train(epoch: int, iteration: int, loss: float, **more: object) -> str:
    return json.dumps({"mode": "train", "epoch": epoch, "iter": iteration, "lr": 0.02, "loss": loss, **more})


def val(epoch: int, iteration: int, accuracy: float) -> str:
    beside = {"lr": 0.02, "bbox_mAP_copypaste": "0.1 0.2"}
    return json.dumps({"mode": "val", "epoch": epoch, "iter": iteration, "bbox_mAP": accuracy, **beside})


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in (ENVIRONMENT, *lines)))
    return path


def test_iterations_of_epochs_are_steps_of_the_training(tmp_path: Path) -> None:
    lines = [train(1, 50, 1.0), train(1, 100, 0.5), val(1, 625, 0.25), train(2, 50, 0.125), val(2, 625, 0.5)]
    found = all_points(write(tmp_path / NAME, *lines), NAME)
    assert found == {
        "train/loss": [(50, 1.0), (100, 0.5), (150, 0.125)],
        "train/lr": [(50, 0.02), (100, 0.02), (150, 0.02)],
        "val/bbox_mAP": [(100, 0.25), (150, 0.5)],
        "val/lr": [(100, 0.02), (150, 0.02)],
        "epoch": [(50, 1), (100, 1), (100, 1), (150, 2), (150, 2)],
    }


def test_iterations_that_go_on_are_the_steps(tmp_path: Path) -> None:
    lines = [train(1, 50, 1.0), val(1, 7, 0.5), train(2, 100, 0.5), train(3, 150, 0.25)]
    found = all_points(write(tmp_path / NAME, *lines), NAME)
    assert found["train/loss"] == [(50, 1.0), (100, 0.5), (150, 0.25)]
    assert found["val/bbox_mAP"] == [(50, 0.5)]


def test_a_training_that_was_resumed_has_its_steps_once_an_epoch_has_ended(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, train(3, 50, 1.0), train(3, 100, 0.5))
    file = reader_of(path, NAME)
    assert new_points(file, path)["train/loss"] == [(50, 1.0), (100, 0.5)]
    with path.open("a") as opened:
        opened.write(f"{train(4, 50, 0.25)}\n")
    found = new_points(file, path)
    assert REWIND in found
    assert found["train/loss"] == [(250, 1.0), (300, 0.5), (350, 0.25)]
    assert all_points(path, NAME)["train/loss"] == found["train/loss"]
    with path.open("a") as opened:
        opened.write(f"{train(4, 100, 0.125)}\n")
    assert new_points(file, path)["train/loss"] == [(400, 0.125)]


def test_a_start_that_is_appended_begins_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "None.log.json", train(1, 50, 1.0), train(2, 50, 0.5))
    with path.open("a") as opened:
        opened.write(f"{ENVIRONMENT}\n{train(1, 50, 0.75)}\n")
    assert all_points(path, path.name)["train/loss"] == [(50, 1.0), (100, 0.5), (50, 0.75)]


def test_learning_rates_of_several_optimizers_are_labels_each(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, train(1, 50, 1.0, lr={"g": 0.1, "d": 0.2}))
    assert {label for label in all_points(path, NAME) if "lr" in label} == {"train/lr.g", "train/lr.d"}


def test_an_environment_beyond_what_is_looked_at_and_broken_lines(tmp_path: Path) -> None:
    path = tmp_path / NAME
    long = json.dumps({"env_info": "x" * 200_000})
    path.write_text(f'{long}\n{train(1, 1, 1.0)}\n{{"mode": "train", "ep\n[1]\n{train(1, 2, 0.5)}\n')
    file = reader_of(path, NAME)
    assert new_points(file, path)["train/loss"] == [(1, 1.0), (2, 0.5)]
    assert len(file.problems()) == 1


def test_other_records_in_such_a_file_are_as_they_say() -> None:
    assert source_registry.role_of("a.log.json", b'{"message": "started"}\n') is None
    begin = b'{"step": 1, "loss": 0.5}\n'
    assert source_registry.role_of("a.log.json", begin) is not None
