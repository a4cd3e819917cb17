from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading import kept_results
from lavdlike.reading.kept_results import KeptResults, Results, is_current, read_results
from lavdlike.series.results import LabelResult

RUN = ExperimentName("run")


@pytest.fixture(autouse=True)
def files_have_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to wait until a change of the files would show in their times."""
    monkeypatch.setattr(kept_results, "is_settled", lambda _status: True)


@pytest.fixture
def root(tmp_path: Path) -> LocalRoot:
    log = tmp_path / "log"
    with Logger("run", log) as logger:
        for step, value in enumerate([3.0, 1.0, float("nan"), 2.0]):
            logger.log_scalar(value, "val/loss", step)
        logger.log_scalar(float("inf"), "broken", 0)
    return LocalRoot(log)


def value_file(root: LocalRoot, name: str, value: float) -> Path:
    folder = root.path / "run" / "0007"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f'{{"scalars": {{"value": {value}}}}}')
    return path


def test_results_are_those_of_all_values(root: LocalRoot) -> None:
    results = read_results(root, RUN, [("val/loss", 1), ("val/loss", 9), ("nothing", 1)])
    assert results.label("val/loss") == LabelResult(4, 2.0, 3, 1.0, 1, 3.0, 0, 2.0)
    assert results.label("broken") == LabelResult(1, float("inf"), 0)
    assert results.label("nothing") is None
    assert results.at == {("val/loss", 1): 1.0, ("val/loss", 9): None, ("nothing", 1): None}
    assert results.knows("val/loss")
    assert results.knows("nothing")  # to be none
    assert results.knows("val/loss", 1)
    assert not results.knows("val/loss", 2)


def test_means_equal_numpys(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=1000) * 1e3
    with Logger("run", tmp_path) as logger:
        for step, value in enumerate(values.tolist()):
            logger.log_scalar(value, "x", step)
    found = read_results(LocalRoot(tmp_path), RUN, []).label("x")
    assert found is not None
    assert found.mean == pytest.approx(values.mean(), rel=1e-12)
    assert (found.minimum, found.maximum, found.last) == (values.min(), values.max(), values[-1])


def test_results_hold_while_their_files_are_the_same(root: LocalRoot) -> None:
    value = value_file(root, "score.json", 1.0)
    results = read_results(root, RUN, [])
    assert results.label("score") is not None
    assert is_current(root, RUN, results)
    assert not is_current(root, RUN, results, ["progress.csv"])
    # What people write, and what holds no points, changes nothing.
    (root.path / "run" / "my-notes.md").write_text("Good.")
    (root.path / "run" / "marks.json").write_text("{}")
    assert is_current(root, RUN, results)
    value.write_text('{"scalars": {"value": 10.0}}')
    assert not is_current(root, RUN, results)


def test_whatever_may_hold_other_points_ends_that(root: LocalRoot) -> None:
    run = root.path / "run"

    def changes(change: str) -> bool:
        results = read_results(root, RUN, [])
        assert is_current(root, RUN, results)
        if change == "append":
            with (run / "scalars.tsv").open("a") as file:
                file.write("9\t1.0\tval/loss\t9\n")
        elif change == "new file":
            (run / "results.csv").write_text("step,loss\n1,2\n")
        elif change == "new step":
            (run / "0001").mkdir()
        elif change == "in a step":
            value_file(root, "x.json", 1.0)
        else:
            (run / "scalars.tsv").unlink()
        return not is_current(root, RUN, results)

    for change in ("append", "new file", "new step", "in a step", "deleted"):
        assert changes(change), change


def test_files_that_may_change_unseen_are_read_again(
    root: LocalRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_results, "is_settled", lambda _status: False)
    assert not is_current(root, RUN, read_results(root, RUN, []))


def test_of_very_many_labels_those_that_are_asked_for_are_kept(
    root: LocalRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_results, "MAX_LABELS", 1)
    results = read_results(root, RUN, [("val/loss", None)])
    assert results.knows("val/loss")
    assert results.label("val/loss") is not None
    assert not results.knows("broken")
    assert not results.knows("nothing")


def test_the_file_gives_back_what_was_kept(root: LocalRoot, tmp_path: Path) -> None:
    value_file(root, "score.json", 1.0)
    results = read_results(root, RUN, [("val/loss", 1), ("nothing", 2)])
    odd = ExperimentName(os.fsdecode(b"odd \xff\n"))
    kept = KeptResults(tmp_path / "cache" / "results")
    kept.put(RUN, results)
    kept.put(odd, results)
    assert kept.save(kept.packed())
    assert kept.is_saved
    again = KeptResults(tmp_path / "cache" / "results")
    again.load()
    assert again.by_name == {RUN: results, odd: results}
    assert again.is_saved
    assert is_current(root, RUN, again.by_name[RUN])


@pytest.mark.parametrize("how", ["cut", "not ours", "another version", "numbers", "empty"])
def test_a_broken_file_is_as_none(root: LocalRoot, tmp_path: Path, how: str) -> None:
    path = tmp_path / "results"
    kept = KeptResults(path)
    results = read_results(root, RUN, [])
    kept.put(RUN, results._replace(numbers=results.numbers[:-1]) if how == "numbers" else results)
    data = kept.packed()
    kept.save({"cut": data[:-5], "not ours": b"hello", "another version": b"\x93\x63\x90\x90"}.get(how, data))
    if how == "empty":
        path.write_bytes(b"")
    again = KeptResults(path)
    again.load()
    assert again.by_name == {}


def test_memory_is_bounded(root: LocalRoot, tmp_path: Path) -> None:
    results = read_results(root, RUN, [])
    kept = KeptResults(tmp_path / "results", budget_bytes=20 * results.size_bytes)
    for number in range(100):
        kept.put(ExperimentName(f"run-{number}"), results, [("val/loss", None)])
    assert 10 <= len(kept.by_name) <= 25
    last = kept.by_name[ExperimentName("run-99")]
    # Where room is short, what is asked for is kept.
    assert last.label("val/loss") == results.label("val/loss")
    assert not last.knows("broken")
    kept.drop(ExperimentName("run-99"))
    assert ExperimentName("run-99") not in kept.by_name


def test_what_is_gone_has_no_results(root: LocalRoot) -> None:
    results = read_results(root, ExperimentName("gone"), [])
    assert (results.match, dict(results.places), results.is_whole) == (b"", {}, True)
    assert isinstance(results, Results)
