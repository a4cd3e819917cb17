"""What is done to a picture before it is shown, step by step, and where its pixels are then (docs/format.md, "Media").

    [{"crop": [10, 20, 110, 100]}, {"resize": [50, 40]}, {"flip": "horizontal"},
     {"affine": [1, 0, 5, 0, 1, 0], "size": [60, 40]}, {"denormalize": {"mean": [0.5], "std": [0.25]}}]

Pure: the pixels themselves are moved by `server/sandbox/picture_program.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lavdlike.kinds import plain
from lavdlike.kinds.overlays import checked_number

MAX_STEPS = 32
MAX_SIDE = 20_000
MAX_PIXELS = 25_000_000
_MAX_CHANNELS = 4

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 0, 1, 0)


class TransformError(ValueError):
    """A step that is none, or leads to a picture that is none; says which one."""


class Geometry(NamedTuple):
    """Where a point (x, y) of the stored picture is: x' = a x + b y + c, y' = d x + e y + f; and the picture's size."""

    matrix: Matrix
    width: int
    height: int

    def point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f = self.matrix
        return a * x + b * y + c, d * x + e * y + f


def checked(transform: Any) -> list[dict[str, Any]]:
    """The steps as they stand in JSON.

    Raises:
        TransformError: names the first that is none.
    """
    given = transform if isinstance(transform, Sequence) and not isinstance(transform, (str, bytes)) else None
    if given is None or len(given) > MAX_STEPS:
        raise TransformError(
            f"transform must be a list of at most {MAX_STEPS} steps, such as {{'flip': 'vertical'}}"
        )
    return [_checked_step(step, f"transform[{index}]") for index, step in enumerate(given)]


def geometry(steps: Sequence[Mapping[str, Any]], width: int, height: int) -> Geometry:
    """What steps that were `checked` do to a picture of this size.

    Raises:
        TransformError: a picture on the way is too large.
    """
    found = Geometry(_SAME, width, height)
    for index, step in enumerate(steps):
        found = _after(found, step)
        if max(found.width, found.height) > MAX_SIDE or found.width * found.height > MAX_PIXELS:
            raise TransformError(
                f"transform[{index}] makes {found.width} x {found.height} pixels: at most {MAX_SIDE:,} along a side"
                f" and {MAX_PIXELS:,} in all are shown"
            )
    return found


def _after(before: Geometry, step: Mapping[str, Any]) -> Geometry:
    matrix, width, height = before
    if "crop" in step:
        left, top, right, bottom = step["crop"]
        return Geometry(_then((1, 0, -left, 0, 1, -top), matrix), right - left, bottom - top)
    if "resize" in step:
        to_width, to_height = step["resize"]
        across, down = to_width / max(width, 1), to_height / max(height, 1)
        return Geometry(_then((across, 0, 0, 0, down, 0), matrix), to_width, to_height)
    if "flip" in step:
        flip: Matrix = (-1, 0, width, 0, 1, 0) if step["flip"] == "horizontal" else (1, 0, 0, 0, -1, height)
        return Geometry(_then(flip, matrix), width, height)
    if "affine" in step:
        a, b, c, d, e, f = step["affine"]
        size = step.get("size", (width, height))
        return Geometry(_then((a, b, c, d, e, f), matrix), *size)
    return before


def _then(second: Matrix, first: Matrix) -> Matrix:
    a, b, c, d, e, f = second
    g, h, i, j, k, m = first
    return (a * g + b * j, a * h + b * k, a * i + b * m + c, d * g + e * j, d * h + e * k, d * i + e * m + f)


def _checked_step(step: Any, where: str) -> dict[str, Any]:
    names = set(step) if isinstance(step, Mapping) else set()
    kinds = names & _STEPS.keys()
    if len(kinds) != 1 or names - kinds - ({"size"} if "affine" in kinds else set()):
        raise TransformError(
            f"{where} must be one of {', '.join(_STEPS)}, as a dict with that key, not {step!r:.80}"
        )
    (kind,) = kinds
    try:
        found = {kind: _STEPS[kind](step[kind], f"{where}[{kind!r}]")}
        if "size" in names:
            found["size"] = _size(step["size"], f"{where}['size']")
    except ValueError as error:
        raise TransformError(str(error)) from None
    return found


def _whole_numbers(value: Any, where: str, count: int) -> list[int]:
    numbers = _numbers(value, where, count)
    if any(number != int(number) for number in numbers):
        raise ValueError(f"{where} must be whole pixels, not {value!r:.80}")
    return [int(number) for number in numbers]


def _numbers(value: Any, where: str, count: int) -> list[int | float]:
    entries = plain.listed(value, where, " of numbers")
    if len(entries) != count:
        raise ValueError(f"{where} must be {count} numbers, not {value!r:.80}")
    return [checked_number(entry, where) for entry in entries]


def _size(value: Any, where: str) -> list[int]:
    size = _whole_numbers(value, where, 2)
    if min(size) < 1 or max(size) > MAX_SIDE or size[0] * size[1] > MAX_PIXELS:
        raise ValueError(
            f"{where} must be a width and a height from 1 to {MAX_SIDE:,}, of at most {MAX_PIXELS:,} pixels, not {size}"
        )
    return size


def _crop(value: Any, where: str) -> list[int]:
    left, top, right, bottom = corners = _whole_numbers(value, where, 4)
    if max(map(abs, corners)) > 10**6:
        raise ValueError(f"{where} must be pixels of a picture, not {corners}")
    _size([right - left, bottom - top], f"the size of {where}")
    return corners


def _flip(value: Any, where: str) -> str:
    if value not in ("horizontal", "vertical"):
        raise ValueError(f"{where} must be 'horizontal' or 'vertical', not {value!r:.80}")
    return str(value)


def _affine(value: Any, where: str) -> list[int | float]:
    a, b, _, d, e, _ = found = _numbers(value, where, 6)
    if max(map(abs, found)) > 10**6 or abs(a * e - b * d) < 1e-9:
        raise ValueError(
            f"{where} must turn a picture into one, not {found}: its determinant is 0, or a number too large"
        )
    return found


def _denormalize(value: Any, where: str) -> dict[str, list[int | float]]:
    if not isinstance(value, Mapping) or set(value) != {"mean", "std"}:
        raise ValueError(f"{where} must be a dict with 'mean' and 'std', not {value!r:.80}")
    found = {}
    for name in ("mean", "std"):
        entries = value[name] if hasattr(value[name], "__len__") else [value[name]]
        if not 1 <= len(entries) <= _MAX_CHANNELS:
            raise ValueError(
                f"{where}[{name!r}] must be a number, or one for each channel, not {value[name]!r:.80}"
            )
        found[name] = _numbers(entries, f"{where}[{name!r}]", len(entries))
        if max(map(abs, found[name])) > 10**6:
            raise ValueError(f"{where}[{name!r}] has a number that is too large")
    return found


_STEPS: dict[str, Callable[[Any, str], Any]] = {
    "crop": _crop,
    "resize": _size,
    "flip": _flip,
    "affine": _affine,
    "denormalize": _denormalize,
}
