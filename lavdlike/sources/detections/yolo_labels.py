"""A label file of YOLO: a thing of one picture a line, in parts of the picture's width and height.

    class x y width height                       a box by its middle
    class x y width height x1 y1 [seen] ...      with keypoints
    class x1 y1 x2 y2 x3 y3 ...                  an area by its corners (segments, turned boxes)

A prediction has its confidence behind that, and a tracked one a number as well. How many keypoints there are, and with
how many numbers each, is said by the data set's YAML (`kpt_shape`); else three numbers each are keypoints if every
third one is 0, 1 or 2. https://docs.ultralytics.com/datasets/ has the formats.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_BOX = 5
_SEEN = (0.0, 1.0, 2.0)


class Label(NamedTuple):
    """`box`: left, top, width, height. `points`: of keypoints; None: it is not there."""

    class_key: str
    box: tuple[float, float, float, float]
    confidence: float | None = None
    corners: Sequence[tuple[float, float]] = ()
    points: Sequence[tuple[float, float] | None] = ()


class BadLine(NamedTuple):
    number: int
    reason: str


def labels_in(text: str, keypoints: tuple[int, int] | None = None) -> Iterator[Label | BadLine]:
    """Each line that says something, or why it does not.

    Args:
        keypoints: how many there are, and with how many numbers each (2 or 3).
    """
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            numbers = [float(word) for word in words[1:]]
        except ValueError:
            yield BadLine(number, "what is no number stands in a line")
            continue
        if not all(map(math.isfinite, numbers)) or not _is_class(words[0]):
            yield BadLine(number, "a line has no class, or a number that is not finite")
            continue
        found = _label(words[0], numbers, keypoints)
        yield (
            BadLine(number, f"a line of {len(words)} numbers is none of a label") if found is None else found
        )


def looks_like_labels(text: str) -> bool:
    """Whether the first line that says something is of such a file; a file without lines may be one."""
    first = next(labels_in(text), None)
    return first is None or isinstance(first, Label)


def _is_class(word: str) -> bool:
    return word.isascii() and word.removesuffix(".0").isdecimal() and len(word) < 12


def _label(word: str, numbers: list[float], keypoints: tuple[int, int] | None) -> Label | None:
    key = word.removesuffix(".0")
    count = len(numbers) + 1
    if count == _BOX:
        return Label(key, _box(numbers))
    if count == _BOX + 1:
        return Label(key, _box(numbers), numbers[4])
    if count == _BOX + 2 and numbers[5] >= 2 and numbers[5].is_integer():  # a confidence and a track
        return Label(key, _box(numbers), numbers[4])
    for shape in _shapes(numbers, keypoints):
        more = count - _BOX - shape[0] * shape[1]
        if more in (0, 1):
            confidence = numbers[-1] if more else None
            return Label(key, _box(numbers), confidence, points=_points(numbers[4:], *shape))
    corners = list(zip(numbers[::2], numbers[1::2], strict=False))
    if len(corners) < 3:
        return None
    across, down = [x for x, _ in corners], [y for _, y in corners]
    left, top = min(across), min(down)
    box = (left, top, max(across) - left, max(down) - top)
    return Label(key, box, numbers[-1] if len(numbers) % 2 else None, corners=corners)


def _shapes(numbers: list[float], keypoints: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """How many keypoints there may be, and with how many numbers each."""
    if keypoints is not None:
        yield keypoints
        return
    rest = numbers[4:]
    count = len(rest) // 3
    if (
        count > 1
        and len(rest) - 3 * count in (0, 1)
        and all(seen in _SEEN for seen in rest[2 : 3 * count : 3])
    ):
        yield count, 3


def _points(numbers: list[float], count: int, size: int) -> list[tuple[float, float] | None]:
    groups = [numbers[place * size : (place + 1) * size] for place in range(count)]
    return [None if size == 3 and group[2] == 0 else (group[0], group[1]) for group in groups]


def _box(numbers: list[float]) -> tuple[float, float, float, float]:
    x, y, width, height = numbers[:4]
    return x - width / 2, y - height / 2, width, height
