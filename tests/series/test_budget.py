"""What the store does where its points take more memory than they may."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentName as Name
from lavdlike.scalar_messages import SeriesRequest
from lavdlike.series.point_series import squeezed
from lavdlike.series.store import SeriesStore
from lavdlike.sources.columns import StepValue

_LABELS, _STEPS = 4, 1000
# Of one experiment: as doubles; of one series squeezed; of one without points.
_WHOLE = _LABELS * (24 * _STEPS + 2000)
_SQUEEZED, _STUB = 12 * _STEPS + 2000, 2000


class _Opened(NamedTuple):
    fd: int
    run: str = ""


class Counting:
    """Experiments of one file each; counts how often each is opened and had something read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.read: dict[str, int] = {}
        self.values: dict[str, list[StepValue]] = {}

    def paths(self, experiment: str) -> list[str]:
        return ["scalars.tsv"] if (self.root / experiment / "scalars.tsv").exists() else []

    @contextmanager
    def open(self, experiment: str, name: str) -> Iterator[_Opened]:
        fd = os.open(self.root / experiment / name, os.O_RDONLY)
        before = os.lseek(fd, 0, os.SEEK_CUR)
        self.read[experiment] = self.read.get(experiment, 0) + 1
        try:
            yield _Opened(fd)
        finally:
            assert os.lseek(fd, 0, os.SEEK_CUR) == before
            os.close(fd)

    def preferred(self, experiment: str) -> list[str]:  # noqa: ARG002
        return []

    def step_values(self, experiment: str) -> list[StepValue]:
        return self.values.get(experiment, [])


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _lines(begin: int, end: int) -> str:
    return "".join(
        f"{step}\t{1.7e9 + step + step % 3 / 8:.3f}\tm{label}\t{1 / (step + label + 1)!r}\n"
        for step in range(begin, end)
        for label in range(_LABELS)
    )


def _root(folder: Path, experiments: int) -> list[str]:
    names = [f"e{number:02d}" for number in range(experiments)]
    for name in names:
        (folder / name).mkdir()
        (folder / name / "scalars.tsv").write_text(HEADER + _lines(0, _STEPS))
    return names


def _append(folder: Path, name: str, text: str) -> None:
    with (folder / name / "scalars.tsv").open("a") as file:
        file.write(text)


def _chart(store: SeriesStore, names: list[str], label: str) -> list[tuple[str, list[int], list[float]]]:
    """Identity, steps and values of each series."""
    page = store.page(SeriesRequest(names, [label], columns=0), epoch="e", sequence=1)
    return [(each.head.identity, each.steps, [float(value) for value in each.values]) for each in page.series]


def _expected(label: int, end: int = _STEPS) -> list[float]:
    return [1 / (step + label + 1) for step in range(end)]


def test_what_fits_in_less_memory_is_read_once(tmp_path: Path) -> None:
    names, files = _root(tmp_path, 6), Counting(tmp_path)
    store = SeriesStore(files, budget_bytes=6 * _LABELS * _SQUEEZED + 1000)
    for label in (0, 1, 2, 3, 0):
        assert [values for _, _, values in _chart(store, names, f"m{label}")] == [_expected(label)] * 6
    assert set(files.read.values()) == {1}


def test_a_chart_beyond_the_budget_reads_only_what_is_not_there(tmp_path: Path) -> None:
    names, files = _root(tmp_path, 10), Counting(tmp_path)
    # All points of six experiments; of the others what is said of them and a label or two.
    store = SeriesStore(files, budget_bytes=6 * _LABELS * _SQUEEZED + 4 * (_LABELS * _STUB + 3 * 12 * _STEPS))
    first = _chart(store, names, "m0")
    opened_once = dict(files.read)
    assert set(opened_once.values()) == {1}
    assert _chart(store, names, "m0") == first
    assert files.read == opened_once
    assert [values for _, _, values in _chart(store, names, "m1")] == [_expected(1)] * 10
    again = [name for name in names if files.read[name] > 1]
    assert len(again) <= 5
    assert _chart(store, names, "m0") == first  # identities as well: no page has to ask again


def test_labels_are_told_without_reading_points_again(tmp_path: Path) -> None:
    names, files = _root(tmp_path, 5), Counting(tmp_path)
    store = SeriesStore(files, budget_bytes=5 * _LABELS * _STUB + 30_000)
    before = [store.labels(Name(name), sequence=1) for name in names]
    opened = dict(files.read)
    assert [store.labels(Name(name), sequence=1) for name in names] == before
    assert files.read == opened
    assert [entry.count for entry in before[0].labels] == [_STEPS] * _LABELS


def test_beyond_the_budget_what_comes_costs_its_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, files = _root(tmp_path, 6), Counting(tmp_path)
    store = SeriesStore(files, budget_bytes=6 * _LABELS * _STUB)
    for name in names:
        store.read_new(Name(name))
    pread, read = os.pread, [0]

    def counted(descriptor: int, size: int, offset: int) -> bytes:
        data = pread(descriptor, size, offset)
        read[0] += len(data)
        return data

    monkeypatch.setattr(os, "pread", counted)
    added = _lines(_STEPS, _STEPS + 3)
    size_bytes = (tmp_path / names[0] / "scalars.tsv").stat().st_size
    for name in names:
        _append(tmp_path, name, added)
        read[0] = 0
        assert sum(len(each.columns.steps) for each in store.read_new(Name(name)).appended) == 3 * _LABELS
        # Beside what came: the file's begin and what stood before it are compared.
        assert len(added) <= read[0] <= len(added) + 4 * 4096 < size_bytes / 5
        read[0] = 0
        assert not store.read_new(Name(name))
        assert (
            read[0] <= 4 * 4096
        )  # it has just been written, so its times alone do not say that it is the same
    assert set(files.read.values()) == {3}


@pytest.mark.slow
def test_all_points_that_come_are_told_once_and_never_as_new(tmp_path: Path) -> None:
    names, files = _root(tmp_path, 6), Counting(tmp_path)
    store = SeriesStore(files, budget_bytes=6 * _LABELS * _STUB + 2 * 12 * _STEPS)
    for name in names:
        store.read_new(Name(name))
    told: dict[tuple[str, str], list[int]] = {}
    for round_ in range(5):
        for name in names:
            _append(tmp_path, name, _lines(_STEPS + round_, _STEPS + round_ + 1))
            if round_ % 2:  # a chart meets the new points before they are told
                _chart(store, names, f"m{round_ % _LABELS}")
            changes = store.read_new(Name(name))
            assert not changes.anew
            for added in changes.appended:
                known = told.setdefault((name, added.label), [])
                assert added.first_index == _STEPS + len(known)
                known += added.columns.steps.astype(int).tolist()
    every = list(range(_STEPS, _STEPS + 5))
    assert told == {(name, f"m{label}"): every for name in names for label in range(_LABELS)}
    for label in range(_LABELS):
        assert [values for _, _, values in _chart(store, names, f"m{label}")] == [
            _expected(label, _STEPS + 5)
        ] * 6


def test_what_was_looked_at_lately_stays_longer(tmp_path: Path) -> None:
    names, files, time = _root(tmp_path, 3), Counting(tmp_path), Time()
    store = SeriesStore(files, budget_bytes=3 * _LABELS * _STUB + 4 * 12 * _STEPS, clock=time)
    _chart(store, names, "m0")
    time.now = 1000
    _chart(store, names, "m1")
    opened = dict(files.read)
    _chart(store, names, "m1")
    assert files.read == opened
    _chart(store, names, "m0")
    assert files.read != opened


def test_a_file_that_was_replaced_meanwhile_is_told_as_new(tmp_path: Path) -> None:
    (name,), files = _root(tmp_path, 1), Counting(tmp_path)
    store = SeriesStore(files, budget_bytes=_LABELS * _STUB)
    ((identity, _, _),) = _chart(store, [name], "m0")
    beside = tmp_path / name / ".new"
    beside.write_text(HEADER + "7\t1.000\tm0\t3.5\n")
    beside.replace(tmp_path / name / "scalars.tsv")
    ((other, steps, values),) = _chart(store, [name], "m0")
    assert (steps, values) == ([7], [3.5])
    assert other != identity
    assert store.read_new(Name(name)).anew


def test_a_resumed_run_replaces_points_that_are_not_in_memory(tmp_path: Path) -> None:
    (name,), files = _root(tmp_path, 1), Counting(tmp_path)
    store = SeriesStore(files, budget_bytes=_LABELS * _STUB)
    store.read_new(Name(name))
    _append(tmp_path, name, "1\t1.7e9\t!rewind\t0\n2\t1700000500.000\tm0\t-8.0\n")
    assert store.read_new(Name(name)).anew
    (m0, *_) = store.labels(Name(name), sequence=1).labels
    assert (m0.minimum, m0.maximum, m0.last_value) == (-8.0, 1.0, -8.0)
    (counted,) = store.counted(Name(name), "m0")
    assert counted.counts is not None
    assert np.count_nonzero(counted.counts) == 2


def test_values_of_json_files_and_of_a_file_stay_one_series(tmp_path: Path) -> None:
    (name,), files = _root(tmp_path, 1), Counting(tmp_path)
    files.values[name] = [StepValue("m0", 5, 1.0, 0.25)]
    store = SeriesStore(files, budget_bytes=_LABELS * _STUB)
    ((identity, steps, _),) = _chart(store, [name], "m0")
    assert len(steps) == _STEPS + 1
    assert _chart(store, [name], "m0")[0][0] == identity
    files.values[name] = [StepValue("m0", 5, 2.0, 0.5)]
    assert store.read_new(Name(name), files.values[name]).anew
    assert _chart(store, [name], "m0")[0][2][0] == 0.5


_COLUMN = st.one_of(
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=30),
    st.lists(st.integers(0, 2**53 - 1).map(float), min_size=1, max_size=30),
    st.lists(st.integers(0, 2**42).map(lambda milliseconds: milliseconds / 1000), min_size=1, max_size=30),
    st.tuples(st.integers(0, 2**40), st.integers(0, 1000), st.integers(1, 30)).map(
        lambda line: [float(line[0] + line[1] * index) for index in range(line[2])]
    ),
)


@given(_COLUMN, _COLUMN, _COLUMN)
def test_points_come_out_of_less_memory_as_they_went_in(
    steps: list[float], times: list[float], values: list[float]
) -> None:
    columns = (steps, times, values)
    count = min(map(len, columns))
    arrays = [np.array(column[:count]) for column in columns]
    held = squeezed(*arrays)
    for before, after in zip(arrays, held.columns(), strict=True):
        assert np.array_equal(before, after)
    assert held.size_bytes <= 24 * count


def test_points_of_a_training_take_half_of_their_doubles() -> None:
    steps = np.arange(0.0, 50_000, 10)
    times = np.round(1.7e9 + steps * 0.3 + np.random.default_rng(0).normal(size=len(steps)), 3)
    assert squeezed(steps, times, times).size_bytes == pytest.approx(12 * len(steps))
