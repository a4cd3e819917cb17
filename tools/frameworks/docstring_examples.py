"""The examples in the docstrings of the installed packages' writers, as one script for each method.

python -m tools.frameworks.docstring_examples FOLDER
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

PACKAGES = {"torch": "torch.utils.tensorboard", "tensorboardX": "tensorboardX"}
# What they need and do not show: files that are not there, or a network.
_WITHOUT = re.compile(r"onnx|openvino|vgg16|Comet|keyword\.kwlist\b.*\bimport keyword$", re.DOTALL)
_EXAMPLE = re.compile(r"Examples?::\n\n(.*?)(?=\n\n *\S[^\n]*\n *\.\. |\n *Expected|\n *\.\. |\Z)", re.DOTALL)


def examples_of(package: str) -> Iterator[tuple[str, str]]:
    """Name and code of each."""
    made = importlib.import_module(PACKAGES[package]).SummaryWriter
    for name, method in inspect.getmembers(made, inspect.isfunction):
        for number, found in enumerate(_EXAMPLE.findall(inspect.getdoc(method) or "")):
            code = textwrap.dedent(found).strip()
            if "SummaryWriter" in code and not _WITHOUT.search(code):
                yield f"{package}_{name.strip('_')}_{number}", f"{code}\n"


def main() -> None:
    folder = Path(sys.argv[1])
    for package in PACKAGES:
        for name, code in examples_of(package):
            (folder / f"{name}.py").write_text(code)


if __name__ == "__main__":
    main()
