"""With a stand-in for torch of just what is used; tests/soak/torch_models.py is for torch itself."""

from __future__ import annotations

import errno
import os
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.errors import MissingLibraryError, WriteError


class Parameter:
    def __init__(self, grad: Any) -> None:
        self.grad = grad


class Model:
    def state_dict(self) -> dict[str, int]:
        return {"weight": 1}

    def named_parameters(self) -> list[tuple[str, Parameter]]:
        return [("weight", Parameter([0.5])), ("frozen", Parameter(None))]


class DataParallel:
    def __init__(self, module: Any) -> None:
        self.module = module


class DistributedDataParallel(DataParallel):
    pass


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module of that name that can save."""
    module = types.ModuleType("torch")
    module.save = lambda obj, file: file.write(pickle.dumps(obj))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", module)
    return module


def _loaded(file: Path) -> Any:
    return pickle.loads(file.read_bytes())  # noqa: S301 - written by the test


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize("wrap", [lambda model: model, DataParallel, DistributedDataParallel])
def test_a_models_state_is_saved_without_its_wrapper(tmp_path: Path, wrap: Any) -> None:
    with Logger("run", tmp_path) as logger:
        logger.save_model(wrap(Model()), step=3, name="gan/generator", grads=True)
    folder = tmp_path / "run" / "0003" / "gan"
    assert _loaded(folder / "generator.pt") == {"weight": 1}
    assert _loaded(folder / "generator.grad.pt") == {"weight": [0.5]}


@pytest.mark.usefixtures("torch")
def test_anything_can_be_saved(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.save_obj((1, 2), "some_tuple", step=4)
        logger.save_obj({"key": 99}, "a-dict", extension=".pth")
    assert _loaded(tmp_path / "run" / "0004" / "some_tuple.pt") == (1, 2)
    assert _loaded(tmp_path / "run" / "a-dict.pth") == {"key": 99}


def test_without_torch_the_error_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with Logger("run", tmp_path) as logger:
        with pytest.raises(MissingLibraryError, match="pip install torch"):
            logger.save_model(Model())
        with pytest.raises(MissingLibraryError, match="pip install torch"):
            logger.save_obj(1, "x")
        assert sorted(path.name for path in logger.log_dir.iterdir() if path.suffix == ".pt") == []


def _refuse(obj: object, file: Any) -> None:
    """As torch, which hides why a write failed."""
    del obj
    file._file.close()
    try:
        os.write(os.open("/dev/full", os.O_WRONLY), b"x")
    except OSError as error:
        file.error = error
    raise RuntimeError("PytorchStreamWriter failed writing file")


def test_a_full_disk_does_not_stop_the_training(
    tmp_path: Path, torch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    torch.save = _refuse
    with Logger("run", tmp_path) as logger:
        logger.save_obj(1, "x")
    assert f"cannot write {tmp_path}/run/x.pt: {os.strerror(errno.ENOSPC)}" in caplog.text
    with (
        Logger("run", tmp_path, on_error="raise") as logger,
        pytest.raises(WriteError, match="No space left"),
    ):
        logger.save_obj(1, "x")


def test_errors_of_the_object_itself_are_raised(tmp_path: Path, torch: Any) -> None:
    def fail(obj: object, file: object) -> None:
        raise RuntimeError(f"cannot be saved: {obj} to {type(file)}")

    torch.save = fail
    with Logger("run", tmp_path) as logger, pytest.raises(RuntimeError, match="cannot be saved"):
        logger.save_obj(1, "x")
