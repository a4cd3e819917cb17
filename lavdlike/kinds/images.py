"""Images: picture files, and boxes on them in the JSON file of the same label (docs/format.md, "Images").

Turning arrays and pictures into files is `lavdlike/pictures.py`, so that readers need neither numpy nor Pillow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lavdlike.kinds import json_file
from lavdlike.kinds.kind import Kind

LAVD_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".jfi", ".png", ".gif", ".tiff", ".tif", ".bmp", ".dib"}
    | {".heif", ".heic", ".jp2", ".j2k", ".jpf", ".jpx", ".jpm", ".mj2"}
)
SUFFIXES = LAVD_SUFFIXES | {".webp"}

_CORNERS = ("xStart", "yStart", "xEnd", "yEnd")


class Box(msgspec.Struct, rename="camel", omit_defaults=True):
    """A rectangle in pixels of the picture as stored, from its top left corner. `probability` is from 0 to 1."""

    x_start: int | float
    y_start: int | float
    x_end: int | float
    y_end: int | float
    class_name: str | int | float | None = None
    probability: int | float | None = None


class ImageContent(msgspec.Struct, rename="camel"):
    """The boxes of a picture. `source`: the picture's path relative to the JSON file's folder, untrusted.

    `min_probability`: boxes below it are hidden at first.
    """

    source: str = ""
    boxes: list[Box] = []
    classes: list[str | int | float] = []
    min_probability: int | float | None = None


def from_json(value: object, path: str) -> ImageContent:
    """What a JSON file holds at the key `images`. Class names that are numbers become text."""
    content = json_file.convert(value, ImageContent, path, "images")
    content.classes = [str(name) for name in content.classes]
    for box in content.boxes:
        if box.class_name is not None:
            box.class_name = str(box.class_name)
    return content


def to_json(
    source: str,
    boxes: Sequence[Mapping[str, Any]],
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
) -> dict[str, Any]:
    """What stands in the JSON file beside the picture `source`; the boxes are ones that `checked_boxes` gave."""
    images: dict[str, Any] = {"source": source, "boxes": list(boxes)}
    if classes is not None:
        images["classes"] = list(classes)
    if threshold is not None:
        images["minProbability"] = threshold
    return {"images": images}


def checked_boxes(boxes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The boxes with numbers as Python's own, otherwise as given.

    Raises:
        ValueError: names the box and the rule: `xStart`, `yStart`, `xEnd`, `yEnd` finite numbers, optionally
            `className` (a string) and `probability` (a finite number), nothing else.
    """
    return [_checked_box(box, f"boxes[{index}]") for index, box in enumerate(boxes)]


KIND = Kind("images", SUFFIXES, "images", read_json=from_json)


def _checked_box(box: Mapping[str, Any], where: str) -> dict[str, Any]:
    if not isinstance(box, Mapping):
        raise ValueError(f"{where} must be a dict, not {type(box).__name__}")
    for key in _CORNERS:
        if key not in box:
            raise ValueError(f"{where} lacks {key!r}; a box needs {', '.join(_CORNERS)}")
    checked: dict[str, Any] = {}
    for key, value in box.items():
        if key in _CORNERS or key == "probability":
            checked[key] = _finite(value, f"{where}[{key!r}]")
        elif key == "className":
            if not isinstance(value, str):
                raise ValueError(f"{where}['className'] must be a string, not {value!r}")
            checked[key] = value
        else:
            known = ", ".join((*_CORNERS, "className", "probability"))
            raise ValueError(f"{where} has the unknown key {key!r}; known are {known}")
    return checked


def _finite(value: Any, where: str) -> int | float:
    number = value.item() if hasattr(value, "item") else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
        raise ValueError(f"{where} must be a finite number, not {value!r}")
    return number
