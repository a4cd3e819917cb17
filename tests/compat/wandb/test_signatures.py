"""What wandb and trackio take is taken, and rows have wandb's steps (tests/corpus/make_wandb_calls.py)."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from lavdlike.compat import wandb
from tests.corpus.make_wandb_calls import ROWS
from tests.logged import points_of
from tests.scripts import ROOT

CORPUS = json.loads((ROOT / "tests" / "corpus" / "wandb_calls.json").read_text())
CALLS = [
    (package, name, parameters)
    for package, calls in CORPUS["signatures"].items()
    for name, parameters in calls.items()
]


@pytest.mark.parametrize(("package", "name", "parameters"), CALLS, ids=[f"{p}.{n}" for p, n, _ in CALLS])
def test_every_argument_of_the_original_binds(package: str, name: str, parameters: list[list[str]]) -> None:
    found: Any = importlib.import_module(f"lavdlike.compat.{package}")
    for part in name.split("."):
        found = getattr(found, part)
    signature = inspect.signature(found)
    takes = dict(signature.parameters)
    takes.pop("self", None)
    signature = signature.replace(parameters=list(takes.values()))
    named = {each: 1 for each, kind in parameters if kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")}
    signature.bind(**named)
    places = [each for each, kind in parameters if kind == "POSITIONAL_OR_KEYWORD"]
    bound = signature.bind(*range(len(places)))
    for place, each in enumerate(places):
        # At its place is the argument of the same name, unless all are handed on.
        if each in takes:
            assert bound.arguments.get(each) == place


def test_rows_have_the_steps_and_values_that_the_original_writes(tmp_path: Path) -> None:
    run = wandb.init(project="p", name="r", dir=tmp_path)
    for row, options in ROWS:
        run.log(row, **options)
    run.finish()
    found = points_of(tmp_path / "p" / "r" / "scalars.tsv")
    last = {(step, label): float(value) for step, label, value in found}
    assert last == {(step, key): value for step, key, value in CORPUS["rows"]}
