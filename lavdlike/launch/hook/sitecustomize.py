"""In every Python that `lavdlike run` starts, and in their children: imports stand-ins in place of the real packages.

It is found by PYTHONPATH, also by Pythons in which lavdlike is not installed, so that it imports the standard library
alone, and nothing before a package of the table is imported. What else is on the path as `sitecustomize` runs as well.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from types import ModuleType

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100 - no pathlib in every Python


class StandIns(importlib.abc.MetaPathFinder):
    """Finds modules of the table, {real module: the one that stands in}; of others it knows nothing."""

    def __init__(self, table: dict[str, str]) -> None:
        self._table = table
        self._said = False

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._table:
            return None
        try:
            ours = importlib.import_module(self._table[fullname])
        except ImportError as error:
            if not self._said:
                self._said = True
                print(  # noqa: T201
                    f"lavdlike run: {fullname} stays the real one, as {sys.executable} cannot import lavdlike: {error}",
                    file=sys.stderr,
                )
            return None
        spec = importlib.machinery.ModuleSpec(fullname, _Loader(ours), is_package=True)
        real = importlib.machinery.PathFinder.find_spec(fullname, path)
        # Modules in the real package that nothing stands in for.
        spec.submodule_search_locations = list(real.submodule_search_locations or []) if real else []
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, ours: ModuleType) -> None:
        self._ours = ours

    def exec_module(self, module: ModuleType) -> None:
        of_ours = {name: value for name, value in vars(self._ours).items() if not name.startswith("__")}
        vars(module).update(of_ours)
        module.__doc__ = self._ours.__doc__
        for name in ("__all__", "__getattr__", "__dir__"):
            if name in vars(self._ours):
                setattr(module, name, vars(self._ours)[name])
        version = _version_of(module.__name__)
        if version:
            module.__version__ = version  # type: ignore[attr-defined]


def _version_of(name: str) -> str:
    """That of the real package, which scripts ask for, or else of lavdlike."""
    from importlib import metadata

    for package in (name.partition(".")[0], "lavdlike"):
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return ""


def _run_next() -> None:
    """What would have been imported as `sitecustomize` without us."""
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]  # noqa: PTH100
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


def _install() -> None:
    try:
        table = json.loads(os.environ.get("LAVDLIKE_STAND_INS", "{}"))
    except ValueError:
        return
    if isinstance(table, dict) and table:
        sys.meta_path.insert(0, StandIns(table))


_install()
_run_next()
