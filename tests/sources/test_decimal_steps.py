from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import LabelDefinition
from lavdlike.reading.snapshot import Snapshot
from lavdlike.sources.decimal_steps import definitions_of


@pytest.mark.parametrize(
    ("path", "begin", "x"),
    [
        ("metrics.jsonl", b'{"epoch": 0, "loss": 1}\n{"epoch": 0.5, "loss": 1}\n', "epoch"),
        ("eval.jsonl", b'{"epoch": 0.5, "loss": 1}\n', "eval/epoch"),
        ("metrics.jsonl", b'{"epoch": 1, "loss": 1}\n', ""),
        ("metrics.jsonl", b'{"step": 1, "epoch": 0.5, "loss": 1}\n', ""),
        ("metrics.jsonl", b'{"loss": 1}\n', ""),
        ("run.csv", b"epoch,loss\n0,1\n0.5,1\n", "run/epoch"),
        ("run.csv", b"epoch;loss\n0,5;1\n", "run/epoch"),
        ("run.csv", b"epoch,loss\n0,1\n1,1\n", ""),
        ("run.csv", b"step,loss\n0.5,1\n", ""),
        ("a.png", b"", ""),
    ],
)
def test_decimal_epochs_are_the_x_axis_of_the_labels_of_their_file(path: str, begin: bytes, x: str) -> None:
    expected = [LabelDefinition(f"{x[: x.rfind('/') + 1]}*", x=x)] if x else []
    assert definitions_of(path, begin) == expected


def test_what_the_axis_names_is_a_label(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/run.csv").write_text("epoch,loss\n0,1\n0.5,0.25\n")
    snapshot = Snapshot(LocalRoot(tmp_path), Name("run"))
    snapshot.has_new_points()
    assert snapshot.definition_of("run/loss").x == "run/epoch"
    (series,) = snapshot.series_of("run/epoch")
    assert (series.columns.steps.tolist(), series.columns.values.tolist()) == ([0, 1], [0, 0.5])


@given(
    st.sampled_from(["metrics.jsonl", "run.csv", "t.tsv"]),
    st.binary(max_size=40) | st.text(alphabet='epoch,;\t."{}:01\n', max_size=60).map(str.encode),
)
def test_any_begin_is_taken(path: str, begin: bytes) -> None:
    assert len(definitions_of(path, begin)) <= 1
