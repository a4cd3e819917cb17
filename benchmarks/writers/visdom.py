"""Visdom: every value goes to its server, which this program starts and ends."""

from __future__ import annotations

from benchmarks.writers import work
from benchmarks.writers.visdom_server import connected

name, folder, count = work.arguments()
with connected(folder) as client:
    if name == "scalars":
        values = work.values(count)

        def run() -> None:
            labels = work.LABELS
            for number, value in enumerate(values):
                client.line([value], [number // 10], win=labels[number % 10], update="append")

    else:
        pictures = [work.picture(number).transpose(2, 0, 1) for number in range(count)]

        def run() -> None:
            for picture in pictures:
                client.image(picture, win="picture")

    work.report(folder, count, run)
