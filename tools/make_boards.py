"""Makes boards over `example_logs` or a copy of it, to look at: `python -m tools.make_boards FOLDER`.

Three files in the folder: a board of one panel, one of twelve (of every type), and one of sixty.
"""

from __future__ import annotations

import argparse
from pathlib import Path

ONE, TWELVE, SIXTY = "one", "detector", "layers"

_ONE = """\
title: One chart
panels:
  - chart: train/loss
    at: [0, 0, 12, 8]
"""

_TWELVE = """\
# What we look at every morning.
title: Detector
smoothing: 0.6
sections:
  - Losses
  - Validation
panels:
  - text: |
      **Street detector**, against the translator's schedule.

      - the loss of boxes has to fall below that of classes
      - mAP is what counts; pictures at night are the hard ones
    at: [0, 0, 4, 4]
  - images: street/evening
    at: [4, 0, 4, 4]
  - forms: control
    at: [8, 0, 4, 4]
  - chart: [train/loss, train/loss-box, train/loss-class]
    title: All losses
    section: Losses
    at: [0, 0, 6, 5]
    log_y: true
  - chart: [train/loss]
    right: [learning-rate]
    regex: ^learning-rate$
    title: Loss and learning rate
    section: Losses
    at: [6, 0, 6, 5]
  - expression: '"train/loss-box" / "train/loss-class"'
    title: Boxes over classes
    section: Losses
    at: [0, 5, 4, 4]
  - chart: train/loss
    x: relative
    title: Over the time since the start
    section: Losses
    at: [4, 5, 4, 4]
  - chart: train/loss
    glyph: scatter
    title: Every point
    smoothing: 0
    section: Losses
    at: [8, 5, 4, 4]
  - template: validation/AP/(.*)
    title: Average precision of each class
    section: Validation
    at: [0, 0, 12, 5]
    smoothing: 0
  - confusion_matrices: validation/classes
    section: Validation
    at: [0, 5, 4, 6]
  - pr_curves: validation/person
    section: Validation
    at: [4, 5, 4, 6]
  - table: {columns: [run.status, run.duration, "last(train/loss)", "max(validation/mAP)"], sort: "last(train/loss)"}
    section: Validation
    at: [8, 5, 4, 6]
"""


def _sixty() -> str:
    """Of each layer, its gradients and weights as they are, smoothed, and against time."""
    lines = ["title: Sixty panels", "sections: [Norms, Smoothed, Logarithmic]", "panels:"]
    for number, (label, title) in enumerate(
        [("train/loss", "Loss"), ("learning-rate", ""), ("loss", ""), ("accuracy", "")] * 3
    ):
        lines += [f"  - chart: {label}", f"    at: [{number % 4 * 3}, {number // 4 * 3}, 3, 3]"]
        lines += [f"    title: {title} {number}"] * bool(title)
        lines += ["    smoothing: 0.9"] * (number >= 4)
    settings = {"Norms": "", "Smoothed": "smoothing: 0.8", "Logarithmic": "log_y: true"}
    for section, setting in settings.items():
        for number in range(16):
            label = f"{'gradient-norm' if number < 8 else 'weight-norm'}/layer-{number % 8}"
            lines += [f"  - chart: {label}", f"    section: {section}"]
            lines += [f"    at: [{number % 4 * 3}, {number // 4 * 3}, 3, 3]"]
            lines += [f"    {setting}"] * bool(setting)
    return "\n".join([*lines, ""])


def make(root: Path) -> None:
    for name, text in {ONE: _ONE, TWELVE: _TWELVE, SIXTY: _sixty()}.items():
        (root / f"{name}.board.yaml").write_text(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.make_boards", description=__doc__)
    parser.add_argument("folder", type=Path)
    make(parser.parse_args().folder)
