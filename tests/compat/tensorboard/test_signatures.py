"""Every call that binds to a method of torch's or tensorboardX's writers binds to ours."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from lavdlike.compat import tensorboard
from lavdlike.compat.tensorboard import summary_api
from tests.scripts import ROOT

MODULES = {"torch": tensorboard, "tensorboard": summary_api, "tensorboardX": tensorboard}
CORPUS = ROOT / "tests" / "corpus" / "signatures"


class Parameter(NamedTuple):
    """A parameter of the original, as tests/corpus/make_signatures.py writes it."""

    name: str
    kind: str
    is_optional: bool


def methods() -> Iterator[tuple[str, str, str, list[Parameter]]]:
    for package in MODULES:
        for name, found in json.loads((CORPUS / f"{package}.json").read_text())["classes"].items():
            for method, parameters in found.items():
                yield package, name, method, [Parameter(*each) for each in parameters]


METHODS = list(methods())


def calls(parameters: list[Parameter]) -> Iterator[tuple[list[int], dict[str, int]]]:
    """Every number of arguments by their places, and each of the others by its name alone, and all of them."""
    placed = [each for each in parameters if each.kind == "POSITIONAL_OR_KEYWORD"]
    named = [each for each in parameters if each.kind in ("POSITIONAL_OR_KEYWORD", "KEYWORD_ONLY")]
    needed = [each.name for each in placed if not each.is_optional]
    by_name = [each.name for each in named if each.kind == "KEYWORD_ONLY" and not each.is_optional]
    for count in range(len(needed), len(placed) + 1):
        yield [0] * count, dict.fromkeys(by_name, 0)
    for each in named:
        yield [], dict.fromkeys([*needed, *by_name, each.name], 0)
    yield [], {each.name: 0 for each in named}


@pytest.mark.parametrize(
    ("package", "name", "method", "parameters"),
    METHODS,
    ids=[f"{package}-{name}.{method}" for package, name, method, _ in METHODS],
)
def test_what_binds_to_the_original_binds_to_ours(
    package: str,
    name: str,
    method: str,
    parameters: list[Parameter],
) -> None:
    ours = getattr(MODULES[package], name)
    signature = inspect.signature(getattr(ours, method))
    is_static = isinstance(inspect.getattr_static(ours, method), staticmethod)
    for args, kwargs in calls(parameters):
        signature.bind(*([] if is_static else [None]), *args, **kwargs)


def test_the_table_has_the_methods_that_scripts_call() -> None:
    listed = {(package, name, method) for package, name, method, _ in METHODS}
    assert ("torch", "SummaryWriter", "add_tensor") in listed
    assert ("tensorboardX", "SummaryWriter", "add_openvino_graph") in listed
    assert len(METHODS) > 70
