"""The classes that frameworks call, over stand-ins for their base classes: what they are told, and what is written.

The real frameworks, with trainings of theirs, are in `make check-frameworks`.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.logged import files_of, points_of

_ROOM = "lavdlike.integrations"
Load = Callable[..., Any]


class _Base:
    def __init__(self, *_: Any, **__: Any) -> None: ...


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Load]:
    """Imports a module of the room, with modules that have just these attributes in place of the framework's."""
    monkeypatch.chdir(tmp_path)
    loaded = []

    def load(name: str, **modules: dict[str, Any]) -> Any:
        for dotted, attributes in modules.items():
            parts = dotted.split("__")
            for end in range(1, len(parts) + 1):
                path = ".".join(parts[:end])
                if path not in sys.modules or end == len(parts):
                    monkeypatch.setitem(sys.modules, path, ModuleType(path))
            vars(sys.modules[".".join(parts)]).update(attributes)
        loaded.append(f"{_ROOM}.{name}")
        return importlib.import_module(f"{_ROOM}.{name}")

    yield load
    for name in loaded:
        sys.modules.pop(name, None)
        vars(importlib.import_module(_ROOM)).pop(name.rpartition(".")[2], None)


def _points(name: str) -> list[tuple[int, str, float]]:
    return points_of(Path("log", name, "scalars.tsv"))


def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("log", name, "experiment.json").read_text())
    return found


def _bars(name: str) -> dict[str, tuple[float, float | None]]:
    listed = json.loads(Path("log", name, "progress.json").read_text())["progress"]
    return {bar["name"]: (bar["done"], bar.get("total")) for bar in listed}


def _lightning(load: Load) -> Any:
    return load(
        "lightning",
        lightning__pytorch__loggers__logger={"Logger": _Base},
        lightning__pytorch__callbacks={"Callback": _Base},
        lightning__pytorch__utilities__rank_zero={"rank_zero_only": SimpleNamespace(rank=0)},
    )


def _fit(logger: Any, restored: int = 0, error: Exception | None = None) -> None:
    """What a trainer calls, in its order."""
    module = SimpleNamespace()
    trainer = SimpleNamespace(
        callbacks=[],
        global_step=restored,
        num_training_batches=2,
        num_val_batches=[1, 2],
        max_epochs=2,
        max_steps=-1,
        accumulate_grad_batches=1,
        current_epoch=restored // 2,
        sanity_checking=False,
    )
    module._trainer = trainer
    _ = logger.experiment
    logger.log_hyperparams({"rate": 0.1})
    logger.log_graph(module)
    logger.log_graph(module)
    (follower,) = trainer.callbacks
    follower.on_train_start(trainer, module)
    for epoch in range(restored // 2, 2):
        trainer.current_epoch = epoch
        for batch in range(2):
            logger.log_metrics({"loss": 1.0 * epoch, "epoch": epoch}, step=epoch * 2 + batch)
            follower.on_train_batch_end(trainer, module, None, None, batch)
        follower.on_validation_batch_end(trainer, module, None, None, 1, 1)
    if error is not None:
        follower.on_exception(trainer, module, error)
    logger.finalize("failed" if error else "success")


def test_lightning(load: Load) -> None:
    lightning = _lightning(load)
    logger = lightning.LavdlikeLogger("run")
    assert (logger.name, logger.version) == ("run", "")
    assert (
        Path(logger.save_dir, logger.name, logger.version, "checkpoints")
        == Path("log/run/checkpoints").absolute()
    )
    _fit(logger)
    assert [point for point in _points("run") if point[1] == "loss"] == [
        (0, "loss", 0.0), (1, "loss", 0.0), (2, "loss", 1.0), (3, "loss", 1.0)
    ]  # fmt: skip
    assert _bars("run") == {"Training": (4, 4), "Validation": (3, 3)}
    assert _document("run")["config"] == {"rate": 0.1}


def test_lightning_goes_on_behind_the_checkpoint_and_says_what_ended_it(load: Load) -> None:
    lightning = _lightning(load)
    _fit(lightning.LavdlikeLogger("run"))
    _fit(lightning.LavdlikeLogger("run"), restored=2, error=ArithmeticError("no more"))
    sessions = _document("run")["sessions"]
    assert [(each.get("resumedFrom"), each["outcome"]) for each in sessions] == [
        (None, "finished"), (1, "ArithmeticError: no more")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "total"),
    [((3, 10, -1, 1), 30), ((3, 10, 5, 2), 10), ((None, 10, -1, 1), None), ((3, math.inf, -1, 1), None)],
)
def test_how_many_batches_a_training_of_lightning_takes(limits: Any, total: float | None, load: Load) -> None:
    assert _lightning(load).training_batches(*limits) == total


def _state(step: int, **fields: Any) -> SimpleNamespace:
    given = {"is_world_process_zero": True, "is_hyper_param_search": False, "trial_name": None}
    return SimpleNamespace(global_step=step, max_steps=4, **{**given, **fields})


def test_transformers(load: Load) -> None:
    module = load("transformers", transformers={"TrainerCallback": _Base})
    settings = {"learning_rate": 0.1, "hub_token": "<HUB_TOKEN>"}
    args = SimpleNamespace(to_dict=lambda: settings, process_index=0)
    for first in (0, 2):
        callback = module.LavdlikeCallback("run")
        callback.on_train_begin(args, _state(first), None)
        for step in range(first + 1, 5):
            callback.on_log(args, _state(step), None, logs={"loss": 0.5, "eval_f1": step})
            callback.on_step_end(args, _state(step), None)
        callback.on_prediction_step(args, _state(4), None, eval_dataloader=[1, 2])
        callback.on_evaluate(args, _state(4), None)
        callback.on_train_end(args, _state(4), None)
    assert _points("run")[:2] == [(1, "train/loss", 0.5), (1, "eval/f1", 1)]
    assert _document("run")["config"] == {"learning_rate": 0.1}
    assert [session.get("resumedFrom") for session in _document("run")["sessions"]] == [None, 2]
    assert _bars("run") == {"Training": (4, 4), "Evaluation": (1, 2)}
    other = module.LavdlikeCallback("other")
    other.on_log(
        SimpleNamespace(process_index=1), _state(1, is_world_process_zero=False), None, logs={"loss": 1}
    )
    assert not Path("log/other").exists()


def test_transformers_search_has_a_run_for_each_trial(load: Load) -> None:
    module = load("transformers", transformers={"TrainerCallback": _Base})
    args, callback = SimpleNamespace(to_dict=dict), module.LavdlikeCallback("run")
    for trial in ("a", "b"):
        state = _state(0, is_hyper_param_search=True, trial_name=trial)
        callback.on_train_begin(args, state, None)
        callback.on_log(args, state, None, logs={"loss": 1})
        callback.on_train_end(args, state, None)
    assert sorted(path.name for path in Path("log").iterdir()) == ["run-a", "run-b"]


def test_accelerate(load: Load) -> None:
    module = load(
        "accelerate",
        accelerate={"PartialState": lambda: SimpleNamespace(process_index=0)},
        accelerate__tracking={"GeneralTracker": _Base},
    )
    tracker = module.LavdlikeTracker("run", total=3)
    tracker.start()
    tracker.store_init_configuration({"rate": 0.1})
    tracker.log({"loss": 0.5, "by": {"a": 1}}, step=1)
    tracker.log({"loss": 0.25})
    tracker.log_images({"squares": np.zeros((2, 4, 4, 3))}, step=1)
    tracker.log_table("table", columns=["a"], data=[[1]], step=1)
    tracker.finish()
    assert _points("run") == [(1, "loss", 0.5), (1, "by/a", 1), (2, "loss", 0.25)]
    assert _bars("run") == {"Training": (3, 3)}
    assert {"0001/squares/001.png", "0001/table.csv"} <= set(files_of(Path("log/run")))


def test_keras(load: Load) -> None:
    module = load("keras", keras__callbacks={"Callback": _Base})
    callback: Any = None
    for first in (0, 1):
        callback = module.LavdlikeCallback("run", update_freq=2)
        callback.params = {"epochs": 2, "steps": 2}
        callback.model = SimpleNamespace(
            optimizer=SimpleNamespace(learning_rate=np.float32(0.5), get_config=lambda: {"name": "sgd"})
        )
        callback.on_train_begin()
        for epoch in range(first, 2):
            callback.on_epoch_begin(epoch)
            for batch in range(2):
                callback.on_train_batch_end(batch, {"loss": 1.0})
            callback.on_test_begin()
            callback.on_test_batch_end(0)
            callback.on_test_end({"loss": 3.0})
            callback.on_epoch_end(epoch, {"loss": 0.5, "val_loss": 3.0})
        callback.on_train_end()
    callback.on_test_end({"loss": 7.0})
    points = _points("run")
    assert points[:4] == [
        (2, "batch/loss", 1.0),
        (0, "loss", 0.5),
        (0, "val_loss", 3.0),
        (0, "learning_rate", 0.5),
    ]
    assert points[-1] == (1, "evaluation/loss", 7.0)
    assert [session.get("resumedFrom") for session in _document("run")["sessions"]] == [None, 0]
    assert _document("run")["config"] == {"optimizer": {"name": "sgd"}}
    assert _bars("run")["Training"] == (4, 4)
    with pytest.raises(
        ValueError, match="update_freq must be 'epoch', 'batch' or a number of batches, not 0"
    ):
        module.LavdlikeCallback(update_freq=0)


def test_xgboost(load: Load) -> None:
    module = load(
        "xgboost",
        xgboost={"collective": SimpleNamespace(get_rank=lambda: 0)},
        xgboost__callback={"TrainingCallback": _Base},
    )
    for before in (0, 2):
        callback = module.LavdlikeCallback("run", num_boost_round=2)
        booster = SimpleNamespace(
            num_boosted_rounds=lambda before=before: before,
            get_score=lambda **_: {"b": 1.0, "a": 2.0},
        )
        assert callback.before_training(booster) is booster
        history: dict[str, list[float]] = {"auc": []}
        for epoch in range(2):
            history["auc"].append(0.5 + epoch)
            assert not callback.after_iteration(booster, epoch, {"train": history})
        assert callback.after_training(booster) is booster
    points = [point for point in _points("run") if point[1] != "!rewind"]
    assert points == [(step, "train/auc", 0.5 + step % 2) for step in range(4)]
    assert [session.get("resumedFrom") for session in _document("run")["sessions"]] == [None, 1]
    assert Path("log/run/feature_importance.csv").read_text().splitlines() == [
        "feature,gain",
        "a,2.0",
        "b,1.0",
    ]
    assert module.newest_of({"test": {"auc": [(0.5, 0.125)]}}) == {"test/auc": 0.5, "test/auc_std": 0.125}


def test_stable_baselines3(load: Load) -> None:
    module = load(
        "stable_baselines3",
        stable_baselines3__common__callbacks={"BaseCallback": _Base},
        stable_baselines3__common__logger={"KVWriter": _Base},
    )
    callback = module.LavdlikeCallback("run")
    callback.model = SimpleNamespace(num_timesteps=0, _total_timesteps=8, gamma=0.9, env=object())
    callback.logger = SimpleNamespace(output_formats=[])
    callback._on_training_start()
    (output,) = callback.logger.output_formats
    image = type(
        "Image", (), {"image": np.zeros((4, 4, 3)), "__module__": "stable_baselines3.common.logger"}
    )()
    values = {"loss": np.float32(0.5), "text": "fine", "weights": np.arange(4), "frame": image, "hidden": 1}
    output.write(values, {"hidden": ("lavdlike",), "loss": None}, 8)
    callback.num_timesteps = 8
    assert callback._on_step()
    callback._on_training_end()
    assert callback.logger.output_formats == []
    assert _points("run") == [(8, "loss", 0.5)]
    assert _document("run")["config"] == {"algorithm": "SimpleNamespace", "gamma": 0.9}
    assert {"0008/text.txt", "0008/weights.json", "0008/frame.png"} <= set(files_of(Path("log/run")))
    assert _bars("run") == {"Training": (8, 8)}


def test_jax(load: Load) -> None:
    leaves = [((SimpleNamespace(key="dense"), SimpleNamespace(idx=0)), np.arange(4.0)), ((), np.float32(0.5))]
    module = load(
        "jax",
        jax={
            "process_index": lambda: 0,
            "tree_util": SimpleNamespace(tree_leaves_with_path=lambda _: leaves),
        },
    )
    with module.make_logger("run") as logger:
        module.log_tree(logger, {}, 3)
    assert _points("run") == [(3, "params", 0.5)]
    assert "0003/params/dense/0.json" in files_of(Path("log/run"))
