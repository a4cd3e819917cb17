"""Addresses of pictures and videos outside of the tree: `media://images/0001.jpg` (docs/format.md, "Media")."""

from __future__ import annotations

import re
from typing import NamedTuple

from lavdlike import layout

_BEGIN = "media://"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}\Z", re.ASCII)


class OutsidePlace(NamedTuple):
    """`name`: of the folder, as `--media NAME=FOLDER` says it. `path`: in that folder."""

    name: str
    path: str


def is_outside(source: object) -> bool:
    """Whether something is meant as such an address."""
    return isinstance(source, str) and source.startswith(_BEGIN)


def is_name(name: str) -> bool:
    """Whether a folder of media may be called so."""
    return bool(_NAME.match(name))


def place_of(source: str) -> OutsidePlace:
    """What an address means.

    Raises:
        ValueError: it is none, or could lead out of its folder.
    """
    name, _, path = source.removeprefix(_BEGIN).partition("/")
    if not is_outside(source) or not is_name(name) or not path:
        raise ValueError(f"{source[:80]!r} is no address such as media://images/0001.jpg")
    names = path.split("/")
    if "" in names or "." in names or ".." in names or "\0" in path or layout.is_hidden(path):
        raise ValueError(
            f"{source[:80]!r}: behind the name there must be a path in the folder, without '..' and hidden names"
        )
    return OutsidePlace(name, path)


def how_to_show(source: str) -> str:
    """What to do where nobody has said where the folder is.

    >>> how_to_show("media://coco/val/1.jpg")
    'it lies outside of the log: start lavdlike with --media coco=FOLDER to say where'
    """
    name = source.removeprefix(_BEGIN).partition("/")[0]
    return f"it lies outside of the log: start lavdlike with --media {name}=FOLDER to say where"
