from __future__ import annotations

import math
import os
import struct
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lavdlike import layout
from lavdlike.disk import tail
from lavdlike.errors import NotServedError
from lavdlike.kinds import tables
from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import Problem
from lavdlike.scalar_messages import SeriesAnswerHead, SeriesRequest
from lavdlike.series import packing, point_series
from lavdlike.series.experiment_series import SeriesChanges
from lavdlike.series.point_series import Series
from lavdlike.series.store import SeriesStore
from lavdlike.sources import scalar_lines
from lavdlike.sources.columns import Columns, StepValue, to_columns


class _Opened(NamedTuple):
    fd: int
    run: str = ""


class Folders:
    """The experiments of a folder, as the server gives them to the store."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.values: dict[str, list[StepValue]] = {}

    def paths(self, experiment: str) -> Iterable[str]:
        try:
            names = [path.name for path in (self.root / experiment).iterdir()]
        except FileNotFoundError:
            return []
        return [name for name in names if layout.scalars_writer(name) is not None or name.endswith(".csv")]

    @contextmanager
    def open(self, experiment: str, name: str) -> Iterator[_Opened]:
        fd = os.open(self.root / experiment / name, os.O_RDONLY)
        try:
            yield _Opened(fd)
        finally:
            os.close(fd)

    def preferred(self, experiment: str) -> list[str]:  # noqa: ARG002
        return []

    def step_values(self, experiment: str) -> Iterable[StepValue]:
        return self.values.get(experiment, [])


def write(path: Path, lines: str, *, header: bool = True) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text((HEADER if header else "") + lines)


def append(path: Path, lines: str) -> None:
    with path.open("a") as file:
        file.write(lines)


def replace(path: Path, content: str) -> None:
    beside = path.with_name(".new")
    beside.write_text(content)
    beside.replace(path)


def _everything(labels: list[str], experiment: str = "a", **request: Any) -> SeriesRequest:
    return SeriesRequest([experiment], labels, columns=0, **request)


def points(store: SeriesStore, label: str = "loss") -> list[tuple[int, Any]]:
    """(step, value) of all points of the label."""
    series = store.page(_everything([label]), epoch="e", sequence=1).series
    return [point for one in series for point in zip(one.steps, one.values, strict=True)]


def added(changes: SeriesChanges) -> list[tuple[str, int, list[int]]]:
    return [(new.label, new.first_index, new.columns.steps.astype(int).tolist()) for new in changes.appended]


def test_points_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(
        tmp_path / "a/scalars.tsv",
        "1\t10.000\tloss\t0.5\n1\t10.000\tacc\t7\n3\t11.000\tloss\tnan\n2\t12.000\tloss\t-inf\n",
    )
    store = SeriesStore(Folders(tmp_path))
    assert points(store) == [(1, 0.5), (3, "nan"), (2, "-inf")]
    labels = store.labels(Name("a"), sequence=3).labels
    assert [(entry.label, entry.count, entry.last_step, entry.last_value) for entry in labels] == [
        ("acc", 1, 1, 7.0),
        ("loss", 3, 2, "-inf"),
    ]
    assert (labels[1].minimum, labels[1].maximum) == (0.5, 0.5)


def test_only_new_lines_are_returned_and_each_once(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "1\t10.000\tloss\t0.5\n")
    store = SeriesStore(Folders(tmp_path))
    assert store.read_new(Name("a")).anew
    assert not store.read_new(Name("a"))
    append(path, "2\t11.000\tloss\t0.25\n3\t12.0")
    changes = store.read_new(Name("a"))
    assert not changes.anew
    assert added(changes) == [("loss", 1, [2])]
    append(path, "00\tloss\t0.125\n")
    changes = store.read_new(Name("a"))
    assert added(changes) == [("loss", 2, [3])]
    message = changes.appended[0].message()
    assert (message.steps, message.wall_times, message.values) == ([3], [12.0], [0.125])
    assert points(store) == [(1, 0.5), (2, 0.25), (3, 0.125)]


def test_many_lines_are_read_the_same_at_once_and_one_by_one(tmp_path: Path) -> None:
    scalar_lines.preload()
    lines = [
        f"{step}\t{1.7e9 + step / 8:.3f}\t{label}\t{value!r}\n"
        for step in range(2000)
        for label, value in (("loss", 1 / (step + 1)), ("größe", step), ("exact", 2**53 + step))
    ]
    path = tmp_path / "a/scalars.tsv"
    write(path, "".join(lines))
    labels = ["loss", "größe", "exact"]
    at_once = SeriesStore(Folders(tmp_path))
    expected = [points(at_once, label) for label in labels]
    write(path, "")
    one_by_one = SeriesStore(Folders(tmp_path))
    one_by_one.read_new(Name("a"))
    for begin in range(0, len(lines), 7):
        append(path, "".join(lines[begin : begin + 7]))
        one_by_one.read_new(Name("a"))
    assert [points(one_by_one, label) for label in labels] == expected
    assert expected[2][1] == (1, str(2**53 + 1))


def test_an_appended_line_costs_the_same_in_a_long_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_bytes: list[int] = []

    def counted(descriptor: int, count: int, offset: int) -> bytes:
        asked_bytes.append(count)
        return os.pread(descriptor, count, offset)

    monkeypatch.setattr(tail, "pread", counted)
    costs = []
    for count in (1_000, 20_000):
        path = tmp_path / f"a{count}/scalars.tsv"
        write(path, "".join(f"{step}\t10.000\tloss\t0.5\n" for step in range(count)))
        store = SeriesStore(Folders(tmp_path))
        store.read_new(Name(path.parent.name))
        asked_bytes.clear()
        append(path, "1\t10.000\tloss\t0.5\n")
        assert added(store.read_new(Name(path.parent.name))) == [("loss", count, [1])]
        costs.append(sum(asked_bytes))
    assert costs[0] == costs[1] == 2 * 4096 + len("1\t10.000\tloss\t0.5\n")


def test_points_of_a_long_file_take_memory_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[int, ...]] = []

    def counted(*shape: int) -> np.ndarray[Any, Any]:
        taken.append(shape)
        return np.empty(shape)

    monkeypatch.setattr(point_series, "lasting_doubles", counted)
    monkeypatch.setattr(tail, "BLOCK_BYTES", 4096)
    write(tmp_path / "a/scalars.tsv", "".join(f"{step}\t10.000\tloss\t0.5\n" for step in range(2000)))
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    assert taken == [(3, 2000)]
    assert len(points(store)) == 2000


def test_what_points_take_in_memory_is_counted_with_the_room_to_grow() -> None:
    series = Series("1")
    one = to_columns([1], [10.0], [0.5])
    tracemalloc.start()
    try:
        for _ in range(400):
            series.append([one])
        domain = tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)
        kept = tracemalloc.take_snapshot().filter_traces([domain]).traces
        kept_bytes = sum(trace.size for trace in kept)
    finally:
        tracemalloc.stop()
    assert 400 * 24 < kept_bytes <= series.size_bytes < kept_bytes + 4000


def test_unchanged_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "1\t10.000\tloss\t0.5\n")
    monkeypatch.setattr(tail, "is_settled", lambda _: True)  # as it is some seconds later
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    monkeypatch.setattr(tail, "os", SimpleNamespace(fstat=os.fstat))
    assert not store.read_new(Name("a"))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda path: path.write_text(HEADER + "1\t10.000\tloss\t0.25\n"), id="same size in place"
        ),
        pytest.param(
            lambda path: path.write_text(HEADER + "7\t10.000\tloss\t1\n8\t10.000\tloss\t2\n"),
            id="longer in place",
        ),
        pytest.param(lambda path: path.write_text(HEADER), id="truncated"),
        pytest.param(
            lambda path: replace(path, HEADER + "1\t10.000\tloss\t0.125\n2\t10.000\tloss\t0.5\n"),
            id="replaced",
        ),
        pytest.param(lambda path: path.unlink(), id="deleted"),
        pytest.param(lambda path: path.write_text("a\tb\n1\t2\n"), id="another table"),
    ],
)
def test_file_written_anew_is_read_anew(tmp_path: Path, change: Callable[[Path], object]) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "1\t10.000\tloss\t0.75\n")
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    (before,) = store.page(_everything(["loss"]), epoch="e", sequence=1).series
    change(path)
    assert store.read_new(Name("a")).anew
    after = store.page(_everything(["loss"]), epoch="e", sequence=1).series
    assert before.head.identity not in [series.head.identity for series in after]
    assert points(store) == points(SeriesStore(Folders(tmp_path)))


def test_bad_lines_are_reported_with_their_place_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "1\t10.000\tloss\t0.5\noops\n2\t11.000\tloss\t0.12\t!cut\n\n3\t12.000\tloss\t0.25\n")
    store = SeriesStore(Folders(tmp_path))
    assert points(store) == [(1, 0.5), (3, 0.25)]
    append(path, "x\t12.000\tloss\t0.25\n")
    store.read_new(Name("a"))
    problems = store.labels(Name("a"), sequence=1).problems
    begin = len(HEADER) + len("1\t10.000\tloss\t0.5\n")
    assert [(problem.path, problem.position) for problem in problems] == [
        ("a/scalars.tsv", f"line 3, byte {begin}"),
        ("a/scalars.tsv", f"line 4, byte {begin + 5}"),
        ("a/scalars.tsv", f"line 7, byte {path.stat().st_size - 19}"),
    ]
    assert "cut short" in problems[1].reason


@pytest.mark.parametrize("length", [255, 256, 300, 511, 512, 1000])
def test_a_line_that_is_too_long_is_skipped_and_reported_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(tail, "BLOCK_BYTES", 64)
    monkeypatch.setattr(tail, "MAX_LINE_BYTES", 256)
    path = tmp_path / "a/scalars.tsv"
    value = "7\t1.000\tloss\t0.5"
    write(path, "x" * length)
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    append(path, f"{value}\n{value}\noops\n")  # the first is the end of the long line
    store.read_new(Name("a"))
    assert points(store) == [(7, 0.5)]
    places = [problem.position for problem in store.labels(Name("a"), sequence=1).problems]
    begin = len(HEADER)
    assert places == [
        f"line 2, byte {begin}",
        f"line 4, byte {begin + length + 2 * (len(value) + 1)}",
    ]


def test_a_file_of_bad_lines_is_a_bounded_number_of_problems(tmp_path: Path) -> None:
    write(tmp_path / "a/scalars.tsv", "oops\n" * 1000)
    store = SeriesStore(Folders(tmp_path))
    problems = store.labels(Name("a"), sequence=1).problems
    assert len(problems) == 101
    assert "900 more" in problems[-1].reason


def test_a_file_that_may_not_be_read_is_a_problem_until_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a/scalars.tsv", "1\t10.000\tloss\t0.5\n")
    folders = Folders(tmp_path)
    store = SeriesStore(folders)
    with monkeypatch.context() as patch:

        def refuse(experiment: str, name: str) -> Any:
            raise NotServedError(f"{experiment}/{name}", "no permission to read it")

        patch.setattr(folders, "open", refuse)
        assert store.labels(Name("a"), sequence=1).problems == [
            Problem("a/scalars.tsv", "no permission to read it")
        ]
    assert store.read_new(Name("a")).anew
    assert store.labels(Name("a"), sequence=1).problems == []
    assert points(store) == [(1, 0.5)]


def test_a_table_that_is_named_scalars_is_no_scalars_file(tmp_path: Path) -> None:
    write(tmp_path / "a/scalars.tsv", "step\tloss\n1\t0.5\n", header=False)
    store = SeriesStore(Folders(tmp_path))
    assert store.labels(Name("a"), sequence=1).labels == []
    assert store.labels(Name("a"), sequence=1).problems == []


def test_header_may_come_later_and_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "step\twall_", header=False)
    store = SeriesStore(Folders(tmp_path))
    assert points(store) == []
    append(path, "time\tlabel\tvalue\n1\t10.000\tloss\t0.5\n")
    store.read_new(Name("a"))
    assert points(store) == [(1, 0.5)]


def test_writers_have_series_of_their_own_and_a_label_counts_all(tmp_path: Path) -> None:
    write(tmp_path / "a/scalars.tsv", "1\t10.000\tloss\t1.0\n2\t11.000\tloss\t2.0\n")
    write(tmp_path / "a/scalars.rank1.tsv", "1\t10.500\tloss\t-1.0\n2\t11.500\tloss\t-2.0\n")
    store = SeriesStore(Folders(tmp_path))
    series = store.page(_everything(["loss"]), epoch="e", sequence=1).series
    assert [(entry.head.writer, entry.values) for entry in series] == [
        ("", [1.0, 2.0]),
        ("rank1", [-1.0, -2.0]),
    ]
    assert len({entry.head.identity for entry in series}) == 2
    (label,) = store.labels(Name("a"), sequence=1).labels
    assert (label.count, label.last_value, label.minimum, label.maximum) == (4, -2.0, -2.0, 2.0)
    append(tmp_path / "a/scalars.tsv", "3\t12.000\tloss\t3.0\n")
    assert added(store.read_new(Name("a"))) == [("loss", 2, [3])]


def test_values_in_json_files_come_before_the_file_of_the_same_label(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    folders.values["a"] = [StepValue("loss", 2, 5.0, 0.2), StepValue("loss", 1, 6.0, 2**60 + 1)]
    write(tmp_path / "a/scalars.tsv", "3\t10.000\tloss\t0.3\n")
    store = SeriesStore(folders)
    assert points(store) == [(1, str(2**60 + 1)), (2, 0.2), (3, 0.3)]


def test_json_value_of_a_later_step_is_appended_and_of_an_earlier_one_begins_anew(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    (tmp_path / "a").mkdir()
    store = SeriesStore(folders)
    assert store.read_new(Name("a")).anew
    assert store.read_new(Name("a"), [StepValue("loss", 2, 5.0, 0.5)]).anew
    changes = store.read_new(Name("a"), [StepValue("loss", 4, 6.0, 0.25), StepValue("loss", 3, 7.0, 1)])
    assert not changes.anew
    assert added(changes) == [("loss", 1, [3, 4])]
    assert not store.read_new(Name("a"), [StepValue("loss", 4, 6.0, 0.25)])
    assert store.read_new(Name("a"), [StepValue("loss", 3, 8.0, 7)]).anew
    assert points(store) == [(2, 0.5), (3, 7), (4, 0.25)]
    assert store.read_new(Name("a"), [StepValue("loss", step, 8.0, None) for step in (2, 3, 4)]).anew
    assert store.labels(Name("a"), sequence=1).labels == []


def test_json_value_that_changes_keeps_the_points_of_the_file(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    folders.values["a"] = [StepValue("loss", 1, 5.0, 0.1)]
    write(tmp_path / "a/scalars.tsv", "2\t10.000\tloss\t123456789012345678901\n")
    store = SeriesStore(folders)
    store.read_new(Name("a"))
    assert store.read_new(Name("a"), [StepValue("loss", 5, 6.0, 0.5)]).anew
    assert points(store) == [(1, 0.1), (5, 0.5), (2, "123456789012345678901")]
    append(tmp_path / "a/scalars.tsv", "3\t11.000\tloss\t0.3\n")
    assert added(store.read_new(Name("a"))) == [("loss", 3, [3])]


def test_rows_of_a_table_are_points_and_read_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "a" / "metrics.csv"
    write(path, "epoch,loss,note,lr,wall_time\n1,0.5,good,,10\n2,nan,,1e-3,20\n", header=False)
    store = SeriesStore(Folders(tmp_path))
    assert store.read_new(Name("a")).anew
    assert [label.label for label in store.labels(Name("a"), sequence=1).labels] == [
        "metrics/loss",
        "metrics/lr",
    ]
    assert points(store, "metrics/loss") == [(1, 0.5), (2, "nan")]
    assert points(store, "metrics/lr") == [(2, 0.001)]
    append(path, "3,0.25,x,0.002,30\n4,0.1")
    assert added(store.read_new(Name("a"))) == [("metrics/loss", 2, [3]), ("metrics/lr", 1, [3])]
    assert not store.read_new(Name("a"))
    append(path, "25,,,40\n")
    assert added(store.read_new(Name("a"))) == [("metrics/loss", 3, [4])]
    (series,) = store.page(_everything(["metrics/loss"]), epoch="e", sequence=1).series
    assert series.wall_times == [10, 20, 30, 40]
    assert series.head.writer == "metrics.csv"
    replace(path, "step,loss\n7,1\n")
    assert store.read_new(Name("a")).anew
    assert points(store, "metrics/loss") == [(7, 1)]
    path.unlink()
    assert store.read_new(Name("a")).anew
    assert store.labels(Name("a"), sequence=1).labels == []


def test_rows_without_a_step_and_cells_without_a_number_are_no_points(tmp_path: Path) -> None:
    rows = ["1,2", "x,3", "-1,3", "1.5,3", "2.0, 4 ", f"{2**53},5", "", "3", '"4","5"', "5,6,7"]
    write(tmp_path / "a" / "t.csv", "step,value\n" + "\n".join(rows) + "\n", header=False)
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    assert points(store, "t/value") == [(1, 2), (2, 4), (4, 5), (5, 6)]


def test_a_label_of_a_table_and_of_a_scalars_file_is_shown_from_the_latter(tmp_path: Path) -> None:
    write(tmp_path / "a" / "scalars.tsv", "1\t5\tmetrics/loss\t3\n")
    write(tmp_path / "a" / "metrics.csv", "step,loss\n1,4\n", header=False)
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    assert points(store, "metrics/loss") == [(1, 3)]
    assert [each.path for each in store.labels(Name("a"), sequence=0).left_out] == ["metrics.csv"]
    (tmp_path / "a" / "scalars.tsv").unlink()
    assert store.read_new(Name("a")).anew
    assert points(store, "metrics/loss") == [(1, 4)]


def test_of_a_table_beyond_the_limit_the_beginning_is_points_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a" / "t.csv"
    write(path, "step,value\n1,2\n", header=False)
    store = SeriesStore(Folders(tmp_path))
    store.read_new(Name("a"))
    monkeypatch.setattr(tables, "MAX_BYTES", 20)
    append(path, "2,2\n3,2\n")
    store.read_new(Name("a"))
    append(path, "4,2\n")
    store.read_new(Name("a"))
    assert points(store, "t/value") == [(1, 2)]
    (problem,) = store.problems(Name("a"))
    assert "only the first" in problem.reason


def test_binary_answer_holds_what_the_json_answer_says(tmp_path: Path) -> None:
    write(
        tmp_path / "a/scalars.tsv",
        "1\t10.500\tloss\t0.5\n2\t11.000\tloss\tnan\n2\t12.000\tacc\tinf\n1\t13.000\tloss\t4.0\n",
    )
    store = SeriesStore(Folders(tmp_path))
    request = SeriesRequest(["a", "missing"], ["loss", "acc", "unknown"], smoothing=0.5)
    page = store.page(request, epoch="e", sequence=7)
    answer = store.binary(request, epoch="e", sequence=7)
    (length,) = struct.unpack_from("<I", answer)
    head = msgspec.json.decode(answer[4 : 4 + length], type=SeriesAnswerHead)
    assert (head.epoch, head.sequence) == ("e", 7)
    assert head.series == [series.head for series in page.series]
    sent = packing.unpack(head.columns, answer[4 + length :], [each.sent for each in head.series])
    for series, columns in zip(page.series, sent, strict=True):
        assert series.smoothed is not None
        said: list[list[Any]] = [series.steps, series.wall_times, series.values, series.smoothed]
        for column, numbers in zip(said, columns, strict=True):
            assert numbers.tolist() == pytest.approx([float(value) for value in column], nan_ok=True, rel=0)
    assert [series.head.label for series in page.series] == ["loss", "acc"]
    assert page.series[0].head.segments == [2]
    assert page.series[0].head.first_wall_time == 10.5
    assert page.series[0].smoothed == [0.5, "nan", 4.0]


def test_smoothing_goes_on_from_the_state(tmp_path: Path) -> None:
    values = [1.0, 3.0, float("nan"), -2.0, 8.0]
    path = tmp_path / "a/scalars.tsv"
    write(path, "".join(f"{step}\t10.000\tloss\t{value!r}\n" for step, value in enumerate(values)))
    store = SeriesStore(Folders(tmp_path))
    (series,) = store.page(_everything(["loss"], smoothing=0.75), epoch="e", sequence=1).series
    assert series.head.smoothing_state is not None
    weighted_sum, weight_sum = series.head.smoothing_state
    append(path, "9\t10.000\tloss\t5.0\n")
    store.read_new(Name("a"))
    (series,) = store.page(_everything(["loss"], smoothing=0.75), epoch="e", sequence=1).series
    assert series.smoothed is not None
    assert series.smoothed[-1] == pytest.approx((0.75 * weighted_sum + 5.0) / (0.75 * weight_sum + 1))


def test_overview_keeps_the_extremes_of_values_and_of_smoothed_values(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=1000).cumsum().tolist()
    write(
        tmp_path / "a/scalars.tsv",
        "".join(f"{step}\t10.000\tloss\t{value!r}\n" for step, value in enumerate(values)),
    )
    store = SeriesStore(Folders(tmp_path))
    (exact,) = store.page(_everything(["loss"], smoothing=0.9), epoch="e", sequence=1).series
    (overview,) = store.page(
        SeriesRequest(["a"], ["loss"], columns=3, smoothing=0.9), epoch="e", sequence=1
    ).series
    assert overview.head.sent < 20
    assert not overview.head.exact
    assert overview.smoothed is not None
    assert exact.smoothed is not None
    assert (min(overview.values), max(overview.values)) == (min(values), max(values))
    assert (min(overview.smoothed), max(overview.smoothed)) == (min(exact.smoothed), max(exact.smoothed))


def test_smoothed_values_are_rounded_only_where_points_are_left_out(tmp_path: Path) -> None:
    values = np.random.default_rng(3).normal(size=1000).cumsum().tolist()
    write(
        tmp_path / "a/scalars.tsv",
        "".join(f"{step}\t10.000\tloss\t{value!r}\n" for step, value in enumerate(values)),
    )
    store = SeriesStore(Folders(tmp_path))
    for columns, is_exact in ((0, True), (3, False)):
        request = SeriesRequest(["a"], ["loss"], columns=columns, smoothing=0.9)
        (page,) = store.page(request, epoch="e", sequence=1).series
        answer = store.binary(request, epoch="e", sequence=1)
        (length,) = struct.unpack_from("<I", answer)
        head = msgspec.json.decode(answer[4 : 4 + length], type=SeriesAnswerHead)
        ((_, _, raw, smoothed),) = packing.unpack(head.columns, answer[4 + length :], [page.head.sent])
        assert page.smoothed is not None
        assert raw.tolist() == page.values
        assert (smoothed.tolist() == page.smoothed) == is_exact
        assert smoothed.tolist() == pytest.approx(page.smoothed, abs=1e-6 * np.ptp(page.smoothed))


def test_relative_time_begins_with_the_first_point_of_the_experiment(tmp_path: Path) -> None:
    write(tmp_path / "a/scalars.tsv", "".join(f"{step}\t{100 + step}.000\tloss\t1.0\n" for step in range(10)))
    append(tmp_path / "a/scalars.tsv", "0\t105.000\tacc\t1.0\n1\t107.000\tacc\t1.0\n")
    store = SeriesStore(Folders(tmp_path))
    request = SeriesRequest(["a"], ["acc"], x="relative", x_min=6.0, x_max=8.0, columns=100)
    (series,) = store.page(request, epoch="e", sequence=1).series
    assert series.head.first_wall_time == 100.0
    assert series.steps == [0, 1]


def test_points_without_a_place_on_a_logarithmic_axis_are_counted(tmp_path: Path) -> None:
    write(
        tmp_path / "a/scalars.tsv", "".join(f"{step}\t{100 + step}.000\tloss\t1.0\n" for step in (0, 0, 1, 2))
    )
    store = SeriesStore(Folders(tmp_path))
    for log_x, without_place, sent in ((False, 0, 4), (True, 2, 2)):
        (series,) = store.page(_everything(["loss"], log_x=log_x), epoch="e", sequence=1).series
        assert (series.head.without_place, series.head.sent) == (without_place, sent)


@pytest.mark.parametrize(
    "wrong", [{"smoothing": 1.0}, {"smoothing": -0.1}, {"smoothing": math.nan}, {"columns": -1}]
)
def test_request_with_a_number_outside_its_range_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    store = SeriesStore(Folders(tmp_path))
    with pytest.raises(ValueError, match=next(iter(wrong))):
        store.page(SeriesRequest([], [], **wrong), epoch="e", sequence=1)


def test_threads_may_ask_while_the_file_grows(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "")
    store = SeriesStore(Folders(tmp_path))
    new_steps: list[int] = []

    def read() -> None:
        for _ in range(100):
            for new in store.read_new(Name("a")).appended:
                new_steps.extend(new.columns.steps.astype(int).tolist())
            steps = [step for step, _ in points(store)]
            assert steps == list(range(len(steps)))

    store.read_new(Name("a"))
    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read) for _ in range(3)]
        for step in range(300):
            append(path, f"{step}\t10.000\tloss\t{step}\n")
        for reader in readers:
            reader.result()
    for new in store.read_new(Name("a")).appended:
        new_steps.extend(new.columns.steps.astype(int).tolist())
    assert sorted(new_steps) == list(range(300))


_LABELS = st.sampled_from(["loss", "größe"])
_WRITERS = st.sampled_from(["scalars.tsv", "scalars.rank1.tsv"])
_GOOD_LINES = st.builds(
    "{}\t{}.000\t{}\t{}\n".format,
    st.integers(0, 5),
    st.integers(0, 9),
    _LABELS,
    st.sampled_from(["0.5", "nan", str(2**60)]),
)
_TEXTS = st.lists(
    st.one_of(_GOOD_LINES, st.just("oops\n"), st.just("\n"), st.just("3\t4.0")), max_size=4
).map("".join)


class AnyChanges(RuleBasedStateMachine):
    """Whatever happens to the files, the store holds what one holds that reads them for the first time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.sources = Folders(Path(self.folder.name))
        (self.sources.root / "a").mkdir()
        self.values: dict[tuple[str, int], StepValue] = {}
        self.store = SeriesStore(self.sources)
        self.told: dict[str, list[tuple[int, float, str]]] = {}

    @rule(name=_WRITERS, text=_TEXTS)
    def append_to(self, name: str, text: str) -> None:
        append(self.sources.root / "a" / name, text)

    @rule(name=_WRITERS, text=_TEXTS)
    def write_anew(self, name: str, text: str) -> None:
        (self.sources.root / "a" / name).write_text(HEADER + text)

    @rule(name=_WRITERS, text=_TEXTS)
    def put_in_its_place(self, name: str, text: str) -> None:
        replace(self.sources.root / "a" / name, HEADER + text)

    @rule(name=_WRITERS, kept=st.integers(0, 60))
    def truncate(self, name: str, kept: int) -> None:
        path = self.sources.root / "a" / name
        if path.exists():
            os.truncate(path, min(kept, path.stat().st_size))

    @rule(name=_WRITERS)
    def delete(self, name: str) -> None:
        (self.sources.root / "a" / name).unlink(missing_ok=True)

    @rule(label=_LABELS, step=st.integers(0, 5), number=st.sampled_from([0.25, 7, None]))
    def write_json(self, label: str, step: int, number: float | None) -> None:
        value = StepValue(label, step, 3.0, number)
        self.values[label, step] = value
        self.sources.values["a"] = [value for value in self.values.values() if value.value is not None]
        self.keep_up(self.store.read_new(Name("a"), [value]))

    @rule()
    def look(self) -> None:
        self.keep_up(self.store.read_new(Name("a")))

    def keep_up(self, changes: SeriesChanges) -> None:
        """What a browser does that is told of changes."""
        if changes.anew:
            self.told = {identity: points for _, _, identity, points in self.held(self.store)}
        for new in changes.appended:
            known = self.told.setdefault(new.identity, [])
            if not changes.anew:
                assert new.first_index == len(known)
                known.extend(_points_of(new.columns))

    @staticmethod
    def held(store: SeriesStore) -> list[tuple[str, str, str, list[tuple[int, float, str]]]]:
        return [
            (label.label, writer, identity, _points_of(columns))
            for label in store.labels(Name("a"), sequence=0).labels
            for writer, identity, columns in store.series_of(Name("a"), label.label)
        ]

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.look()
        held = self.held(self.store)
        anew = SeriesStore(self.sources)
        assert [series[:2] + series[3:] for series in held] == [
            series[:2] + series[3:] for series in self.held(anew)
        ]
        assert self.told == {identity: points for _, _, identity, points in held}
        problems, expected = (store.labels(Name("a"), sequence=0).problems for store in (self.store, anew))
        assert problems == expected

    def teardown(self) -> None:
        self.folder.cleanup()


def _points_of(columns: Columns) -> list[tuple[int, float, str]]:
    points = zip(columns.steps.tolist(), columns.wall_times.tolist(), strict=True)
    return [
        (int(step), wall_time, repr(columns.value(index))) for index, (step, wall_time) in enumerate(points)
    ]


TestAnyChanges = AnyChanges.TestCase
TestAnyChanges.settings = settings(stateful_step_count=12)
