"""Every source is given mutated files of its own: nothing but points and problems with a place come out."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.layout import MAX_STEP
from lavdlike.sources import source_registry
from lavdlike.sources.source import Source
from tests.scripts import ROOT
from tests.sources.reading import opened

_SACRED = b'{"loss": {"steps": [1, null], "timestamps": ["2026-01-01T00:00:00"], "values": [0.5, 1]}}'
ORIGINALS = {
    "metrics.jsonl": b'{"step": 1, "loss": 0.5, "a": {"b": 1e400}}\n{"step": 2, "loss": NaN}\n{"epoch": 0.5, "x": 1}\n',
    "metrics.json": _SACRED,
    "dvclive/metrics.json": b'{\n    "step": 3,\n    "train": {\n        "loss": "NaN"\n    }\n}\n',
    "trainer_state.json": b'{\n"global_step": 3, "log_history": [{"step": 1, "epoch": 0.5, "loss": 2}, {"a": 1}]}\n',
    "all_results.json": b'{"epoch": 0.5, "eval_loss": 1}',
    "20210505_120000.log.json": b'{"env_info": "x"}\n{"mode": "train", "epoch": 2, "iter": 5, "loss": 0.5}\n'
    b'{"mode": "train", "epoch": 3, "iter": 5, "loss": NaN}\n{"mode": "val", "epoch": 3, "iter": 9, "mAP": 1}\n',
    "dllogger.log": b'DLLL {"timestamp": "1.5", "type": "LOG", "step": [1, 2], "data": {"a": 1, "b": null}}\n'
    * 2,
    "fairseq.log": b'x | INFO | train | {"epoch": 1, "train_loss": "1.5", "train_num_updates": "9"}\n' * 2,
    "metrics.csv": b"epoch,step,loss\n0,1,\n0,,0.5\nepoch,step,val\n0.5,3,NA\n",
    "german.csv": b"\xef\xbb\xbf# x\nepoch;loss\n1;0,5\n1,5;2\n",
    "utf16.csv": "step;loss\r\n1;0,5\r\n".encode("utf-16"),
    "training.log": b"epoch,loss\n0,0.5\n1,0.25\n",
    "clearml/metrics.jsonl": b'[{"type": "training_stats_scalar", "timestamp": 1763600000500, "iter": 1, '
    b'"metric": "loss", "variant": "train", "value": 0.5}, {"type": "plot"}]\n[]\n',
    "inbox/00000000.jsonl": (
        ROOT / "tests/corpus/trackers/trackio_inbox/writer0/00000000.jsonl"
    ).read_bytes(),
    "main.json": b'{"jsons": {"a": {"type": "plot", "title": "loss", "content": {"data": [{"x": [0, 1.5], '
    b'"y": [null, 2], "mode": "lines", "type": "scatter", "name": "train"}]}}}, "reload": {}}',
    "run.log": (ROOT / "tests/corpus/trackers/streamvis/run.log").read_bytes(),
    "metrics/loss": b"1700000000125 0.5 1\n1700000000125 nan 2 data 0a\n1700000000125 inf\n" * 3,
    "run-owl.wandb": (ROOT / "tests" / "corpus" / "stores" / "wandb" / "run-owl.wandb").read_bytes()[:9000],
    "plots/metrics/loss.tsv": b"timestamp\tstep\tloss\n1763600000500\t1\t0.5\n",
}

# Where the others are given theirs.
ELSEWHERE = {
    "NativeFiles": "tests/test_fuzz.py",
    "EventFiles": "tests/test_fuzz.py",
    "MlflowRuns": "tests/sources/mlflow/test_mlflow_database.py",
    "TrackioRuns": "tests/sources/trackio/test_trackio_database.py",
    "PloteriesFiles": "tests/sources/ploteries/test_ploteries_files.py",
    "NeptuneExports": "tests/sources/neptune/test_neptune_exports.py",
}


def changed(name: str, place: float, added: bytes, cut: int, repeated: int) -> tuple[str, bytes]:
    content = ORIGINALS[name] * repeated
    at = int(place * len(content))
    return name, content[:at] + added + content[at + cut :]


MUTATED = st.builds(
    changed,
    st.sampled_from(sorted(ORIGINALS)),
    st.floats(0, 1),
    st.binary(max_size=8)
    | st.sampled_from([b"\0" * 20, b"[" * 3000, b"9" * 5000, b"\n{}\n", b"1e999", b"\xff\xfe"]),
    st.integers(0, 60),
    st.integers(1, 3),
)


@pytest.mark.parametrize("name", sorted(ORIGINALS))
def test_originals_are_claimed(name: str) -> None:
    assert source_registry.role_of(name, ORIGINALS[name]) is not None


def test_no_source_is_left_out() -> None:
    here = {type(_source_of(name)).__name__ for name in ORIGINALS}
    assert {type(each).__name__ for each in source_registry.SOURCES} == here | ELSEWHERE.keys()


def _source_of(name: str) -> Source:
    return next(each for each in source_registry.SOURCES if each.claims(name, ORIGINALS[name]))


@settings(max_examples=3 * settings().max_examples)
@given(MUTATED, st.floats(0, 1))
def test_mutated_files_give_points_and_problems(mutated: tuple[str, bytes], first: float) -> None:
    """Read in two parts, as a file that grows."""
    name, content = mutated
    source_registry.role_of(name, content)
    file = source_registry.points_file(name, f"exp/{name}", content)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for part in (content[: int(first * len(content))], content):
            path.write_bytes(part)
            with opened(path) as descriptor:
                for block in file.read_new(descriptor):
                    for label, columns in block.items():
                        assert isinstance(label, str)
                        count = len(columns.steps)
                        assert count == len(columns.wall_times) == len(columns.values)
                        assert ((columns.steps >= 0) & (columns.steps <= MAX_STEP)).all()
                        assert (columns.steps % 1 == 0).all()
    for problem in file.problems():
        assert problem.path == f"exp/{name}"
        assert problem.reason
