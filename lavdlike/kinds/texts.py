"""Texts: what came out and, optionally, what was expected (docs/format.md, "Texts")."""

from __future__ import annotations

from typing import Any

import msgspec

from lavdlike.kinds import json_file
from lavdlike.kinds.kind import Kind


class TextContent(msgspec.Struct):
    """`expected` None: there is nothing to compare with."""

    actual: str = ""
    expected: str | None = None


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, a byte order mark left out, what is not UTF-8 replaced by U+FFFD."""
    return data.decode("utf-8-sig", errors="replace")


def encode(text: str) -> bytes:
    """The bytes of a text file. Ends with a newline, as Lavd's do; lone surrogates become `?`."""
    ending = "" if text.endswith("\n") else "\n"
    return (text + ending).encode(errors="replace")


def from_file(data: bytes, path: str) -> TextContent:  # noqa: ARG001 - the signature of Kind.read_file
    return TextContent(decode(data))


def from_json(value: object, path: str) -> TextContent:
    """What a JSON file holds at the key `texts`."""
    return json_file.convert(value, TextContent, path, "texts")


def to_json(actual: str, expected: str) -> dict[str, Any]:
    return {"texts": {"actual": actual, "expected": expected}}


KIND = Kind("texts", frozenset({".txt", ".text"}), "texts", from_file, from_json)
