"""The trees that are opened: made once below a folder, as fast as plain system calls write them."""

from __future__ import annotations

import io
import json
import os
import random
from pathlib import Path

from lavdlike.kinds.scalars import HEADER

START = 1_763_600_000.0


def scalars(root: Path, experiments: int, labels: int, steps: int) -> Path:
    """Experiments with one `scalars.tsv` each: `labels` x `steps` lines."""
    chance = random.Random(0)
    for number in range(experiments):
        folder = _experiment(root, number)
        lines = [HEADER]
        for step in range(steps):
            lines += [
                f"{step}\t{START + step:.3f}\tgroup-{label % 4}/metric-{label}\t{chance.random() / (step + 1)!r}\n"
                for label in range(labels)
            ]
        (folder / "scalars.tsv").write_text("".join(lines))
    return root


def pictures(root: Path, count: int) -> Path:
    """One experiment with `count` small pictures: 10 labels, `count` / 10 steps."""
    data = _picture()
    folder = _experiment(root, 0)
    for step in range(count // 10):
        (folder / f"{step:04d}").mkdir()
        for label in range(10):
            (folder / f"{step:04d}" / f"view-{label}.png").write_bytes(data)
    return root


def files(root: Path, count: int, experiments: int = 100) -> Path:
    """`count` files over the experiments, 10 a step: pictures and texts, hard links of one each to spare the disk."""
    data = _picture()
    pictures = [f"view-{label}.png" for label in range(6)]
    texts = ["answer.txt", "question.txt", "notes.md", "metrics.dat"]
    for number in range(experiments):
        folder = _experiment(root, number)
        picture, text = folder / ".picture", folder / ".text"
        picture.write_bytes(data)
        text.write_text("It is a text.\n")
        for step in range(count // experiments // 10):
            step_folder = folder / f"{step:04d}"
            step_folder.mkdir()
            for name in pictures:
                os.link(picture, f"{step_folder}/{name}")
            for name in texts:
                os.link(text, f"{step_folder}/{name}")
    return root


def experiments(root: Path, count: int) -> Path:
    """Many experiments with a few values each."""
    text = HEADER + "".join(f"{step}\t{START + step:.3f}\tloss\t{1 / (step + 1)!r}\n" for step in range(10))
    for number in range(count):
        (_experiment(root, number) / "scalars.tsv").write_text(text)
    return root


def folders(root: Path, count: int) -> Path:
    """Folders in folders, 10 x 100 x `count` / 1000, of which one in a hundred is a run."""
    for number in range(count):
        folder = root / f"{number % 10}" / f"{number // 10 % 100}" / f"{number // 1000}"
        folder.mkdir(parents=True)
        if number < 1000:
            (folder / "experiment.json").write_text("{}")
    return root


def sweep(root: Path, count: int) -> Path:
    """Many experiments with 30 settings, two labels of 100 values, and names as people give them."""
    chance = random.Random(0)
    for number in range(count):
        folder = root / f"resnet-lr{number % 7}-seed{number}"
        folder.mkdir(parents=True)
        session = {"started": START + number, "ended": START + number + 60, "outcome": "finished"}
        config: dict[str, object] = {f"constant-{key}": key for key in range(20)}
        config |= {f"choice-{key}": chance.randrange(5) for key in range(6)}
        config |= {
            "lr": 0.1 / 3 ** (number % 7),
            "seed": number % 10,
            "optimizer": {"name": "adam", "wd": chance.random()},
        }
        document = {
            "created": START + number,
            "config": config,
            "sessions": [session],
            "tags": ["good"][: number % 2],
        }
        (folder / "experiment.json").write_text(json.dumps(document))
        lines = [
            f"{step}\t{START + step:.3f}\t{label}\t{chance.random() / (step + 1)!r}\n"
            for step in range(100)
            for label in ("train/loss", "val/loss")
        ]
        (folder / "scalars.tsv").write_text("".join([HEADER, *lines]))
    return root


def _experiment(root: Path, number: int) -> Path:
    folder = root / f"experiment-{number:05d}"
    folder.mkdir(parents=True)
    session = {"started": START + number, "ended": START + number + 60, "outcome": "finished", "host": "node"}
    document = {
        "created": START + number,
        "config": {"lr": 0.001 * (number % 7), "seed": number},
        "sessions": [session],
    }
    (folder / "experiment.json").write_text(json.dumps(document))
    return folder


def _picture() -> bytes:
    from PIL import Image

    written = io.BytesIO()
    Image.linear_gradient("L").resize((128, 128)).save(written, "png")
    return written.getvalue()
