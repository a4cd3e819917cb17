"""trackio, with its local database."""

from __future__ import annotations

import os

from benchmarks.writers import work

name, folder, count = work.arguments()
os.environ["TRACKIO_DIR"] = str(folder)  # read at import
import trackio  # noqa: E402

trackio.init(project="benchmark", name="run", embed=False)

if name == "scalars":
    values = work.values(count)

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            trackio.log({labels[number % 10]: value}, step=number // 10)

elif name.startswith("batch-"):
    size = int(name.removeprefix("batch-"))
    row = dict(zip((f"train/metric-{number}" for number in range(size)), work.values(size), strict=True))

    def run() -> None:
        for step in range(count // size):
            trackio.log(row, step=step)

else:
    pictures = [work.picture(number) for number in range(count)]

    def run() -> None:
        for number, picture in enumerate(pictures):
            trackio.log({"picture": trackio.Image(picture)}, step=number)


work.report(folder, count, run, trackio.finish)
