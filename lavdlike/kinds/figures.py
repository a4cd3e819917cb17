"""Figures: drawings as SVG, of any program (docs/format.md, "Figures"). The browser draws the files themselves."""

from __future__ import annotations

import io
from typing import Any

import msgspec

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds.kind import Kind

SUFFIX = ".svg"
# Of a file that the page is given.
MAX_BYTES = 32 * 2**20


class FigureContent(msgspec.Struct):
    """Nothing but the file itself."""


def encode(svg: str | bytes) -> bytes:
    """The bytes of the file of an SVG.

    Raises:
        ValueError: it holds no `<svg` element.
    """
    if not isinstance(svg, (str, bytes)):
        raise ValueError(f"svg must be a string or bytes, not {type(svg).__name__}")
    data = svg.encode() if isinstance(svg, str) else svg
    if b"<svg" not in data:
        raise ValueError(f"svg must hold an <svg> element, not {svg[:40]!r}")
    return data


def drawn(figure: Any, extension: str) -> bytes:
    """The bytes of the file that matplotlib, or what saves like it, makes of a figure.

    Raises:
        ValueError: it has no `savefig`.
    """
    figure = (
        figure if hasattr(figure, "savefig") else getattr(figure, "figure", None)
    )  # axes know their figure
    if not hasattr(figure, "savefig"):
        raise ValueError("figure must have a method savefig, as those of matplotlib have")
    file = io.BytesIO()
    figure.savefig(file, format=extension.removeprefix("."))
    return file.getvalue()


def from_head(head: bytes, size_bytes: int, path: str) -> FigureContent:
    """What the first bytes of an SVG file say.

    Raises:
        LimitError: larger than what is shown.
        LogFormatError: no SVG.
    """
    if size_bytes > MAX_BYTES:
        raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is shown of a figure")
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"<svg" not in (head.replace(b"\0", b"") if is_utf16 else head):
        raise LogFormatError(path, "not SVG: there is no <svg> element at its beginning")
    return FigureContent()


KIND = Kind(
    "figures",
    frozenset({SUFFIX}),
    content=FigureContent,
    read_head=from_head,
    media_types={SUFFIX: "image/svg+xml"},
)
