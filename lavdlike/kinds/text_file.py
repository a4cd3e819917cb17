"""Text files: their bytes and the text that they hold."""

from __future__ import annotations

import codecs

_BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def utf16_of(begin: bytes) -> str:
    """The encoding of a file with a byte order mark of UTF-16 (Windows PowerShell); "" for all others: UTF-8.

    Args:
        begin: its first two bytes at least.
    """
    return _BYTE_ORDER_MARKS.get(begin[:2], "")


def as_utf8(data: bytes) -> bytes:
    """The bytes of a file in UTF-8, without a byte order mark."""
    if utf16_of(data):
        return data.decode("utf-16", errors="replace").encode(errors="replace")
    return data.removeprefix(codecs.BOM_UTF8)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 by its byte order mark, which is left out; U+FFFD for what is neither."""
    return as_utf8(data).decode(errors="replace")


def encode(text: str) -> bytes:
    """The bytes of a text file. Ends with a newline, as Lavd's do; lone surrogates become `?`."""
    ending = "" if text.endswith("\n") else "\n"
    return (text + ending).encode(errors="replace")
