"""Lavd's Logger."""

from __future__ import annotations

from lavd import Logger

from benchmarks.writers import work

name, folder, count = work.arguments()
logger = Logger("run", folder)

if name == "scalars":
    values = work.values(count)

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            logger.log_scalar(value, labels[number % 10], number // 10)

else:
    from PIL import Image

    # Arrays would need torchvision.
    pictures = [Image.fromarray(work.picture(number)) for number in range(count)]

    def run() -> None:
        for number, picture in enumerate(pictures):
            logger.log_image(picture, "picture", number)


work.report(folder, count, run)
