"""Modules of ours that are loaded when something of them is first used: a disabled Logger uses hardly any."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_PREFIX = "lavdlike."


class _LateFinder:
    """Finds what others find, and puts off its loading."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith(_PREFIX):
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None and spec.submodule_search_locations is None:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        return spec


@contextmanager
def loaded_late() -> Iterator[None]:
    """What is imported in the block is loaded when it is first used, unless a name is imported out of it."""
    sys.meta_path.insert(0, _LateFinder)
    try:
        yield
    finally:
        sys.meta_path.remove(_LateFinder)


def load_all() -> None:
    """Load what was put off: from here on nothing is loaded in the middle of a training, or in two threads at once."""
    for name, module in list(sys.modules.items()):
        if name.startswith(_PREFIX) and type(module) is not types.ModuleType:
            module.__name__  # noqa: B018 - the first use
