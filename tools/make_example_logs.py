"""Makes `example_logs/` from nothing: `python -m tools.make_example_logs [FOLDER]`.

Three experiments that look like real work, written by the real `Logger` with fixed seeds and a fixed clock: a detector
with boxes and classes, a small translation model with actual and expected texts, and a long run with restarts, NaN and
many labels.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import random
import shutil
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from PIL import Image, ImageDraw

from lavdlike import Logger
from lavdlike.disk.write import LOCK_FILE

EXAMPLE_LOGS = Path(__file__).parent.parent / "example_logs"
# A car drives by: copied, as no two versions of an encoder write the same bytes.
DRIVE = Path(__file__).parent / "drive.mp4"
START = 1_763_600_000.0  # Unix seconds, 2025-11-20: when the first experiment "began"


class Clock:
    """Stands in for `time.time` while the examples are written: it moves only when told to."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


@contextlib.contextmanager
def running_at(now_s: float) -> Iterator[Clock]:
    """Within the block, the logger's clock is the returned one."""
    clock = Clock(now_s)

    class ClockedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> ClockedDatetime:
            return cls.fromtimestamp(clock(), tz or UTC)

        def astimezone(self, tz: tzinfo | None = None) -> ClockedDatetime:
            return super().astimezone(tz or UTC)

    with (
        mock.patch("time.time", clock),
        mock.patch("time.monotonic", clock),
        mock.patch("lavdlike.logger.datetime", ClockedDatetime),
        mock.patch("lavdlike.writing.calls.console_calls.datetime", ClockedDatetime),
        mock.patch("sys.stdout", io.StringIO()),
        mock.patch("sys.stderr", io.StringIO()),
    ):
        yield clock


# --- a detector ------------------------------------------------------------------------------------------------------

SCENE_SIZE = (320, 200)
CLASSES = ["car", "person", "tree"]
SEGMENTS = ["background", *CLASSES, "road"]
JOINTS = ["head", "neck", "left hip", "right hip", "left foot", "right foot"]
BONES = [[0, 1], [1, 2], [1, 3], [2, 4], [3, 5]]
Box = tuple[str, int, int, int, int]  # class, left, top, right, bottom in pixels


def draw_scene(chance: random.Random) -> tuple[Image.Image, list[Box]]:
    """A street with houses, trees, cars and people, and where they are."""
    width, height = SCENE_SIZE
    image = Image.new("RGB", SCENE_SIZE)
    draw = ImageDraw.Draw(image)
    dusk = chance.random()
    for y in range(height):
        light = 1 - 0.5 * dusk * (1 - y / height)
        draw.line([(0, y), (width, y)], fill=tuple(int(c * light) for c in (186 - y // 4, 214 - y // 6, 240)))
    x = -10
    while x < width:
        wide, tall = chance.randint(34, 62), chance.randint(45, 95)
        wall = chance.choice(
            [(196, 164, 132), (150, 140, 135), (176, 120, 100), (120, 130, 145), (205, 195, 175)]
        )
        draw.rectangle([x, 130 - tall, x + wide, 130], fill=wall)
        for row in range(132 - tall + 6, 120, 16):
            for column in range(x + 6, x + wide - 8, 13):
                lit = chance.random() < 0.25 + 0.5 * dusk
                draw.rectangle(
                    [column, row, column + 6, row + 9], fill=(250, 226, 150) if lit else (70, 85, 105)
                )
        x += wide + chance.randint(0, 5)
    draw.rectangle([0, 128, width, 142], fill=(165, 163, 158))
    draw.rectangle([0, 142, width, height], fill=(78, 80, 86))
    for stripe in range(6, width, 44):
        draw.rectangle([stripe, 170, stripe + 22, 172], fill=(222, 220, 205))

    boxes: list[Box] = []
    for spot in chance.sample(range(12, width - 40, 58), 2):
        draw.rectangle([spot + 13, 96, spot + 18, 134], fill=(92, 66, 45))
        for dx, dy, radius in ((4, 84, 13), (16, 74, 15), (26, 86, 12), (15, 92, 13)):
            green = chance.randint(92, 132)
            draw.ellipse(
                [spot + dx - radius, dy - radius, spot + dx + radius, dy + radius], fill=(52, green, 62)
            )
        boxes.append(("tree", spot - 9, 59, spot + 38, 134))
    for spot in chance.sample(range(8, width - 90, 84), chance.randint(1, 3)):
        top = chance.choice([138, 160])
        paint = chance.choice([(190, 48, 44), (44, 92, 160), (232, 232, 228), (40, 44, 50), (226, 168, 46)])
        draw.rounded_rectangle([spot, top + 12, spot + 70, top + 30], 6, fill=paint)
        draw.polygon(
            [(spot + 12, top + 13), (spot + 22, top), (spot + 50, top), (spot + 61, top + 13)], fill=paint
        )
        draw.polygon(
            [(spot + 17, top + 12), (spot + 24, top + 3), (spot + 48, top + 3), (spot + 55, top + 12)],
            fill=(178, 206, 224),
        )
        for wheel in (spot + 10, spot + 48):
            draw.ellipse([wheel, top + 23, wheel + 13, top + 36], fill=(24, 24, 26))
            draw.ellipse([wheel + 4, top + 27, wheel + 9, top + 32], fill=(168, 168, 172))
        boxes.append(("car", spot, top, spot + 70, top + 36))
    for spot in chance.sample(range(6, width - 16, 33), chance.randint(1, 4)):
        top = chance.randint(100, 112)
        coat = chance.choice([(206, 72, 60), (62, 108, 148), (86, 132, 80), (146, 92, 150), (60, 60, 64)])
        draw.ellipse([spot + 3, top, spot + 10, top + 8], fill=(226, 182, 150))
        draw.rounded_rectangle([spot, top + 8, spot + 13, top + 24], 4, fill=coat)
        draw.line([(spot + 4, top + 24), (spot + 3, top + 37)], fill=(38, 42, 56), width=3)
        draw.line([(spot + 9, top + 24), (spot + 11, top + 37)], fill=(38, 42, 56), width=3)
        boxes.append(("person", spot - 1, top - 1, spot + 14, top + 38))
    return image, boxes


def detected(boxes: list[Box], skill: float, chance: random.Random) -> list[dict[str, Any]]:
    """What a detector of this skill (0 to 1) makes of the true boxes: shifted, of a wrong class, with ghosts."""
    found = []
    for name, left, top, right, bottom in boxes:
        blur = 16 * (1 - skill)
        shift = [round(chance.gauss(0, blur)) for _ in range(4)]
        seen_as = name if chance.random() < 0.45 + 0.6 * skill else chance.choice(CLASSES)
        found.append(
            {
                "xStart": max(0, left + shift[0]),
                "yStart": max(0, top + shift[1]),
                "xEnd": min(SCENE_SIZE[0], max(left + shift[0] + 6, right + shift[2])),
                "yEnd": min(SCENE_SIZE[1], max(top + shift[1] + 6, bottom + shift[3])),
                "className": seen_as,
                "probability": round(min(0.995, max(0.05, 0.25 + 0.7 * skill + chance.gauss(0, 0.08))), 3),
            }
        )
    for _ in range(round(4 * (1 - skill))):  # ghosts
        left, top = chance.randint(0, 270), chance.randint(40, 150)
        found.append(
            {
                "xStart": left,
                "yStart": top,
                "xEnd": left + chance.randint(12, 50),
                "yEnd": top + chance.randint(12, 45),
                "className": chance.choice(CLASSES),
                "probability": round(chance.uniform(0.05, 0.45), 3),
            }
        )
    return found


def found_people(skill: float, seed: int) -> tuple[list[bool], list[float]]:
    """Whether there is a person in each of some pictures, and how sure a detector of this skill is of it."""
    chance = random.Random(seed)
    truth = [chance.random() < 0.4 for _ in range(150)]
    return truth, [round(chance.gauss(skill * (1 if is_there else -1), 0.9), 3) for is_there in truth]


def taken_classes(skill: float, seed: int) -> tuple[list[str], list[str]]:
    """The classes of some boxes, and for which a detector of this skill takes them."""
    chance = random.Random(seed)
    actual = [chance.choice(CLASSES) for _ in range(600)]
    return actual, [
        name if chance.random() < 0.3 + 0.65 * skill else chance.choice(CLASSES) for name in actual
    ]


def write_detector(log_dir: Path) -> None:
    chance = random.Random(1)
    scenes = {
        name: draw_scene(chance) for name in ("street/morning", "street/noon", "street/evening", "crossing")
    }
    parser = argparse.ArgumentParser(description="Train the street detector.")
    parser.add_argument("data", help="folder of annotated pictures")
    parser.add_argument("--backbone", choices=["resnet18", "resnet50", "convnext-tiny"], default="resnet18")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--lr", type=float, default=0.001, help="learning rate")
    parser.add_argument("--anchors", type=int, nargs="+", default=[16, 32, 64])
    parser.add_argument("--augment", action="store_true", help="flip and crop at random")
    args = parser.parse_args(["data/street", "--backbone", "resnet50", "--lr", "0.0005", "--augment"])
    config = {"backbone": "resnet50", "lr": 0.0005, "batch_size": 16, "augment": True, "seed": 1}
    with (
        running_at(START) as clock,
        Logger("street-detector", log_dir, config=config, tags=["detection"]) as logger,
    ):
        logger.define("*loss*", goal="min")
        logger.define("train/loss", description="Boxes and classes, equal weights; mean over a batch.")
        logger.define("validation/mAP", goal="max", description="Mean of AP over the classes.")
        logger.define("validation/AP/*", goal="max", description="Average precision at an overlap of a half.")
        logger.define("learning-rate", description="60 steps of warm-up, then a cosine to 0.")
        logger.log_command(parser, args, script_name="train_detector.py")
        logger.log_markdown(DETECTOR_NOTES, "notes")
        logger.log_text(
            "backbone: resnet50\nlr: 0.0005\nbatch_size: 16\naugment: true\nanchors: [16, 32, 64]\n",
            "settings",
        )
        for epoch in range(1, 25):
            logger.start(f"Epoch {epoch}", prefix=False)
            skill = 1 - math.exp(-epoch / 6)
            for batch in range(20):
                clock.advance(9)
                step = (epoch - 1) * 20 + batch
                progress = step / 480
                noise = chance.gauss(0, 0.06)
                logger.log_scalars(
                    {
                        "train/loss": 0.35 + 2.2 * math.exp(-5 * progress) * (1 + noise) + 0.04 * abs(noise),
                        "train/loss-box": 0.15 + 1.1 * math.exp(-4 * progress) * (1 + noise),
                        "train/loss-class": 0.1 + 1.3 * math.exp(-6 * progress) * (1 - noise),
                        "learning-rate": 0.0005
                        * min(1, (step + 1) / 60)
                        * (0.5 + 0.5 * math.cos(math.pi * progress)),
                    },
                    step,
                )
            mean_precision = max(0.0, 0.83 * skill + chance.gauss(0, 0.012))
            logger.log_scalar(mean_precision, "validation/mAP", epoch * 20)
            logger.log_scalar(
                0.42 + 1.7 * math.exp(-epoch / 5) + chance.gauss(0, 0.02), "validation/loss", epoch * 20
            )
            for name in CLASSES:
                ease = {"car": 1.08, "person": 0.9, "tree": 0.98}[name]
                logger.log_scalar(
                    min(0.97, max(0.0, mean_precision * ease + chance.gauss(0, 0.02))),
                    f"validation/AP/{name}",
                    epoch * 20,
                )
            logger.println("mAP {:.3f} after {} pictures", mean_precision, epoch * 320)
            if epoch % 3 == 0:
                truth, scores = found_people(skill, epoch)
                logger.log_pr_curve(truth, scores, "validation/person", epoch * 20)
                logger.log_confusion_matrix(
                    taken_classes(skill, epoch), CLASSES, "validation/classes", epoch * 20
                )
                found_in = []
                for label, (image, boxes) in scenes.items():
                    found = detected(boxes, skill, chance)
                    logger.log_image(image, label, epoch * 20, boxes=found, classes=CLASSES, threshold=0.5)
                    sure = [box["probability"] for box in found if box["probability"] >= 0.5]
                    found_in.append([f"{label}.png", len(boxes), len(sure), max(sure, default=None)])
                logger.log_table(found_in, "scenes", epoch * 20, header=["scene", "boxes", "found", "surest"])
            if epoch % 6 == 0:
                logger.log_plot(precision_recall(skill), "validation/precision-recall", epoch * 20)
            logger.end(f"Epoch {epoch}", prefix=False)
            if epoch % 12 == 0:
                image, boxes = scenes["street/noon"]
                caption = f"Masks, outlines and skeletons after {epoch} epochs"
                things = drawn_things(boxes, skill)
                logger.log_image(image, "parts/noon", epoch * 20, classes=SEGMENTS, caption=caption, **things)
                logger.log_svg(skill_dial(skill), "validation/skill", epoch * 20)
                logger.log_audio(horn(skill), "validation/horn", epoch * 20, sample_rate=8000)
                points, colors = scanned_car(skill)
                logger.log_mesh(points, "reconstruction/points", epoch * 20, colors=colors)
                logger.log_mesh(car_hull(skill), "reconstruction/hull", epoch * 20, faces=car_faces())
        vectors, names, crops = crops_seen()
        logger.log_embedding(vectors, "crops", labels={"class": names}, images=crops)
        logger.log_images(crops[:24], "hardest", nrow=8, captions=names[:24])
        logger.log_plot(loss_surface(), "loss-surface")
        logger.log_html(DETECTOR_REPORT, "report")
        logger.log_video(DRIVE, "drive")
        # Whatever else is written there is shown too: a file of no kind of ours.
        (logger.log_dir / "classes.names").write_text("".join(f"{name}\n" for name in CLASSES))
        logger.log_array(np.array([[16, 16], [32, 24], [64, 40]], dtype=np.int64), "anchors")
        logger.print_table(
            ["Class", "Correct", "Total", "Precision"],
            [
                ["car", 512, 548, 512 / 548],
                ["person", 391, 476, 391 / 476],
                ["tree", 420, 489, 420 / 489],
                ["bicycle", None, 0, None],
            ],
        )


def precision_recall(skill: float) -> dict[str, Any]:
    """How precise each class is found at which recall, as a figure of plotly."""
    recall = [round(0.05 * point, 2) for point in range(21)]
    traces = [
        {
            "type": "scatter",
            "name": name,
            "x": recall,
            "y": [round(skill * (1 - at ** (2 + 6 * skill * ease)), 4) for at in recall],
        }
        for name, ease in zip(CLASSES, (1.1, 0.7, 0.9), strict=True)
    ]
    axes = {
        "xaxis": {"title": {"text": "Recall"}},
        "yaxis": {"title": {"text": "Precision"}, "range": [0, 1]},
    }
    return {"data": traces, "layout": axes}


def loss_surface() -> dict[str, Any]:
    """The loss around the weights that were found, along two random directions."""
    along = np.linspace(-1, 1, 17)
    x, y = np.meshgrid(along, along)
    loss = 0.4 + 0.9 * x**2 + 0.5 * y**2 + 0.15 * np.cos(5 * x) * np.sin(4 * y)
    surface = {"type": "surface", "x": along.round(3), "y": along.round(3), "z": loss.round(3)}
    return {"data": [surface], "layout": {"title": {"text": "Loss around the weights"}}}


def skill_dial(skill: float) -> str:
    """A dial of how much is found, as SVG."""
    angle = math.pi * (1 - skill)
    end = f"{50 + 40 * math.cos(angle):.1f} {50 - 40 * math.sin(angle):.1f}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 62" font-family="sans-serif" font-size="9">\n'
        '<path d="M10 50A40 40 0 0 1 90 50" fill="none" stroke="#ddd" stroke-width="8"/>\n'
        f'<path d="M10 50A40 40 0 0 1 {end}" fill="none" stroke="#3568d4" stroke-width="8"/>\n'
        f'<text x="50" y="49" text-anchor="middle">{skill:.0%} found</text>\n</svg>\n'
    )


def horn(skill: float) -> np.ndarray:
    """Half a second of a car's horn, out of the noise that less skill leaves; at 8,000 samples a second."""
    time_s = np.arange(4000) / 8000
    tone = np.sin(2 * math.pi * 420 * time_s) + np.sin(2 * math.pi * 520 * time_s)
    swell = np.minimum(1, np.minimum(time_s, 0.5 - time_s) / 0.05)
    noise = np.random.default_rng(7).normal(0, 0.3 * (1 - skill), 4000)
    return np.asarray(0.4 * swell * tone + noise)


CAR_PROFILE = [(0, 0), (4.2, 0), (4.2, 0.7), (3.4, 0.8), (2.8, 1.4), (1.2, 1.4), (0.6, 0.8), (0, 0.7)]
CAR_WIDTH = 1.7


def scanned_car(skill: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of a car's hull, the nearer to it the more skill there is, coloured by height; z is up."""
    chance = np.random.default_rng(4)
    corners = np.array([*CAR_PROFILE, CAR_PROFILE[0]], float)
    edge = chance.integers(0, len(CAR_PROFILE), 900)
    along = chance.random((900, 1))
    side = corners[edge] * (1 - along) + corners[edge + 1] * along
    points = np.column_stack([side[:, 0], chance.random(900) * CAR_WIDTH, side[:, 1]])
    points += chance.normal(0, 0.02 + 0.3 * (1 - skill), points.shape)
    height = np.clip(points[:, 2:] / 1.4, 0, 1)
    return points, np.hstack([height, 0.45 + 0 * height, 1 - height])


def car_hull(skill: float) -> np.ndarray:
    """Corners of the hull, which find their places with skill: those of the left side, then of the right."""
    profile = np.array(CAR_PROFILE)
    middle = profile.mean(axis=0)
    profile = middle + (profile - middle) * (0.5 + 0.5 * skill)
    sides = [
        np.column_stack([profile[:, 0], np.full(len(profile), y), profile[:, 1]]) for y in (0, CAR_WIDTH)
    ]
    return np.vstack(sides)


def car_faces() -> list[list[int]]:
    """Triangles of the hull: a fan over each side, and a band around it."""
    count = len(CAR_PROFILE)
    hub = 4
    fan = [[hub, edge, (edge + 1) % count] for edge in range(count) if hub not in (edge, (edge + 1) % count)]
    right = [[corner + count for corner in reversed(face)] for face in fan]
    band = [
        face
        for edge in range(count)
        for after in [(edge + 1) % count]
        for face in ([edge, edge + count, after], [after, edge + count, after + count])
    ]
    return fan + right + band


def drawn_things(boxes: list[Box], skill: float) -> dict[str, Any]:
    """The pixels, outlines and skeletons of a scene's things, as a model of this skill (0 to 1) sees them."""
    chance = random.Random(7)
    mask = Image.new("L", SCENE_SIZE)
    draw = ImageDraw.Draw(mask)
    draw.rectangle([0, 142, *SCENE_SIZE], fill=SEGMENTS.index("road"))
    polygons, keypoints = [], []

    def seen(x: float, y: float) -> list[float]:
        return [round(place + chance.gauss(0, 3 * (1 - skill)), 1) for place in (x, y)]

    for name, left, top, _, bottom in boxes:
        value = SEGMENTS.index(name)
        if name == "tree":
            draw.rectangle([left + 22, top + 37, left + 27, bottom], fill=value)
            for dx, dy, radius in ((13, 25, 13), (25, 15, 15), (35, 27, 12), (24, 33, 13)):
                x, y = left + dx, top + dy
                draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=value)
        elif name == "car":
            hull = [
                (0, 13),
                (12, 13),
                (22, 0),
                (50, 0),
                (61, 13),
                (70, 13),
                (70, 30),
                (60, 36),
                (10, 36),
                (0, 30),
            ]
            corners = [(left + x, top + y) for x, y in hull]
            draw.polygon(corners, fill=value)
            outline = [seen(*corner) for corner in corners]
            polygons.append({"points": outline, "className": "car", "probability": round(0.5 + skill / 2, 2)})
        else:
            draw.ellipse([left + 4, top + 1, left + 11, top + 9], fill=value)
            draw.rectangle([left + 1, top + 9, left + 14, top + 25], fill=value)
            draw.rectangle([left + 3, top + 25, left + 12, bottom], fill=value)
            places = [(7.5, 5), (7.5, 10), (5, 25), (10, 25), (4, 37), (12, 37)]
            points = [seen(left + x, top + y) for x, y in places]
            keypoints.append({"points": points, "edges": BONES, "names": JOINTS, "className": "person"})
    found = np.asarray(mask)
    if skill < 0.9:  # the upper part of what it sees is still missing
        found = np.roll(found, 6, axis=0)
    return {
        "masks": {"found": found, "truth": np.asarray(mask)},
        "polygons": polygons,
        "keypoints": keypoints,
    }


def crops_seen() -> tuple[np.ndarray, list[str], list[np.ndarray]]:
    """What the network makes of some crops: 16 numbers each, their classes, and pictures of them."""
    chance = np.random.default_rng(5)
    names = [CLASSES[index % len(CLASSES)] for index in range(120)]
    middles = {name: chance.normal(0, 2, 16) for name in CLASSES}
    vectors = np.array([middles[name] + chance.normal(0, 1, 16) for name in names]).round(3)
    colours = {"car": (60, 110, 190), "person": (200, 90, 60), "tree": (60, 140, 80)}
    crops = []
    for name in names:
        crop = np.full((12, 12, 3), 225, np.uint8)
        top, left = chance.integers(1, 4, 2)
        crop[top : top + 7, left : left + 7] = colours[name]
        crops.append(crop)
    return vectors, names, crops


DETECTOR_REPORT = """<!doctype html>
<meta charset="utf-8">
<style>body { font: 15px/1.5 sans-serif; margin: 1.5em } td, th { padding: 2px 12px; text-align: left }</style>
<h2>Street detector</h2>
<table>
<tr><th>Class<th>Scenes<th>Remarks
<tr><td>car<td>5,120<td>in every scene
<tr><td>person<td>3,480<td>often hidden by cars
<tr><td>tree<td>4,066<td>the easiest
</table>
"""

DETECTOR_NOTES = r"""---
author: Vision group
data: streets-2025
status: done
---
# Street detector

A ResNet-50 backbone with three anchor sizes, trained on **5,120 street scenes**.

| Split      | Pictures | Boxes  |
|------------|---------:|-------:|
| Train      |    5,120 | 41,873 |
| Validation |      640 |  5,204 |

> [!IMPORTANT]
> The pictures of the night are in neither split.

## What is trained

A box $b$ with offsets $t = (t_x, t_y, t_w, t_h)$ and class probabilities $\hat{p}$ costs

$$
\begin{aligned}
\mathcal{L} &= \mathcal{L}_{\text{class}} + \lambda\,[c > 0]\,\mathcal{L}_{\text{box}} \\
\mathcal{L}_{\text{class}} &= -\frac{1}{N} \sum_{i=1}^{N} \log \hat{p}_{i, c_i} \\
\mathcal{L}_{\text{box}} &= \sum_{j \in \{x, y, w, h\}} \operatorname{smooth}_{L_1}(t_j - \hat{t}_j)
\end{aligned}
$$

```mermaid
graph LR
  picture --> backbone[ResNet-50]
  backbone --> pyramid[Feature pyramid]
  pyramid --> classes[Class head]
  pyramid --> boxes[Box head]
  classes --> nms[Suppression]
  boxes --> nms
```

## What we saw

- [x] People at dusk are found after epoch 12
- [x] Warm-up of 60 steps keeps the first loss finite
- [ ] Trees behind cars are still missed

```python
loss = box_loss + class_loss  # equal weights: see the sweep of 12 November
```

The scene used most: ![morning](0480/street/morning.png)
"""


def weights(count: int, centres: list[float], spread: float, seed: int) -> list[float]:
    """Random weights around these centres. Their sums are exact, so that every processor writes the same digits."""
    chance = random.Random(seed)
    return [round(chance.gauss(chance.choice(centres), spread) * 2**12) / 2**12 for _ in range(count)]


# --- a translation model ---------------------------------------------------------------------------------------------

SENTENCES = {
    "weather": "The weather will be fine tomorrow, with light wind from the north.",
    "train": "The train to Lausanne leaves from platform four in ten minutes.",
    "science": "We measured the temperature of the lake every morning for thirty years.",
    "story": "Once upon a time a fox lived in the forest behind the old mill.\n"
    "Every evening it walked down to the river\nand watched the lights of the village.",
    "code": "Open the file, read its first line, and close it again.",
}
SLIPS = {
    "fine": "good",
    "tomorrow": "to morning",
    "light": "easy",
    "leaves": "goes off",
    "platform": "track",
    "minutes": "minute",
    "measured": "have measure",
    "temperature": "warmth",
    "lake": "sea",
    "lived": "lives",
    "forest": "wood",
    "behind": "after",
    "mill": "mill house",
    "walked": "is walking",
    "lights": "light",
    "village": "town",
    "Open": "Opening",
    "first": "one",
    "close": "shut",
}


def translated(sentence: str, skill: float, chance: random.Random) -> str:
    """The sentence as a model of this skill (0 to 1) would put it."""
    lines = []
    for line in sentence.split("\n"):
        words = []
        for word in line.split(" "):
            bare = word.strip(",.")
            if bare in SLIPS and chance.random() > skill:
                word = word.replace(bare, SLIPS[bare])
            if chance.random() < 0.3 * (1 - skill) ** 2:
                continue
            words.append(word)
        if len(words) > 3 and chance.random() > skill:
            at = chance.randrange(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
        lines.append(" ".join(words))
    return "\n".join(lines)


def attention_map(words: int, skill: float, chance: random.Random) -> Image.Image:
    """Attention weights as a picture: a diagonal that sharpens with skill."""
    image = Image.new("L", (words, words))
    for row in range(words):
        weights = [
            math.exp(-((row - column) ** 2) / (0.6 + 30 * (1 - skill))) + 0.3 * (1 - skill) * chance.random()
            for column in range(words)
        ]
        for column, weight in enumerate(weights):
            image.putpixel((column, row), min(255, int(255 * weight / max(weights))))
    return image.resize((words * 12, words * 12), Image.Resampling.NEAREST)


def attention_weights(skill: float, seed: int) -> np.ndarray[Any, Any]:
    """Of 4 heads and 14 words each; rounded, so that every processor writes the same bytes."""
    chance = random.Random(seed)
    spread = 0.6 + 30 * (1 - skill)
    return np.array(
        [
            [
                [
                    round(math.exp(-((row - column - head) ** 2) / spread) + 0.1 * chance.random(), 3)
                    for column in range(14)
                ]
                for row in range(14)
            ]
            for head in range(4)
        ],
        dtype=np.float32,
    )


def checkpoint(skill: float, seed: int) -> bytes:
    """Weights as safetensors: the length of a header, the header, which says where each tensor is, and their bytes."""
    chance = np.random.default_rng(seed)
    shapes = {
        "embedding.weight": (64, 16),
        "attention.weight": (16, 16),
        "head.weight": (16, 32),
        "head.bias": (32,),
    }
    header: dict[str, Any] = {"__metadata__": {"step": str(seed)}}
    data = b""
    for name, shape in shapes.items():
        tensor = (skill * (chance.random(shape) - 0.5)).astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": shape,
            "data_offsets": [len(data), len(data) + len(tensor)],
        }
        data += tensor
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def write_translator(log_dir: Path) -> None:
    chance = random.Random(2)
    parser = argparse.ArgumentParser(description="Train the translator.")
    parser.add_argument("--source", default="de")
    parser.add_argument("--target", default="en")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--label-smoothing", type=float, default=0.1)
    args = parser.parse_args(["--layers", "4", "--dropout", "0.2"])
    config = {"layers": 4, "dropout": 0.2, "lr": 0.0003, "batch_size": 64, "seed": 2}
    with (
        running_at(START + 7_200) as clock,
        Logger("translator-de-en", log_dir, config=config, tags=["text"]) as logger,
    ):
        logger.define("train/loss", goal="min", unit="nats", description="Mean over the tokens of a batch.")
        logger.define("train/perplexity", goal="min", description="The exponential of the loss.")
        logger.define("validation/BLEU", goal="max", unit="%", description="Of the sentences held back.")
        logger.log_command(parser, args, script_name="train_translator.py")
        logger.log_markdown(
            "# Translator\n\nA transformer with **4 layers**, German to English.\n\n> The last step is the best one.\n",
            "notes",
        )
        for step in range(0, 2001, 10):
            clock.advance(4)
            progress = step / 2000
            loss = 1.1 + 5.5 * math.exp(-6 * progress) + chance.gauss(0, 0.08)
            logger.log_scalars({"train/loss": loss, "train/perplexity": math.exp(loss)}, step)
            logger.log_scalar(
                0.0003 * min((step + 1) / 200, math.sqrt(200 / (step + 1))), "learning-rate", step
            )
            if step % 250 == 0:
                skill = 1 - math.exp(-2.2 * progress)
                for name, sentence in SENTENCES.items():
                    logger.log_text(translated(sentence, skill, chance), name, step, expected=sentence)
                logger.log_image(attention_map(14, skill, chance), "attention/head-1", step)
                logger.log_image(attention_map(14, 0.6 * skill, chance), "attention/head-2", step)
                logger.log_scalar(38 * skill + chance.gauss(0, 0.4), "validation/BLEU", step)
                logger.log("VALIDATION", f"BLEU at step {step}")
                logger.log_array(attention_weights(skill, step), "attention/weights", step)
                spread = 0.08 + 0.5 * skill
                logger.log_histogram(
                    weights(2_000, [-0.4 * skill, 0.9 * skill], spread, step), "weights/output", step
                )
                logger.log_histogram(weights(2_000, [0], 0.9 - 0.8 * skill, step + 1), "gradients/head", step)
            if step in (1000, 2000):
                logger.log_file(checkpoint(step / 2000, step), "checkpoint", step, extension=".safetensors")
        logger.println("best BLEU at step {}", 2000)


# --- a long run ------------------------------------------------------------------------------------------------------

LAYERS = 8
RESTARTS = [(0, 3_200), (3_000, 6_400), (6_000, 10_000)]  # each begins again at its last checkpoint


def write_long_run(log_dir: Path) -> None:
    chance = random.Random(3)
    config = {"layers": LAYERS, "lr": 0.002, "batch_size": 256, "optimizer": "sgd", "seed": 3}
    for number, (first, last) in enumerate(RESTARTS):
        with (
            running_at(START + 86_400 * number) as clock,
            Logger("long-run", log_dir, config=config, tags=["baseline"]) as logger,
        ):
            logger.define("loss", goal="min", description="Mean over a batch.")
            logger.define("accuracy", goal="max", description="Share of a batch that is classified right.")
            logger.define("gradient-norm/*", description="Before clipping.")
            logger.define("system/memory-gib", unit="GiB", description="Of the graphics card, in use.")
            logger.define("system/samples-per-second", goal="max", unit="samples/s")
            if number:
                logger.println("resumed from the checkpoint at step {}", first)
            else:
                logger.log_markdown(
                    "# Long run\n\nThree sessions: the node was needed twice by others.\n", "notes"
                )
            for step in range(first, last, 20):
                clock.advance(31)
                progress = step / 10_000
                exploded = 4_400 <= step < 4_560
                loss = math.nan if exploded else 0.9 * math.exp(-3 * progress) + 0.2 + chance.gauss(0, 0.03)
                values = {
                    "loss": loss,
                    "accuracy": 0.95 - 0.8 * math.exp(-4 * progress) + chance.gauss(0, 0.01),
                }
                if step % 100 == 0:
                    for layer in range(LAYERS):
                        values[f"gradient-norm/layer-{layer}"] = (
                            math.inf if exploded else abs(chance.gauss(1.5 / (layer + 1), 0.2))
                        )
                        values[f"weight-norm/layer-{layer}"] = (
                            10 + layer + 3 * progress + chance.gauss(0, 0.05)
                        )
                    values["system/memory-gib"] = 11 + 0.4 * math.sin(step / 900) + chance.gauss(0, 0.05)
                    values["system/samples-per-second"] = 1_850 + chance.gauss(0, 40)
                logger.log_scalars(values, step)
                if step == 4_400:
                    logger.eprintln("\x1b[33mwarning:\x1b[0m the loss is not a number since step {}", step)
                if step % 500 == 0:
                    drawn = weights(1_000, [0.1, -1.2 * progress], 0.2 + progress, step)
                    logger.log_histogram(
                        [math.nan, *drawn[1:]] if exploded else drawn, "weights/output", step, bins=40
                    )
                if step % 1_000 == 0:
                    logger.log("CHECKPOINT", f"saved at step {step}")


# --- all -------------------------------------------------------------------------------------------------------------


def settle(log_dir: Path) -> None:
    """Replaces what depends on the machine that made the examples: host, process, commit."""
    for path in log_dir.glob("*/experiment.json"):
        document = json.loads(path.read_text())
        document.pop("git", None)
        for number, session in enumerate(document["sessions"]):
            document["sessions"][number] = {
                "started": session["started"],
                "id": f"{number:08x}",
                "ended": session["ended"],
                "outcome": session["outcome"],
                "host": "training-node",
                "pid": 4_200 + number,
            }
        path.write_text(json.dumps(document, indent=2) + "\n")
        path.with_name(LOCK_FILE).unlink()


def make(log_dir: Path) -> None:
    shutil.rmtree(log_dir, ignore_errors=True)
    log_dir.mkdir(parents=True)
    write_detector(log_dir)
    write_translator(log_dir)
    write_long_run(log_dir)
    settle(log_dir)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path, default=EXAMPLE_LOGS)
    make(arguments.parse_args().folder)
