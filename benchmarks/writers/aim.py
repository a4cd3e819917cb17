"""Aim, with its local repository."""

from __future__ import annotations

from aim import Image, Repo, Run

from benchmarks.writers import work

name, folder, count = work.arguments()
folder.mkdir(parents=True, exist_ok=True)
tracked = Run(repo=Repo.from_path(str(folder), init=True), system_tracking_interval=None)

if name == "scalars":
    values = work.values(count)

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            tracked.track(value, name=labels[number % 10], step=number // 10)

else:
    pictures = [work.picture(number) for number in range(count)]

    def run() -> None:
        for number, picture in enumerate(pictures):
            tracked.track(Image(picture), name="picture", step=number)


work.report(folder, count, run, tracked.close)
