"""A small translation model, with actual and expected texts."""

from __future__ import annotations

import argparse
import json
import math
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from lavdlike import Logger
from tools.examples.clock import START, running_at
from tools.examples.random_weights import weights

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


def sampled(step: int) -> list[dict[str, Any]]:
    """Several translations of each sentence, and what they were worth. From chances of their own."""
    chance = random.Random(step)
    skill = 1 - math.exp(-2.2 * step / 2000)
    system = {"role": "system", "content": "Translate into English. Answer with the translation alone."}
    rollouts = []
    for name, sentence in SENTENCES.items():
        for _ in range(3):
            text = translated(sentence, skill, chance)
            alike = sum(map(str.__eq__, text.split(), sentence.split())) / len(sentence.split())
            asked = {"role": "user", "content": f"The sentence called {name}, please."}
            kl = round(chance.expovariate(40) * (1 + skill), 4)
            rollouts.append(
                {
                    "messages": [system, asked, {"role": "assistant", "content": text}],
                    "reward": round(alike, 3),
                    "metrics": {"length": len(text.split()), "kl": kl},
                    "group": name,
                    "wanted": sentence,
                }
            )
    return rollouts


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
            if step % 500 == 0:
                logger.log_rollouts(sampled(step), "reward-model", step)
            if step in (1000, 2000):
                logger.log_file(checkpoint(step / 2000, step), "checkpoint", step, extension=".safetensors")
        logger.println("best BLEU at step {}", 2000)
