"""What scripts do with wandb: rows at given and counted steps, in parts, nested, media, settings, results."""

from __future__ import annotations

import argparse
import math

import numpy as np
import wandb

STEPS = 10


def main() -> None:
    config = argparse.Namespace(rate=0.1, layers=[1, 2], net={"kind": "mlp", "bias": True})
    with wandb.init(project="demo", name="first", config=vars(config), tags=["tiny"], mode="offline") as run:
        wandb.define_metric("val/*", step_metric="epoch")
        run.config.update({"epochs": STEPS})
        for step in range(STEPS):
            wandb.log({"loss": math.exp(-step), "nested": {"a": step, "b": {"c": step / 3}}})
            if step % 3 == 0:
                wandb.log({"val/loss": np.float32(1 / (step + 1)), "epoch": step // 3})
        run.log({"late": 1.5}, step=100)
        run.log({"half": np.float64(0.5)}, commit=False)
        run.log({"other half": True, "nan": math.nan, "inf": math.inf})
        run.log({"text": "some words", "nothing": None})
        pixels = np.arange(12 * 12 * 3, dtype=np.uint8).reshape(12, 12, 3)
        box = {"position": {"minX": 1, "maxX": 5, "minY": 2, "maxY": 6}, "class_id": 0, "domain": "pixel"}
        boxes = {"predictions": {"box_data": [box], "class_labels": {0: "square"}}}
        run.log({"picture": wandb.Image(pixels, caption="stripes", boxes=boxes)})
        run.log({"table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])})
        run.log({"spread": wandb.Histogram(np.arange(100) / 10)})
        run.summary["best"] = 0.25
        wandb.alert("Done", "all steps")
    with wandb.init(project="demo", name="second", config={"rate": 0.2}, mode="offline") as run:
        for step in (0, 5, 5, 7):
            run.log({f"at-{step}": step, "loss": 1 / (step + 1)}, step=step)


if __name__ == "__main__":
    main()
