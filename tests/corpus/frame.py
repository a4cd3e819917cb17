"""What the programs share that make the corpora: a folder for each run, and `expected.json` beside them.

Each is run as `python -m tests.corpus.make_...` in an environment that has what its docstring names; none of lavdlike
is needed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

# What is said of a run: `labels`, `config`, `title`, ...
Expected = dict[str, Any]
# By label, lists of step and value, as `float.hex`.
Labels = dict[str, list[tuple[int, str]]]

# Numbers that have to come back to the last bit.
LOSSES = [1.5, 0.75, 1 / 3, 0.1 + 0.2, 5e-324, 1e300]


def make(corpus: Path, runs: Mapping[str, Callable[[Path], Any]], names: Iterable[str]) -> None:
    """Make runs anew, each in the folder of its name, and note in `expected.json` what is expected of it.

    Args:
        corpus: the folder that holds the runs.
        runs: by name, what makes it in a folder that is given: returns what is expected, of a file of many runs by
            run; None if that is noted elsewhere.
        names: of those that are made; all of none.
    """
    expected = expected_of(corpus)
    for name in list(names) or runs:
        found = runs[name](emptied(corpus / name))
        if found is None:
            continue
        is_one = "labels" in found
        expected |= {name: found} if is_one else {f"{name}/{run}": each for run, each in found.items()}
    expect(corpus, expected)


def emptied(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def expected_of(corpus: Path) -> dict[str, Any]:
    """What is noted so far."""
    file = corpus / "expected.json"
    return dict(json.loads(file.read_text())) if file.exists() else {}


def expect(corpus: Path, expected: Mapping[str, Any]) -> None:
    """Note it, a value a line."""
    (corpus / "expected.json").write_text(json.dumps(expected, indent=0, sort_keys=True) + "\n")
