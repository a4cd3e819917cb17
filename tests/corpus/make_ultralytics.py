"""Makes `tests/corpus/texts/ultralytics`: what Ultralytics writes of a training, of a small network on four pictures.

    python -m tests.corpus.make_ultralytics

Needs none of lavdlike, but an environment of its own, with ultralytics==8.4.190 and pandas==3.1.1. `expected.json` is
as that of `make_texts.py`; the weights are left out, and folders of the machine in `args.yaml`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.corpus import frame
from tests.corpus.frame import Expected
from tests.corpus.make_texts import CORPUS, of_csv

_PICTURES = 4
_SIZE = 32


def main() -> None:
    frame.make(CORPUS, {"ultralytics": ultralytics}, ())


def ultralytics(folder: Path) -> Expected:
    with tempfile.TemporaryDirectory() as work:
        os.environ["YOLO_CONFIG_DIR"] = work
        os.environ["YOLO_OFFLINE"] = "true"
        write_pictures(Path(work))
        run = train(Path(work))
        shutil.copy(run / "results.csv", folder)
        arguments = (run / "args.yaml").read_text().replace(f"{work}/", "")
        (folder / "args.yaml").write_text(arguments)
    return {
        "labels": of_csv(folder / "results.csv", "epoch"),
        "source": "Ultralytics",
        "config": config_in(arguments),
    }


def write_pictures(work: Path) -> None:
    """Bright squares on dark ground, at other places."""
    import numpy as np
    from PIL import Image

    for number in range(_PICTURES):
        pixels = np.full((_SIZE, _SIZE, 3), 30, "u1")
        pixels[8:20, 4 + number : 16 + number] = 220
        for split in ("train", "val"):
            pictures, labels = work / "data/images" / split, work / "data/labels" / split
            pictures.mkdir(parents=True, exist_ok=True)
            labels.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(pictures / f"{number}.png")
            x, y, size = ((10 + number) / _SIZE, 14 / _SIZE, 12 / _SIZE)
            (labels / f"{number}.txt").write_text(f"0 {x} {y} {size} {size}\n")
    (work / "data.yaml").write_text(
        f"path: {work}/data\ntrain: images/train\nval: images/val\nnames: {{0: square}}\n"
    )


def train(work: Path) -> Path:
    """The folder of the run."""
    from ultralytics import YOLO

    how: dict[str, Any] = {"epochs": 3, "imgsz": _SIZE, "batch": 4, "seed": 1, "device": "cpu", "workers": 0}
    model = YOLO("yolov8n.yaml")  # untrained: nothing is loaded
    model.train(data=f"{work}/data.yaml", project=f"{work}/runs", name="train", amp=False, plots=False, **how)
    return work / "runs" / "train"


def config_in(arguments: str) -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load(arguments))


if __name__ == "__main__":
    main()
