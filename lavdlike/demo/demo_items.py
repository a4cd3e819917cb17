"""Items of every kind, as a model of some skill (0 to 1) would give them."""

from __future__ import annotations

import argparse
import json
import math
import struct
from typing import TYPE_CHECKING, Any

from lavdlike.logger import Logger

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[Any]

_SIDE = 96
_CLASSES = ["disc", "square"]
_SENTENCE = "The quick brown fox jumps over the lazy dog."
# What is filled in in the page; its button ends the demo.
FORM = "control"
_NOTES = """# A demo

This experiment was written by `lavdlike demo`. Nothing was trained: its curves are made up, and **an item of every
kind** is there to be looked at. Delete the folder when you have seen enough.

| Page | What to try |
|---|---|
| Scalars | drag in a chart to zoom, rest on a line for its values |
| Images | open one, go through its steps with the arrow keys |
| Texts | compare what was expected with what was written |
| Forms | end the demo |

The loss falls as $0.2 + 2.1\\,e^{-5p}$ with the progress $p$.
"""


def describe(logger: Logger) -> None:
    """What is known at the start."""
    parser = argparse.ArgumentParser(prog="demo.py", description="Train a model that learns nothing.")
    parser.add_argument("--lr", type=float, default=0.001, help="learning rate")
    parser.add_argument("--batch-size", type=int, default=32)
    logger.log_command(parser, parser.parse_args([]), script_name="demo.py")
    logger.define("*loss", goal="min", unit="nats")
    logger.define("*accuracy", goal="max")
    logger.log_markdown(_NOTES, "about")
    layers = [
        ("image", "encoder/conv1"),
        ("encoder/conv1", "encoder/conv2"),
        ("encoder/conv2", "head/linear"),
    ]
    logger.log_graph([*layers, ("head/linear", "loss"), ("target", "loss")], "model")
    button = {"type": "button", "name": "end", "value": "End the demo"}
    logger.log_form([{"type": "text", "name": "note", "value": ""}, button], FORM)
    logger.log_html("<!doctype html><h2>Demo</h2><p>HTML is shown in a frame of its own.</p>", "report")


def show(logger: Logger, step: int, skill: float) -> None:
    """What a validation shows at a step."""
    for item in (_pictures, _texts, _charts, _media, _shapes, _data):
        item(logger, step, skill)
    logger.println("step {}: {:.0%} of the skill", step, skill)


def conclude(logger: Logger) -> None:
    """What there is once, at the end."""
    import numpy as np

    chance = np.random.default_rng(2)
    names = [_CLASSES[index % 2] for index in range(80)]
    vectors = np.array([chance.normal(_CLASSES.index(name), 0.4, 8) for name in names]).round(3)
    pictures = [_scene(_CLASSES.index(name))[:32, :32] for name in names]
    logger.log_embedding(vectors, "crops", labels={"class": names}, images=pictures)
    (logger.log_dir / "classes.names").write_text("".join(f"{name}\n" for name in _CLASSES))
    logger.print_table(["class", "found", "all"], [["disc", 38, 40], ["square", 36, 40]])


def _scene(seed: int) -> NDArray[np.uint8]:
    """A disc and a square on a ground that fades."""
    import numpy as np

    y, x = np.mgrid[:_SIDE, :_SIDE]
    ground = np.stack([200 - y // 2, 210 - x // 3, 230 - y // 3], axis=-1).astype(np.uint8)
    ground[(x - 30 - 4 * seed) ** 2 + (y - 36) ** 2 < 18**2] = (214, 90, 60)
    ground[58:86, 52:84] = (60, 110, 190)
    return ground


def _pictures(logger: Logger, step: int, skill: float) -> None:
    off = round(14 * (1 - skill))
    boxes = [
        {"xStart": 12 + off, "yStart": 18, "xEnd": 48 + off, "yEnd": 54, "className": "disc"},
        {"xStart": 52 - off, "yStart": 58 - off, "xEnd": 84, "yEnd": 86, "className": "square"},
    ]
    for box in boxes:
        box["probability"] = round(0.3 + 0.65 * skill, 2)
    logger.log_image(_scene(0), "val/scene", step, boxes=boxes, classes=_CLASSES, threshold=0.25)
    logger.log_images([_scene(seed) for seed in range(4)], "val/grid", step, nrow=4)


def _texts(logger: Logger, step: int, skill: float) -> None:
    words = _SENTENCE.split(" ")
    known = round(len(words) * skill)
    text = " ".join([*words[:known], *(word[::-1] for word in words[known:])])
    logger.log_text(text, "val/answer", step, expected=_SENTENCE)
    sums = [(number, number * 3, round(number * (1 + 2 * skill))) for number in range(2, 10)]
    rollouts = [
        {
            "messages": [
                {"role": "user", "content": f"What is 3 times {number}?"},
                {"role": "assistant", "content": f"It is {answer}."},
            ],
            "group": str(number),
            "reward": 1 - abs(answer - right) / right,
        }
        for number, right, answer in sums
    ]
    logger.log_rollouts(rollouts, "val/sums", step)


def _charts(logger: Logger, step: int, skill: float) -> None:
    import numpy as np

    chance = np.random.default_rng(step)
    logger.log_histogram(chance.normal(skill, 1.2 - skill, 2_000), "weights/head", step)
    truth = chance.random(200) < 0.4
    logger.log_pr_curve(truth, truth * skill + chance.random(200), "val/disc", step)
    right = round(40 * (0.5 + 0.5 * skill))
    logger.log_confusion_matrix([[right, 40 - right], [40 - right, right]], _CLASSES, "val/classes", step)
    x = np.linspace(0, 1, 30).round(3)
    curve = {"type": "scatter", "x": x, "y": (1 - x ** (1 + 6 * skill)).round(4), "name": "precision"}
    logger.log_plot({"data": [curve], "layout": {"xaxis": {"title": {"text": "recall"}}}}, "val/curve", step)
    circle = f'<circle cx="50" cy="50" r="{10 + 38 * skill:.1f}" fill="#3568d4"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{circle}</svg>\n'
    logger.log_svg(svg, "val/skill", step)


def _media(logger: Logger, step: int, skill: float) -> None:
    import numpy as np

    time_s = np.arange(4_000) / 8_000
    tone = np.sin(2 * math.pi * (220 + 220 * skill) * time_s) * np.minimum(1, (0.5 - time_s) * 20)
    logger.log_audio(0.4 * tone, "val/tone", step, sample_rate=8_000)
    logger.log_video(np.stack([_scene(seed) for seed in range(8)]), "val/drive", step, fps=8)


def _shapes(logger: Logger, step: int, skill: float) -> None:
    import numpy as np

    chance = np.random.default_rng(3)
    points = chance.normal(0, 1, (600, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    colours = (points + 1) / 2
    noise = chance.normal(0, 0.3 * (1 - skill), points.shape)
    logger.log_mesh(points + noise, "val/sphere", step, colors=colours)


def _data(logger: Logger, step: int, skill: float) -> None:
    import numpy as np

    rows = [[name, round(skill * 40), round(0.5 + 0.45 * skill, 3)] for name in _CLASSES]
    logger.log_table(rows, "val/classes-table", step, header=["class", "found", "precision"])
    weights = (skill * np.eye(8)).astype(np.float32)
    logger.log_array(weights, "val/attention", step)
    logger.log_file(_safetensors({"head.weight": weights}), "checkpoint", step, extension=".safetensors")


def _safetensors(tensors: dict[str, Array]) -> bytes:
    """Weights of float32: the length of a header, the header, which says where each is, and their bytes."""
    header: dict[str, Any] = {}
    data = b""
    for name, tensor in tensors.items():
        content = tensor.astype("<f4").tobytes()
        places = [len(data), len(data) + len(content)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": places}
        data += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
