"""Values of the libraries of a training script are logged as what they are, wherever a value of Python is."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger
from tests.kinds.library_values import TensorFlow, Torch
from tests.logged import points_of


@pytest.mark.parametrize("error", [TypeError, AttributeError])
def test_a_float_tensor_whose_index_raises_is_a_scalar(tmp_path: Path, error: type[Exception]) -> None:
    tensor = TensorFlow(0.5, error)
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(tensor, "one", 1)
        logger.log_scalars({"many": tensor}, 2)
        logger.log_all({"all": tensor}, 3)
        logger.log_scalar([tensor], "list", [4])
        logger.log_scalar(1, "step", TensorFlow(5, error))
    assert points_of(tmp_path / "run/scalars.tsv") == [
        (1, "one", 0.5),
        (2, "many", 0.5),
        (3, "all", 0.5),
        (4, "list", 0.5),
        (5, "step", 1),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "dtype",
    [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2],
    ids=lambda each: each.__name__,
)
def test_arrays_of_types_that_numpy_lacks_are_counted_in_histograms(tmp_path: Path, dtype: Any) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_histogram(np.linspace(0, 1, 9).astype(dtype), "weights", 1, bins=[0, 0.5, 1])
    assert _histogram(tmp_path)["counts"] == [4, 5]


def test_a_sparse_gradient_is_counted_with_its_zeros(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_histogram(
            Torch([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]], needs=("to_dense",)), "weights", 1, bins=2
        )
    assert _histogram(tmp_path)["counts"] == [4, 2]


def test_a_sparse_gradient_of_torch_itself_is_counted_with_its_zeros(tmp_path: Path) -> None:
    """Where torch is installed, beside its stand-in above."""
    torch = pytest.importorskip("torch")
    layer = torch.nn.Embedding(3, 2, sparse=True)
    layer(torch.tensor([1])).sum().backward()
    with Logger("run", tmp_path) as logger:
        logger.log_histogram(layer.weight.grad, "weights", 1, bins=2)
    assert _histogram(tmp_path)["counts"] == [4, 2]


def _histogram(log_dir: Path) -> Any:
    return json.loads((log_dir / "run/0001/weights.json").read_text())["histograms"]


@pytest.mark.parametrize(
    "step",
    [np.float32(3.0), np.float16(3.0), np.float64(3.0), np.uint8(3), np.array(3.0, np.float32), 3.0],
    ids=lambda step: f"{type(step).__name__} {getattr(step, 'dtype', '')}",
)
def test_a_whole_step_of_any_type_is_that_step(tmp_path: Path, step: Any) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.5, "loss", step)
        logger.log_text("text", "note", step)
    assert points_of(tmp_path / "run/scalars.tsv") == [(3, "loss", 0.5)]
    assert (tmp_path / "run/0003/note.txt").is_file()


@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (1, 8, 8)], ids=str)
def test_a_picture_of_16_bits_keeps_every_bit(tmp_path: Path, shape: tuple[int, ...]) -> None:
    depth = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000 + 1
    with Logger("run", tmp_path) as logger:
        logger.log_image(depth.reshape(shape), "depth")
    with Image.open(tmp_path / "run/depth.png") as picture:
        assert picture.mode.startswith("I")
        assert np.array_equal(np.asarray(picture), depth)


@dataclasses.dataclass
class Optimizer:
    name: str = "adam"
    rates: tuple[float, ...] = (0.1, 0.01)


@pytest.mark.parametrize(
    "given",
    [
        argparse.Namespace(layers=3, optimizer=Optimizer()),
        SimpleNamespace(layers=3, optimizer=argparse.Namespace(name="adam", rates=[0.1, 0.01])),
        {"layers": np.int64(3), "optimizer": Optimizer()},
    ],
    ids=lambda given: type(given).__name__,
)
def test_the_fields_of_a_configuration_are_kept_one_by_one(tmp_path: Path, given: Any) -> None:
    fields = {"layers": 3, "optimizer": {"name": "adam", "rates": [0.1, 0.01]}}
    with Logger("first", tmp_path, config=given):
        pass
    with Logger("later", tmp_path) as logger:
        logger.log_config(given)
        logger.log_config({"sweep": [given]})
    assert _config(tmp_path / "first") == fields
    assert _config(tmp_path / "later") == {**fields, "sweep": [fields]}


def _config(folder: Path) -> Any:
    return json.loads((folder / "experiment.json").read_text())["config"]
