"""Ultralytics: an untrained YOLO on a few made pictures, beside its results.csv."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from ultralytics import YOLO, settings

from lavdlike.integrations.ultralytics import add_callbacks
from tools.frameworks.integrations.written import Written, check_rounded, rows_in

EPOCHS, PICTURES = 2, 8


def data() -> Path:
    for part in ("images", "labels"):
        Path("data", part).mkdir(parents=True, exist_ok=True)
    for place in range(PICTURES):
        pixels = np.full((64, 64, 3), 30 * place, np.uint8)
        pixels[16:48, 16:48] = 255 - 30 * place
        Image.fromarray(pixels).save(f"data/images/{place}.png")
        Path(f"data/labels/{place}.txt").write_text("0 0.5 0.5 0.5 0.5\n")
    file = Path("data/data.yaml")
    file.write_text(f"path: {Path('data').resolve()}\ntrain: images\nval: images\nnames: {{0: square}}\n")
    return file


def main() -> int:
    settings.update({"sync": False, "tensorboard": False, "wandb": False})
    model = YOLO("yolo11n.yaml")
    add_callbacks(model, "run")
    model.train(
        data=str(data()),
        epochs=EPOCHS,
        imgsz=64,
        batch=4,
        device="cpu",
        workers=0,
        project=str(Path("out").resolve()),
        name="train",
        amp=False,
        verbose=False,
        plots=True,
    )
    rows = rows_in("out/train/results.csv")
    written, count = Written("log/run"), 0
    for name in (name.strip() for name in rows[0]):
        if name in ("epoch", "time"):
            continue
        texts = {int(row["epoch"]): row[name] for row in rows}
        count += check_rounded(written.points(name), texts, digits=5)
    assert written.progress("Training") == (EPOCHS * 2, EPOCHS * 2)
    assert any(label.startswith("best/metrics/") for label in written.labels), written.labels
    assert list((written.folder / "plots").glob("*.png")), "no plots"
    assert written.document["config"]["imgsz"] == 64
    assert written.outcomes == ["finished"]
    return count


if __name__ == "__main__":
    print(f"{main()} values as in results.csv")
