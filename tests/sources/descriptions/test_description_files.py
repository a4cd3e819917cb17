from __future__ import annotations

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.sources.descriptions import description_files
from lavdlike.sources.descriptions.description import Description, together
from lavdlike.sources.descriptions.description_files import FILES
from tests.scripts import ROOT

SACRED = {
    "experiment": {"name": "mnist", "sources": []},
    "host": {"hostname": "node1"},
    "meta": {"comment": "first try"},
    "start_time": "2026-01-01T00:00:00.500000",
    "stop_time": "2026-01-01T00:01:00",
    "status": "COMPLETED",
}
MLFLOW = (
    b"run_id: ab12\nrun_name: happy-owl-1\nstatus: 3\nstart_time: 1763600000500\nend_time: 1763600001500\n"
)
BY_PATH = {file.path: file for file in FILES}


def described(path: str, content: bytes) -> Description:
    return BY_PATH[path].read(content, path)


@pytest.mark.parametrize(
    ("path", "content", "source", "config"),
    [
        ("hparams.yaml", b"lr: 0.1\nopt: {name: adam}\n", "Lightning", {"lr": 0.1, "opt": {"name": "adam"}}),
        ("args.yaml", b"task: detect\nmode: train\nmodel: y.pt\n", "Ultralytics", None),
        ("args.yaml", b"lr: 1\n", "", {"lr": 1}),
        (".hydra/config.yaml", b"db: {user: a}\n", "Hydra", {"db": {"user": "a"}}),
        (
            ".hydra/overrides.yaml",
            b"- lr=0.1\n- +db.port=5432\n- ~seed\n- 7\n",
            "Hydra",
            {"lr": 0.1, "db": {"port": 5432}},
        ),
        ("params.yaml", b"lr: 1\n", "DVC", {"lr": 1}),
        ("params.json", b'{"lr": 0.1}', "Ray Tune", {"lr": 0.1}),
        ("config.json", b'{"lr": NaN}', "", {"lr": "nan"}),
        ("config.json", b"[1]", "", {}),
        ("config.yaml", b"lr: 1\n", "", {"lr": 1}),
        (
            "config.yaml",
            b"wandb_version: 1\nlr: {desc: null, value: 1}\n_wandb: {value: {}}\n",
            "wandb",
            {"lr": 1},
        ),
    ],
)
def test_settings_of_each_program(
    path: str, content: bytes, source: str, config: dict[str, object] | None
) -> None:
    found = described(path, content)
    assert found.source == source
    if config is not None:
        assert found.config == config


def test_a_run_of_sacred_says_when_and_how_it_ended() -> None:
    found = described("run.json", json.dumps(SACRED).encode())
    assert found == Description(
        "Sacred",
        title="first try",
        status="finished",
        started=1767225600.5,
        ended=1767225660.0,
        outcome="finished",
        host="node1",
    )
    failed = {**SACRED, "status": "FAILED", "fail_trace": ["Traceback\n", "ValueError: no\n"]}
    found = described("run.json", json.dumps(failed).encode())
    assert (found.status, found.outcome) == ("crashed", "ValueError: no")


def test_another_run_json_says_nothing() -> None:
    assert described("run.json", b'{"status": "x"}') == Description()


def test_a_run_of_mlflow_and_not_an_experiment_is_described() -> None:
    found = described("meta.yaml", MLFLOW)
    assert found[:8] == ("MLflow", {}, (), "happy-owl-1", "finished", 1763600000.5, 1763600001.5, "finished")
    assert (
        described("meta.yaml", b"artifact_location: x\nexperiment_id: '0'\nname: Default\n") == Description()
    )
    values = description_files.mlflow_values(
        {"lr": b"0.1", "a/b": b"text\n"}, {"team": b"x", "mlflow.runName": b"owl"}
    )
    assert values == Description("MLflow", {"lr": 0.1, "a/b": "text"}, ("team=x",), "owl")


def test_the_settings_of_a_trial_stand_at_the_end_of_a_state() -> None:
    state = {"log_history": [{"step": 1}], "trial_name": None, "trial_params": {"learning_rate": 1e-4}}
    content = json.dumps(state, indent=2, sort_keys=True).encode()
    assert described("trainer_state.json", content[-200:]).config == {"learning_rate": 1e-4}
    assert described("trainer_state.json", content[:-20]) == Description("Transformers")
    assert described("trainer_state.json", b'\n  "trial_params": null\n}') == Description("Transformers")


def test_of_what_several_say_the_first_holds_setting_by_setting() -> None:
    first = Description("Sacred", {"a": 1}, ("x",), started=5.0)
    second = Description("", {"a": 2, "b": 3}, ("y", "x"), "title", "finished", 6.0)
    assert together([first, second]) == Description(
        "Sacred", {"a": 1, "b": 3}, ("x", "y"), "title", "finished", 5.0
    )


@pytest.mark.parametrize(
    ("names", "source"),
    [
        (["events.out.tfevents.1.host", "metrics.csv"], "TensorBoard"),
        (["metrics.csv"], "CSV"),
        (["metrics.jsonl", "a.png"], "JSON lines"),
        (["a.png"], ""),
    ],
)
def test_names_of_files_say_whose_they_are(names: list[str], source: str) -> None:
    assert description_files.source_of(iter(names)) == source


CORPUS = ROOT / "tests" / "corpus"
ORIGINALS = [
    *(json.dumps(SACRED).encode(), MLFLOW, b"a: {b: [1, &x 2, *x]}\n", b'{"a": {"b": 1e999}}'),
    *(
        (CORPUS / path).read_bytes()
        for path in (
            "trackers/clearml/task.json",
            "texts/transformers/trainer_state.json",
            "texts/ultralytics/args.yaml",
        )
    ),
]


@given(
    st.sampled_from(FILES),
    st.sampled_from(ORIGINALS),
    st.floats(0, 1),
    st.binary(max_size=8),
    st.integers(0, 30),
)
def test_mutated_files_are_descriptions_or_documented_errors(
    file: description_files.DescribingFile, original: bytes, place: float, added: bytes, cut: int
) -> None:
    at = int(place * len(original))
    with suppress(LogFormatError):
        msgspec.json.encode(file.read(original[:at] + added + original[at + cut :], file.path))
