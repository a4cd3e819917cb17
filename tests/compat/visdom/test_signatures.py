"""What Visdom's calls take is taken, at the same places (tests/corpus/make_visdom_calls.py)."""

from __future__ import annotations

import inspect
import json

import pytest

from lavdlike.compat.visdom import Visdom
from tests.scripts import ROOT

CORPUS = json.loads((ROOT / "tests" / "corpus" / "visdom_calls.json").read_text())
CALLS = [(name, names) for calls in CORPUS.values() for name, names in calls.items()]


@pytest.mark.parametrize(("name", "names"), CALLS, ids=[name for name, _ in CALLS])
def test_every_argument_of_the_original_binds(name: str, names: list[str]) -> None:
    signature = inspect.signature(getattr(Visdom, name))
    bound = signature.bind(None, *names)
    assert [bound.arguments[each] for each in names] == names
    signature.bind(None, **dict.fromkeys(names))
