"""Streamvis' logger over ours: what stands in the files, by label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.compat.streamvis import DataLogger
from tests import logged


def _logger(folder: Path, scope: str = "run24", **options: Any) -> DataLogger:
    logger = DataLogger(scope)
    logger.init(folder, **options)
    return logger


def points_of(folder: Path) -> dict[str, list[tuple[int, float | int]]]:
    """Step and value, by label."""
    found: dict[str, list[tuple[int, float | int]]] = {}
    for step, label, value in logged.points_of(folder / "scalars.tsv"):
        found.setdefault(label, []).append((step, value))
    return found


def test_numbers_batches_and_lines_are_the_same_points(tmp_path: Path) -> None:
    one, many = _logger(tmp_path, "one"), _logger(tmp_path, "many")
    attention = np.arange(8).reshape(2, 4) / 8
    for step in range(4):
        one.write("kldiv", x=step, y=step / 4)
        one.write("attn_layer", x=step, y=attention[:, step : step + 1])
    many.write("kldiv", x=[0, 1, 2, 3], y=[0.0, 0.25, 0.5, 0.75])
    many.write("attn_layer", x=range(4), y=attention)
    for logger in (one, many):
        logger.shutdown()
    found = points_of(tmp_path / "one")
    assert found == points_of(tmp_path / "many")
    assert found == {
        "kldiv": [(0, 0.0), (1, 0.25), (2, 0.5), (3, 0.75)],
        "attn_layer": [(0, 0.0), (1, 0.125), (2, 0.25), (3, 0.375)],
        "attn_layer/1": [(0, 0.5), (1, 0.625), (2, 0.75), (3, 0.875)],
    }


def test_a_scope_that_is_begun_again_goes_on(tmp_path: Path) -> None:
    for first in (0, 2):
        logger = _logger(tmp_path)
        logger.write("loss", x=[first, first + 1], y=[0.5, 0.25])
        logger.write("epochs", x=[first / 4, (first + 1) / 4], y=[1, 2])
        logger.shutdown()
    found = points_of(tmp_path / "run24")
    assert [step for step, _ in found["loss"]] == [0, 1, 2, 3]
    assert found["epochs"] == [(0, 1), (1, 2), (2, 1), (3, 2)]
    assert found["epochs.x"] == [(0, 0.0), (1, 0.25), (2, 0.5), (3, 0.75)]


def test_a_decimal_x_is_the_axis_of_its_label(tmp_path: Path) -> None:
    logger = _logger(tmp_path)
    logger.write("loss", x=[3, 4], y=[9, 8])
    logger.write("loss", x=[4.5, 5.0], y=[7, 6])
    logger.write("loss", x=6, y=5)
    logger.shutdown()
    found = points_of(tmp_path / "run24")
    assert found["loss"] == [(3, 9), (4, 8), (5, 7), (6, 6), (7, 5)]
    assert found["loss.x"] == [(5, 4.5), (6, 5.0), (7, 6)]
    assert '"x": "loss.x"' in (tmp_path / "run24" / "experiment.json").read_text()


def test_several_coordinates_are_labels_of_the_group(tmp_path: Path) -> None:
    logger = _logger(tmp_path)
    logger.write("point", step=[0, 1], a=[1, 2], b=[3, 4])
    logger.write("alone", y=[5, 6])
    logger.shutdown()
    assert points_of(tmp_path / "run24") == {
        "point/a": [(0, 1), (1, 2)],
        "point/b": [(0, 3), (1, 4)],
        "alone": [(0, 5), (1, 6)],
    }


def test_points_are_with_the_disk_after_so_many(tmp_path: Path) -> None:
    logger = _logger(tmp_path, buffer_max_elem=4)
    logger.write("loss", x=[0, 1], y=[0.5, 0.25])
    assert points_of(tmp_path / "run24")["loss"] == [(0, 0.5), (1, 0.25)]
    logger.shutdown()


def test_a_scope_with_folders_is_an_experiment_in_them(tmp_path: Path) -> None:
    logger = _logger(tmp_path, "sweep/run 1")
    logger.write("loss", x=0, y=1)
    logger.shutdown()
    assert points_of(tmp_path / "sweep" / "run 1") == {"loss": [(0, 1)]}


@pytest.mark.parametrize("scope", ["../up", "/up", "a/../../up", "..", "", ".hidden", "a\\0b"])
def test_no_scope_leads_out_of_the_folder(tmp_path: Path, scope: str) -> None:
    logger = _logger(tmp_path / "log", scope)
    logger.write("loss", x=0, y=1)
    logger.shutdown()
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert len(list(tmp_path.glob("log/**/scalars.tsv"))) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"x": [0, 1], "y": [1, 2, 3]}, "shapes do not fit together: x: (2,), y: (3,)"),
        ({"x": 0, "y": np.zeros((1, 1, 1))}, "y must be numbers of rank 0, 1 or 2, it is an array of rank 3"),
        ({"x": 0, "y": "text"}, "y must be"),
        ({}, "has no data"),
    ],
)
def test_what_is_no_data_is_refused_with_its_group(tmp_path: Path, data: dict[str, Any], said: str) -> None:
    logger = _logger(tmp_path)
    with pytest.raises(RuntimeError, match="group_name='loss'") as error:
        logger.write("loss", **data)
    assert said in str(error.value)
    logger.shutdown()


def test_a_file_of_streamvis_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "file.log").write_bytes(b"points")
    with pytest.raises(RuntimeError, match="must be a folder"):
        _logger(tmp_path / "file.log")
    with pytest.raises(RuntimeError, match="on this machine"):
        DataLogger("run24").init("http://host/file")
    with pytest.raises(RuntimeError, match="init"):
        DataLogger("run24").write("loss", x=0, y=1)
    assert (tmp_path / "file.log").read_bytes() == b"points"
