"""What ClearML's offline sessions say of their task: `task.json`. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lavdlike import json_file
from lavdlike.bounded.yaml_reader import MAX_BYTES
from lavdlike.errors import LimitError
from lavdlike.sources.descriptions.description import Description, json_values
from lavdlike.sources.descriptions.yaml_values import scalar

# Sections that settings get into unless a script names one: of `Task.connect`, and of arguments.
_UNNAMED = ("General", "Args")
# What is written of values of these types is what YAML takes for one.
_PLAIN_TYPES = frozenset({"int", "float", "bool", "NoneType"})


def task(data: bytes, path: str) -> Description:
    """Settings, name and tags; nothing of another program's file of that name.

    Raises:
        LogFormatError: larger than 1 MiB, or no JSON object.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(path, "larger than 1 MiB, the most that is read of it")
    try:
        document = json_file.read_object(data, path)
    except json_file.ArrayError:
        return Description()
    if "offline_folder" not in document and not {"hyperparams", "script"} <= document.keys():
        return Description()
    tags, name = document.get("tags"), document.get("name")
    return Description(
        "ClearML",
        _config(document.get("hyperparams")),
        tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        name[:500] if isinstance(name, str) else "",
    )


def _config(hyperparams: object) -> Mapping[str, Any]:
    """By name; those of a section that has a name are below it."""
    sections = hyperparams if isinstance(hyperparams, dict) else {}
    config: dict[str, Any] = {}
    for section, values in sections.items():
        if isinstance(values, dict):
            found = dict(_values(values))
            config = {**found, **config} if section in _UNNAMED else {section: found, **config}
    return config


def _values(section: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, entry in section.items():
        if isinstance(entry, dict) and "value" in entry:
            text, type_ = entry["value"], entry.get("type")
            is_plain = isinstance(text, str) and (type_ in _PLAIN_TYPES or not type_)
            yield name, scalar(text) if is_plain else json_values(text)
