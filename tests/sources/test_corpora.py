"""What other programs write is read as pandas, json and their own readers say, to the last bit.

`tests/corpus/make_texts.py`, `make_trackers.py`, `make_visdom.py` and `make_stores.py` say by what it was written.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.discovery import experiments_below
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from tests.scripts import ROOT

CORPORA = [ROOT / "tests" / "corpus" / name for name in ("texts", "trackers", "stores")]
# By corpus and run.
EXPECTED: dict[tuple[Path, str], dict[str, Any]] = {
    (corpus, run): expected
    for corpus in CORPORA
    for run, expected in json.loads((corpus / "expected.json").read_text()).items()
}
of_every_run = pytest.mark.parametrize("run", sorted(EXPECTED), ids=lambda run: run[1])
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


@pytest.mark.slow
@of_every_run
def test_values_of_every_program_are_what_their_files_say(run: tuple[Path, str]) -> None:
    snapshot = Snapshot(StoredRoot(run[0]), Name(run[1]))
    assert labels_of(snapshot) == EXPECTED[run]["labels"]
    assert snapshot.problems() == []


@of_every_run
def test_descriptions_of_every_program_are_what_was_given(run: tuple[Path, str]) -> None:
    summary = Snapshot(StoredRoot(run[0]), Name(run[1])).summary()
    assert summary is not None
    said = {"source", "config", "title", "status", "tags"} & EXPECTED[run].keys()
    assert {name: getattr(summary, name) for name in said} == {name: EXPECTED[run][name] for name in said}


@pytest.mark.slow
@of_every_run
def test_files_that_are_cut_give_no_other_values(run: tuple[Path, str], tmp_path: Path) -> None:
    """Whatever is still there has its values: a half-written number is none."""
    corpus, name = run
    folder = name.partition("/")[0]
    shutil.copytree(corpus / folder, tmp_path / folder)
    for path in (tmp_path / folder).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            path.write_bytes(content[: len(content) * 2 // 3])
    expected = EXPECTED[run]["labels"]
    for label, points in labels_of(Snapshot(StoredRoot(tmp_path), Name(name))).items():
        if label in expected:  # of JSON that is cut, another file of the run may be read
            assert all(point in expected[label] for point in points)


@pytest.mark.parametrize(
    "run",
    ["clearml", "guild", "visdom", "trackio/aproject.db/run-one", "neptune/RUN-1-549fcb30a0f06072"],
)
def test_a_run_of_a_tracker_is_found_in_a_folder_of_runs(run: str, tmp_path: Path) -> None:
    folder = run.partition("/")[0]
    shutil.copytree(ROOT / "tests" / "corpus" / "trackers" / folder, tmp_path / "many" / folder)
    assert f"many/{run}" in experiments_below(StoredRoot(tmp_path), [Name("many")])


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.name)
def test_the_corpus_is_small(corpus: Path) -> None:
    assert sum(path.stat().st_size for path in corpus.rglob("*") if path.is_file()) < _MAX_BYTES
