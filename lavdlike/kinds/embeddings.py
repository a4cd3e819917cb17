"""Embeddings: vectors of many things, with what is known of each (docs/format.md, "Embeddings").

The JSON file names the others beside it. Turning pictures into one is `lavdlike/writing/pictures.py`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike import json_file
from lavdlike.kinds import numbers
from lavdlike.kinds.kind import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VECTORS, LABELS, SPRITE, PREVIEW = ".vectors.npy", ".labels.tsv", ".sprite.png", ".preview.html"

_PREVIEW_HEAD = re.compile(r"<!-- (\d{1,9}) -->\n")
_SEPARATORS = re.compile(r"[\t\r\n]+")


class EmbeddingContent(msgspec.Struct):
    """The files of an embedding, relative to the folder of the JSON file, untrusted; "" for what there is not.

    `vectors`: an array of n x d numbers. `labels`: n lines of a TSV, under a header. `sprite`: n pictures
    of one size in rows of ceil(sqrt(n)). `preview`: a page about one of them, which a script writes when it is asked
    for; its first line says of which (`to_preview`).
    """

    vectors: str
    labels: str = ""
    sprite: str = ""
    preview: str = ""


def from_json(value: object, path: str) -> EmbeddingContent:
    """What a JSON file holds at the key `embeddings`."""
    return json_file.convert(value, EmbeddingContent, path, "embeddings")


def to_json(vectors: str, labels: str = "", sprite: str = "", preview: str = "") -> dict[str, Any]:
    files = {"vectors": vectors, "labels": labels, "sprite": sprite, "preview": preview}
    return {"embeddings": {name: file for name, file in files.items() if file}}


def to_preview(place: int, page: str) -> str:
    """A page about the vector at a place, from 0."""
    return f"<!-- {place} -->\n{page}"


def from_preview(text: str) -> tuple[int, str] | None:
    """The place of the vector, and the page about it; None if it is about none.

    >>> from_preview(to_preview(12, "<b>a</b>")), from_preview("")
    ((12, '<b>a</b>'), None)
    """
    found = _PREVIEW_HEAD.match(text)
    return None if found is None else (int(found[1]), text[found.end() :])


def checked_vectors(vectors: Any) -> NDArray[np.float32]:
    """N x d floats of 32 bits.

    Raises:
        ValueError: another shape, or no finite numbers.
    """
    import numpy as np

    array = numbers.to_array(vectors, argument="vectors")
    if array.ndim != 2 or array.dtype.kind not in "biuf" or 0 in array.shape:
        shape = " x ".join(map(str, array.shape))
        raise ValueError(
            f"vectors must be numbers of the shape n x d, not {array.dtype} of the shape {shape}"
        )
    array = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(array).all():
        raise ValueError("vectors must be finite: they have no place otherwise")
    return array


def encode_vectors(vectors: Any) -> bytes:
    """The bytes of the `.npy` of what `checked_vectors` takes."""
    import numpy as np

    file = io.BytesIO()
    np.save(file, checked_vectors(vectors), allow_pickle=False)
    return file.getvalue()


def encode_labels(labels: Any, count: int) -> bytes:
    """The bytes of the `.tsv`: a header, and a line for each vector; tabs and newlines become spaces.

    Args:
        labels: one for each vector; or a dict of such, {column: labels}.

    Raises:
        ValueError: not as many as vectors.
    """
    columns: Mapping[str, Any] = labels if isinstance(labels, Mapping) else {"label": labels}
    cells = []
    for name, column in columns.items():
        column = numbers.to_python(column)
        if isinstance(column, str) or not isinstance(column, Sequence) or len(column) != count:
            raise ValueError(f"labels must be {count} values, one for each vector (column {name!r})")
        cells.append([_SEPARATORS.sub(" ", str(entry)) for entry in (name, *column)])
    lines = ("\t".join(row) for row in zip(*cells, strict=True))
    return ("\n".join(lines) + "\n").encode(errors="replace")


def parts_of(content: EmbeddingContent) -> list[str]:
    return [content.vectors, content.labels, content.sprite, content.preview]


KIND = Kind(
    "embeddings", json_key="embeddings", content=EmbeddingContent, read_json=from_json, parts_of=parts_of
)
