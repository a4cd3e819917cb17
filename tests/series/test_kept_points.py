from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk import root, user_cache
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.kinds.scalars import HEADER, REWIND
from lavdlike.layout import ExperimentName as Name
from lavdlike.series import kept_points
from lavdlike.series.kept_points import KeptFile, KeptPoints
from lavdlike.series.store import SeriesStore
from lavdlike.sources.columns import to_columns
from lavdlike.sources.native import ScalarsFile
from lavdlike.sources.source import ReadState
from tests.series.test_store import Folders, append, points, replace, write

LINES = (
    "0\t10.25\tloss\t0.5\n1\t11.5\tloss\tnan\n1\t11.5\tval/übung\t9007199254740993\n"
    "5\t12.0001\tloss\t-inf\n7\t13.0\tloss\t1e-300\n9\t1e300\tval/übung\t0.1\n"
)


@pytest.fixture(autouse=True)
def _short_files_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short files are worth it, and changes show in the times at once."""
    monkeypatch.setattr(kept_points, "WORTH_KEEPING_BYTES", 1)
    monkeypatch.setattr(root, "_SETTLED_AFTER_S", -60.0)


@pytest.fixture
def kept(tmp_path: Path) -> KeptPoints:
    return KeptPoints(tmp_path / "cache")


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read, and not only taken from what is kept."""
    found: list[str] = []
    read_new = ScalarsFile.read_new

    def noted(file: ScalarsFile, descriptor: int) -> Iterator[Any]:
        found.append(file.writer or "scalars")
        return read_new(file, descriptor)

    monkeypatch.setattr(ScalarsFile, "read_new", noted)
    return found


def read_and_kept(folder: Path, kept: KeptPoints) -> SeriesStore:
    store = SeriesStore(Folders(folder), kept=kept)
    store.read_new(Name("a"))
    store.keep(Name("a"))
    return store


def everything(store: SeriesStore) -> object:
    labels = store.labels(Name("a"), sequence=0).labels
    exact = [(entry.label, store.series_of(Name("a"), entry.label)[0].columns.exact) for entry in labels]
    return labels, [points(store, entry.label) for entry in labels], exact, store.problems(Name("a"))


def test_another_process_has_the_same_points_without_parsing_them(
    tmp_path: Path, kept: KeptPoints, parsed: list[str]
) -> None:
    write(tmp_path / "a/scalars.tsv", LINES)
    first = read_and_kept(tmp_path, kept)
    parsed.clear()
    other = SeriesStore(Folders(tmp_path), kept=KeptPoints(tmp_path / "cache"))
    assert other.read_new(Name("a")).anew
    assert everything(other) == everything(first)
    assert parsed == []

    append(tmp_path / "a/scalars.tsv", "8\t14.0\tloss\t0.25\nx\n")
    (appended,) = other.read_new(Name("a")).appended
    assert (appended.first_index, appended.columns.values.tolist()) == (4, [0.25])
    (problem,) = other.problems(Name("a"))
    assert problem.position.startswith("line 9,")
    first.read_new(Name("a"))
    assert everything(other) == everything(first)


def test_a_file_that_has_changed_is_parsed(tmp_path: Path, kept: KeptPoints, parsed: list[str]) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, LINES)
    read_and_kept(tmp_path, kept)
    before = path.stat()

    def read() -> list[tuple[int, Any]]:
        parsed.clear()
        found = points(SeriesStore(Folders(tmp_path), kept=kept))
        assert parsed == ["scalars"]
        return found

    # In place, of the same length, with its time set back.
    path.write_text(path.read_text().replace("0.5", "0.7"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read()[0] == (0, 0.7)
    append(path, "8\t14.0\tloss\t0.25\n")
    assert read()[-1] == (8, 0.25)
    replace(path, HEADER + "3\t1.0\tloss\t3\n")
    assert read() == [(3, 3.0)]


def test_what_is_broken_is_parsed(tmp_path: Path, kept: KeptPoints, parsed: list[str]) -> None:
    write(tmp_path / "a/scalars.tsv", LINES)
    first = read_and_kept(tmp_path, kept)
    (path,) = (tmp_path / "cache").iterdir()
    whole = path.read_bytes()
    broken = [whole[:size] for size in range(0, len(whole), 7)]
    broken += [
        whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :] for place in range(0, len(whole), 5)
    ]
    for data in broken:
        path.write_bytes(data)
        parsed.clear()
        assert everything(SeriesStore(Folders(tmp_path), kept=kept)) == everything(first)
        assert parsed == ["scalars"]
    path.write_bytes(whole)
    parsed.clear()
    assert everything(SeriesStore(Folders(tmp_path), kept=kept)) == everything(first)
    assert parsed == []


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (LINES + "oops\n", "there is a problem to be told"),
        (LINES + f"1\t20.0\t{REWIND}\t0\n", "points do not count any more"),
        ("", "it has no points"),
    ],
)
def test_only_files_of_points_alone_are_kept(tmp_path: Path, kept: KeptPoints, lines: str, why: str) -> None:
    write(tmp_path / "a/scalars.tsv", lines)
    read_and_kept(tmp_path, kept)
    assert not (tmp_path / "cache").exists(), why


def test_a_short_file_and_one_that_was_just_written_are_not_kept(
    tmp_path: Path, kept: KeptPoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a/scalars.tsv", LINES)
    with monkeypatch.context() as patch:
        patch.setattr(root, "_SETTLED_AFTER_S", 60.0)
        read_and_kept(tmp_path, kept)
    monkeypatch.setattr(kept_points, "WORTH_KEEPING_BYTES", 10_000)
    read_and_kept(tmp_path, kept)
    assert not (tmp_path / "cache").exists()


def test_an_unfinished_line_is_read_when_it_is_whole(tmp_path: Path, kept: KeptPoints) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, LINES + "8\t14.0\tlo")
    read_and_kept(tmp_path, kept)
    store = SeriesStore(Folders(tmp_path), kept=kept)
    assert len(points(store)) == 4
    append(path, "ss\t2\n")
    store.read_new(Name("a"))
    assert points(store)[-1] == (8, 2.0)


def test_points_that_were_dropped_are_taken_from_what_is_kept(
    tmp_path: Path, kept: KeptPoints, parsed: list[str]
) -> None:
    write(tmp_path / "a/scalars.tsv", LINES)
    store = SeriesStore(Folders(tmp_path), kept=kept, budget_bytes=1)
    with_all = SeriesStore(Folders(tmp_path))
    read_and_kept(tmp_path, kept)
    store.read_new(Name("a"))
    parsed.clear()
    assert points(store) == points(with_all)
    assert parsed == ["scalars"]  # by the one that keeps nothing


def test_what_is_used_least_goes(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    columns = to_columns(range(100), [float(step**2) for step in range(100)], [0.1] * 100)
    file = KeptFile(ReadState(1000, 100), {"loss": columns})
    stamps = [Stamp(1, number, 1000, 5, 5) for number in range(12)]
    KeptPoints(folder).keep(stamps[0], file)
    room_bytes = 15 * (folder / "1-0").stat().st_size // 2  # for seven of them

    kept = KeptPoints(folder, budget_bytes=room_bytes)
    for number, stamp in enumerate(stamps[:6]):
        kept.keep(stamp, file)
        os.utime(folder / f"1-{number:x}", (number, time.time() - 100 + number))
    assert kept.points_of(stamps[0]) is not None  # so it was used now
    for stamp in stamps[6:]:
        kept.keep(stamp, file)
    user_cache.tidy(folder, most_bytes=room_bytes, used_since=0)
    assert {path.name for path in folder.iterdir()} == {f"1-{number:x}" for number in (0, *range(6, 12))}
    user_cache.tidy(folder, most_bytes=room_bytes, used_since=time.time() + 1)
    assert not list(folder.iterdir())

    large = Stamp(2, 1, 1000, 5, 5)
    kept.keep(large, KeptFile(ReadState(1000, 1000), {f"{number}": columns for number in range(10)}))
    assert kept.points_of(large) is None  # it would be more than a quarter of all


def test_a_file_that_changes_meanwhile_is_not_resumed(tmp_path: Path, kept: KeptPoints) -> None:
    path = tmp_path / "a/scalars.tsv"
    write(path, LINES)
    read_and_kept(tmp_path, kept)
    with path.open("r+b") as opened:
        stamp = settled_stamp(opened.fileno())
        assert stamp is not None
        file = ScalarsFile("a/scalars.tsv", "")
        assert not file.resume(opened.fileno(), ReadState(100, 3), stamp._replace(changed_ns=1))
        blocks = list(file.read_new(opened.fileno()))
        assert sum(len(columns.steps) for block in blocks for columns in block.values()) == 6
