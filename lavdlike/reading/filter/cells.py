"""What an experiment has in a field as a cell of a table, as what it is grouped by, and as a term of a filter. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lavdlike.filter_messages import Cell
from lavdlike.reading.filter.facts import BUILT_IN, Meaning, Value
from lavdlike.reading.filter.matching import number_of, text_of
from lavdlike.reading.filter.syntax import SCOPES
from lavdlike.sources.columns import json_number

# What stands in a filter as it is (`parser`); anything else, in quotes.
_PLAIN = re.compile(r"""(?:[^\s()<>=~,"'!]|!(?!=))+\Z""")
# Of a label's values, what is a whole number.
_WHOLE = ("argmin", "argmax", "count")


def cells_of(meaning: Meaning, column: Sequence[tuple[Value, ...]]) -> list[Cell]:
    """One for each experiment."""
    if meaning.scope == "run" or meaning.field.function in _WHOLE:
        return [cell_of(meaning, values) for values in column]
    cells: list[Cell] = [values[0] if values else None for values in column]
    for index, cell in enumerate(cells):
        if type(cell) is float and cell - cell != 0:
            cells[index] = json_number(cell)
    return cells


def cell_of(meaning: Meaning, values: Sequence[Value]) -> Cell:
    """Several of what is ours (tags, hosts) are a list; a setting that is a list is its JSON."""
    if not values:
        return None
    if meaning.scope == "run" and (len(values) > 1 or meaning.field.name in ("tag", "kind")):
        return [_plain(value) for value in values]
    first = values[0]
    if meaning.field.function in _WHOLE and isinstance(first, float):
        return int(first)
    return _plain(first)


def _plain(value: Value) -> float | int | str | bool:
    return json_number(value) if isinstance(value, float) else value


def key_of(value: Value) -> float | str:
    """Equal for values that a filter takes for equal: numbers, and text without regard to case."""
    if type(value) is float:
        return value if value == value else "nan"
    number = number_of(text_of(value))
    if number is None:
        return text_of(value).casefold()
    return number if number == number else "nan"


def shown(value: Value) -> str:
    """For people; a whole number without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return f"{value:.0f}"
    return repr(value) if isinstance(value, float) else text_of(value)


def term_of(field: str, value: Value) -> str:
    """What finds the experiments with this value.

    Args:
        field: as `field_text` has it.
    """
    return f"{field}={quoted(shown(value))}"


def field_text(name: str, scope: str = "") -> str:
    """A name as it stands in a filter; "" for one that cannot. Of a setting that is called like something else, scoped.

    Args:
        scope: "config", "run" or "label"; needed where the name alone means something else.
    """
    is_another = name in BUILT_IN if scope != "run" else False
    is_another |= name.startswith(tuple(f"{each}." for each in SCOPES))
    if not name:
        return ""
    if not is_another and _PLAIN.match(name) and not name.startswith("-"):
        return name
    return f"{scope}.{quoted(name)}" if scope else quoted(name)


def quoted(text: str) -> str:
    """A value, in quotes if it has to."""
    if _PLAIN.match(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
