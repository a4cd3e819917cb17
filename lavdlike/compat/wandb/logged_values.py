"""A value of a row that is no plain number: which call of the Logger it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from lavdlike.compat.wandb.wandb_images import Image
from lavdlike.kinds import numbers
from lavdlike.logger import Logger

_log = logging.getLogger("lavdlike")


def scalar_of(value: Any) -> float | int | None:
    """The number that a value is, of whatever library; None if it is none."""
    kind = type(value)
    if kind is bool:
        return int(value)
    if isinstance(value, (str, bytes, list, tuple, dict)) or hasattr(value, "log_to"):
        return None
    if kind is not float and kind is not int and not hasattr(value, "__float__"):
        return None
    if getattr(value, "shape", None) not in (None, (), (1,)) and getattr(value, "size", 1) != 1:
        return None
    try:
        return numbers.to_number(value, argument="value")
    except ValueError:
        return None


def log_value(logger: Logger, value: Any, label: str, step: int) -> None:
    """Write a value that is no number; one of which nothing can be made is said, and the script goes on."""
    try:
        _call_for(value)(logger, value, label, step)
    except (ValueError, TypeError, KeyError, OSError) as error:
        _log.warning("%s at step %d cannot be logged: %s", label, step, error)


_Call = Callable[[Logger, Any, str, int], None]


def _call_for(value: Any) -> _Call:
    if value is None:
        return lambda *_: None
    if hasattr(value, "log_to"):
        return lambda logger, value, label, step: value.log_to(logger, label, step)
    if isinstance(value, str):
        return lambda logger, value, label, step: logger.log_text(value, label, step)
    if isinstance(value, (list, tuple)):
        return _log_list
    if hasattr(value, "gcf"):  # the module pyplot
        return lambda logger, value, label, step: logger.log_figure(value.gcf(), label, step)
    if hasattr(value, "savefig") or hasattr(getattr(value, "figure", None), "savefig"):
        return lambda logger, value, label, step: logger.log_figure(value, label, step)
    if hasattr(value, "to_plotly_json"):
        return lambda logger, value, label, step: logger.log_plot(value, label, step)
    if hasattr(value, "getbands"):
        return lambda logger, value, label, step: logger.log_image(value, label, step)
    if hasattr(value, "columns") and hasattr(value, "dtypes"):
        return lambda logger, value, label, step: logger.log_table(value, label, step)
    if hasattr(value, "shape") or hasattr(value, "__array__"):
        return lambda logger, value, label, step: logger.log_histogram(value, label, step)
    return lambda logger, value, label, step: logger.log_text(str(value), label, step)


def _log_list(logger: Logger, values: Sequence[Any], label: str, step: int) -> None:
    if not values:
        return
    if all(isinstance(value, Image) for value in values):
        _log_images(logger, values, label, step)
    elif all(scalar_of(value) is not None for value in values):
        logger.log_array([scalar_of(value) for value in values], label, step)
    elif _are_numbers(values):
        logger.log_array(values, label, step)
    elif any(hasattr(value, "log_to") or hasattr(value, "shape") for value in values):
        for number, value in enumerate(values):
            log_value(logger, value, f"{label}/{number:03}", step)
    else:
        logger.log_text("\n".join(str(value) for value in values), label, step)


def _log_images(logger: Logger, pictures: Sequence[Image], label: str, step: int) -> None:
    if any(picture.has_overlays for picture in pictures):
        for number, picture in enumerate(pictures):
            picture.log_to(logger, f"{label}/{number:03}", step)
    elif len(pictures) == 1:
        pictures[0].log_to(logger, label, step)
    else:
        captions = [picture.caption or "" for picture in pictures]
        logger.log_images([picture.image for picture in pictures], label, step, captions=captions)


def _are_numbers(values: Sequence[Any]) -> bool:
    """Whether lists in lists hold nothing but numbers, as many each."""
    if not all(isinstance(value, (list, tuple)) and len(value) == len(values[0]) for value in values):
        return False
    return all(scalar_of(entry) is not None for value in values for entry in value)
