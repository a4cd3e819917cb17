"""TensorBoard's event files, by tensorboardX."""

from __future__ import annotations

from tensorboardX import SummaryWriter

from benchmarks.writers import work

name, folder, count = work.arguments()
writer = SummaryWriter(str(folder / "run"))

if name == "scalars":
    values = work.values(count)

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            writer.add_scalar(labels[number % 10], value, number // 10)

else:
    pictures = [work.picture(number) for number in range(count)]

    def run() -> None:
        for number, picture in enumerate(pictures):
            writer.add_image("picture", picture, number, dataformats="HWC")


work.report(folder, count, run, writer.close)
