"""What other programs write as text is read as pandas and json say (`tests/corpus/make_texts.py`), to the last bit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "texts"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())
_MAX_BYTES = 2**20


def labels_of(snapshot: Snapshot) -> dict[str, list[list[object]]]:
    """By label, steps and values, as `expected.json` has them."""
    snapshot.has_new_points()
    found: dict[str, list[list[object]]] = {}
    for entry in snapshot.scalar_labels():
        points = found.setdefault(entry.label, [])
        for series in snapshot.series_of(entry.label):
            columns = series.columns
            for index, step in enumerate(columns.steps.tolist()):
                points.append([int(step), float(columns.value(index)).hex()])
    return found


@pytest.mark.parametrize("run", sorted(EXPECTED))
def test_values_of_every_program_are_what_their_files_say(run: str) -> None:
    snapshot = Snapshot(LocalRoot(CORPUS), Name(run))
    assert labels_of(snapshot) == EXPECTED[run]["labels"]
    assert snapshot.problems() == []


@pytest.mark.parametrize("run", sorted(EXPECTED))
def test_descriptions_of_every_program_are_what_was_given(run: str) -> None:
    summary = Snapshot(LocalRoot(CORPUS), Name(run)).summary()
    assert summary is not None
    said = {"source", "config", "title", "status", "tags"} & EXPECTED[run].keys()
    assert {name: getattr(summary, name) for name in said} == {name: EXPECTED[run][name] for name in said}


@pytest.mark.parametrize("run", sorted(EXPECTED))
def test_files_that_are_cut_give_no_other_values(run: str, tmp_path: Path) -> None:
    """Whatever is still there has its values: a half-written number is none."""
    shutil.copytree(CORPUS / run, tmp_path / "run")
    for path in (tmp_path / "run").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            path.write_bytes(content[: len(content) * 2 // 3])
    expected = EXPECTED[run]["labels"]
    for label, points in labels_of(Snapshot(LocalRoot(tmp_path), Name("run"))).items():
        if label in expected:  # of JSON that is cut, another file of the run may be read
            assert all(point in expected[label] for point in points)


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < _MAX_BYTES
