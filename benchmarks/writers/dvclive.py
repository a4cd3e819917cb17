"""DVCLive, without its reports."""

from __future__ import annotations

from dvclive import Live

from benchmarks.writers import work

name, folder, count = work.arguments()
live = Live(str(folder), report=None, save_dvc_exp=False, dvcyaml=None)

if name == "scalars":
    values = work.values(count)

    def run() -> None:
        labels = work.LABELS
        for number, value in enumerate(values):
            live.step = number // 10
            live.log_metric(labels[number % 10], value)

else:
    pictures = [work.picture(number) for number in range(count)]

    def run() -> None:
        for number, picture in enumerate(pictures):
            live.step = number
            live.log_image(f"picture-{number}.png", picture)


work.report(folder, count, run, live.end)
