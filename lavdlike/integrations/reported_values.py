"""What a framework hands over -> what `Logger` takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from lavdlike.compat.tags import label_of
from lavdlike.kinds import numbers


class Reported(NamedTuple):
    """What is in a row of values, by labels. `others`: {label: its type} of what is neither number nor text."""

    scalars: dict[str, float | int]
    texts: dict[str, str]
    others: dict[str, str]


def reported(values: Mapping[Any, Any], prefix: str = "") -> Reported:
    """Sort a row of values; a dict in it gives labels below its key. None is no value.

    Args:
        prefix: stands before each label, with a slash between them.

    >>> reported({"loss": 0.5, "eval": {"accuracy": 1}, "note": "best"})
    Reported(scalars={'loss': 0.5, 'eval/accuracy': 1}, texts={'note': 'best'}, others={})
    """
    found = Reported({}, {}, {})
    _sort(values, prefix, found)
    return found


def _sort(values: Mapping[Any, Any], prefix: str, found: Reported) -> None:
    for key, value in values.items():
        name = f"{prefix}/{key}" if prefix else str(key)
        if isinstance(value, Mapping):
            _sort(value, name, found)
        elif isinstance(value, str):
            found.texts[label_of(name)] = value
        elif value is not None:
            number = number_or_none(value)
            if number is None:
                found.others[label_of(name)] = type(value).__name__
            else:
                found.scalars[label_of(name)] = number


def number_or_none(value: Any) -> float | int | None:
    """A number of any library as Python's own; None if it is none.

    >>> number_or_none(True), number_or_none([1, 2])
    (1, None)
    """
    try:
        return numbers.to_number(value, argument="value")
    except ValueError:
        return None
