"""The examples in the docstrings run, and write what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import lavdlike


def _modules() -> list[str]:
    root = Path(lavdlike.__file__).parent
    files = (
        path.relative_to(root.parent).with_suffix("")
        for path in root.rglob("*.py")
        if ">>>" in path.read_text()
    )
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in files)


@pytest.mark.parametrize("module", _modules())
def test_examples_run(module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failed, tried = doctest.testmod(importlib.import_module(module))
    assert tried > 0
    assert failed == 0
