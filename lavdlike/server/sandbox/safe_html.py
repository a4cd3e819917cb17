"""HTML of anybody -> HTML that is safe in our page, its relative links and pictures resolved in the experiment.

The page's policy allows no inline styles and nothing from elsewhere; what the HTML may hold is listed here, and nh3
drops all else.
"""

from __future__ import annotations

import os
import posixpath
from urllib.parse import unquote_to_bytes, urlsplit

import nh3
from pygments.token import STANDARD_TYPES

from lavdlike import layout
from lavdlike.server.sandbox.gfm import formulas

# In front of ids and fragments, so that a text cannot name the page's own elements.
ID_PREFIX = "doc-"

_TAGS = nh3.ALLOWED_TAGS | formulas.ELEMENTS | {"audio", "input", "source", "tfoot", "video"}
_ATTRIBUTES: dict[str, set[str]] = {
    **{tag: names - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    **formulas.ATTRIBUTES,
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
# Those that `gfm` and the extensions of `markdown_program` write, which the page has a look for.
_ALERTS = ("note", "tip", "important", "warning", "caution")
_CLASSES = {
    **formulas.CLASSES,
    "a": {"footnote-ref", "footnote-backref"},
    "div": {"footnote", "highlight", "markdown-alert", *(f"markdown-alert-{kind}" for kind in _ALERTS)},
    "li": {"task-list-item"},
    "p": {"markdown-alert-title"},
    "pre": {"mermaid"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "ul": {"task-list"},
}
_LINK_SCHEMES = {"http", "https", "mailto"}
_DATA_PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;")


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
