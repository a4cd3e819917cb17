"""What a trainer of Ultralytics tells its callbacks."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from lavdlike.integrations.ultralytics import add_callbacks
from tests.logged import points_of


def _train(root: Path, plot: Path, start_epoch: int) -> None:
    """Two epochs of two batches, and the evaluation of the best weights, in the order of Ultralytics."""
    callbacks: dict[str, Any] = {}
    add_callbacks(SimpleNamespace(add_callback=callbacks.__setitem__), "run", root)
    trainer = SimpleNamespace(
        args=SimpleNamespace(imgsz=64),
        start_epoch=start_epoch,
        epochs=2,
        train_loader=[1, 2],
        tloss=[0.5],
        label_loss_items=lambda loss, prefix: {f"{prefix}/box_loss": loss[0]},
        lr={"lr/pg0": 0.1},
        metrics={"metrics/mAP50(B)": 0.25},
        plots={plot: {}, root / "gone.png": {}},
        validator=SimpleNamespace(plots={}),
    )
    callbacks["on_train_start"](trainer)
    for epoch in range(start_epoch, 2):
        trainer.epoch = epoch
        callbacks["on_train_epoch_start"](trainer)
        for _ in trainer.train_loader:
            callbacks["on_train_batch_end"](trainer)
        callbacks["on_train_epoch_end"](trainer)
        callbacks["on_fit_epoch_end"](trainer)
    callbacks["on_fit_epoch_end"](trainer)
    callbacks["on_train_end"](trainer)
    callbacks["teardown"](trainer)


def test_a_training_and_one_that_goes_on(tmp_path: Path) -> None:
    plot = tmp_path / "results.png"
    Image.new("RGB", (4, 4)).save(plot)
    for start_epoch in (0, 1):
        _train(tmp_path, plot, start_epoch)
    folder = tmp_path / "run"
    epoch = [("train/box_loss", 0.5), ("lr/pg0", 0.1), ("metrics/mAP50(B)", 0.25)]
    first = [(1, *value) for value in epoch] + [(2, *value) for value in epoch]
    best = (2, "best/metrics/mAP50(B)", 0.25)
    assert points_of(folder / "scalars.tsv") == [*first, best, (2, "!rewind", 2), *first[3:], best]
    assert (folder / "plots/results.png").read_bytes() == plot.read_bytes()
    assert not (folder / "plots/gone.png").exists()
    document = json.loads((folder / "experiment.json").read_text())
    assert document["config"] == {"imgsz": 64}
    assert [each.get("resumedFrom") for each in document["sessions"]] == [None, 1]
    (bar,) = json.loads((folder / "progress.json").read_text())["progress"]
    assert (bar["done"], bar["total"]) == (4, 4)


def test_what_takes_no_callbacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="model must have add_callback, as a YOLO has, not int"):
        add_callbacks(3, "run", tmp_path)
    assert list(tmp_path.iterdir()) == []
