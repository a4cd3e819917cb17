"""Which files are no items of their own, since others have them as parts or show them (`members.covers`). Pure."""

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
        self._namers: dict[str, set[str]] = {}
        self._covering: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._namers)

    def has(self, path: str, file: Namable) -> bool:
        """Whether it is no item.

        Files that hold points or are items by their content never are parts; they are covered like all others.
        """
        if path not in self._namers:
            return False
        return path in self._covering or (not file.kinds and not file.has_points)

    def namers_of(self, path: str) -> Iterable[str]:
        return self._namers.get(path, ())

    def add(self, path: str, by: str, *, is_covered: bool) -> None:
        """The file at `by` names it. `is_covered`: since it shows it; else as a part of its item."""
        self._namers.setdefault(path, set()).add(by)
        if is_covered:
            self._covering.setdefault(path, set()).add(by)

    def discard(self, path: str, by: str) -> None:
        """It is not named by that file any more."""
        for known in (self._namers, self._covering):
            namers = known.get(path, set())
            namers.discard(by)
            if not namers:
                known.pop(path, None)
