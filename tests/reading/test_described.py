from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from lavdlike import root_settings
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import ExperimentSummary, Problem
from lavdlike.reading import described
from lavdlike.reading.snapshot import summaries_of
from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.descriptions.yaml_values import MAX_NODES
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "events"
RUN = {
    "experiment": {"name": "x"},
    "host": {"hostname": "node1"},
    "start_time": "2026-01-01T00:00:00",
    "heartbeat": "2026-01-01T00:00:10",
    "status": "RUNNING",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / "run" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def read(root: Path) -> tuple[ExperimentSummary, tuple[Problem, ...]]:
    (row,) = summaries_of(LocalRoot(root), [Name("run")])
    return row.summary, row.problems


@pytest.mark.parametrize(
    ("files", "source", "config"),
    [
        ({"hparams.yaml": "lr: 0.1\n", "metrics.csv": "epoch,step,loss\n"}, "Lightning", {"lr": 0.1}),
        ({".hydra/config.yaml": "lr: 0.1\n"}, "Hydra", {"lr": 0.1}),
        ({".hydra/overrides.yaml": "- lr=0.1\n- a.b=x\n"}, "Hydra", {"lr": 0.1, "a": {"b": "x"}}),
        (
            {".hydra/config.yaml": "db: {port: 1}\n", ".hydra/overrides.yaml": "- db=mysql\n- db.port=1\n"},
            "Hydra",
            {"db": {"port": 1}},
        ),
        (
            {
                "meta.yaml": "run_id: a\n",
                "params/lr": "0.1",
                "params/a/b": "x",
                "params/depth": "2",
                "tags/team": "",
            },
            "MLflow",
            {"a/b": "x", "depth": 2, "lr": 0.1},
        ),
        (
            {"trainer_state.json": '{\n  "trial_params": {\n    "lr": 0.1\n  }\n}\n'},
            "Transformers",
            {"lr": 0.1},
        ),
        ({"metrics.jsonl": '{"step": 1, "loss": 1}\n', "config.json": '{"lr": 1}'}, "JSON lines", {"lr": 1}),
        ({".guild/attrs/flags": "lr: 1e-3\n", ".guild/attrs/tags": "[]"}, "Guild", {"lr": 0.001}),
        ({"a.png": ""}, "", {}),
    ],
)
def test_what_others_say_of_a_run_is_in_its_row(
    tmp_path: Path, files: dict[str, str], source: str, config: dict[str, object]
) -> None:
    write(tmp_path, files)
    row, problems = read(tmp_path)
    assert (row.source, row.config, row.is_foreign, problems) == (source, config, True, ())
    assert list(row.config) == list(config)


def test_what_hydra_was_told_is_the_title_where_a_sweep_gives_none(tmp_path: Path) -> None:
    write(tmp_path, {".hydra/overrides.yaml": "- lr=0.1\n- +a=x\n"})
    assert read(tmp_path)[0].title == "lr=0.1, +a=x"
    write(tmp_path, {".hydra/hydra.yaml": "hydra: {job: {override_dirname: 'a=x,lr=0.1'}}\n"})
    assert read(tmp_path)[0].title == "a=x,lr=0.1"


def test_an_experiment_file_alone_says_what_there_is(tmp_path: Path) -> None:
    write(tmp_path, {"config.yaml": "lr: 1\n", "experiment.json": '{"config": {"seed": 2}}'})
    row, _ = read(tmp_path)
    assert (row.source, row.config) == ("lavdlike", {"seed": 2})


def test_a_run_of_another_program_has_a_session(tmp_path: Path) -> None:
    write(
        tmp_path, {"run.json": json.dumps({**RUN, "status": "COMPLETED", "stop_time": "2026-01-01T00:01:00"})}
    )
    row, _ = read(tmp_path)
    (session,) = row.sessions
    assert (row.status, row.created) == ("finished", 1767225600.0)
    assert (session.started, session.ended, session.host) == (1767225600.0, 1767225660.0, "node1")


def test_one_that_is_said_to_run_is_quiet_once_nothing_is_written(tmp_path: Path) -> None:
    write(tmp_path, {"run.json": json.dumps(RUN), "metrics.json": "{}"})
    assert read(tmp_path)[0].status == "running"
    for path in (tmp_path / "run/run.json", tmp_path / "run/metrics.json", tmp_path / "run"):
        os.utime(path, (1, 1))
    assert read(tmp_path)[0].status == "quiet"
    (tmp_path / "run/metrics.json").touch()
    assert read(tmp_path)[0].status == "running"


def test_what_cannot_be_read_is_a_problem_and_the_rest_is_said(tmp_path: Path) -> None:
    bomb = "a: " + "[" + ",".join(["1"] * (MAX_NODES + 1)) + "]\n"
    write(tmp_path, {"config.yaml": bomb, "hparams.yaml": "a: [1\n", "params.json": '{"lr": 1}'})
    row, problems = read(tmp_path)
    assert row.config == {"lr": 1}
    assert {(problem.path, problem.position) for problem in problems} == {
        ("run/hparams.yaml", "line 2"),
        ("run/config.yaml", ""),
    }


def test_files_are_read_once_as_long_as_they_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"config.yaml": "lr: 1\n"})
    monkeypatch.setattr(described, "is_settled", lambda _: True)
    assert read(tmp_path)[0].config == {"lr": 1}
    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", pytest.fail)
        assert read(tmp_path)[0].config == {"lr": 1}
    write(tmp_path, {"config.yaml": "lr: 20\n"})
    assert read(tmp_path)[0].config == {"lr": 20}


def test_people_have_the_last_word_on_title_and_tags(tmp_path: Path) -> None:
    write(tmp_path, {"meta.yaml": "run_id: a\nrun_name: owl\n", "tags/team": "x"})
    row, _ = read(tmp_path)
    assert (row.title, row.tags) == ("owl", ["team=x"])
    said = b"experiments:\n  run:\n    title: mine\n    tagsAdded: [y]\n    tagsRemoved: [team=x]\n"

    def root_file() -> root_settings.RootFile:
        return root_settings.read(said, root_settings.ROOT_SETTINGS_FILE)

    (told,) = summaries_of(LocalRoot(tmp_path), [Name("run")], root_file)
    assert (told.summary.title, told.summary.tags) == ("mine", ["y"])


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("password: 1\n")
    write(tmp_path, {"a.png": ""})
    (tmp_path / "run/config.yaml").symlink_to(tmp_path / "secret.yaml")
    with LocalRoot(tmp_path).folder("run") as opened:
        assert described.read_description(opened, "run", None).description == Description()


def test_settings_of_hparams_are_those_of_the_run(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "torch_hparams" / "session", tmp_path / "run")
    row, problems = read(tmp_path)
    settings = {"lr": 0.1, "layers": 3, "optimizer": "adam", "nesterov": 1, "größe": "µ"}
    assert (row.source, row.config, row.status, problems) == ("TensorBoard", settings, "finished", ())
