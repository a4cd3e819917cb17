"""Markdown documents (docs/format.md, "Markdown"). Turning them into safe HTML is the server's part."""

from __future__ import annotations

import msgspec

from lavdlike.kinds import text_file
from lavdlike.kinds.kind import TEXT_TYPE, Kind


class MarkdownContent(msgspec.Struct):
    raw: str


def from_file(data: bytes, path: str) -> MarkdownContent:  # noqa: ARG001 - the signature of Kind.read_file
    return MarkdownContent(text_file.decode(data))


_SUFFIXES = (".markdown", ".mdown", ".mkdn", ".mkd", ".md")
KIND = Kind(
    "markdown",
    frozenset(_SUFFIXES),
    content=MarkdownContent,
    read_file=from_file,
    media_types=dict.fromkeys(_SUFFIXES, TEXT_TYPE),
)
