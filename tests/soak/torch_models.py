"""The logger with torch itself, which is too large for the suite.

    python -m venv torch && torch/bin/pip install . torch==2.13.0 && torch/bin/python -m tests.soak.torch_models

The suite has the same with a stand-in (tests/writing/test_saving_models.py, tests/writing/test_pictures.py).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch  # noqa: TID253 - the point of this program
from PIL import Image

from lavdlike import Logger
from lavdlike.kinds import scalars


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lavdlike-torch-") as root:
        with Logger("run", root) as logger:
            _write(logger)
        _check(Path(root, "run"))
    print("scalars, pictures and models of torch are there")


def _write(logger: Logger) -> None:
    logger.log_scalar(torch.tensor(0.5, requires_grad=True), "x", step=torch.tensor(1))
    logger.log_scalar(torch.tensor(0.5, dtype=torch.bfloat16), "x", step=2)
    logger.log_scalar(torch.tensor([True]), "x", step=3)
    logger.log_scalar(torch.tensor([1.0, 2.0]), "x", step=torch.arange(4, 6))
    logger.log_image(torch.full((3, 4, 6), 0.5, requires_grad=True), "floats", step=1)
    logger.log_image(torch.zeros(1, 4, 6, dtype=torch.uint8), "bytes", step=1)
    logger.log_image(torch.ones(4, 6, dtype=torch.bfloat16), "bfloat16", step=1)
    model = torch.nn.Linear(2, 1)
    model(torch.ones(1, 2)).sum().backward()
    logger.save_model(torch.nn.DataParallel(model), step=1, grads=True)
    logger.save_obj({"key": (1, 2)}, "a-dict")


def _check(folder: Path) -> None:
    lines = (folder / "scalars.tsv").read_bytes().splitlines()[1:]
    points = [scalars.parse_line(line) for line in lines]
    assert [point[::3] for point in points if isinstance(point, scalars.ScalarPoint)] == [
        (1, 0.5),
        (2, 0.5),
        (3, 1),
        (4, 1.0),
        (5, 2.0),
    ]
    for name, value, shape in (("floats", 128, (4, 6, 3)), ("bytes", 0, (4, 6)), ("bfloat16", 255, (4, 6))):
        with Image.open(folder / "0001" / f"{name}.png") as picture:
            assert np.array_equal(np.asarray(picture), np.full(shape, value)), name
    assert set(torch.load(folder / "0001/model.pt")) == {"weight", "bias"}
    assert torch.load(folder / "0001/model.grad.pt")["bias"].item() == 1.0
    assert torch.load(folder / "a-dict.pt") == {"key": (1, 2)}


if __name__ == "__main__":
    main()
