from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger, cli
from lavdlike.errors import NotFoundError
from lavdlike.shell import inspecting
from tests.scripts import ROOT
from tests.shell.terminal import lines, objects
from tests.sources.mlflow.databases import mlflow_store

TEXTS = ROOT / "tests" / "corpus" / "texts"
TRACKERS = ROOT / "tests" / "corpus" / "trackers"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A root with a folder of runs of other programs, a file of its own, and a run of ours."""
    root = tmp_path / "log"
    for name in ("transformers", "lightning"):
        shutil.copytree(TEXTS / name, root / "sweep" / name)
    shutil.copytree(TEXTS / "hydra", root / "hydra")
    with Logger("ours", log_dir=str(root), config={"lr": 0.1}) as logger:
        logger.log_scalar(0.5, "loss", 3)
        logger.log_text("hello", "greeting", step=3)
    (root / "readme.txt").write_text("x")
    return root


def inspected(capsys: pytest.CaptureFixture[str], path: Path) -> dict[str, dict[str, Any]]:
    assert cli.main(["inspect", "--json", str(path)]) == 0
    return {str(run["name"]): run for run in objects(capsys)}


def files_of(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {file["path"]: file for file in run["files"]}


def test_of_every_folder_it_is_said_by_which_rule_it_is_a_run(
    foreign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = inspected(capsys, foreign)
    assert {name: (run["isRun"], run["mark"].partition(" ")[0]) for name, run in runs.items()} == {
        "hydra": (True, ".hydra"),
        "ours": (True, "experiment.json"),
        "sweep": (False, ""),
        "sweep/lightning": (True, "metrics.csv"),
        "sweep/transformers": (True, "trainer_state.json"),
        "": (False, ""),
    }
    assert runs["sweep"]["rule"] == "it holds runs and is none itself"
    assert list(files_of(runs[""])) == ["readme.txt"]


def test_of_every_file_it_is_said_whose_it_is_and_what_it_holds(
    foreign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = inspected(capsys, foreign)
    lightning = files_of(runs["sweep/lightning"])
    assert lightning["metrics.csv"]["source"] == "tables with a column of steps"
    assert lightning["metrics.csv"]["labels"][1] == {
        "label": "train_loss",
        "points": 6,
        "firstStep": 0,
        "lastStep": 5,
    }
    assert lightning["hparams.yaml"]["holds"] == "description"
    assert lightning["hparams.yaml"]["settings"] == ["lr", "optimizer", "layers"]
    assert files_of(runs["hydra"])[".hydra/config.yaml"]["source"] == "Hydra"
    ours = files_of(runs["ours"])
    assert (ours["scalars.tsv"]["holds"], ours["scalars.tsv"]["source"]) == (
        "points",
        "scalars of the Logger",
    )
    assert ours["experiment.json"]["holds"] == "ours"
    assert runs["ours"]["items"]["texts"] == 1
    assert runs["ours"]["settings"] == ["lr"]


def test_of_files_that_are_left_out_it_is_said_what_is_read_instead(
    foreign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = files_of(inspected(capsys, foreign / "sweep/transformers")["transformers"])
    left_out = {path: file["instead"] for path, file in files.items() if file["holds"] == "left out"}
    assert left_out == dict.fromkeys(
        ("all_results.json", "checkpoint-30/trainer_state.json", "checkpoint-60/trainer_state.json"),
        "trainer_state.json",
    )
    assert "come further" in files["checkpoint-30/trainer_state.json"]["why"]


def test_what_is_not_understood_is_said_with_its_place(
    foreign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (foreign / "sweep/lightning/eval.jsonl").write_text('{"step": 1, "loss": 0.5}\noops\n')
    (foreign / "sweep/lightning/mine.csv").write_text("a,b\nx,y\n")
    run = inspected(capsys, foreign / "sweep")["lightning"]
    [problem] = run["problems"]
    assert problem["path"] == "lightning/eval.jsonl"
    assert problem["position"].startswith("line ")
    assert files_of(run)["eval.jsonl"]["problems"] == [problem]
    assert cli.main(["inspect", str(foreign / "sweep/lightning")]) == 0
    shown = lines(capsys)
    assert shown[shown.index("NOT UNDERSTOOD") + 1].startswith("lightning/eval.jsonl, line 2")
    why = files_of(inspected(capsys, foreign / "sweep/lightning/mine.csv")["lightning"])["mine.csv"]["why"]
    assert "could be one of tables with a column of steps" in why


def test_of_a_file_of_many_runs_that_is_broken_it_is_said(
    foreign: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("mlflow.db", "sweep/mlflow.db", "hydra/mlflow.db"):
        (foreign / path).write_bytes(bytes(5000))
    runs = inspected(capsys, foreign)
    said = {name: [problem["path"] for problem in run["problems"]] for name, run in runs.items()}
    assert {name: paths for name, paths in said.items() if paths} == {
        "": ["mlflow.db"],
        "hydra": ["hydra/mlflow.db"],
        "sweep": ["sweep/mlflow.db"],
    }
    (run,) = inspected(capsys, foreign / "hydra" / "mlflow.db").values()
    assert [problem["reason"] for problem in run["problems"]] == ["no SQLite file"]


def test_a_name_that_may_be_anybodys_says_nothing(foreign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (foreign / "hydra" / "a.json").write_text('{"a": 1}')
    (foreign / "hydra" / "metrics.json").write_text('{"a": 1}')
    files = files_of(inspected(capsys, foreign)["hydra"])
    assert files["a.json"]["why"] == "there are neither points in it nor an item of any kind"
    assert "it does not begin as they do" in files["metrics.json"]["why"]


def test_a_file_is_told_of_in_its_run(foreign: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = inspected(capsys, foreign / "sweep/transformers/checkpoint-30/trainer_state.json")
    [run] = runs.values()
    assert (run["name"], run["mark"]) == ("transformers", "trainer_state.json")
    assert list(files_of(run)) == ["checkpoint-30/trainer_state.json"]
    runs = inspected(capsys, foreign / "ours/0003/greeting.txt")
    assert [(name, list(files_of(run))) for name, run in runs.items()] == [("ours", ["0003/greeting.txt"])]


def test_several_roots_are_told_of_by_their_names(
    foreign: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "alone"
    run.mkdir()
    (run / "metrics.jsonl").write_text('{"step": 1, "loss": 0.5}\noops\n')
    named = {"a": foreign / "sweep", "b": run, "c": foreign / "hydra/.hydra/config.yaml"}
    assert cli.main(["inspect", "--json", *(f"{name}={path}" for name, path in named.items())]) == 0
    runs: dict[str, dict[str, Any]] = {str(each["name"]): each for each in objects(capsys)}
    assert list(runs) == ["a/lightning", "a/transformers", "b", "c"]
    (problem,) = runs["b"]["problems"]
    assert problem["path"] == "b/metrics.jsonl"
    assert files_of(runs["b"])["metrics.jsonl"]["problems"] == [problem]
    assert cli.main(["inspect", str(foreign), str(run)]) == 0
    assert {"run alone", "run log/hydra"} <= {" ".join(line.split()) for line in lines(capsys)}


@pytest.mark.slow
def test_runs_that_are_on_no_disk_are_told_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(TRACKERS / "neptune", tmp_path / "data")
    with mlflow_store(tmp_path / "mlflow.db") as store:
        store.run("ab12", name="owl")
        store.metric("ab12", "loss", 0.5, 3)
    name = "RUN-1-549fcb30a0f06072"
    (run,) = inspected(capsys, tmp_path / "data" / name).values()
    assert (run["name"], run["source"], run["title"]) == (name, "Neptune", "named RUN-1")
    parts = files_of(run)
    assert list(parts) == [f"part_000{number}.neptune" for number in range(3)]
    assert parts["part_0001.neptune"]["source"] == "Neptune's exports"
    assert parts["part_0001.neptune"]["labels"]
    (run,) = inspected(capsys, tmp_path / "mlflow.db/vision/ab12").values()
    assert (run["name"], run["title"]) == ("mlflow.db/vision/ab12", "owl")
    assert [file["labels"][0]["label"] for file in run["files"]] == ["loss"]
    assert list(inspected(capsys, tmp_path / "mlflow.db/vision")) == [
        "mlflow.db/vision",
        "mlflow.db/vision/ab12",
    ]
    with pytest.raises(NotFoundError, match="there is no"):
        inspecting.inspect([str(tmp_path / "mlflow.db/vision/none")])


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no .*missing"):
        inspecting.inspect([str(tmp_path / "missing")])


def test_every_run_of_the_corpus_is_told_of_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert inspecting.inspect([str(TEXTS)]) == 0
    shown = lines(capsys)
    programs = {line.split(maxsplit=1)[1] for line in shown if line.startswith("source ")}
    assert {"Lightning", "Sacred", "Transformers", "MLflow", "Hydra", "Ray Tune"} <= programs
    assert not any("not understood" in line.lower() for line in shown)


def test_of_labels_that_another_file_shows_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "log" / "run"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text("lr: 0.1\n")
    (run / "metrics.csv").write_text("epoch,loss,lr,step\n,0.5,0.1,1\n")
    (run / "metrics.jsonl").write_text('{"step": 1, "loss": 0.5}\n')
    for path in (run, run / "metrics.csv"):
        table = files_of(inspected(capsys, path)["run"])["metrics.csv"]
        assert {label["label"]: label.get("instead") for label in table["labels"]} == {
            "loss": "metrics.jsonl",
            "lr": None,
        }
    assert cli.main(["inspect", str(run)]) == 0
    assert any("loss" in shown and "shown from metrics.jsonl" in shown for shown in lines(capsys))
