"""Points that were logged before a script was resumed from an earlier step (docs/format.md, "Scalars")."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentId
from lavdlike.layout import ExperimentName as Name
from lavdlike.scalar_messages import ScalarLabel, SeriesRequest
from lavdlike.series.store import SeriesStore
from lavdlike.sources.columns import StepValue
from tests.series.test_store import Folders, append, write

_FIRST = "".join(f"{step}\t{step}.0\tloss\t{1000 - step}\n" for step in range(100, 1000, 100))
_REWIND = "501\t1000.0\t!rewind\t501\n"


def labels(store: SeriesStore) -> dict[str, ScalarLabel]:
    return {label.label: label for label in store.labels(Name("a"), sequence=0).labels}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a" / "scalars.tsv"


def test_replaced_points_are_not_the_last_or_smallest_and_are_still_shown(tmp_path: Path, path: Path) -> None:
    write(path, _FIRST + _REWIND)
    store = SeriesStore(Folders(tmp_path))
    loss = labels(store)["loss"]
    assert list(labels(store)) == ["loss"]
    assert (loss.last_step, loss.last_value, loss.minimum, loss.maximum) == (500, 500, 500, 900)
    page = store.page(SeriesRequest([ExperimentId("a")], ["loss"]), epoch="e", sequence=0)
    assert page.series[0].steps == list(range(100, 1000, 100))
    assert not page.problems

    append(path, "600\t1001.0\tloss\t450\n")
    changes = store.read_new(Name("a"))
    assert [(each.first_index, each.columns.steps.tolist()) for each in changes.appended] == [(9, [600])]
    loss = labels(store)["loss"]
    assert (loss.last_step, loss.last_value, loss.minimum, loss.maximum) == (600, 450, 450, 900)


def test_browsers_are_told_to_ask_anew_when_points_are_replaced(tmp_path: Path, path: Path) -> None:
    write(path, _FIRST)
    store = SeriesStore(Folders(tmp_path))
    assert labels(store)["loss"].last_step == 900
    append(path, _REWIND)
    assert store.read_new(Name("a")).anew
    assert labels(store)["loss"].last_step == 500
    append(path, "601\t1001.0\t!rewind\t601\n")  # and not where there is nothing to replace
    assert not store.read_new(Name("a"))


def test_a_rewind_holds_for_what_stands_before_it_in_its_file(tmp_path: Path, path: Path) -> None:
    lines = "".join(f"{step}\t1.0\tlabel-{step % 7}\t{step}\n" for step in range(200_000))
    write(path, f"{lines}100\t2.0\t!rewind\t100\n{lines}50\t3.0\t!rewind\t50\n60\t4.0\tlabel-4\t-1\n")
    write(path.with_name("scalars.rank1.tsv"), "900\t1.0\tother\t5\n")
    found = labels(SeriesStore(Folders(tmp_path)))
    assert [found[f"label-{number}"].maximum for number in range(7)] == [49, 43, 44, 45, 46, 47, 48]
    assert (found["label-4"].last_step, found["label-4"].minimum) == (60, -1)
    assert (found["other"].last_step, found["other"].maximum) == (900, 5)


def test_a_label_that_is_replaced_as_a_whole_has_no_extremes(tmp_path: Path, path: Path) -> None:
    write(path, "900\t1.0\tloss\t5\n" + _REWIND)
    loss = labels(SeriesStore(Folders(tmp_path)))["loss"]
    assert (loss.minimum, loss.maximum, loss.last_step) == (None, None, 900)


def test_replaced_points_stay_so_when_a_value_in_a_json_file_begins_the_series_anew(
    tmp_path: Path, path: Path
) -> None:
    folders = Folders(tmp_path)
    folders.values["a"] = [StepValue("loss", 50, 1.0, 950)]
    write(path, _FIRST + _REWIND)
    store = SeriesStore(folders)
    assert labels(store)["loss"].last_step == 500
    folders.values["a"].append(StepValue("loss", 40, 1.0, 960))
    assert store.read_new(Name("a"), [StepValue("loss", 40, 1.0, 960)]).anew
    loss = labels(store)["loss"]
    assert (loss.last_step, loss.minimum, loss.maximum) == (500, 500, 960)


@pytest.mark.parametrize("line", ["x\t1.0\t!rewind\t1\n", "1\t1.0\t!rewind\n", "1\t1.0\t!rewind\tx\n"])
def test_what_is_no_rewind_is_a_bad_line(tmp_path: Path, path: Path, line: str) -> None:
    write(path, _FIRST + line)
    store = SeriesStore(Folders(tmp_path))
    assert labels(store)["loss"].last_step == 900
    (problem,) = store.problems(Name("a"))
    assert problem.position == f"line 11, byte {len(HEADER + _FIRST)}"
