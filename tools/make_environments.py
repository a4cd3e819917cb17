"""Environments as scripts for Visdom fill them, to try the page with: `python -m tools.make_environments FOLDER`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from lavdlike.compat.visdom import Visdom

ENVIRONMENTS = {"digits_adam": 0.0, "digits_sgd": 0.25}


def make(root: Path) -> None:
    """Fill the folder with an environment for each of `ENVIRONMENTS`, which differ in their numbers alone."""
    for place, (env, offset) in enumerate(ENVIRONMENTS.items()):
        _fill(Visdom(log_dir=root, env=env), np.random.default_rng(place), offset)


def _fill(vis: Visdom, random: np.random.Generator, offset: float) -> None:
    epochs = np.arange(60)
    losses = np.exp(-epochs[:, None] / [14, 18]) + offset + [0, 0.08] + 0.02 * random.random((60, 2))
    vis.line(
        losses,
        epochs,
        win="loss",
        opts={"title": "Loss", "xlabel": "epoch", "legend": ["train", "validation"]},
    )
    for epoch in range(5):
        vis.image(_digits(random, epoch), win="samples", opts={"title": "Samples", "store_history": True})
    vis.heatmap(random.random((10, 10)) + 4 * np.eye(10), win="confusion", opts={"title": "Confusion"})
    labels = np.repeat([1, 2, 3], 60)
    points = random.normal(size=(180, 2)) + np.array([[0, 0], [3, 1], [1, 3]])[labels - 1]
    vis.scatter(points, labels, win="features", opts={"title": "Features", "legend": ["3", "5", "8"]})
    vis.text(
        "".join(f"epoch {epoch}: {loss:.3f}<br>" for epoch, loss in enumerate(losses[:, 0])),
        win="said",
        opts={"title": "What was said"},
    )
    vis.properties(
        [
            {"type": "number", "name": "Learning rate", "value": "0.001"},
            {"type": "select", "name": "Schedule", "value": 0, "values": ["cosine", "constant"]},
            {"type": "checkbox", "name": "Augment", "value": True},
            {"type": "button", "name": "Stop", "value": "Stop"},
        ],
        win="settings",
        opts={"title": "Settings"},
    )


def _digits(random: np.random.Generator, epoch: int) -> np.ndarray:
    """A grey picture, 1 × 96 × 96, uint8: rings that come out of noise."""
    rows, columns = np.mgrid[0:96, 0:96]
    rings = 128 + 127 * np.cos(np.hypot(rows % 32 - 16, columns % 32 - 16))
    noise = 255 * random.random((96, 96))
    picture: np.ndarray = ((epoch * rings + (4 - epoch) * noise) / 4)[None].astype(np.uint8)
    return picture


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.make_environments")
    parser.add_argument("folder", type=Path)
    make(parser.parse_args().folder)
