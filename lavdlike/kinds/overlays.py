"""What lies on a picture besides boxes: masks, keypoints and polygons (docs/format.md, "Images").

Points are in pixels of the picture as stored, from its top left corner.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike.kinds import numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MAX_CLASS = 2**16 - 1
_MASK_NAME = re.compile(r"[\w-]{1,30}\Z", re.ASCII)


class Mask(msgspec.Struct, omit_defaults=True):
    """A picture of classes: the value of a pixel is the place of its class among all classes, from 0.

    `source`: of a PNG, relative to the JSON file's folder, untrusted. `name`: if there are several.
    """

    source: str
    name: str = ""


class Keypoints(msgspec.Struct, rename="camel", omit_defaults=True):
    """The keypoints of one thing: a point that is not there (null, NaN) keeps its place.

    `edges`: pairs of places among the points. `names`, `probabilities`: of the points, in their order.
    """

    points: list[tuple[int | float | None, int | float | None] | None]
    edges: list[tuple[int, int]] = []
    names: list[str] = []
    probabilities: list[int | float | None] = []
    class_name: str | int | float | None = None
    probability: int | float | None = None


class Polygon(msgspec.Struct, rename="camel", omit_defaults=True):
    """An area: the points around it, the last one connected with the first."""

    points: list[tuple[int | float | None, int | float | None]]
    class_name: str | int | float | None = None
    probability: int | float | None = None


def checked_masks(masks: Any, width: int, height: int) -> dict[str, NDArray[np.integer[Any]]]:
    """The masks by name ("" for the only one), as copies of 8 or 16 bits.

    Args:
        masks: an array or tensor, height x width (or 1 x height x width), of whole numbers or booleans; or a dict
            of such by name.

    Raises:
        ValueError: another shape than the picture's, numbers that are not whole, below 0 or above 65535, or a name
            that cannot be part of a file's.
    """
    if not isinstance(masks, Mapping):
        return {"": _checked_mask(masks, "masks", width, height)}
    for name in masks:
        if not isinstance(name, str) or not _MASK_NAME.match(name):
            raise ValueError(
                f"masks must have names of up to 30 letters A to Z, digits, '-' and '_', not {name!r}"
            )
    return {name: _checked_mask(mask, f"masks[{name!r}]", width, height) for name, mask in masks.items()}


def mask_to_json(source: str, name: str = "") -> dict[str, str]:
    return {"source": source, "name": name} if name else {"source": source}


def checked_keypoints(keypoints: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each as it stands in JSON.

    Raises:
        ValueError: names the entry and the rule: `points` n x 2 numbers, optionally `edges` (pairs of places among
            them), `names` and `probabilities` (n of them), `className` and `probability`, nothing else.
    """
    return [_checked_keypoints(entry, f"keypoints[{index}]") for index, entry in enumerate(keypoints)]


def checked_polygons(polygons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each as it stands in JSON.

    Raises:
        ValueError: names the polygon and the rule: `points` at least three pairs of finite numbers, optionally
            `className` and `probability`, nothing else.
    """
    return [_checked_polygon(entry, f"polygons[{index}]") for index, entry in enumerate(polygons)]


def checked_class(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} must be a string, not {value!r}")
    return value


def checked_number(value: Any, where: str) -> int | float:
    """A finite number as Python's own."""
    number = numbers.to_number(value, argument=where)
    if isinstance(value, bool) or not math.isfinite(number):
        raise ValueError(f"{where} must be a finite number, not {value!r}")
    return number


# Of boxes, polygons and things with keypoints alike.
COMMON_KEYS: dict[str, Callable[[Any, str], Any]] = {
    "className": checked_class,
    "probability": checked_number,
}


def checked_entry(
    entry: Mapping[str, Any],
    where: str,
    needed: Sequence[str],
    readers: Mapping[str, Callable[[Any, str], Any]],
) -> dict[str, Any]:
    """The entry with each value as the reader of its key gives it.

    Raises:
        ValueError: no dict, one of the needed keys is missing, or one has no reader.
    """
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where} must be a dict, not {type(entry).__name__}")
    for key in needed:
        if key not in entry:
            raise ValueError(f"{where} lacks {key!r}; it needs {', '.join(needed)}")
    for key in entry:
        if key not in readers:
            raise ValueError(f"{where} has the unknown key {key!r}; known are {', '.join(readers)}")
    return {key: readers[key](value, f"{where}[{key!r}]") for key, value in entry.items()}


def _checked_mask(mask: Any, argument: str, width: int, height: int) -> NDArray[np.integer[Any]]:
    import numpy as np

    array = numbers.to_array(mask, argument=argument)
    if array.dtype.kind not in "biu":
        raise ValueError(f"{argument} must be of whole numbers, not {array.dtype}")
    if array.ndim == 3 and 1 in (array.shape[0], array.shape[2]):
        array = array.squeeze(0 if array.shape[0] == 1 else 2)
    if array.shape != (height, width):
        raise ValueError(
            f"{argument} must be height x width as the picture, {height} x {width}, but its shape is {array.shape}"
        )
    if array.min() < 0 or array.max() > _MAX_CLASS:
        raise ValueError(
            f"{argument} must be from 0 to {_MAX_CLASS}, but is from {array.min()} to {array.max()}"
        )
    return array.astype(np.uint8 if array.max() < 2**8 else np.uint16)


def _checked_keypoints(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    checked = checked_entry(
        entry,
        where,
        ["points"],
        {
            "points": _keypoints,
            "edges": _edges,
            "names": _names,
            "probabilities": _probabilities,
            **COMMON_KEYS,
        },
    )
    count = len(checked["points"])
    for key in ("names", "probabilities"):
        if key in checked and len(checked[key]) != count:
            raise ValueError(f"{where}[{key!r}] must be {count}, one for each point, not {len(checked[key])}")
    for edge in checked.get("edges", ()):
        if not all(0 <= place < count for place in edge):
            raise ValueError(f"{where}['edges'] has {edge}, but the points are 0 to {count - 1}")
    return checked


def _checked_polygon(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    return checked_entry(entry, where, ["points"], {"points": _corners, **COMMON_KEYS})


def _keypoints(value: Any, where: str) -> list[list[float] | None]:
    return [point if all(map(math.isfinite, point)) else None for point in _pairs(value, where)]


def _corners(value: Any, where: str) -> list[list[float]]:
    points = _pairs(value, where)
    if len(points) < 3:
        raise ValueError(f"{where} must be at least three points, not {len(points)}")
    if not all(math.isfinite(number) for point in points for number in point):
        raise ValueError(f"{where} must be finite numbers")
    return points


def _pairs(value: Any, where: str) -> list[list[float]]:
    """Pairs of numbers, whole ones as such."""
    array = numbers.to_array(value, argument=where)
    if array.size == 0:
        return []
    if array.dtype.kind not in "iuf" or array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"{where} must be n x 2 numbers")
    pairs: list[list[float]] = array.tolist()
    return pairs


def _edges(value: Any, where: str) -> list[list[int]]:
    array = numbers.to_array(value, argument=where)
    if array.size == 0:
        return []
    if array.dtype.kind not in "iu" or array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"{where} must be pairs of places among the points")
    pairs: list[list[int]] = array.tolist()
    return pairs


def _names(value: Any, where: str) -> list[str]:
    return [checked_class(name, f"{where}[{index}]") for index, name in enumerate(_listed(value, where))]


def _probabilities(value: Any, where: str) -> list[int | float]:
    return [checked_number(entry, f"{where}[{index}]") for index, entry in enumerate(_listed(value, where))]


def _listed(value: Any, where: str) -> list[Any]:
    if isinstance(value, str) or not hasattr(value, "__len__"):
        raise ValueError(f"{where} must be a list, one for each point, not {value!r}")
    return value.tolist() if hasattr(value, "tolist") else list(value)
