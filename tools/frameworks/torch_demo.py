"""A script for torch's SummaryWriter that calls all its methods; it knows nothing of lavdlike."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter


def main() -> None:
    random = np.random.default_rng(0)
    figure = plt.figure()
    figure.add_subplot().plot([1, 2, 3])
    layout = {"Category": {"lines": ["Multiline", ["loss/train"]], "band": ["Margin", ["a", "b", "c"]]}}
    with SummaryWriter("runs/torch_demo") as writer:
        for step in range(10):
            writer.add_scalar("loss/train", torch.tensor(1 / (step + 1)), step)
            writer.add_scalar("no step", 0.1 * step)
            writer.add_scalar("new", 0.3 * step, step, new_style=True)
            writer.add_scalar("double", 0.3 * step, step, new_style=True, double_precision=True)
            writer.add_scalars("several/of them", {"sin": np.sin(step), "cos": np.cos(step)}, step)
            writer.add_histogram("values", random.normal(size=1000) * step, step)
        writer.add_histogram("auto", torch.randn(500), 1, bins="auto")
        writer.add_histogram("few", torch.randn(500), 1, max_bins=20)
        writer.add_histogram_raw("raw", 0, 3, 4, 6.5, 14.0, [1.0, 2.0, 3.0], [1, 2, 1], 5)
        writer.add_image("chw", torch.rand(3, 16, 24), 1)
        writer.add_image("hwc", random.integers(0, 255, (16, 24, 3), dtype=np.uint8), 1, dataformats="HWC")
        writer.add_image("hw", random.random((16, 24)), 2, dataformats="HW")
        writer.add_images("grid", torch.rand(11, 3, 8, 8), 1)
        boxes = torch.tensor([[1.0, 2.0, 8.0, 9.0], [3.0, 3.0, 12.0, 14.0]])
        writer.add_image_with_boxes("boxes", torch.rand(3, 16, 24), boxes, 1, labels=["cat", "dog"])
        writer.add_figure("figure", figure, 1)
        writer.add_video("video", torch.rand(2, 4, 3, 16, 16), 1, fps=4)
        writer.add_audio("sound", torch.sin(torch.arange(2000) * 0.05)[None], 1, sample_rate=8000)
        writer.add_text("text", "some *Markdown*", 1)
        writer.add_pr_curve("curve", random.integers(0, 2, 200), random.random(200), 1)
        writer.add_mesh(
            "mesh", torch.rand(1, 4, 3), faces=torch.tensor([[[0, 1, 2], [1, 2, 3]]]), global_step=1
        )
        writer.add_embedding(torch.rand(8, 3), list("abcdefgh"), torch.rand(8, 3, 8, 8), 1)
        writer.add_tensor("tensor", torch.rand(2, 3), 1)
        inner = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU())
        model = torch.nn.Sequential(torch.nn.Linear(3, 4), inner, torch.nn.Linear(4, 2))
        writer.add_graph(model, torch.rand(1, 3))
        writer.add_custom_scalars(layout)
        writer.add_hparams({"lr": 0.1, "name": "adam"}, {"hparam/accuracy": 0.75})


if __name__ == "__main__":
    main()
