"""Markdown of the tree -> HTML that is safe in our page, its relative links and pictures resolved in the experiment.

The page's policy allows no inline styles and nothing from elsewhere; what the HTML may hold is listed here, and nh3
drops all else. Rendering is done by a child process: python-markdown takes a second for 100 kB, and very long for some
texts.
"""

from __future__ import annotations

import html
import os
import posixpath
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import nh3
from pygments.token import STANDARD_TYPES

from lavdlike import layout
from lavdlike.kinds import texts
from lavdlike.server import markdown_child
from lavdlike.server.children import ChildError, Children, Limits
from lavdlike.server.messages import MarkdownPage

MAX_BYTES = 2**20
# In front of ids and fragments, so that a text cannot name the page's own elements.
ID_PREFIX = "doc-"
LIMITS = Limits(time_s=10.0)

_TAGS = nh3.ALLOWED_TAGS | {"audio", "input", "source", "tfoot", "video"}
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: names - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"dir", "id", "lang", "title"},
    "audio": {"controls", "loop", "src"},
    "details": {"open"},
    "input": {"checked"},
    "source": {"src", "type"},
    "video": {"controls", "height", "loop", "muted", "poster", "src", "width"},
}
# Only check boxes, and not to be clicked.
# The label is for those who hear the page; whether the task is done is said beside it.
_FIXED_ATTRIBUTES = {"input": {"type": "checkbox", "disabled": "", "aria-label": "task"}}
# Those that the extensions of `markdown_child` write, which the page has colours for.
_CLASSES = {
    "a": {"footnote-ref", "footnote-backref"},
    "div": {"footnote", "highlight"},
    "li": {"task-list-item"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "ul": {"task-list"},
}
_LINK_SCHEMES = {"http", "https", "mailto"}
_DATA_PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;")


class Markdown:
    """Renders Markdown. Thread-safe; blocks for as long as it takes. `close` it in the end."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._children = Children(Path(markdown_child.__file__), limits)

    def page(self, data: bytes, experiment: str, path: str) -> MarkdownPage:
        """A document; its begin if it is longer than `MAX_BYTES`. What takes too long is shown as it is written.

        Args:
            data: the file, up to one byte more than `MAX_BYTES` at least.
            experiment: an id.
            path: of the file, relative to the experiment; links are relative to its folder.
        """
        is_cut = len(data) > MAX_BYTES
        if is_cut:
            data = data[: data.rfind(b"\n", 0, MAX_BYTES) + 1 or MAX_BYTES]
        source = texts.decode(data)
        try:
            _, rendered = self._children.ask({}, source.encode())
        except ChildError as error:
            return MarkdownPage(_as_written(source, str(error)), source, is_cut)
        return MarkdownPage(safe_html(rendered.decode(), experiment, posixpath.dirname(path)), source, is_cut)

    def close(self) -> None:
        self._children.close()


def safe_html(unsafe: str, experiment: str, folder: str) -> str:
    """HTML without what could run, load from elsewhere, or look like a part of the page.

    Addresses of files are relative to the page (`api/files/...`), which adds what access needs.

    Args:
        experiment: an id.
        folder: relative to the experiment; relative addresses begin there, absolute ones in the experiment.
    """

    def filtered(_: str, attribute: str, value: str) -> str | None:
        if attribute in ("src", "poster"):
            return value if value.startswith(_DATA_PICTURES) else _address(value, experiment, folder)
        if attribute == "href":
            if value.startswith("#"):
                return f"#{ID_PREFIX}{value[1:]}"
            return value if _scheme(value) in _LINK_SCHEMES else _address(value, experiment, folder)
        return value

    return nh3.clean(
        unsafe,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=filtered,
        set_tag_attribute_values=_FIXED_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=_LINK_SCHEMES | {"data"},
        link_rel="noopener noreferrer nofollow",
        id_prefix=ID_PREFIX,
    )


def _address(value: str, experiment: str, folder: str) -> str | None:
    """Where the page finds a file of the experiment; None for what is outside of it."""
    if _scheme(value) != "":
        return None
    path = os.fsdecode(unquote_to_bytes(urlsplit(value).path))
    if not path.startswith("/"):
        path = posixpath.join(folder, path)
    path = posixpath.normpath(path.lstrip("/"))
    if path in (".", "..") or path.startswith("../"):
        return None
    return f"api/files/{experiment}/{layout.to_id(path)}"


def _scheme(value: str) -> str:
    """The scheme of an address, "" for a path; something that is no scheme for what is neither."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return "//"
    return parts.scheme or ("//" if parts.netloc else "")


def _as_written(source: str, why: str) -> str:
    note = f"Shown as it is written, because rendering it failed: {html.escape(why)}."
    return f"<p><strong>{note}</strong></p><pre>{html.escape(source)}</pre>"
