"""What `lavdlike demo` writes: items of every kind, that can be read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lavdlike import cli
from lavdlike.demo import demo_arguments, demo_run
from lavdlike.kinds import registry
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot


def _snapshot(root: Path, scope: str) -> Snapshot:
    return Snapshot(StoredRoot(root), ExperimentName(scope))


def test_it_writes_an_item_of_every_kind(tmp_path: Path) -> None:
    assert cli.main(["demo", str(tmp_path), "--scope", "first look", "--seconds", "0"]) == 0
    seen = _snapshot(tmp_path, "first look")
    # Without an encoder videos are animated pictures.
    without = {"videos"} if any(tmp_path.glob("**/drive.webp")) else set()
    assert {item.kind for item in seen.tree.items()} | {"scalars"} == set(registry.BY_NAME) - without
    assert {label.label for label in seen.scalar_labels()} >= {"train/loss", "val/loss"}
    assert not seen.problems()


@pytest.mark.slow
def test_a_second_one_goes_on_behind_the_first(tmp_path: Path) -> None:
    slept: list[float] = []
    for _ in range(2):
        options = demo_arguments.parse([str(tmp_path), "--seconds", "24"])
        assert demo_run.run(options, slept.append) == 0
    assert slept == [24 / demo_run.STEPS] * 2 * demo_run.STEPS
    (losses,) = _snapshot(tmp_path, "demo").series_of("train/loss")
    assert losses.columns.steps.tolist() == list(range(2 * demo_run.STEPS))


def test_its_form_ends_it(tmp_path: Path) -> None:
    def press(_: float) -> None:
        (tmp_path / "demo/events.jsonl").write_text(
            '{"label": "control", "type": "pressed", "field": "end"}\n'
        )
        time.sleep(0.1)  # all steps together are the limit of the wait

    assert demo_run.run(demo_arguments.parse([str(tmp_path), "--seconds", "60"]), press) == 0
    (losses,) = _snapshot(tmp_path, "demo").series_of("train/loss")
    assert len(losses.columns.steps) < demo_run.STEPS


@pytest.mark.parametrize("arguments", [["--scope", "../up"], ["--seconds", "nan"], ["--seconds", "-1"]])
def test_what_it_cannot_do_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["demo", str(tmp_path), *arguments])
    assert not list(tmp_path.iterdir())
