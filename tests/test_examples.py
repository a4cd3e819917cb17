"""The examples in the docstrings run, and write what they say."""

from __future__ import annotations

import doctest
import importlib
import inspect
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import lavdlike


def _modules() -> list[str]:
    root = Path(lavdlike.__file__).parent
    files = (
        path.relative_to(root.parent).with_suffix("")
        for path in root.rglob("*.py")
        # Modules that import a framework are left to tests/integrations and `make check-frameworks`.
        if ">>>" in path.read_text() and "\nwith needs(" not in path.read_text()
    )
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in files)


@pytest.fixture(autouse=True)
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the examples use of it (tests/soak/torch_models.py is for torch itself)."""

    def linear(_inputs: int, _outputs: int) -> Any:
        return SimpleNamespace(state_dict=dict)

    def save(obj: object, file: Any) -> None:
        file.write(repr(obj).encode())

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(nn=SimpleNamespace(Linear=linear), save=save))


@pytest.mark.parametrize("module", _modules())
def test_examples_run(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"Logger": lavdlike.Logger, "Path": Path}
    failed, tried = doctest.testmod(importlib.import_module(module), extraglobs=names)
    assert tried > 0
    assert failed == 0


def test_every_method_of_the_logger_has_an_example() -> None:
    methods = [value for name, value in inspect.getmembers(lavdlike.Logger, callable) if name[0] != "_"]
    assert len(methods) > 35
    assert [
        method.__name__ for method in (lavdlike.Logger, *methods) if ">>>" not in (method.__doc__ or "")
    ] == []
