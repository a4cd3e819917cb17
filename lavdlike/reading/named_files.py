"""Which files are no items of their own, since others say that they are parts of theirs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Namable(Protocol):
    """What `tree.File` says of a file."""

    @property
    def kinds(self) -> tuple[str, ...] | None: ...
    @property
    def has_points(self) -> bool: ...


class NamedFiles:
    """Those of an experiment, by their paths, and the paths of the files that name them."""

    def __init__(self) -> None:
        self._parts: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def has(self, path: str, file: Namable) -> bool:
        """Whether it is no item. Files that hold points or are items by their content never are parts."""
        return path in self._parts and not file.kinds and not file.has_points

    def namers_of(self, path: str) -> Iterable[str]:
        return self._parts.get(path, ())

    def add(self, path: str, by: str) -> None:
        self._parts.setdefault(path, set()).add(by)

    def discard(self, path: str, by: str) -> None:
        """It is not named by that file any more."""
        namers = self._parts.get(path, set())
        namers.discard(by)
        if not namers:
            self._parts.pop(path, None)
