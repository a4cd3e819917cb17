"""Texts: what came out and, optionally, what was expected (docs/format.md, "Texts")."""

from __future__ import annotations

from typing import Any

import msgspec

from lavdlike import json_file
from lavdlike.kinds import text_file
from lavdlike.kinds.kind import TEXT_TYPE, Kind


class TextContent(msgspec.Struct):
    """`expected` None: there is nothing to compare with."""

    actual: str = ""
    expected: str | None = None


def from_file(data: bytes, path: str) -> TextContent:  # noqa: ARG001 - the signature of Kind.read_file
    return TextContent(text_file.decode(data))


def from_json(value: object, path: str) -> TextContent:
    """What a JSON file holds at the key `texts`."""
    return json_file.convert(value, TextContent, path, "texts")


def to_json(actual: str, expected: str) -> dict[str, Any]:
    return {"texts": {"actual": actual, "expected": expected}}


_SUFFIXES = (".txt", ".text")
KIND = Kind(
    "texts",
    frozenset(_SUFFIXES),
    json_key="texts",
    content=TextContent,
    read_file=from_file,
    read_json=from_json,
    media_types=dict.fromkeys(_SUFFIXES, TEXT_TYPE),
)
