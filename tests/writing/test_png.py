"""PNG of 8-bit pixels is what every other program reads: Pillow gives the same pixels back."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike.writing import png


@pytest.mark.parametrize(
    "shape", [(1, 1), (7, 5), (7, 5, 1), (7, 5, 2), (7, 5, 3), (7, 5, 4), (1, 300), (300, 1)]
)
def test_pixels_read_back_equal(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    with Image.open(io.BytesIO(png.encode(pixels))) as picture:
        picture.load()
        channels = shape[2] if len(shape) == 3 else 1
        assert picture.mode == {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[channels]
        assert np.array_equal(np.asarray(picture).reshape(shape), pixels)


@pytest.mark.parametrize("view", [np.s_[::-1], np.s_[:, ::-1], np.s_[::2, ::3]])
def test_views_of_arrays_read_back_equal(view: Any) -> None:
    pixels = np.arange(24 * 36 * 3, dtype=np.uint32).astype(np.uint8).reshape(24, 36, 3)[view]
    with Image.open(io.BytesIO(png.encode(pixels))) as picture:
        assert np.array_equal(np.asarray(picture), pixels)
