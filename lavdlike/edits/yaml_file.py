"""Changes `lavdlike.yaml` and keeps its comments, its order and what it says that we do not know. Bytes in, bytes out.

ruamel.yaml writes. Whether it wrote what was meant is looked at with our own reader, which decides what the file says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lavdlike import root_settings
from lavdlike.bounded import yaml_writer
from lavdlike.bounded.yaml_writer import Change, Say
from lavdlike.errors import EditError, LogFormatError
from lavdlike.root_settings import ROOT_SETTINGS_FILE


def changed(data: bytes | None, change: Change) -> bytes | None:
    """The file after a change; the same bytes if it changes nothing, None if nothing is left.

    Raises:
        EditError: the file cannot be read or changed by a program; a person has to do it.
    """
    before = _parsed(data or b"")
    wanted = _as_text(before)  # a copy in which nothing is shared, whatever aliases there are
    try:
        change(wanted, lambda value: value)
    except (TypeError, AttributeError):
        raise EditError(ROOT_SETTINGS_FILE, "a part of it is of another form than it should be") from None
    wanted = _as_text(wanted)
    if wanted == before:
        return data
    content = yaml_writer.written(data or b"", change, ROOT_SETTINGS_FILE)
    content = yaml_writer.with_all_comments(data or b"", content)
    if not wanted and not content.strip():
        return None
    try:
        is_right = _parsed(content) == wanted
    except EditError:
        is_right = False
    if not is_right:
        raise EditError(ROOT_SETTINGS_FILE, "it cannot be changed by a program (anchors?); edit it by hand")
    return content


def put(document: dict[str, Any], path: Sequence[str], value: object, say: Say) -> None:
    """Set a value in mappings of mappings; None removes it, and the mappings that are empty then."""
    first, *rest = path
    if not rest:
        if value is None:
            document.pop(first, None)
        elif document.get(first) != value:
            document[first if first in document else say(first)] = say(value)
        return
    below = document.get(first)
    if not isinstance(below, dict):
        if value is None:
            return
        below = document[first if first in document else say(first)] = say({})
    put(below, rest, value, say)
    if not below:
        del document[first]


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        document, repeated = root_settings.parse(data, ROOT_SETTINGS_FILE)
    except LogFormatError as error:
        raise EditError(ROOT_SETTINGS_FILE, f"{error.reason}, so that it is not changed") from None
    if repeated:
        raise EditError(ROOT_SETTINGS_FILE, f"a key comes twice ({repeated[0]}), so that it is not changed")
    return document


def _as_text(value: Any) -> Any:
    """As our reader gives it: every scalar is a text."""
    if isinstance(value, dict):
        return {key: _as_text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_as_text(entry) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)
