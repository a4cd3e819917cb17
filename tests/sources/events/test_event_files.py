"""Event files that the original writers have made (tests/corpus/make_events.py), to the last bit."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import Problem
from lavdlike.series.store import SeriesStore
from lavdlike.sources.events import event_blocks, event_files
from lavdlike.sources.events.event_files import EventFile, EventFiles, is_event_file
from lavdlike.sources.source import REWIND, Role
from tests.scripts import ROOT
from tests.sources.events.event_bytes import VERSION, event, field, point, record, simple, started

CORPUS = ROOT / "tests" / "corpus" / "events"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())
NAME = "events.out.tfevents.1"


class _Opened(NamedTuple):
    fd: int
    run: str = ""


class Folder:
    """The event files directly in the folders of a root, as the server gives them to the store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def paths(self, experiment: str) -> Iterable[str]:
        return [path.name for path in (self.root / experiment).iterdir() if is_event_file(path.name)]

    @contextmanager
    def open(self, experiment: str, name: str) -> Iterator[_Opened]:
        fd = os.open(self.root / experiment / name, os.O_RDONLY)
        try:
            yield _Opened(fd)
        finally:
            os.close(fd)

    def preferred(self, experiment: str) -> list[str]:  # noqa: ARG002
        return []

    def step_values(self, experiment: str) -> Iterable[Any]:  # noqa: ARG002
        return ()


def scalars_of(store: SeriesStore, run: str) -> dict[str, list[list[Any]]]:
    """What counts, as `expected.json` has it."""
    found = {}
    for label in (entry.label for entry in store.labels(Name(run), sequence=0).labels):
        (counted,) = store.counted(Name(run), label)
        columns = counted.columns
        places = np.arange(len(columns.steps)) if counted.counts is None else np.flatnonzero(counted.counts)
        found[label] = [
            [float(columns.wall_times[place]).hex(), int(columns.steps[place]), columns.value(place)]
            for place in places.tolist()
        ]
    return found


def as_logged(points: list[list[Any]]) -> list[list[Any]]:
    return [
        [wall, step, float.fromhex(value) if isinstance(value, str) else value]
        for wall, step, value in points
    ]


def is_same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize("run", EXPECTED)
def test_every_scalar_is_what_tensorboard_reads(run: str) -> None:
    store = SeriesStore(Folder(CORPUS))
    found = scalars_of(store, run)
    expected = {label: as_logged(points) for label, points in EXPECTED[run]["scalars"].items()}
    assert found.keys() == expected.keys()
    for label, points in expected.items():
        assert [point[:2] for point in found[label]] == [point[:2] for point in points], label
        for mine, theirs in zip(found[label], points, strict=True):
            assert is_same(mine[2], theirs[2]), (label, mine, theirs)
    assert store.problems(Name(run)) == []


# --- files made by hand --------------------------------------------------------------------------------------------


Points = dict[str, list[tuple[int, float]]]


def new_points(file: EventFile, path: Path) -> Points:
    """Steps and values that a look finds, by label; and steps that are rewound to."""
    found: Points = {}
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert file.continues(descriptor)
        for block in file.read_new(descriptor):
            for label, columns in block.items():
                points = zip(columns.steps.astype(int).tolist(), columns.values.tolist(), strict=True)
                found.setdefault(label, []).extend(points)
    finally:
        os.close(descriptor)
    return found


def read(path: Path, data: bytes) -> tuple[Points, list[Problem]]:
    path.write_bytes(data)
    file = EventFile(f"run/{path.name}", path.name)
    return new_points(file, path), file.problems()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


@pytest.mark.parametrize(
    ("name", "begin", "role"),
    [
        ("events.out.tfevents.1700000000.host", VERSION, Role.POINTS),
        ("sub/events.out.tfevents.1700000000.host.1.0.v2", VERSION, Role.POINTS),
        ("events.out.tfevents.1700000000.host", b"broken, but what else should it be", Role.POINTS),
        ("events.out.tfevents.1700000000.host", b"", Role.POINTS),
        ("my.tfevents", VERSION, Role.POINTS),
        ("my.tfevents", b"some text of that name", None),
        ("tfevents.csv", b"step,loss\n", None),
        ("tfevents.jsonl", b"{}\n", None),
        ("about-tfevents.md", b"# Text", None),
        ("events.out.tfevents.1.host.profile-empty", VERSION, None),
        ("tfevents/scalars.txt", VERSION, None),
        ("events.log", VERSION, None),
    ],
)
def test_event_files_are_told_by_name_and_first_record(name: str, begin: bytes, role: Role | None) -> None:
    assert EventFiles().claims(name, begin) == role


def test_files_of_a_folder_are_one_writer() -> None:
    names = ["events.out.tfevents.1", "events.out.tfevents.2", "train/events.out.tfevents.1"]
    assert [EventFiles().points(name, f"run/{name}").writer for name in names] == [
        "tfevents",
        "tfevents",
        "train/tfevents",
    ]


def test_records_that_are_added_are_read_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = EventFile("run/x", NAME)
    path.write_bytes(VERSION + b"".join(point(step, step / 2) for step in range(3000)))
    assert new_points(file, path)["loss"][-1] == (2999, 1499.5)
    read_bytes = []
    pread = os.pread

    def counting(descriptor: int, size: int, offset: int) -> bytes:
        read_bytes.append(size)
        return pread(descriptor, size, offset)

    monkeypatch.setattr(os, "pread", counting)
    with path.open("ab") as added:
        added.write(point(3000, 0.25))
    assert new_points(file, path) == {"loss": [(3000, 0.25)]}
    assert sum(read_bytes) <= 2 * 4096 + len(point(3000))
    assert new_points(file, path) == {}


def test_a_file_that_comes_byte_by_byte_is_read_as_a_whole_one(path: Path) -> None:
    data = VERSION + point(1) + started(1) + point(1, 2.0) + point(2, tag="other")
    file = EventFile("run/x", NAME)
    found: Points = {}
    for size in range(len(data) + 1):
        path.write_bytes(data[:size])
        for label, points in new_points(file, path).items():
            found.setdefault(label, []).extend(points)
    assert found == {"loss": [(1, 0.5), (1, 2.0)], REWIND: [(1, 0.0)], "other": [(2, 0.5)]}
    assert file.problems() == []


def test_a_broken_record_is_a_problem_with_its_place_and_the_rest_is_shown(path: Path) -> None:
    data = bytearray(VERSION + b"".join(point(step) for step in range(100)))
    begin = len(VERSION) + 50 * len(point(0))
    data[begin + 20] ^= 1
    points, problems = read(path, bytes(data))
    assert [step for step, _ in points["loss"]] == [step for step in range(100) if step != 50]
    assert [(each.path, each.position) for each in problems] == [(f"run/{NAME}", f"byte {begin}")]
    assert "checksum" in problems[0].reason


def test_a_record_that_is_no_event_is_a_problem(path: Path) -> None:
    points, problems = read(path, VERSION + record(b"\x2a\x50hello") + point(1))
    assert points == {"loss": [(1, 0.5)]}
    assert [(each.reason, each.position) for each in problems] == [
        ("not an event: a field that is longer than its message", f"byte {len(VERSION)}")
    ]


def test_very_many_broken_records_are_counted(path: Path) -> None:
    _, problems = read(path, VERSION + record(b"\x0b") * 1000)
    assert len(problems) == 101
    assert problems[-1].reason == "900 more records cannot be read"


def test_a_record_longer_than_a_block_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lavdlike.disk.tail.BLOCK_BYTES", 1000)
    long = event(simple("a", 1.0), field(99, b"x" * 5000), step=1)
    points, problems = read(path, VERSION + b"".join(point(step) for step in range(60)) + long + point(61))
    assert (len(points["loss"]), points["a"], problems) == (61, [(1, 1.0)], [])


def test_a_record_that_is_too_long_is_passed_and_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lavdlike.disk.tail.BLOCK_BYTES", 1000)
    monkeypatch.setattr(event_files, "MAX_RECORD_BYTES", 4000)
    summary, graph = event(field(5, b"x" * 5000)), event(field(4, b"x" * 5000))
    points, problems = read(path, VERSION + summary + graph + point(1))
    assert points == {"loss": [(1, 0.5)]}
    assert [each.position for each in problems] == [f"byte {len(VERSION)}"]
    assert "longer than" in problems[0].reason


def test_a_long_record_of_a_picture_alone_is_no_problem(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown (`event_members`); one with a number behind the picture is."""
    monkeypatch.setattr("lavdlike.disk.tail.BLOCK_BYTES", 1000)
    monkeypatch.setattr(event_files, "MAX_RECORD_BYTES", 4000)
    picture = field(1, field(1, b"a") + field(4, field(4, b"x" * 5000)))
    strings = field(1, field(1, b"b") + field(8, b"\x08\x07" + field(8, b"x" * 5000)))
    number = simple("c", 1.0)
    for alone in (picture, strings):
        assert read(path, VERSION + event(field(5, alone)) + point(1)) == ({"loss": [(1, 0.5)]}, [])
    both = field(5, picture + field(1, number))
    assert len(read(path, VERSION + event(both) + point(1))[1]) == 1


def test_a_length_beyond_the_file_is_left_for_later(path: Path) -> None:
    points, problems = read(path, VERSION + point(1) + record(b"x" * 2**20)[:100])
    assert (points, problems) == ({"loss": [(1, 0.5)]}, [])


def test_an_end_of_zeros_is_ordinary_and_what_comes_behind_it_is_read(path: Path) -> None:
    file = EventFile("run/x", NAME)
    path.write_bytes(VERSION + point(1))
    os.truncate(path, 2**40)  # a hole, as of a file that was made larger beforehand
    assert new_points(file, path) == {"loss": [(1, 0.5)]}
    assert file.problems() == []
    os.truncate(path, 10_000_000)
    with path.open("r+b") as written:
        written.seek(9_000_000)
        written.write(point(2))
    assert new_points(file, path) == {"loss": [(2, 0.5)]}
    assert "bytes are zero" in file.problems()[0].reason


def test_steps_that_are_none_are_said_once(path: Path) -> None:
    steps = [-1, 2**53, 7, *[-2] * 50]
    points, problems = read(path, VERSION + b"".join(point(step) for step in steps))
    assert points == {"loss": [(7, 0.5)]}
    assert [each.reason[:47] for each in problems] == ["52 values at steps that are none, such as -1, a"]


def test_tags_that_are_no_labels_are_renamed_or_said(path: Path) -> None:
    tags: list[str | bytes] = ["", REWIND, b"\xff", "x" * 5000]
    points, problems = read(path, VERSION + b"".join(point(1, tag=tag) for tag in tags))
    assert points.keys() == {"(no tag)", "%21rewind", "\\xff"}
    assert ["5,000 bytes is no label" in each.reason for each in problems] == [True]


def test_wall_times_that_are_no_numbers_are_those_of_the_file(path: Path) -> None:
    path.write_bytes(VERSION + event(simple("loss", 1.0), wall_time=math.nan))
    descriptor = os.open(path, os.O_RDONLY)
    (block,) = EventFile("run/x", NAME).read_new(descriptor)
    os.close(descriptor)
    assert block["loss"].wall_times.tolist() == [path.stat().st_mtime]


def test_a_file_that_restarts_all_the_time_is_given_up(path: Path) -> None:
    _, problems = read(path, VERSION + (point(5) + started(5)) * 1100)
    assert [each.reason for each in problems] == ["more than 1,000 restarts: what they replace is shown"]


def test_a_file_whose_version_is_broken_is_of_the_usual_one(path: Path) -> None:
    broken = bytearray(VERSION)
    broken[15] ^= 1
    points, problems = read(
        path, bytes(broken) + point(9, tag="train") + point(3, tag="val") + point(9, tag="val")
    )
    assert (points, len(problems)) == ({"train": [(9, 0.5)], "val": [(3, 0.5), (9, 0.5)]}, 1)


def test_more_labels_than_a_run_has_are_not_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_blocks, "MAX_LABELS", 50)
    data = VERSION + b"".join(point(1, tag=f"{number:03d}") for number in range(80)) + point(2, tag="001")
    points, problems = read(path, data)
    assert len(points) == 50
    assert [each.reason for each in problems] == ["more than 100,000 tags: the others are not shown"]


def test_records_that_are_alike_are_read_as_single_ones(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = ["loss", "loss/a", "accuracy", "a", "größe", "long/label/of/sixteen"]
    data = VERSION + b"".join(point(7 * step, step / 3, tags[step % len(tags)]) for step in range(2000))
    alike, _ = read(path, data)
    monkeypatch.setattr(event_blocks, "_WORTH_ARRAYS", 10**9)
    assert read(path, data)[0] == alike
    assert sum(map(len, alike.values())) == 2000


@pytest.mark.parametrize("run", EXPECTED)
def test_originals_are_read_the_same_without_arrays(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = scalars_of(SeriesStore(Folder(CORPUS)), run)
    monkeypatch.setattr(event_blocks, "_WORTH_ARRAYS", 10**9)
    assert repr(scalars_of(SeriesStore(Folder(CORPUS)), run)) == repr(at_once)


# --- several files of a run -----------------------------------------------------------------------------------------


def test_a_second_file_goes_on_with_the_series_of_the_first(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "events.out.tfevents.1").write_bytes(VERSION + point(1) + point(2))
    store = SeriesStore(Folder(tmp_path))
    store.read_new(Name("run"))
    (run / "events.out.tfevents.2").write_bytes(VERSION + started(2) + point(2, 0.25))
    changes = store.read_new(Name("run"))
    assert [(new.label, new.first_index, new.columns.values.tolist()) for new in changes.appended] == [
        ("loss", 2, [0.25])
    ]
    assert [point[1:] for point in scalars_of(store, "run")["loss"]] == [[1, 0.5], [2, 0.25]]


def test_where_one_of_several_files_is_another_or_gone_all_are_read_anew(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for number in range(3):
        (run / f"events.out.tfevents.{number}").write_bytes(VERSION + point(number))
    store = SeriesStore(Folder(tmp_path))
    store.read_new(Name("run"))
    (run / "events.out.tfevents.1").write_bytes(VERSION + point(10, 7.0))
    assert store.read_new(Name("run")).anew
    assert [point[1:] for point in scalars_of(store, "run")["loss"]] == [[0, 0.5], [10, 7.0], [2, 0.5]]
    (run / "events.out.tfevents.0").unlink()
    assert store.read_new(Name("run")).anew
    assert [point[1:] for point in scalars_of(store, "run")["loss"]] == [[10, 7.0], [2, 0.5]]


def test_a_run_can_be_copied_while_it_is_read(tmp_path: Path) -> None:
    store = SeriesStore(Folder(tmp_path))
    shutil.copytree(CORPUS / "torch_purge", tmp_path / "run")
    at_once = scalars_of(store, "run")
    other = SeriesStore(Folder(tmp_path))
    target = tmp_path / "piecewise"
    target.mkdir()
    for source in sorted((CORPUS / "torch_purge").iterdir()):
        data = source.read_bytes()
        for begin in range(0, len(data), 997):
            with (target / source.name).open("ab") as copy:
                copy.write(data[begin : begin + 997])
            other.read_new(Name("piecewise"))
    assert scalars_of(other, "piecewise") == at_once
