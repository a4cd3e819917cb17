from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from lavdlike import Logger


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's is read or written."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def apart(tmp_path: Path) -> None:
    """Runs that other tests have left beside make no root of the folder above: everybody may write there."""
    tmp_path.parent.chmod(0o777)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two experiments of the Logger, one of Lavd's, and what is no experiment."""
    root = tmp_path / "log"
    with Logger("run-10", log_dir=str(root), tags=["good"], config={"lr": 0.1}) as logger:
        for step in range(20):
            logger.log_scalar(1 / (step + 1), "train/loss", step)
        logger.log_scalar(float("nan"), "broken", 3)
        logger.log_text("hello\nworld", "greeting", step=1, expected="hello")
        logger.log_image(Image.new("L", (8, 4)), "bird", step=2)
        logger.log("START", "it begins")
        logger.println("printed")
    with Logger("run-2", log_dir=str(root)):
        pass
    lavd = root / "from lavd"
    for step in (1, 2, 10):
        (lavd / f"{step:04d}").mkdir(parents=True)
        (lavd / f"{step:04d}/accuracy.json").write_text(json.dumps({"scalars": {"value": step / 10}}))
    (root / "no experiment.md").write_text("x")
    (root / ".hidden").mkdir()
    return root
