from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.bounded import giving_up
from lavdlike.layout import ExperimentId
from lavdlike.scalar_messages import AggregatesRequest
from lavdlike.series import aggregate_lines
from lavdlike.series.aggregate_lines import Line, binary, check_request, lines
from lavdlike.series.aggregates import Aggregate, Average, Band
from lavdlike.series.overview import segments_of
from lavdlike.series.smoothing import Smoothing, smooth
from lavdlike.series.store import SeriesStore
from tests.series.random_series import LoggedFile, logged_files
from tests.series.test_aggregates import BANDS, assert_is, by_numpy
from tests.series.test_store import Folders, write


def request(*groups: Sequence[str], labels: Sequence[str] = ("loss",), **more: Any) -> AggregatesRequest:
    ids = [[ExperimentId(name) for name in group] for group in groups]
    return AggregatesRequest(ids, list(labels), **{"columns": 0, **more})


def aggregate_of(line: Line) -> Aggregate:
    return Aggregate(*line.columns)


def mean_of_writers(writers: Sequence[LoggedFile], step: int) -> float:
    values = [writer.at_steps().get(step, math.nan) for writer in writers]
    finite = [value for value in values if math.isfinite(value)]
    return float(np.mean(finite)) if finite else math.nan


_EXPERIMENTS = st.lists(st.lists(logged_files(max_size=15), min_size=1, max_size=2), min_size=1, max_size=4)


@given(_EXPERIMENTS, st.sampled_from(("mean", "median")), st.sampled_from(BANDS), st.sampled_from([10**9, 8]))
def test_a_line_is_what_numpy_says_of_the_files(
    experiments: list[list[LoggedFile]], average: Average, band: Band, most_held: int
) -> None:
    """Also where only few points can be held at once."""
    names = [f"e{number}" for number in range(len(experiments))]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(aggregate_lines, "MAX_HELD_POINTS", most_held)
        for name, writers in zip(names, experiments, strict=True):
            for rank, writer in enumerate(writers):
                file = "scalars.tsv" if rank == 0 else f"scalars.rank{rank}.tsv"
                write(Path(folder) / name / file, writer.lines, header=False)
        store = SeriesStore(Folders(Path(folder)))
        found = list(lines(request(names, average=average, band=band), store.asked))
    steps = sorted({point.step for writers in experiments for file in writers for point in file.points})
    if not steps:
        assert found == []
        return
    (line,) = found
    assert line.columns[0].tolist() == steps
    of_steps = [[mean_of_writers(writers, step) for writers in experiments] for step in steps]
    assert_is(aggregate_of(line), [by_numpy(values, average, band) for values in of_steps], 1e6)
    every = [file.at_steps() for writers in experiments for file in writers]
    assert line.head.missing == sum(not math.isfinite(value) for each in every for value in each.values())
    assert line.head.runs == sum(any(file.points for file in writers) for writers in experiments)
    assert line.head.count == line.head.sent == len(steps)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SeriesStore:
    """Six experiments with two labels, 3,000 steps each, of which the last two end early."""
    root = tmp_path_factory.mktemp("root")
    random = np.random.default_rng(3)
    for number in range(6):
        points = (
            f"{step}\t{1000 + number + step / 10:.3f}\t{label}\t{random.normal()!r}\n"
            for step in range(3000 if number < 4 else 2000)
            for label in ("loss", "acc")
        )
        write(root / f"e{number}/scalars.tsv", "".join(points))
    return SeriesStore(Folders(root))


def test_a_group_is_the_same_to_the_bit_without_the_others(store: SeriesStore) -> None:
    first, second = ["e0", "e1", "e4"], ["e2", "e3", "e5"]
    alone = [aggregate_of(line) for line in lines(request(second, labels=["acc", "loss"]), store.asked)]
    both = list(lines(request(first, second, labels=["acc", "loss"]), store.asked))
    assert [(line.head.group, line.head.label, line.head.runs) for line in both] == [
        (0, "acc", 3),
        (0, "loss", 3),
        (1, "acc", 3),
        (1, "loss", 3),
    ]
    for line, expected in zip(both[2:], alone, strict=True):
        np.testing.assert_array_equal(line.columns, expected)


def test_an_experiment_is_one_of_its_group_however_often_it_is_named(store: SeriesStore) -> None:
    once, often = (
        list(lines(request(names, labels=labels), store.asked))
        for names, labels in ((["e0", "e1"], ["loss"]), (["e0", "e1", "e0"], ["loss", "loss"]))
    )
    assert len(once) == len(often) == 1
    np.testing.assert_array_equal(once[0].columns, often[0].columns)


@pytest.mark.parametrize("band", ["none", "deviation", "quartiles"])
def test_columns_keep_the_extremes_of_all_three_lines(store: SeriesStore, band: Band) -> None:
    (whole,) = lines(request(["e0", "e1", "e5"], band=band), store.asked)
    (cut,) = lines(request(["e0", "e1", "e5"], band=band, columns=50, x_min=100, x_max=2599), store.asked)
    assert cut.head.count == 3000
    assert cut.head.sent == len(cut.columns[0]) <= 3 * 2 * 50 + 4
    inside = (whole.columns[0] >= 100) & (whole.columns[0] <= 2599)
    pixel = np.floor((whole.columns[0] - 100) / 2499 * 50).clip(0, 49)
    for column in cut.columns[1 : 4 if band != "none" else 2]:
        for at in range(50):
            of_whole = whole.columns[1 + [id(each) for each in cut.columns[1:]].index(id(column))]
            expected = of_whole[inside & (pixel == at)]
            assert np.isin([np.nanmin(expected), np.nanmax(expected)], column).all()
    at_steps = cut.columns[0].astype(int)
    np.testing.assert_array_equal([column[at_steps] for column in whole.columns], cut.columns)


def test_bins_lie_over_the_whole_line_whatever_the_window(store: SeriesStore) -> None:
    (line,) = lines(request(["e0", "e4"], bins=30), store.asked)
    np.testing.assert_allclose(line.columns[0], (np.arange(30) + 0.5) * 2999 / 30)
    assert line.columns[4].tolist() == [2.0] * 20 + [1.0] * 10
    raw = [series.columns for name in ("e0", "e4") for series in store.asked(name, ["loss"])]  # type: ignore[arg-type]
    for place in range(20):
        inside = [
            columns.values[np.minimum(np.floor(columns.steps / 2999 * 30), 29) == place].mean()
            for columns in raw
        ]
        np.testing.assert_allclose(line.columns[1][place], np.mean(inside), rtol=1e-12)
    (window,) = lines(request(["e0", "e4"], bins=30, x_min=500, x_max=900), store.asked)
    kept = np.isin(line.columns[0], window.columns[0])
    np.testing.assert_array_equal([column[kept] for column in line.columns], window.columns)


def test_time_since_the_first_point_is_taken_in_bins(store: SeriesStore) -> None:
    (line,) = lines(request(["e0", "e1"], bins=10, x="relative"), store.asked)
    assert line.columns[0][0] == pytest.approx(299.9 / 20)
    assert line.columns[4].tolist() == [2.0] * 10
    assert line.head.runs == 2


def test_smoothing_comes_before_aggregating(store: SeriesStore) -> None:
    (line,) = lines(request(["e0", "e1"], smoothing=0.9, method="gaussian"), store.asked)
    smoothed = []
    for name in ("e0", "e1"):
        (series,) = store.asked(name, ["loss"])  # type: ignore[arg-type]
        steps = series.columns.steps
        smoothed.append(
            smooth(series.columns.values, steps, segments_of(steps, steps), Smoothing(0.9, "gaussian")).values
        )
    np.testing.assert_allclose(line.columns[1], np.mean(smoothed, axis=0), rtol=1e-12, atol=1e-14)


def test_many_labels_are_held_in_parts(store: SeriesStore, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = request(["e0", "e1", "e4"], labels=["loss", "acc"], columns=0)
    whole = list(lines(wanted, store.asked))
    for most in (10_000, 7_000, 1_000):
        monkeypatch.setattr(aggregate_lines, "MAX_HELD_POINTS", most)
        parts = list(lines(wanted, store.asked))
        assert [line.head for line in parts] == [line.head for line in whole]
        for line, expected in zip(parts, whole, strict=True):
            np.testing.assert_array_equal(line.columns, expected.columns)


def test_the_binary_form_has_the_columns_one_after_the_other(store: SeriesStore) -> None:
    found = list(lines(request(["e0"], ["none"], ["e1", "e2"], columns=10), store.asked))
    answer = binary(found, epoch="e", sequence=3)
    (length,) = struct.unpack_from("<I", answer)
    head = json.loads(answer[4 : 4 + length])
    assert (4 + length) % 8 == 0
    assert [(each["group"], each["sent"]) for each in head["aggregates"]] == [
        (line.head.group, line.head.sent) for line in found
    ]
    assert [line.head.group for line in found] == [0, 2]
    numbers = np.frombuffer(answer, "<f8", offset=4 + length)
    np.testing.assert_array_equal(numbers, np.concatenate([np.concatenate(line.columns) for line in found]))
    points = found[0].points()
    assert points.low[0] == "nan"
    assert points.n[0] == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"smoothing": 1.0}, "smoothing"),
        ({"columns": -1}, "columns"),
        ({"bins": 10_001}, "bins"),
        ({"x": "relative"}, "need bins"),
    ],
)
def test_a_request_outside_its_limits_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_request(request(["a"], **wrong))
    with pytest.raises(ValueError, match="1000 groups"):
        check_request(request(*[["a"]] * 1001))


def test_nothing_is_computed_for_who_is_gone(store: SeriesStore) -> None:
    with giving_up.when(lambda: True), pytest.raises(giving_up.GivenUpError):
        next(lines(request(["e0", "e1"]), store.asked))
