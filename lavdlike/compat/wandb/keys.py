"""Keys of rows as labels, and rows with dicts in them as flat ones. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from lavdlike import layout

_MOST_KNOWN = 10_000
# Of dicts in dicts: one that holds itself has no end.
_DEEPEST = 20


@lru_cache(_MOST_KNOWN)
def label_of(key: str) -> str:
    """The label for a key, which may be any text.

    >>> label_of("val/loss"), label_of("/a//b"), label_of(".hidden"), label_of("")
    ('val/loss', 'a/b', '%2Ehidden', '%')
    """
    try:
        return layout.check_label(key, step=0)
    except ValueError:
        parts = [layout.folder_name_of(part) for part in key.split("/") if part]
        return "/".join(parts) or "%"


def flat(row: Mapping[Any, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Key and value of all that is in a row and in the dicts in it: `{"a": {"b": 1}}` has the key `a.b`."""
    for key, value in row.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from flat(value, f"{name}.", depth + 1)
        else:
            yield name, value
