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
        self._namers = _Namers()
        self._covering = _Namers()

    def __bool__(self) -> bool:
        return bool(self._namers.by_path)

    def has(self, path: str, file: Namable) -> bool:
        """Whether it is no item.

        Files that hold points or are items by their content never are parts; they are covered like all others.
        """
        if path not in self._namers.by_path:
            return False
        return path in self._covering.by_path or (not file.kinds and not file.has_points)

    def namers_of(self, path: str) -> Iterable[str]:
        found = self._namers.by_path.get(path, ())
        return (found,) if isinstance(found, str) else found

    def add(self, path: str, by: str, *, is_covered: bool) -> None:
        """The file at `by` names it. `is_covered`: since it shows it; else as a part of its item."""
        self._namers.add(path, by)
        if is_covered:
            self._covering.add(path, by)

    def discard(self, path: str, by: str) -> None:
        """It is not named by that file any more."""
        self._namers.discard(path, by)
        self._covering.discard(path, by)


class _Namers:
    """Who names a file, by its path. Nearly always that is one, which then stands there without a set."""

    def __init__(self) -> None:
        self.by_path: dict[str, str | set[str]] = {}

    def add(self, path: str, by: str) -> None:
        known = self.by_path.setdefault(path, by)
        if isinstance(known, set):
            known.add(by)
        elif known != by:
            self.by_path[path] = {known, by}

    def discard(self, path: str, by: str) -> None:
        known = self.by_path.get(path)
        if isinstance(known, set):
            known.discard(by)
        if known == by or known == set():
            del self.by_path[path]
