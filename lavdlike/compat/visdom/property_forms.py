"""A window of properties as a form of ours, and what is filled in as Visdom's event of it (docs/visdom.md)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.event_lines import Event

# What Visdom's page sends of a button.
_CLICKED = "clicked"


def fields_of(properties: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The fields of a form: one for each property, under its name, and with a number behind it if another has it.

    >>> fields_of([{"type": "select", "name": "Colour", "value": 1, "values": ["red", "green"]}])
    [{'name': 'Colour', 'type': 'select', 'value': 'green', 'choices': ['red', 'green']}]
    """
    return [{"name": name, **_field(each)} for each, name in zip(properties, _names(properties), strict=True)]


def event_of(event: Event, properties: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What Visdom tells of it, numbers and the place of a choice as texts; None if there is no such property."""
    names = _names(properties)
    if event.field not in names:
        return None
    place = names.index(event.field)
    return {
        "event_type": "PropertyUpdate",
        "propertyId": place,
        "value": _value(event, properties[place]),
    }


def _value(event: Event, given: Mapping[str, Any]) -> Any:
    value = event.value
    match given.get("type"):
        case "button":
            return _CLICKED
        case "checkbox":
            return bool(value)
        case "select":
            choices = [str(each) for each in given.get("values") or []]
            return str(choices.index(str(value))) if str(value) in choices else ""
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_whole else value)  # type: ignore[arg-type]


def _names(properties: Sequence[Mapping[str, Any]]) -> list[str]:
    names: list[str] = []
    for each in properties:
        name = wanted = str(each.get("name") or each.get("type") or "").strip() or "field"
        number = 2
        while name in names:
            name, number = f"{wanted} ({number})", number + 1
        names.append(name)
    return names


def _field(given: Mapping[str, Any]) -> dict[str, Any]:
    value = given.get("value")
    match given.get("type"):
        case "number":
            number = _number(value)
            if number is not None or value in (None, ""):
                return {"type": "number", "value": number}
        case "button":
            return {"type": "button", "value": str(value or given.get("name") or "")}
        case "checkbox":
            return {"type": "checkbox", "value": bool(value)}
        case "select":
            choices = list(dict.fromkeys(str(each) for each in given.get("values") or []))
            place = _number(value)
            chosen = str(value)
            if place is not None and 0 <= place < len(choices) and chosen not in choices:
                chosen = choices[int(place)]
            if choices:
                chosen = chosen if chosen in choices else choices[0]
                return {"type": "select", "value": chosen, "choices": choices}
    return {"type": "text", "value": "" if value is None else str(value)}


def _number(value: Any) -> int | float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number
