"""lavdlike's Logger."""

from __future__ import annotations

from benchmarks.writers import work
from lavdlike import Logger

name, folder, count = work.arguments()
logger = Logger("run", folder)

if name == "scalars":
    values = work.values(count)

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            logger.log_scalar(value, labels[number % 10], number // 10)

elif name.startswith("batch-"):
    size = int(name.removeprefix("batch-"))
    row = dict(zip((f"train/metric-{number}" for number in range(size)), work.values(size), strict=True))

    def run() -> None:
        for step in range(count // size):
            logger.log_scalars(row, step)

else:
    pictures = [work.picture(number) for number in range(count)]
    if name == "later-pictures":
        logger.log_image(work.picture(count), "first")
        logger.flush()

    def run() -> None:
        for number, picture in enumerate(pictures):
            logger.log_image(picture, "picture", number)


work.report(folder, count, run, logger.flush)
logger.close()
