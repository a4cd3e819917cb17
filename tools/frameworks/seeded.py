"""Runs a script as it is, with random numbers that are the same each time: `python seeded.py SCRIPT ARGUMENTS`."""

from __future__ import annotations

import contextlib
import os
import random
import runpy
import sys


def main() -> None:
    random.seed(1)
    with contextlib.suppress(ImportError):
        import numpy as np

        np.random.seed(1)  # noqa: NPY002 - scripts use the global generator
    with contextlib.suppress(ImportError):
        import torch

        torch.manual_seed(1)
    with contextlib.suppress(ImportError):
        import matplotlib as mpl

        mpl.use("Agg")
    del sys.argv[0]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))  # noqa: PTH100 - as Python does for a script
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
