"""A detector with boxes and classes, and with an item of nearly every kind."""

from __future__ import annotations

import argparse
import math
import random
from pathlib import Path

import numpy as np
from PIL import Image

from lavdlike import Logger
from tools.examples.clock import START, Clock, running_at
from tools.examples.detector_outputs import (
    car_faces,
    car_hull,
    horn,
    loss_surface,
    precision_recall,
    scanned_car,
    skill_dial,
)
from tools.examples.detector_texts import CONTROL, DETECTOR_GRAPH, DETECTOR_NOTES, DETECTOR_REPORT
from tools.examples.street import (
    CLASSES,
    SEGMENTS,
    Box,
    crops_seen,
    detected,
    draw_scene,
    drawn_things,
    found_people,
    taken_classes,
)

# A car drives by: copied, as no two versions of an encoder write the same bytes.
DRIVE = Path(__file__).parent.parent / "drive.mp4"


Scenes = dict[str, tuple[Image.Image, list[Box]]]

EPOCHS = 24
BATCHES = 20  # of an epoch, a step each


def write_detector(log_dir: Path) -> None:
    chance = random.Random(1)
    scenes = {
        name: draw_scene(chance) for name in ("street/morning", "street/noon", "street/evening", "crossing")
    }
    config = {"backbone": "resnet50", "lr": 0.0005, "batch_size": 16, "augment": True, "seed": 1}
    with (
        running_at(START) as clock,
        Logger("street-detector", log_dir, config=config, tags=["detection"]) as logger,
    ):
        describe(logger)
        for epoch in range(1, EPOCHS + 1):
            logger.start(f"Epoch {epoch}", prefix=False)
            skill = 1 - math.exp(-epoch / 6)
            train(logger, epoch, clock, chance)
            validate(logger, epoch, skill, chance)
            if epoch % 3 == 0:
                show_what_is_found(logger, epoch * BATCHES, scenes, skill, chance)
            if epoch % 6 == 0:
                logger.log_plot(precision_recall(skill), "validation/precision-recall", epoch * BATCHES)
            logger.end(f"Epoch {epoch}", prefix=False)
            if epoch % 12 == 0:
                show_parts(logger, epoch, scenes["street/noon"], skill)
        show_results(logger)


def describe(logger: Logger) -> None:
    parser = argparse.ArgumentParser(description="Train the street detector.")
    parser.add_argument("data", help="folder of annotated pictures")
    parser.add_argument("--backbone", choices=["resnet18", "resnet50", "convnext-tiny"], default="resnet18")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--lr", type=float, default=0.001, help="learning rate")
    parser.add_argument("--anchors", type=int, nargs="+", default=[16, 32, 64])
    parser.add_argument("--augment", action="store_true", help="flip and crop at random")
    args = parser.parse_args(["data/street", "--backbone", "resnet50", "--lr", "0.0005", "--augment"])
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


def train(logger: Logger, epoch: int, clock: Clock, chance: random.Random) -> None:
    for batch in range(BATCHES):
        clock.advance(9)
        step = (epoch - 1) * BATCHES + batch
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


def validate(logger: Logger, epoch: int, skill: float, chance: random.Random) -> None:
    step = epoch * BATCHES
    mean_precision = max(0.0, 0.83 * skill + chance.gauss(0, 0.012))
    logger.log_scalar(mean_precision, "validation/mAP", step)
    logger.log_scalar(0.42 + 1.7 * math.exp(-epoch / 5) + chance.gauss(0, 0.02), "validation/loss", step)
    for name in CLASSES:
        ease = {"car": 1.08, "person": 0.9, "tree": 0.98}[name]
        precision = min(0.97, max(0.0, mean_precision * ease + chance.gauss(0, 0.02)))
        logger.log_scalar(precision, f"validation/AP/{name}", step)
    logger.println("mAP {:.3f} after {} pictures", mean_precision, epoch * 320)


def show_what_is_found(
    logger: Logger, step: int, scenes: Scenes, skill: float, chance: random.Random
) -> None:
    epoch = step // BATCHES
    truth, scores = found_people(skill, epoch)
    logger.log_pr_curve(truth, scores, "validation/person", step)
    logger.log_confusion_matrix(taken_classes(skill, epoch), CLASSES, "validation/classes", step)
    found_in = []
    for label, (image, boxes) in scenes.items():
        found = detected(boxes, skill, chance)
        logger.log_image(image, label, step, boxes=found, classes=CLASSES, threshold=0.5)
        sure = [box["probability"] for box in found if box["probability"] >= 0.5]
        found_in.append([f"{label}.png", len(boxes), len(sure), max(sure, default=None)])
    logger.log_table(found_in, "scenes", step, header=["scene", "boxes", "found", "surest"])


def show_parts(logger: Logger, epoch: int, scene: tuple[Image.Image, list[Box]], skill: float) -> None:
    step = epoch * BATCHES
    image, boxes = scene
    caption = f"Masks, outlines and skeletons after {epoch} epochs"
    things = drawn_things(boxes, skill)
    logger.log_image(image, "parts/noon", step, classes=SEGMENTS, caption=caption, **things)
    logger.log_svg(skill_dial(skill), "validation/skill", step)
    logger.log_audio(horn(skill), "validation/horn", step, sample_rate=8000)
    points, colors = scanned_car(skill)
    logger.log_mesh(points, "reconstruction/points", step, colors=colors)
    logger.log_mesh(car_hull(skill), "reconstruction/hull", step, faces=car_faces())


def show_results(logger: Logger) -> None:
    vectors, names, crops = crops_seen()
    logger.log_embedding(vectors, "crops", labels={"class": names}, images=crops)
    logger.log_images(crops[:24], "hardest", nrow=8, captions=names[:24])
    logger.log_plot(loss_surface(), "loss-surface")
    logger.log_graph(DETECTOR_GRAPH, "detector")
    logger.log_html(DETECTOR_REPORT, "report")
    logger.log_video(DRIVE, "drive")
    logger.log_form(CONTROL, "control")
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
