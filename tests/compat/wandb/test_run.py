"""Scripts as people write them for wandb, and what then stands in the files."""

from __future__ import annotations

import argparse
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lavdlike.alerts import find_alerts
from lavdlike.compat import wandb
from tests.logged import points_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("WANDB_"):
            monkeypatch.delenv(name)
    yield tmp_path
    wandb.teardown()


def _document(folder: Path, run: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "log" / run / "experiment.json").read_text())
    return document


def _values(folder: Path, run: str) -> list[tuple[int, str, float]]:
    return points_of(folder / "log" / run / "scalars.tsv")


def test_a_usual_script_is_an_experiment_of_its_project(folder: Path) -> None:
    config = {"lr": 0.1, "net": {"layers": [1, 2]}}
    row = {"loss": 0.5, "nested": {"a": 1}}
    with wandb.init(project="p", name="r", config=config, tags=["x"], group="g", notes="Why") as run:
        wandb.config.epochs = 3
        wandb.config["lr"] = 0.2
        wandb.config.update(argparse.Namespace(seed=1), allow_val_change=True)
        wandb.log(row)
        wandb.log({"acc": np.float32(0.25)}, commit=False)
        wandb.log({"loss": 0.25, "done": True})
        assert (wandb.run, run.step, run.name, run.id) == (run, 2, "r", "r")
        assert wandb.summary["loss"] == 0.25
    assert config == {"lr": 0.1, "net": {"layers": [1, 2]}}
    assert row == {"loss": 0.5, "nested": {"a": 1}}
    assert wandb.run is None
    assert _values(folder, "p/r") == [
        (0, "loss", 0.5),
        (0, "nested.a", 1),
        (1, "acc", 0.25),
        (1, "loss", 0.25),
        (1, "done", 1),
    ]
    document = _document(folder, "p/r")
    assert document["tags"] == ["x"]
    assert document["config"] == {
        "lr": 0.2,
        "net": {"layers": [1, 2]},
        "wandb.name": "r",
        "wandb.group": "g",
        "epochs": 3,
        "seed": 1,
    }
    assert (folder / "log/p/r/notes.md").read_text() == "Why\n"
    assert document["sessions"][0]["outcome"] == "finished"


def test_the_callers_dicts_may_be_ones_that_nobody_can_change(folder: Path) -> None:
    run = wandb.init(project="p", name="r", config=MappingProxyType({"a": 1}))
    run.define_metric("loss", step_metric="epoch")
    run.log({"epoch": 1})
    run.log(MappingProxyType({"loss": 1.0}))
    run.finish()
    assert (1, "epoch", 1) in _values(folder, "p/r")


def test_a_run_that_fails_says_how(folder: Path) -> None:
    with pytest.raises(RuntimeError), wandb.init(project="p", name="r"):
        raise RuntimeError("no data")
    assert _document(folder, "p/r")["sessions"][0]["outcome"] == "RuntimeError: no data"
    wandb.init(project="p", name="s").finish(exit_code=3)
    assert _document(folder, "p/s")["sessions"][0]["outcome"] == "SystemExit: 3"


def test_a_run_of_an_id_goes_on_behind_its_last_step(folder: Path) -> None:
    run = None
    for value in (1.0, 2.0):
        run = wandb.init(project="p", id="x1", name="My run", resume="allow", config={"lr": value})
        run.log({"loss": value})
        run.finish()
    assert run is not None
    assert run.resumed
    assert run.config["lr"] == 2.0
    assert _values(folder, "p/x1") == [(0, "loss", 1.0), (1, "loss", 2.0)]
    assert _document(folder, "p/x1")["title"] == "My run"


def test_the_same_name_again_is_another_run_and_init_again_the_same() -> None:
    first = wandb.init(project="p", name="r")
    assert wandb.init(project="p", name="r") is first
    second = wandb.init(project="p", name="r", reinit=True)
    assert second.logger.name == "r-2"
    third = wandb.init(project="p", name="r", reinit="create_new")
    third.finish()
    assert wandb.run is second


def test_before_init_and_after_the_end_it_is_said_what_to_do() -> None:
    for call in (lambda: wandb.log({}), lambda: wandb.config.lr, lambda: wandb.alert("a", "b")):
        with pytest.raises(wandb.Error, match=r"call wandb.init\(\) before wandb"):
            call()
    run = wandb.init(project="p", name="r")
    run.finish()
    with pytest.raises(wandb.UsageError, match="is finished"):
        run.log({"a": 1})
    with pytest.raises(wandb.UsageError, match=r"lavdlike.open\(folder\)"):
        wandb.Api()
    with pytest.raises(ValueError, match="takes a dict"):
        wandb.init(project="p", name="s").log([1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be text"):
        wandb.log({1: 2})  # type: ignore[dict-item]


def test_disabled_writes_nothing(folder: Path) -> None:
    run = wandb.init(project="p", mode="disabled", config={"a": 1})
    run.log({"a": 1, "picture": wandb.Image(np.zeros((4, 4)))})
    run.summary["b"] = 2
    assert run.config.a == 1
    run.finish()
    assert not (folder / "log").exists()


def test_what_the_script_sets_of_the_summary_is_no_point_of_a_curve(folder: Path) -> None:
    run = wandb.init(project="p", name="r")
    run.define_metric("loss", summary="min")
    for loss in (3.0, 1.0, 2.0):
        run.log({"loss": loss})
    assert run.summary["loss"] == 1.0
    run.summary["loss"] = 0.5
    run.summary.update({"best": {"epoch": 2}, "verdict": "good"})
    run.finish()
    assert [value for _, label, value in _values(folder, "p/r") if label == "loss"] == [3.0, 1.0, 2.0]
    assert {(label, value) for _, label, value in _values(folder, "p/r") if label.startswith("summary")} == {
        ("summary/loss", 0.5),
        ("summary/best.epoch", 2),
    }
    assert _document(folder, "p/r")["config"]["summary.verdict"] == "good"
    assert _document(folder, "p/r")["labels"] == [{"pattern": "loss", "goal": "min"}]


def test_alerts_ring_and_one_title_once_a_minute(folder: Path) -> None:
    run = wandb.init(project="p", name="r")
    run.alert(title="Low", text="accuracy", level=wandb.AlertLevel.WARN)
    run.alert(title="Low", text="again", level="ERROR")
    run.alert(title="Low", text="at once", level="ERROR", wait_duration=0)
    run.finish()
    found = find_alerts((folder / "log/p/r/events.log").read_bytes())
    assert [(each.level, each.text) for each in found] == [("warn", "accuracy"), ("error", "at once")]


def test_files_are_kept_as_they_are_at_the_end(folder: Path) -> None:
    run = wandb.init(project="p", name="r")
    (folder / "out").mkdir()
    model = folder / "out" / "model.txt"
    model.write_text("first")
    (copy,) = wandb.save("out/*.txt")
    own = Path(run.dir) / "own.txt"
    own.write_text("mine")
    assert wandb.save(str(own)) == [str(Path(run.dir) / "log/p/r/files/own.txt")]
    model.write_text("last")
    run.finish()
    assert Path(copy) == folder / "log/p/r/files/out/model.txt"
    assert Path(copy).read_text() == "last"
    assert own.read_text() == "mine"


def test_an_artifact_is_a_list_of_its_files(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("1,2\n")
    run = wandb.init(project="p", name="r")
    artifact = wandb.Artifact("set", type="dataset", metadata={"rows": 1})
    artifact.add_dir(folder / "data", name="d")
    artifact.add_reference("s3://bucket/b.bin")
    with artifact.new_file("made.txt") as file:
        file.write("made")
    run.log_artifact(artifact, aliases=["best"])
    run.finish()
    kept = json.loads((folder / "log/p/r/artifacts/set.json").read_text())["artifact"]
    assert [entry["name"] for entry in kept["files"]] == ["d/a.csv", "b.bin", "made.txt"]
    assert (kept["type"], kept["aliases"], kept["metadata"]) == ("dataset", ["best"], {"rows": 1})
    with pytest.raises(ValueError, match="is not a file"):
        artifact.add_file("nowhere")
    with pytest.raises(wandb.UsageError, match="there is no server"):
        run.use_artifact("set:latest")


def test_gradients_of_a_watched_model_are_histograms(folder: Path) -> None:
    hooks: list[Any] = []

    class Parameter:
        requires_grad = True

        def register_hook(self, hook: Any) -> Any:
            hooks.append(hook)
            return SimpleNamespace(remove=lambda: hooks.remove(hook))

    class Gradient(np.ndarray[Any, Any]):
        def detach(self) -> Any:
            return np.asarray(self)

    model = SimpleNamespace(named_parameters=lambda: [("w", Parameter())])
    run = wandb.init(project="p", name="r")
    run.watch(model, log_freq=2)
    for number in range(3):
        hooks[0](np.arange(4.0).view(Gradient))
        run.log({"loss": number})
    run.unwatch()
    assert hooks == []
    run.finish()
    found = sorted(path.parts[-3] for path in (folder / "log/p/r").glob("*/gradients/w.json"))
    assert found == ["0000", "0002"]


def test_a_full_disk_does_not_end_the_script(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    run = wandb.init(project="p", name="r", settings=wandb.Settings(x_disable_stats=True))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        patch.setattr(os, "replace", full)
        run.log({"loss": 1.0})
        run.config.lr = 1
    run.log({"loss": 2.0})
    run.finish()
    assert "No space left" in caplog.text
    assert _values(folder, "p/r") == [(0, "loss", 1.0), (1, "loss", 2.0)]


def test_settings_come_from_a_file_too_and_only_those_that_are_wanted(folder: Path) -> None:
    (folder / "c.yaml").write_text("lr: {desc: rate, value: 0.5}\nseed: 3\n")
    run = wandb.init(project="p", name="r", config="c.yaml", config_exclude_keys=["seed"])
    assert dict(run.config.items()) == {"lr": 0.5}
    run.config.setdefaults({"lr": 1, "x": 2})
    assert run.config.as_dict() == {"lr": 0.5, "x": 2}
    with pytest.raises(AttributeError, match="no setting 'nothing'"):
        run.config.nothing  # noqa: B018
    with pytest.raises(wandb.UsageError, match="config must be a dict"):
        run.config.update(3)
