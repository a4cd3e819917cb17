"""Tags, steps and numbers as TensorBoard's writers take them -> labels, steps and numbers of the Logger."""

from __future__ import annotations

import math
from typing import Any

from lavdlike import layout
from lavdlike.kinds import numbers, scalars


def label_of(tag: object) -> str:
    """The label of a tag: the tag itself, with percent signs for what cannot stand in a path.

    Raises:
        ValueError: it is no text.

    >>> label_of("loss/train"), label_of("/a//b"), label_of("../x")
    ('loss/train', 'a/b', '%2E./x')
    """
    if not isinstance(tag, str):
        raise ValueError(f"tag must be a string, not {type(tag).__name__}")
    if tag == scalars.REWIND:
        return f"%21{tag[1:]}"
    try:
        return layout.check_label(tag, step=0)
    except ValueError:
        return "/".join(layout.folder_name_of(part) for part in tag.split("/") if part) or "%"


def whole_step(global_step: Any) -> int:
    """The step as a whole number; decimals are cut off, as TensorBoard's writers do.

    Raises:
        ValueError: it is no number.
    """
    if type(global_step) is int:
        return global_step
    try:
        return int(global_step)
    except Exception as error:  # noqa: BLE001 - each library has its own way to say no
        raise ValueError(f"global_step must be a number, not {global_step!r:.80}: {error}") from None


def number_of(value: Any, *, argument: str = "scalar_value") -> float | int:
    """A single number of any library, also as the only entry of lists and arrays, or as text.

    Raises:
        ValueError: it is none.

    >>> number_of("0.5"), number_of([[2]]), number_of(True)
    (0.5, 2, 1)
    """
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise ValueError(f"{argument} must be a number, not {value!r:.80}") from None
    if isinstance(value, (list, tuple)):
        array = numbers.to_array(value, argument=argument)
        if array.size != 1:
            raise ValueError(f"{argument} must be one number, not {array.size}")
        value = array.reshape(()).item()
    return numbers.to_number(value, argument=argument)


def wall_time_of(walltime: Any) -> float | None:
    """Unix seconds; None: now.

    Raises:
        ValueError: it is no time.
    """
    if walltime is None:
        return None
    seconds = float(number_of(walltime, argument="walltime"))
    if not math.isfinite(seconds):
        raise ValueError(f"walltime must be finite, not {seconds!r}")
    return seconds
