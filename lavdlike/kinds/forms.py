"""Forms: fields that people fill in in the page, for the script to hear of (docs/format.md, "Forms")."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from lavdlike import json_file
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import plain
from lavdlike.kinds.kind import Kind

SUFFIX = ".form.json"
MAX_FIELDS = 200
MAX_CHOICES = 10_000

FieldType = Literal["text", "number", "button", "checkbox", "select", "slider"]


class FormField(msgspec.Struct, omit_defaults=True):
    """One field, in the order of the form.

    `name`: what it is called, in the form and in events; no two have the same.
    `value`: what stands there: text of "text" and "select", a number of "number" and "slider", true or false of
    "checkbox"; what stands on the button of "button", None for its name.
    `choices`: of "select". `minimum`, `maximum`: of "slider" and "number"; a slider needs both. `increment`: from one
    number to the next.
    """

    type: FieldType
    name: str
    value: str | bool | int | float | None = None
    choices: list[str] = []
    minimum: float | None = None
    maximum: float | None = None
    increment: float | None = None


class FormContent(msgspec.Struct):
    fields: list[FormField]


def to_file(fields: Any) -> bytes:
    """What stands in the file.

    Args:
        fields: dicts as of `FormField`.

    Raises:
        ValueError: names the field and the rule that it breaks.
    """
    listed = plain.listed(fields, "fields", " of dicts")
    for place, field in enumerate(listed):
        if not isinstance(field, Mapping):
            raise ValueError(f"fields[{place}] must be a dict, not {type(field).__name__}")
        unknown = sorted(map(str, set(field) - set(FormField.__struct_fields__)))
        if unknown:
            raise ValueError(f"fields[{place}] has a key {unknown[0]!r}, which no field has")
    document = {"fields": [plain.plain(field, f"fields[{place}]") for place, field in enumerate(listed)]}
    try:
        form = msgspec.convert(document, FormContent)
        _check(form, "")
    except (msgspec.ValidationError, LogFormatError, LimitError) as error:
        raise ValueError(f"fields cannot be shown: {getattr(error, 'reason', error)}") from None
    return json_file.dump(msgspec.to_builtins(form))


def from_file(data: bytes, path: str) -> FormContent:
    """The fields of a file. Raises LogFormatError, LimitError."""
    form = json_file.convert(json_file.read_object(data, path), FormContent, path, "")
    _check(form, path)
    return form


def _check(form: FormContent, path: str) -> None:
    if len(form.fields) > MAX_FIELDS:
        raise LimitError(path, f"more than {MAX_FIELDS} fields", "fields")
    names: set[str] = set()
    for place, field in enumerate(form.fields):
        reason = "no two fields may have the same name" if field.name in names else _wrong_with(field)
        if reason:
            raise LogFormatError(path, f"the field {field.name!r}: {reason}", f"fields[{place}]")
        names.add(field.name)


def _wrong_with(field: FormField) -> str:
    """Why it cannot be shown; "" if it can."""
    if not field.name.strip():
        return "it needs a name"
    numbers = [each for each in (field.minimum, field.maximum, field.increment) if each is not None]
    if field.type in ("number", "slider") and isinstance(field.value, int | float):
        numbers.append(field.value)
    if not all(math.isfinite(each) for each in numbers):
        return "its numbers must be finite"
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        return "minimum must not be above maximum"
    if field.increment is not None and field.increment <= 0:
        return "increment must be above 0"
    if len(field.choices) > MAX_CHOICES:
        return f"more than {MAX_CHOICES:,} choices"
    return _wrong_with_value(field)


def _wrong_with_value(field: FormField) -> str:
    value = field.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match field.type:
        case "number" if value is not None and not is_number:
            return "value must be a number"
        case "slider" if field.minimum is None or field.maximum is None or not is_number:
            return "a slider needs minimum, maximum and a number as value"
        case "checkbox" if not isinstance(value, bool):
            return "value must be true or false"
        case "select" if value not in field.choices:
            return "value must be one of choices"
        case "text" | "button" if value is not None and not isinstance(value, str):
            return "value must be a text"
    return ""


KIND = Kind("forms", frozenset({SUFFIX}), content=FormContent, read_file=from_file)
