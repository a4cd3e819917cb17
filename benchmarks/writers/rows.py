"""Rows of numbers, by wandb's calls (of wandb, trackio or lavdlike's stand-ins) or by the Logger's `log_scalars`.

`python -m benchmarks.writers.rows row-SIZE FOLDER COUNT PACKAGE`: so many rows of so many numbers.
"""

from __future__ import annotations

import importlib
import os
import sys

from benchmarks.writers import work

name, folder, count = work.arguments()
package = sys.argv[4]
size = int(name.removeprefix("row-"))
row = dict(zip((f"train/metric-{number}" for number in range(size)), work.values(size), strict=True))
os.environ |= {"WANDB_SILENT": "true", "WANDB_MODE": "offline", "TRACKIO_DIR": str(folder)}
os.environ |= {"LAVDLIKE_LOG_DIR": str(folder), "WANDB_DIR": str(folder)}
module = importlib.import_module(package)

if package == "lavdlike":
    logger = module.Logger("run", folder)

    def run() -> None:
        for step in range(count):
            logger.log_scalars(row, step)

    finish = logger.close
else:
    module.init(project="benchmark", name="run")

    def run() -> None:
        for step in range(count):
            module.log(row, step=step)

    finish = module.finish

work.report(folder, count, run, finish)
