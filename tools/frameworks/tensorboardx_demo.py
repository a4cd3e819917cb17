"""A script for tensorboardX's SummaryWriter, with what differs from torch's; it knows nothing of lavdlike."""

from __future__ import annotations

import numpy as np
from tensorboardX import GlobalSummaryWriter, SummaryWriter


def main() -> None:
    random = np.random.default_rng(0)
    with SummaryWriter(logdir="runs/x_demo", comment="unused") as writer:
        for step in range(5):
            writer.add_scalar("loss", 1 / (step + 1), step, display_name="Loss", summary_description="Mean")
            writer.add_scalars("several", {"sin": np.sin(step), "cos": np.cos(step)}, step)
        with writer.use_metadata(global_step=7):
            writer.add_scalar("loss", 0.5)
        writer.add_image("image", random.random((3, 16, 24)), 1)
        writer.add_image_with_boxes(
            "boxes", random.random((3, 16, 24)), np.array([[1, 2, 8, 9]]), 1, None, "CHW", ["cat"]
        )
        writer.add_images("grid", random.random((9, 1, 8, 8)), 1)
        writer.add_histogram("values", random.normal(size=1000), 1)
        writer.add_audio("sound", np.sin(np.arange(2000) * 0.05)[:, None] * [1, 1], 1, 8000)
        writer.add_text("text", "some text", 1)
        writer.add_pr_curve("curve", random.integers(0, 2, 200), random.random(200), 1, num_thresholds=30)
        writer.add_embedding(
            random.random((4, 3)), [["a", 1], ["b", 2], ["c", 3], ["d", 4]], metadata_header=["x", "y"]
        )
        writer.add_hparams({"lr": 0.1}, {"accuracy": 0.75}, "named", 3)
        writer.export_scalars_to_json("scalars.json")
    shared = GlobalSummaryWriter(logdir="runs/x_global")
    for value in range(3):
        shared.add_scalar("global", value)
    shared.close()


if __name__ == "__main__":
    main()
