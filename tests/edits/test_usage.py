from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.edit_messages import ExperimentUsage
from lavdlike.edits.usage import usage_of
from lavdlike.layout import ExperimentName


def usage(root: Path, name: str = "run", budget_s: float = 30.0) -> ExperimentUsage:
    return usage_of(LocalRoot(root), ExperimentName(name), budget_s=budget_s)


def write(path: Path, size_bytes: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size_bytes)


def test_every_file_counts_for_a_kind_the_largest_first(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in range(3):
            logger.log_image(Image.effect_noise((64, 64), 50), "bird", step)
            logger.log_scalar(1.0, "loss", step)
            logger.log_text("hello", "said", step)
    for step in (1, 2):
        write(tmp_path / f"run/{step:04d}/model.pt", 200_000)
    counted = usage(tmp_path)
    by_kind = {kind.kind: kind for kind in counted.kinds}
    assert counted.kinds[0].kind == "models"
    assert (by_kind["models"].files, by_kind["models"].steps) == (2, 2)
    assert by_kind["models"].size_bytes >= 400_000
    assert (by_kind["images"].files, by_kind["images"].steps) == (3, 3)
    assert (by_kind["texts"].files, by_kind["scalars"].files) == (3, 1)
    assert counted.files == sum(1 for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert counted.size_bytes == sum(
        path.stat().st_blocks * 512 for path in (tmp_path / "run").rglob("*") if path.is_file()
    )
    assert not counted.is_partial


def test_a_json_file_counts_for_what_stands_in_it(tmp_path: Path) -> None:
    for step in range(1, 4):
        write(tmp_path / f"run/{step}/accuracy.json", 0)
        (tmp_path / f"run/{step}/accuracy.json").write_text(json.dumps({"scalars": {"value": 1}}))
    write(tmp_path / "run/1/broken.json", 10)
    assert {kind.kind: kind.files for kind in usage(tmp_path).kinds} == {"scalars": 3, "files": 1}


def test_a_file_with_two_names_counts_once_and_a_link_not_at_all(tmp_path: Path) -> None:
    write(tmp_path / "run/a.npy", 10_000)
    os.link(tmp_path / "run/a.npy", tmp_path / "run/b.npy")
    write(tmp_path / "other/large.npy", 100_000)
    (tmp_path / "run/link.npy").symlink_to(tmp_path / "other/large.npy")
    (tmp_path / "run/folder").symlink_to(tmp_path / "other")
    (kind,) = usage(tmp_path).kinds
    assert (kind.kind, kind.files) == ("arrays", 1)
    assert kind.size_bytes < 100_000


def test_hidden_files_count_as_well(tmp_path: Path) -> None:
    write(tmp_path / "run/.git/objects", 10_000)
    assert usage(tmp_path).size_bytes >= 10_000


def test_when_the_time_is_over_the_answer_is_partial(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / f"run/{number}.npy", 1)
    counted = usage(tmp_path, budget_s=0.0)
    assert counted.is_partial
    assert counted.files == 1


def test_an_experiment_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        usage(tmp_path)
