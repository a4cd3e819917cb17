"""Writes tests/corpus/signatures/: how the methods of other tools' writers are called, from the packages themselves.

    python -m tests.corpus.make_signatures

In an environment with torch, tensorboard and tensorboardX.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "signatures"
CLASSES = {
    "torch": ("torch.utils.tensorboard", ["SummaryWriter", "FileWriter"]),
    "tensorboard": ("tensorboard.summary", ["Writer", "DirectoryOutput"]),
    "tensorboardX": ("tensorboardX", ["SummaryWriter", "FileWriter", "GlobalSummaryWriter", "TorchVis"]),
}


def parameters_of(function: Any) -> list[list[Any]]:
    """Those behind `self`: name, kind, whether it can be left out."""
    parameters = list(inspect.signature(function).parameters.values())
    is_static = not parameters or parameters[0].name != "self"
    return [
        [each.name, each.kind.name, each.default is not each.empty]
        for each in parameters[0 if is_static else 1 :]
    ]


def methods_of(made: type) -> dict[str, list[list[Any]]]:
    """The public ones, and the constructor."""
    return {
        name: parameters_of(function)
        for name, function in inspect.getmembers(made, callable)
        if name == "__init__" or not name.startswith("_")
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for package, (module, names) in CLASSES.items():
        imported = importlib.import_module(module)
        classes = {name: methods_of(getattr(imported, name)) for name in names}
        found = _in_lines(importlib.metadata.version(package), classes)
        (FOLDER / f"{package}.json").write_text(found)


def _in_lines(version: str, classes: dict[str, dict[str, list[list[Any]]]]) -> str:
    """JSON with a method a line."""
    listed = []
    for name, methods in classes.items():
        lines = [f"{json.dumps(method)}: {json.dumps(parameters)}" for method, parameters in methods.items()]
        listed.append(json.dumps(name) + ": {\n" + ",\n".join(lines) + "\n}")
    return f'{{"version": {json.dumps(version)}, "classes": {{\n' + ",\n".join(listed) + "\n}}\n"


if __name__ == "__main__":
    main()
