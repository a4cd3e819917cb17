"""The same work with bare system calls: what no logger can be faster than by much."""

from __future__ import annotations

import os
import time

from benchmarks.writers import work

name, folder, count = work.arguments()
folder.mkdir(parents=True, exist_ok=True)


def append() -> int:
    return os.open(folder / "scalars.tsv", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)


if name == "scalars":
    values, file = work.values(count), append()

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            line = f"{number // 10}\t{time.time():.3f}\t{labels[number % 10]}\t{value!r}\n"
            os.write(file, line.encode())

    work.report(folder, count, run)
elif name.startswith("batch-"):
    size = int(name.removeprefix("batch-"))
    values, file = work.values(size), append()
    labels = [f"train/metric-{number}" for number in range(size)]

    def run() -> None:
        for step in range(count // size):
            now = time.time()
            lines = [
                f"{step}\t{now:.3f}\t{label}\t{value!r}\n"
                for label, value in zip(labels, values, strict=True)
            ]
            os.write(file, "".join(lines).encode())

    work.report(folder, count, run)
elif name == "pictures":
    from concurrent.futures import ThreadPoolExecutor

    from PIL import Image

    pictures = [work.picture(number) for number in range(count)]
    level = int(os.environ.get("PNG_LEVEL", "1"))

    def save(number: int) -> None:
        Image.fromarray(pictures[number]).save(folder / f"{number}.png", compress_level=level)

    def run() -> None:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(save, range(count)))

    work.report(folder, count, run)
