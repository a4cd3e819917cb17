"""Values of Python and of libraries -> what JSON has: `ready` for settings, `plain` for data."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping, Sequence, Set
from typing import Any

from lavdlike.kinds import numbers

# Deeper than readers follow JSON (json_file.MAX_DEPTH): a value that holds itself has no end.
_MAX_DEPTH = 100


def ready(value: Any) -> Any:
    """What comes nearest to a setting in JSON.

    Mappings, sequences, sets and what has fields (`fields_of`) as such, numbers of all libraries as numbers, numbers
    that JSON has not (NaN) and everything else as their text.

    Raises:
        ValueError: nested deeper than readers follow, as a value is that holds itself.
    """
    return _ready(value, 0)


def plain(value: Any, where: str) -> Any:
    """Data as JSON has it: mappings, sequences, arrays and numbers of all libraries; NaN stays a number.

    Raises:
        ValueError: names the first thing in it that JSON has not.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    if where.count("[") > _MAX_DEPTH:
        raise ValueError(f"{where[: where.index('[')]} is nested deeper than {_MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"{where} must have strings as keys, not {key!r}")
        return {key: plain(entry, f"{where}[{key!r}]") for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, f"{where}[{index}]") for index, entry in enumerate(value)]
    if isinstance(value, enum.Enum):
        return plain(value.value, where)
    if isinstance(value, (str, int, float)):  # of a type of its own
        return next(base(value) for base in (str, int, float) if isinstance(value, base))
    found = numbers.to_python(value)
    if found is not value:
        return plain(found, where)
    raise ValueError(f"{where} is {type(value).__name__}, which JSON has not")


def fields_of(value: Any) -> dict[Any, Any] | None:
    """The fields of what configurations are made of, by name; None if it has none.

    Of a mapping, an argparse.Namespace, a dataclass, a class of attrs, pydantic or msgspec, a named tuple, and what has
    `to_dict` (transformers). A field that cannot be read (OmegaConf's `???`) is the name of the error.
    """
    if isinstance(value, type):
        return None
    if isinstance(value, Mapping):
        return {key: _entry(value, key) for key in value}
    names = _names_of(value)
    if names is not None:
        return {name: _attribute(value, name) for name in names}
    for method in ("_asdict", "to_dict"):
        if callable(getattr(value, method, None)) and not hasattr(value, "shape"):
            found = getattr(value, method)()
            return found if isinstance(found, dict) else None
    return None


def listed(value: Any, argument: str, what: str = "") -> list[Any]:
    """The entries of a list, tuple or array.

    Raises:
        ValueError: it is none: a single value, a string, a dict.
    """
    entries = None if isinstance(value, (str, bytes, Mapping, type)) else value
    try:
        return list(entries)  # type: ignore[arg-type] # what is no list is refused below
    except TypeError:
        raise ValueError(f"{argument} must be a list{what}, not {type(value).__name__}") from None


def _names_of(value: Any) -> list[str] | None:
    kind = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        return list(kind.__dataclass_fields__)
    if hasattr(kind, "__attrs_attrs__"):
        return [attribute.name for attribute in kind.__attrs_attrs__]
    if hasattr(kind, "__struct_fields__"):
        return list(kind.__struct_fields__)
    for fields in ("model_fields", "__fields__"):  # pydantic 2 and 1
        if isinstance(getattr(kind, fields, None), Mapping):
            return [*getattr(kind, fields), *(getattr(value, "model_extra", None) or ())]
    if any(base.__name__ in ("Namespace", "SimpleNamespace") for base in kind.__mro__):
        return list(vars(value))
    return None


def _entry(mapping: Mapping[Any, Any], key: Any) -> Any:
    try:
        return mapping[key]
    except Exception as error:  # noqa: BLE001 - a value that is to be computed, or is still to be given
        return type(error).__name__


def _attribute(value: Any, name: str) -> Any:
    try:
        return getattr(value, name)
    except Exception as error:  # noqa: BLE001 - as above
        return type(error).__name__


def _ready(value: Any, depth: int) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if depth > _MAX_DEPTH:
        raise ValueError(f"nested deeper than {_MAX_DEPTH} levels, or holds itself")
    if isinstance(value, enum.Enum):
        return _ready(value.value, depth + 1) if isinstance(value, (str, int, float)) else str(value)
    fields = fields_of(value)
    if fields is not None:
        return {str(key): _ready(entry, depth + 1) for key, entry in fields.items()}
    if isinstance(value, Set):
        value = sorted(value, key=str)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return [_ready(entry, depth + 1) for entry in value]
    value = numbers.to_python(value)
    if isinstance(value, list):
        return [_ready(entry, depth + 1) for entry in value]
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else str(value)
    return str(value)
