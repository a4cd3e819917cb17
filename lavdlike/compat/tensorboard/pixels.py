"""Arrays in the order of dimensions that somebody names (`CHW`, `NTCHW`) -> pictures and frames of bytes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lavdlike.kinds import numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]


def is_batch(dataformats: str) -> bool:
    """Whether the letters are those of several pictures."""
    return "N" in dataformats.upper()


def picture(image: Any, dataformats: str, argument: str = "img_tensor") -> Bytes:
    """Height x width, or height x width x 1, 3 or 4, of bytes.

    As TensorBoard's writers do, bytes are taken as they are and everything else as 0 to 1, cut off to whole levels.

    Args:
        dataformats: the letters H and W, and C if there are channels, in the order of the dimensions.

    Raises:
        ValueError: other letters, or another number of dimensions.
    """
    letters = "HWC" if "C" in dataformats.upper() else "HW"
    return _to_bytes(_ordered(image, dataformats, letters, argument))


def pictures(images: Any, dataformats: str, argument: str = "img_tensor") -> list[Bytes]:
    """Each of several pictures as `picture` gives it; `dataformats` has an N as well."""
    letters = "NHWC" if "C" in dataformats.upper() else "NHW"
    return list(_to_bytes(_ordered(images, dataformats, letters, argument)))


def frames(video: Any, dataformats: str = "NTCHW") -> Bytes:
    """Frames x height x width x channels, of bytes; several videos stand beside each other, as square as possible.

    Raises:
        ValueError: other letters, or another number of dimensions.
    """
    import numpy as np

    given = _to_bytes(_ordered(video, dataformats, "NTHWC", "vid_tensor"))
    count, length, height, width, channels = given.shape
    columns = max(1, math.ceil(math.sqrt(count)))
    rows = max(1, math.ceil(count / columns))
    black = np.zeros((rows * columns - count, length, height, width, channels), dtype=np.uint8)
    grid = np.concatenate((given, black)).reshape(rows, columns, length, height, width, channels)
    return grid.transpose(2, 0, 3, 1, 4, 5).reshape(length, rows * height, columns * width, channels)


def _ordered(values: Any, dataformats: object, wanted: str, argument: str) -> NDArray[Any]:
    array = numbers.to_array(values, argument=argument)
    letters = dataformats.upper() if isinstance(dataformats, str) else ""
    if sorted(letters) != sorted(wanted):
        raise ValueError(
            f"dataformats must be the letters {', '.join(wanted)} in the order of the dimensions, not {dataformats!r}"
        )
    if array.ndim != len(letters):
        raise ValueError(
            f"{argument} has the shape {array.shape}, but dataformats {dataformats!r} names {len(letters)}"
        )
    return array.transpose([letters.index(letter) for letter in wanted])


def _to_bytes(array: NDArray[Any]) -> Bytes:
    import numpy as np

    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"pixels must be real numbers, not {array.dtype}")
    levels = np.nan_to_num(array.astype(np.float32), nan=0.0) * np.float32(255)
    return np.ascontiguousarray(levels.clip(0, 255).astype(np.uint8))
