"""A Logger on a disk that is full and free again, over and over: every value and file is there, or counted as lost.

`python -m tests.soak.full_disk --rounds 1000 --seed 7`. The disk is full in that no file may grow beyond a limit.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import resource
import signal
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from lavdlike import Logger
from lavdlike.kinds import scalars
from lavdlike.writing import retries

# So that some rounds have more than can wait.
WAITING_BYTES = 20_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(run(Path(folder), args.rounds, args.seed))


def run(root: Path, rounds: int, seed: int) -> str:
    """Fill and free the disk, check what is there, and say it in a line."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    logging.getLogger("lavdlike").setLevel(logging.ERROR)
    retries.MAX_WAITING_BYTES = WAITING_BYTES
    random_ = random.Random(seed)
    logger = Logger("run", root)
    given: Counter[str] = Counter()
    for round_ in range(rounds):
        _limit(random_.randrange(1, 2000) + _size(logger.log_dir / "scalars.tsv") if round_ % 10 else 100)
        _log(logger, given, random_)
        _limit(resource.RLIM_INFINITY)
        if random_.random() < 0.5:
            _log(logger, given, random_)
    logger.close()
    return _checked(logger, given)


def _limit(size_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _log(logger: Logger, given: Counter[str], random_: random.Random) -> None:
    for _ in range(random_.choice((1, 30, 1000))):
        logger.log_scalar(given["values"] / 7, "loss", given["values"])
        given["values"] += 1
    for kind in random_.sample(("text", "image", "json", "line"), 2):
        number = given[kind]
        given[kind] += 1
        if kind == "text":
            logger.log_text("x" * 3000, f"text/{number}")
        elif kind == "image":
            logger.log_image(np.full((60, 150), number % 256, dtype=np.uint8), f"image/{number}")
        elif kind == "json":
            logger.log_json("number", {"is": number}, f"json/{number}")
        else:
            logger.log("LINE", str(number))


def _checked(logger: Logger, given: Counter[str]) -> str:
    folder = logger.log_dir
    writer = logger._writer
    assert writer is not None
    lost = writer.retries._lost
    lines = (folder / "scalars.tsv").read_bytes().splitlines()[1:]
    parsed = [scalars.parse_line(line) for line in lines]
    points = [point for point in parsed if isinstance(point, scalars.ScalarPoint)]
    steps = [point.step for point in points]
    assert steps == sorted(set(steps)), "in order, each once"
    assert all(point.value == point.step / 7 for point in points)
    assert all("cut short" in line.reason for line in parsed if isinstance(line, scalars.BadLine))
    assert len(points) + lost[folder / "scalars.tsv"] == given["values"]
    for kind, suffix in (("text", "txt"), ("image", "png"), ("json", "json")):
        for number in range(given[kind]):
            file = folder / kind / f"{number}.{suffix}"
            assert file.exists() != bool(lost[file]), f"{file} is neither there nor counted"
    records = [line for line in (folder / "events.log").read_text().splitlines() if line.count("\t") == 2]
    assert len(records) + lost[folder / "events.log"] == given["line"]
    session = json.loads((folder / "experiment.json").read_text())["sessions"][-1]
    assert session["outcome"] == "finished"
    assert not list(folder.rglob(".lavdlike-*")), "nothing is left behind"
    files = sum(given[kind] for kind in ("text", "image", "json"))
    return (
        f"{given['values']:,} values and {files:,} files logged, {len(points):,} values there in order, "
        f"{sum(lost.values()):,} counted as lost, none missing"
    )


if __name__ == "__main__":
    main()
