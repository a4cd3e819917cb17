"""Images: picture files, and what lies on them in the JSON file of the same label (docs/format.md, "Images").

Turning arrays and pictures into files is `lavdlike/writing/pictures.py`, so that readers need neither numpy nor Pillow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lavdlike import json_file
from lavdlike.errors import LogFormatError
from lavdlike.kinds import outside
from lavdlike.kinds.kind import Kind, Overlay
from lavdlike.kinds.overlays import (
    COMMON_KEYS,
    Keypoints,
    Mask,
    Polygon,
    checked_entry,
    checked_number,
)
from lavdlike.kinds.transforms import Geometry

LAVD_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".jfi", ".png", ".gif", ".tiff", ".tif", ".bmp", ".dib"}
    | {".heif", ".heic", ".jp2", ".j2k", ".jpf", ".jpx", ".jpm", ".mj2"}
)
SUFFIXES = LAVD_SUFFIXES | {".webp", ".avif", ".ppm", ".pgm", ".pbm", ".pnm"}

_MASKS = Overlay(".mask", ".png")
# Pictures of a grid, as files that are counted through.
MAX_GRID = 100_000

_CORNERS = ("xStart", "yStart", "xEnd", "yEnd")


class Box(msgspec.Struct, rename="camel", omit_defaults=True):
    """A rectangle in pixels of the picture as stored, from its top left corner. `probability` is from 0 to 1.

    `is_crowd`: of an expected box: it stands for many things, so that any number of boxes may be found in it.
    """

    x_start: int | float
    y_start: int | float
    x_end: int | float
    y_end: int | float
    class_name: str | int | float | None = None
    probability: int | float | None = None
    is_crowd: bool = False


class Grid(msgspec.Struct):
    """How the pictures of a folder stand together: in so many columns, so many pixels apart."""

    columns: int
    padding: int = 2


class ImageProblem(msgspec.Struct):
    """Why something could not be read, and its place, as in `images.masks[0].source`."""

    reason: str
    position: str


class ImageContent(msgspec.Struct, rename="camel"):
    """What lies on a picture. `source`: the picture's path relative to the JSON file's folder, untrusted; or the
    address of one outside of the tree (`outside`), to which `transform` is done (`transforms`).

    `expected_boxes`: what `boxes` should be; None: nobody says.
    `min_probability`: what is less probable is hidden at first.
    `grid`: of the folder, at its first picture.
    `problems`: what of it could not be read.
    """

    source: str = ""
    boxes: list[Box] = []
    expected_boxes: list[Box] | None = None
    classes: list[str | int | float] = []
    min_probability: int | float | None = None
    masks: list[Mask] = []
    keypoints: list[Keypoints] = []
    polygons: list[Polygon] = []
    caption: str = ""
    grid: Grid | None = None
    transform: list[dict[str, Any]] = []
    problems: list[ImageProblem] = []


# Lavd knows nothing of these: what is wrong with one of them does not keep the others from being shown.
_OUR_KEYS: dict[str, Any] = {
    "expectedBoxes": list[Box] | None,
    "masks": list[Mask],
    "keypoints": list[Keypoints],
    "polygons": list[Polygon],
    "caption": str,
    "grid": Grid | None,
    "transform": list[dict[str, Any]],
}
_ATTRIBUTES = {"expectedBoxes": "expected_boxes"}


def from_json(value: object, path: str) -> ImageContent:
    """What a JSON file holds at the key `images`. Class names that are numbers become text."""
    given = value if isinstance(value, Mapping) else {}
    lavds = {key: entry for key, entry in given.items() if key not in (*_OUR_KEYS, "problems")}
    content = json_file.convert(lavds if given else value, ImageContent, path, "images")
    for key in _OUR_KEYS:
        if key in given:
            _read_key(content, key, given[key], path)
    content.classes = [str(name) for name in content.classes]
    named: tuple[list[Box] | list[Keypoints] | list[Polygon], ...] = (
        content.boxes,
        content.expected_boxes or [],
        content.keypoints,
        content.polygons,
    )
    for thing in (thing for things in named for thing in things):
        if thing.class_name is not None:
            thing.class_name = str(thing.class_name)
    return content


def to_json(
    source: str,
    boxes: Sequence[Mapping[str, Any]] = (),
    classes: Sequence[str] | None = None,
    threshold: float | None = None,
    expected_boxes: Sequence[Mapping[str, Any]] | None = None,
    **others: Any,
) -> dict[str, Any]:
    """What stands in the JSON file beside the picture `source`; boxes are ones that `checked_boxes` gave.

    Args:
        others: `masks`, `keypoints`, `polygons`, `caption`, `grid`, `transform`, as they stand there; those that are
            None or empty are left out.
    """
    images: dict[str, Any] = {"source": source, "boxes": list(boxes)}
    if classes is not None:
        images["classes"] = list(classes)
    if threshold is not None:
        images["minProbability"] = threshold
    if expected_boxes is not None:
        images["expectedBoxes"] = list(expected_boxes)
    images |= {key: value for key, value in others.items() if value}
    return {"images": images}


def moved(content: ImageContent, to: Geometry) -> ImageContent:
    """What lies on a picture after a transform: boxes around their moved corners, cut at the picture's edges.

    Boxes that lie beside it are left out.
    """
    expected = content.expected_boxes
    return msgspec.structs.replace(
        content,
        boxes=_moved_boxes(content.boxes, to),
        expected_boxes=None if expected is None else _moved_boxes(expected, to),
        keypoints=[
            msgspec.structs.replace(each, points=[_moved_point(point, to) for point in each.points])
            for each in content.keypoints
        ],
        polygons=[
            msgspec.structs.replace(
                each, points=[_moved_point(point, to) or (None, None) for point in each.points]
            )
            for each in content.polygons
        ],
    )


def checked_boxes(
    boxes: Sequence[Mapping[str, Any]], argument: str = "boxes", *, expected: bool = False
) -> list[dict[str, Any]]:
    """The boxes with numbers as Python's own, otherwise as given.

    Args:
        argument: what errors call them.
        expected: they are what others should be, and may have `isCrowd`.

    Raises:
        ValueError: names the box and the rule: `xStart`, `yStart`, `xEnd`, `yEnd` finite numbers, optionally
            `className` (a string) and `probability` (a finite number; of what is expected: `isCrowd`, True or False),
            nothing else.
    """
    readers = {**dict.fromkeys(_CORNERS, checked_number), **COMMON_KEYS}
    if expected:
        del readers["probability"]
        readers["isCrowd"] = _flag
    return [checked_entry(box, f"{argument}[{index}]", _CORNERS, readers) for index, box in enumerate(boxes)]


def count_of_grid(images: object) -> int:
    """How many pictures the grid has that is described there; 0 if that is not said."""
    grid = images.get("grid") if isinstance(images, dict) else None
    count = grid.get("count") if isinstance(grid, dict) else None
    return count if type(count) is int and 0 <= count <= MAX_GRID else 0


def mask_suffix(name: str) -> str:
    """How the file of a mask of this name ends."""
    return f"{_MASKS.begin}-{name}{_MASKS.end}" if name else f"{_MASKS.begin}{_MASKS.end}"


KIND = Kind(
    "images",
    SUFFIXES,
    json_key="images",
    content=ImageContent,
    read_json=from_json,
    json_describes=True,
    source_of=lambda content: "" if outside.is_outside(content.source) else content.source,
    overlay=_MASKS,
    problems_of=lambda content: content.problems,
    media_types={
        ".png": "image/png",
        **dict.fromkeys((".jpg", ".jpeg"), "image/jpeg"),
        ".gif": "image/gif",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".bmp": "image/bmp",
    },
)


def _moved_boxes(boxes: list[Box], to: Geometry) -> list[Box]:
    found = []
    for box in boxes:
        corners = [to.point(x, y) for x in (box.x_start, box.x_end) for y in (box.y_start, box.y_end)]
        across, down = zip(*corners, strict=True)
        left, right = max(0, min(across)), min(to.width, max(across))
        top, bottom = max(0, min(down)), min(to.height, max(down))
        if left < right and top < bottom:
            found.append(msgspec.structs.replace(box, x_start=left, y_start=top, x_end=right, y_end=bottom))
    return found


def _moved_point(
    point: tuple[int | float | None, int | float | None] | None, to: Geometry
) -> tuple[int | float | None, int | float | None] | None:
    if point is None or point[0] is None or point[1] is None:
        return point
    return to.point(point[0], point[1])


def _flag(value: Any, where: str) -> bool:
    if value in (True, False):  # of NumPy as well
        return bool(value)
    raise ValueError(f"{where} must be True or False, not {value!r}")


def _read_key(content: ImageContent, key: str, value: object, path: str) -> None:
    try:
        setattr(
            content,
            _ATTRIBUTES.get(key, key),
            json_file.convert(value, _OUR_KEYS[key], path, f"images.{key}"),
        )
    except LogFormatError as error:
        content.problems.append(ImageProblem(error.reason, error.position))
