"""The generated sweep: what the pictures and the tests of many experiments take for granted."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.kinds.scalars import parse_line
from lavdlike.layout import SCALARS_FILE
from lavdlike.reading import snapshot
from tools import make_sweep
from tools.examples.clock import START


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    make_sweep.make(folder)
    return folder


def test_thirty_experiments_have_long_names_that_differ_inside() -> None:
    names = [trial.name for trial in make_sweep.trials()]
    assert len(set(names)) == 30
    assert all(58 <= len(name) <= 70 for name in names)
    assert len({(name[:12], name[-10:]) for name in names}) == 1


@pytest.mark.slow
def test_some_crashed_and_some_still_run(sweep: Path) -> None:
    counts = Counter(trial.outcome for trial in make_sweep.trials())
    assert counts == {"finished": 22, "crashed": 6, "running": 2}
    root = LocalRoot(sweep)
    assert set(snapshot.names_in(root)) == {trial.name for trial in make_sweep.trials()}


@pytest.mark.slow
def test_what_crashed_had_diverged_and_nothing_else(sweep: Path) -> None:
    for trial in make_sweep.trials():
        lines = (sweep / trial.name / SCALARS_FILE).read_bytes().splitlines()[1:]
        points = [parse_line(line) for line in lines]
        losses = [point.value for point in points if point and point.label == "train/loss"]  # type: ignore[union-attr]
        assert all(map(math.isfinite, losses))
        assert (losses[-1] > 100) == (trial.outcome == "crashed"), trial.name


def test_it_is_the_same_each_time(sweep: Path, tmp_path: Path) -> None:
    trial = make_sweep.trials()[7]
    make_sweep.write_trial(tmp_path, trial, started=START + 240 * 7)
    make_sweep.settle(tmp_path / trial.name, trial, 7)
    for path in (tmp_path / trial.name).iterdir():
        assert path.read_bytes() == (sweep / trial.name / path.name).read_bytes(), path.name
