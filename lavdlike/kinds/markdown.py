"""Markdown documents (docs/format.md, "Markdown"). Turning them into safe HTML is the server's part."""

from __future__ import annotations

import msgspec

from lavdlike.kinds import texts
from lavdlike.kinds.kind import Kind


class MarkdownContent(msgspec.Struct):
    raw: str


def from_file(data: bytes, path: str) -> MarkdownContent:  # noqa: ARG001 - the signature of Kind.read_file
    return MarkdownContent(texts.decode(data))


KIND = Kind("markdown", frozenset({".markdown", ".mdown", ".mkdn", ".mkd", ".md"}), read_file=from_file)
