"""What Visdom's windows are as items, and the bytes of each: taken out of the window, or made in formats of ours. Pure.

What a window holds is said by the package `visdom`: `window` in utils/server_utils.py for all of them, and its client
for what it makes of sounds, videos and drawings, which are texts in HTML to the server.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from lavdlike.kinds import embeddings, figures, graphs, html, images, plots, tables
from lavdlike.kinds.graph_forms.graph import Edge, Graph, GraphNode

# The content that an item is made of, and the item's file name -> its bytes. Raises ValueError, LookupError, TypeError,
# AttributeError: it is not what it should be.
Make = Callable[[Any, str], bytes]

_PICTURES = {
    "png": ".png",
    "jpeg": ".jpg",
    "jpg": ".jpg",
    "gif": ".gif",
    "webp": ".webp",
    "bmp": ".bmp",
    "svg+xml": figures.SUFFIX,
}
_SOUNDS = {"wav": ".wav", "mp3": ".mp3", "ogg": ".ogg", "flac": ".flac"}
_VIDEOS = {"mp4": ".mp4", "ogg": ".ogv", "webm": ".webm", "avi": ".avi"}
_DATA = re.compile(r"data:image/([\w+]{1,10});base64,")
_MEDIA = re.compile(
    r'\s*<(audio|video)\b[^<>]{0,200}>\s*<source type="\w{1,10}/(\w{1,10})" src="data:[\w/]{1,20};base64,([^"]*)">'
)
_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w{1,20};")
_SVG = re.compile(r"\s*<svg\b([^<>]*)>")
_SVG_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
_PLAIN = ".txt"
# The type of a window of which all is asked for, since it says more than its content.
NETWORK = "network"


class PaneItem(NamedTuple):
    """An item that the content of a window holds.

    `suffix`: of its file. `kinds`: as of a `Member`. `parts`: the suffixes of the items that are parts of this one.
    """

    suffix: str
    make: Make
    kinds: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def items_of(kind: Any, content: Any) -> Iterator[PaneItem]:
    """Those of a window that is no history; none of one that has nothing to show yet.

    Args:
        kind: its type; of a `NETWORK`, the content is the window itself.

    Raises:
        ValueError: it cannot be shown, and why.
    """
    if kind == "image":
        yield from picture_items(content)
    elif kind == "text":
        yield _text_item(content)
    elif kind == "plot":
        yield PaneItem(plots.SUFFIX, _plot)
    elif kind == "properties":
        yield PaneItem(".csv", _properties)
    elif kind == "table":
        yield PaneItem(".csv", _table)
    elif kind == NETWORK:
        yield PaneItem(graphs.SUFFIX, _graph)
    elif kind == "embeddings":
        if isinstance(content, dict) and content.get("data"):
            yield from _PREVIEWED_EMBEDDING if "selected" in content else _EMBEDDING
    else:
        raise ValueError(f"of a type that is not known, {str(kind)[:40]!r}")


def picture_items(content: Any) -> Iterator[PaneItem]:
    """Those of a picture, one of a history as well: it, and what is said of it.

    Raises:
        ValueError: the picture is not there.
    """
    suffix = _picture_suffix(content)
    yield PaneItem(suffix, _picture)
    if content.get("caption") and suffix != figures.SUFFIX:
        yield PaneItem(".json", _caption, (images.KIND.name,))


def text_suffix(text: str) -> str:
    """What the file is called that a text is.

    >>> text_suffix("1 < 2"), text_suffix("a<br>b"), text_suffix("<svg></svg>")
    ('.txt', '.html', '.svg')
    """
    if found := _MEDIA.match(text):
        known = _SOUNDS if found[1] == "audio" else _VIDEOS
        return known.get(found[2], html.SUFFIX)
    if _SVG.match(text) and text.rstrip().endswith("</svg>"):
        return figures.SUFFIX
    return html.SUFFIX if _MARKUP.search(text) else _PLAIN


# --- pictures --------------------------------------------------------------------------------------------------------


def _picture_suffix(content: Any) -> str:
    source = content.get("src") if isinstance(content, dict) else None
    found = _DATA.match(source) if isinstance(source, str) else None
    if found is None or found[1] not in _PICTURES:
        raise ValueError("a picture that is not in the file")
    return _PICTURES[found[1]]


def _picture(content: Any, name: str) -> bytes:  # noqa: ARG001 - as of every item
    return _decoded(content["src"].partition(",")[2])


def _caption(content: Any, name: str) -> bytes:
    picture = name.removesuffix(".json") + _picture_suffix(content)
    return msgspec.json.encode(images.to_json(picture, caption=str(content["caption"])))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from None


# --- texts, and what the client makes texts of -----------------------------------------------------------------------


def _text_item(content: Any) -> PaneItem:
    if not isinstance(content, str):
        raise ValueError("a text that is none")
    suffix = text_suffix(content)
    if suffix == figures.SUFFIX:
        return PaneItem(suffix, _drawing)
    return PaneItem(suffix, _text if suffix in (html.SUFFIX, _PLAIN) else _media)


def _text(content: Any, name: str) -> bytes:  # noqa: ARG001
    text: str = content
    return text.encode(errors="replace")


def _media(content: Any, name: str) -> bytes:  # noqa: ARG001
    found = _MEDIA.match(content)
    if found is None:
        raise ValueError("no sound or video")
    return _decoded(found[3])


def _drawing(content: Any, name: str) -> bytes:  # noqa: ARG001
    """As a file of its own; in a page it is one without saying so."""
    text: str = content.strip()
    found = _SVG.match(text)
    if found is not None and "xmlns=" not in found[1]:
        text = f"{text[:4]}{_SVG_NAMESPACE}{text[4:]}"
    return text.encode(errors="replace")


# --- tables, plots, embeddings ---------------------------------------------------------------------------------------


def _properties(content: Any, name: str) -> bytes:  # noqa: ARG001
    """A line each; of a choice, what is chosen."""
    rows = []
    for each in content:
        value, choices = each.get("value"), each.get("values")
        if isinstance(choices, list) and isinstance(value, int) and 0 <= value < len(choices):
            value = choices[value]
        rows.append([each.get("name"), each.get("type"), value])
    return tables.encode(rows, ["name", "type", "value"])


def _table(content: Any, name: str) -> bytes:  # noqa: ARG001
    return tables.encode(content["rows"], content["headers"])


def _plot(content: Any, name: str) -> bytes:  # noqa: ARG001
    return plots.encode({"layout": {}, **content})


def _graph(window: Any, name: str) -> bytes:  # noqa: ARG001
    """Of nodes that are called by their numbers."""
    graph = Graph(directed=bool(window.get("directed")))
    for each in window["content"]["nodes"]:
        graph.add_node(GraphNode(str(each["name"]), str(each.get("label", ""))))
    for each in window["content"]["edges"]:
        graph.add_edge(Edge(str(each["source"]), str(each["target"]), str(each.get("label", ""))))
    return graphs.encode(graph)


def _embedding(content: Any, name: str) -> bytes:
    stem = name.removesuffix(".json")
    preview = stem + embeddings.PREVIEW if "selected" in content else ""
    return msgspec.json.encode(
        embeddings.to_json(stem + embeddings.VECTORS, stem + embeddings.LABELS, preview=preview)
    )


def _preview(content: Any, name: str) -> bytes:  # noqa: ARG001
    """Empty as long as nothing was chosen."""
    selected = content["selected"]
    names = [each.get("name") for each in content["data"]]
    if not isinstance(selected, dict) or selected.get("entityId") not in names:
        return b""
    page = embeddings.to_preview(names.index(selected["entityId"]), str(selected.get("html", "")))
    return page.encode(errors="replace")


def _vectors(content: Any, name: str) -> bytes:  # noqa: ARG001
    return embeddings.encode_vectors([each["position"] for each in content["data"]])


def _labels(content: Any, name: str) -> bytes:  # noqa: ARG001
    points = content["data"]
    columns = {what: [str(each.get(what, "")) for each in points] for what in ("label", "name")}
    return embeddings.encode_labels(columns, len(points))


_VECTORS_AND_LABELS = PaneItem(embeddings.VECTORS, _vectors), PaneItem(embeddings.LABELS, _labels)
_EMBEDDING = (
    PaneItem(".json", _embedding, (embeddings.KIND.name,), (embeddings.VECTORS, embeddings.LABELS)),
    *_VECTORS_AND_LABELS,
)
PREVIEW_ITEM = PaneItem(embeddings.PREVIEW, _preview)
_PREVIEWED_EMBEDDING = (
    PaneItem(
        ".json",
        _embedding,
        (embeddings.KIND.name,),
        (embeddings.VECTORS, embeddings.LABELS, embeddings.PREVIEW),
    ),
    *_VECTORS_AND_LABELS,
    PREVIEW_ITEM,
)
