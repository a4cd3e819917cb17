from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike import layout
from lavdlike.kinds.scalars import HEADER
from lavdlike.server.messages import SeriesRequest
from lavdlike.server.series import Changes, SeriesStore, StepValue


class _Opened(NamedTuple):
    fd: int


class Folders:
    """The experiments of a folder, as the server gives them to the store."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.values: dict[str, list[StepValue]] = {}

    def scalars_files(self, experiment: str) -> Iterable[str]:
        try:
            names = [path.name for path in (self.root / experiment).iterdir()]
        except FileNotFoundError:
            return []
        return [name for name in names if layout.scalars_writer(name) is not None]

    @contextmanager
    def open(self, experiment: str, name: str) -> Iterator[_Opened]:
        fd = os.open(self.root / experiment / name, os.O_RDONLY)
        try:
            yield _Opened(fd)
        finally:
            os.close(fd)

    def step_values(self, experiment: str) -> Iterable[StepValue]:
        return self.values.get(experiment, [])


def write(path: Path, lines: str, *, header: bool = True) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text((HEADER if header else "") + lines)


def append(path: Path, lines: str) -> None:
    with path.open("a") as file:
        file.write(lines)


def points(
    store: SeriesStore, label: str = "loss", experiment: str = "a", **request: Any
) -> list[tuple[Any, Any]]:
    """(step, value) of all points of the label, of all its series."""
    page = store.page(
        SeriesRequest([experiment], [label], **{"columns": 0, **request}), epoch="e", sequence=1
    )
    return [
        (step, value)
        for series in page.series
        for step, value in zip(series.steps, series.values, strict=True)
    ]


def added(changes: Changes) -> list[tuple[str, int, list[int]]]:
    return [(new.label, new.first_index, new.columns.steps.astype(int).tolist()) for new in changes.appended]


def test_points_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(
        tmp_path / "a/scalars.tsv",
        "1\t10.000\tloss\t0.5\n1\t10.000\tacc\t7\n3\t11.000\tloss\tnan\n2\t12.000\tloss\t-inf\n",
    )
    store = SeriesStore(Folders(tmp_path))
    assert points(store) == [(1, 0.5), (3, "nan"), (2, "-inf")]
    labels = store.labels("a", sequence=3).labels
    assert [(entry.label, entry.count, entry.last_step, entry.last_value) for entry in labels] == [
        ("acc", 1, 1, 7.0),
        ("loss", 3, 2, "-inf"),
    ]
    assert (labels[1].minimum, labels[1].maximum) == (0.5, 0.5)


def test_only_new_lines_are_returned_and_each_once(tmp_path: Path) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, "1\t10.000\tloss\t0.5\n")
    store = SeriesStore(Folders(tmp_path))
    assert store.read_new("a").anew
    assert not store.read_new("a")
    append(path, "2\t11.000\tloss\t0.25\n3\t12.0")
    changes = store.read_new("a")
    assert not changes.anew
    assert added(changes) == [("loss", 1, [2])]
    append(path, "00\tloss\t0.125\n")
    changes = store.read_new("a")
    assert added(changes) == [("loss", 2, [3])]
    message = changes.appended[0].message()
    assert (message.steps, message.wall_times, message.values) == ([3], [12.0], [0.125])
    assert points(store) == [(1, 0.5), (2, 0.25), (3, 0.125)]
