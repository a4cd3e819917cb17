"""A training that learns nothing: its curves fall, and from time to time it shows what it has learnt."""

from __future__ import annotations

import math
import random
import sys
import threading
import time
from collections.abc import Callable

from lavdlike.demo import demo_items
from lavdlike.demo.demo_arguments import DemoOptions
from lavdlike.event_lines import Event
from lavdlike.logger import Logger
from lavdlike.writing.experiment_folder import next_step

STEPS = 240
# So often items are shown.
_SHOWN_EVERY = 24
_CONFIG = {"model": "demo", "lr": 0.001, "batch_size": 32, "seed": 1}


def run(options: DemoOptions, sleep: Callable[[float], object] = time.sleep) -> int:
    """Write the experiment; returns the exit code.

    An experiment that is there goes on behind its last step.
    """
    with Logger(options.scope, options.root, config=_CONFIG, tags=["demo"]) as logger:
        logger.println("Look at it in a browser: lavdlike {}", options.root)
        first = next_step(logger.log_dir)
        demo_items.describe(logger)
        is_over = threading.Event()

        def end(event: Event) -> None:
            if event.type == "pressed":
                is_over.set()

        logger.on_event(end, demo_items.FORM)
        bar = logger.progress_bar("Training", range(STEPS), file=sys.stderr)
        for number in bar:
            _train(logger, first + number, number / STEPS)
            if (number + 1) % _SHOWN_EVERY == 0:
                demo_items.show(logger, first + number, (number + 1) / STEPS)
            sleep(options.seconds / STEPS)
            if is_over.is_set():
                break
        demo_items.conclude(logger)
        logger.alert("The demo is done", f"{number + 1} steps were written.")
    return 0


def _train(logger: Logger, step: int, progress: float) -> None:
    chance = random.Random(step)  # noqa: S311 - noise
    loss = 0.2 + 2.1 * math.exp(-5 * progress) + chance.gauss(0, 0.05)
    values = {
        "train/loss": loss,
        "train/accuracy": min(0.99, 1 - 0.9 * math.exp(-4 * progress) + chance.gauss(0, 0.015)),
        "learning-rate": 0.001 * (0.5 + 0.5 * math.cos(math.pi * progress)),
    }
    if step % 4 == 0:
        values["val/loss"] = 0.3 + 1.9 * math.exp(-4.5 * progress) + chance.gauss(0, 0.03)
    logger.log_scalars(values, step)
