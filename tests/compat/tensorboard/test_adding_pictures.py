"""Pictures and figures: what is in the files afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike.compat.tensorboard import SummaryWriter
from tests.logged import files_of


def pixels(file: Path) -> Any:
    return np.asarray(Image.open(file))


def test_pictures_are_the_originals_pixels(tmp_path: Path) -> None:
    floats = np.linspace(-0.1, 1.1, 3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_image("chw", floats, 1)
        writer.add_image("wh", np.arange(6, dtype=np.uint8).reshape(3, 2), 1, dataformats="wh")
        writer.add_image("grey", np.zeros((1, 2, 2)), 1)
        writer.add_image("batch", np.zeros((2, 3, 4, 4)), 1, dataformats="NCHW")
        writer.add_images("one", np.zeros((3, 4, 4)), 1, dataformats="CHW")
        for image, letters in ((floats, "HW"), (floats, "CHX"), (floats, None), (np.zeros((2, 2)), "CHW")):
            with pytest.raises(ValueError, match="dataformats"):
                writer.add_image("bad", image, 1, dataformats=str(letters))
    folder = tmp_path / "x/0001"
    wanted = (floats * np.float32(255)).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
    assert np.array_equal(pixels(folder / "chw.png"), wanted)
    assert np.array_equal(pixels(folder / "wh.png"), [[0, 2, 4], [1, 3, 5]])
    assert pixels(folder / "grey.png").shape == (2, 2)
    names = ["batch/000.json", "batch/000.png", "batch/001.png", "chw.png", "grey.png", "one.png", "wh.png"]
    assert files_of(tmp_path / "x") == [f"0001/{name}" for name in names]


def test_a_grid_has_eight_columns(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_images("b", np.zeros((9, 2, 2, 3), dtype=np.uint8), 1, dataformats="NHWC")
    grid = json.loads((tmp_path / "x/0001/b/000.json").read_text())["images"]["grid"]
    assert (grid["columns"], grid["count"]) == (8, 9)


@pytest.mark.parametrize("is_tensorboardx", [True, False])
def test_boxes_stay_data(is_tensorboardx: bool, tmp_path: Path) -> None:  # noqa: FBT001
    image, boxes = np.zeros((4, 6, 3)), np.array([[1, 2, 3, 4], [0, 0, 1.5, 1]])
    with SummaryWriter(tmp_path / "x") as writer:
        if is_tensorboardx:
            writer.add_image_with_boxes("b", image, boxes, 1, None, "HWC", ["cat", "dog"])
        else:
            writer.add_image_with_boxes("b", image, boxes, 1, None, 2, "HWC", ["cat", "dog"])
        writer.add_image_with_boxes("none", image, np.zeros((0, 4)), 1, dataformats="HWC")
        writer.add_image_with_boxes("one", image, boxes[0], 1, dataformats="HWC", labels="cat")
        writer.add_image_with_boxes("other", image, boxes, 1, dataformats="HWC", labels=["only one"])
        with pytest.raises(ValueError, match=r"box_tensor must be n x 4, not \(2, 3\)"):
            writer.add_image_with_boxes("b", image, boxes[:, :3], 1, dataformats="HWC")
    assert not pixels(tmp_path / "x/0001/b.png").any()
    content = json.loads((tmp_path / "x/0001/b.json").read_text())["images"]
    assert content["classes"] == ["cat", "dog"]
    assert content["boxes"] == [
        {"xStart": 1, "yStart": 2, "xEnd": 3, "yEnd": 4, "className": "cat"},
        {"xStart": 0, "yStart": 0, "xEnd": 1.5, "yEnd": 1, "className": "dog"},
    ]
    assert "className" not in (tmp_path / "x/0001/other.json").read_text()
    assert '"cat"' in (tmp_path / "x/0001/one.json").read_text()


def test_figures_are_drawings(tmp_path: Path) -> None:
    figure = SimpleNamespace(savefig=lambda file, **_: file.write(b"<svg/>"))
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_figure("f", figure, 1)
        writer.add_figure("l", [figure, figure], 1, close=False)
    assert files_of(tmp_path / "x") == ["0001/f.svg", "0001/l/000.svg", "0001/l/001.svg"]
