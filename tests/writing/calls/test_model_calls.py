"""What torch saves: where it is, and in which order name and step may be given."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lavdlike import Logger
from tests.logged import files_of


@pytest.fixture(autouse=True)
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    def save(obj: object, file: Any) -> None:
        file.write(repr(obj).encode())

    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(save=save))


def test_models_gradients_and_objects_are_where_they_belong(tmp_path: Path) -> None:
    weight = SimpleNamespace(grad=1)
    model = SimpleNamespace(state_dict=lambda: {"w": 2}, named_parameters=lambda: [("w", weight)])
    with Logger("run", tmp_path) as logger:
        logger.save_model(model, 3, grads=True)
        logger.save_model(model, name="best", extension=".pth")
        logger.save_obj({"a": 1}, "parts/a", 3)
    assert files_of(tmp_path / "run") == [
        "0003/model.grad.pt",
        "0003/model.pt",
        "0003/parts/a.pt",
        "best.pth",
    ]
    assert (tmp_path / "run/0003/model.grad.pt").read_text() == "{'w': 1}"
