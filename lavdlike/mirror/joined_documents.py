"""JSON files that several hosts wrote under one name, as one. Pure: bytes in, bytes out."""

from __future__ import annotations

import contextlib
from typing import Any

from lavdlike import json_file, layout
from lavdlike.errors import LogFormatError


def joined(path: str, remote: bytes, local: bytes) -> bytes:
    """What is to stand in the store where `remote` stands and `local` is ours.

    Of `experiment.json` sessions are joined by their id, definitions of labels by their pattern, tags by what they are;
    `created` is the earlier one. Of settings, and of every other JSON object, a key that both have is ours. What is no
    JSON object is ours as a whole.

    >>> joined("run/0001/bird.json", b'{"texts": {"a": 1}}', b'{"images": {}}').decode().split()
    ['{"texts":', '{"a":', '1},', '"images":', '{}}']
    """
    if not path.endswith(".json"):
        return local
    with contextlib.suppress(LogFormatError):
        theirs, ours = json_file.parse(remote, path), json_file.parse(local, path)
        is_experiment = path.rpartition("/")[2] == layout.EXPERIMENT_FILE
        document = _joined_experiment(theirs, ours) if is_experiment else {**theirs, **ours}
        return local if document == ours else json_file.dump(document)
    return local


def _joined_experiment(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    document = {**theirs, **ours}
    created = [each["created"] for each in (theirs, ours) if isinstance(each.get("created"), (int, float))]
    if created:
        document["created"] = min(created)
    for key, identity in (("sessions", "id"), ("labels", "pattern"), ("tags", "")):
        entries = _listed(theirs, key), _listed(ours, key)
        if any(entries):
            document[key] = _joined_entries(*entries, identity)
    document_config = {**_object(theirs, "config"), **_object(ours, "config")}
    if document_config:
        document["config"] = document_config
    with contextlib.suppress(KeyError, TypeError):
        document["sessions"].sort(key=lambda session: session["started"])
    return document


def _joined_entries(theirs: list[Any], ours: list[Any], identity: str) -> list[Any]:
    def is_ours(entry: Any) -> bool:
        if not identity or not isinstance(entry, dict):
            return entry in ours
        return any(isinstance(own, dict) and own.get(identity) == entry.get(identity) for own in ours)

    return [*(entry for entry in theirs if not is_ours(entry)), *ours]


def _listed(document: dict[str, Any], key: str) -> list[Any]:
    return found if isinstance(found := document.get(key), list) else []


def _object(document: dict[str, Any], key: str) -> dict[str, Any]:
    return found if isinstance(found := document.get(key), dict) else {}
