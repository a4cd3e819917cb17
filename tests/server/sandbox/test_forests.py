from __future__ import annotations

import asyncio
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from lavdlike.reading.filter.importance import Key, ResultTable
from lavdlike.server.sandbox.forests import Forests, Limits
from tests.limits import LIMIT_S

pytestmark = pytest.mark.anyio


def table(n: int = 60) -> ResultTable:
    """The result depends on `opt` and, in the middle best, on `lr`, and not on `seed`."""
    chance = np.random.default_rng(0)
    lr: list[Key] = [*chance.uniform(-1, 1, n - 2).tolist(), None, math.inf]
    opt: list[Key] = chance.choice(["adam", "sgd"], n).tolist()
    seed: list[Key] = list(range(n))
    results = [
        (abs(rate) if isinstance(rate, float) and math.isfinite(rate) else 1.0) + (name == "sgd")
        for rate, name in zip(lr, opt, strict=True)
    ]
    return ResultTable(["lr", "opt", "seed"], [lr, opt, seed], results)


async def test_a_forest_tells_what_matters() -> None:
    forest = await Forests().grown(table())
    assert forest.error == ""
    lr, opt, seed = forest.losses
    assert opt > lr > 0.1
    assert abs(seed) < 0.05
    assert forest.explained is not None
    assert 0.7 < forest.explained < 1


async def test_what_cannot_be_grown_is_said() -> None:
    same = ResultTable(["a"], [[1.0] * 30], [2.0] * 30)
    assert (await Forests().grown(same)).error == "all results are the same"
    many = ResultTable([str(n) for n in range(99)], [[1.0] * 20] * 99, list(map(float, range(20))))
    assert "99 settings; it takes up to 60" in (await Forests().grown(many)).error


async def test_it_ends_at_its_limits_and_when_it_is_closed() -> None:
    assert "too much time" in (await Forests(Limits(time_s=0)).grown(table())).error
    forests = Forests()
    asked = asyncio.create_task(forests.grown(table(3000)))
    while forests._running is None:  # noqa: ASYNC110 - the process is started by our own loop
        await asyncio.sleep(0)
    forests.close()
    assert "ended" in (await asyncio.wait_for(asked, LIMIT_S)).error


async def test_without_the_library_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sklearn").mkdir()
    (tmp_path / "sklearn" / "__init__.py").write_text("raise ImportError\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert "pip install 'lavdlike[importance]'" in (await Forests().grown(table())).error
