"""HTML documents (docs/format.md, "HTML"). The browser shows them in frames where nothing of them runs."""

from __future__ import annotations

import msgspec

from lavdlike.errors import LimitError
from lavdlike.kinds.kind import Kind

SUFFIX = ".html"
# Of a file that the page is given (docs/security.md, "Limits").
MAX_BYTES = 5 * 2**20


class HtmlContent(msgspec.Struct):
    """Nothing but the file itself."""


def from_head(head: bytes, size_bytes: int, path: str) -> HtmlContent:  # noqa: ARG001 - the signature of Kind.read_head
    """Whether it is shown: browsers make a page of any bytes.

    Raises:
        LimitError: larger than what is shown.
    """
    if size_bytes > MAX_BYTES:
        raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is shown of a page")
    return HtmlContent()


_SUFFIXES = (SUFFIX, ".htm")
KIND = Kind(
    "html",
    frozenset(_SUFFIXES),
    content=HtmlContent,
    read_head=from_head,
    media_types=dict.fromkeys(_SUFFIXES, "text/html"),
)
