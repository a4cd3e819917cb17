"""What a source reads from a file on the disk, as tests compare it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from lavdlike.disk.root import OpenedFile
from lavdlike.kinds.scalars import REWIND
from lavdlike.sources import source_registry
from lavdlike.sources.source import PointsFile


class NothingBeside:
    """No file that another one names is there (`members.Beside`)."""

    def __call__(self, named: str) -> bytes:
        raise FileNotFoundError(named)

    def opened(self, named: str) -> AbstractContextManager[OpenedFile]:
        raise FileNotFoundError(named)

    def has(self, named: str) -> bool:  # noqa: ARG002 - none is
        return False


NOTHING_BESIDE = NothingBeside()
Points = dict[str, list[tuple[float, float | int]]]


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def reader_of(path: Path, name: str) -> PointsFile:
    """Of the source that claims the file under this name in its experiment."""
    begin = path.read_bytes()[: source_registry.BEGIN_BYTES]
    assert source_registry.role_of(name, begin) is not None, f"no source claims {name}"
    return source_registry.points_file(name, f"exp/{name}", begin)


def new_points(file: PointsFile, path: Path) -> Points:
    """Steps and values that a look finds, by label; under `REWIND`, from where on those before are replaced."""
    found: Points = {}
    with opened(path) as descriptor:
        assert file.continues(descriptor)
        for block in file.read_new(descriptor):
            for label, columns in block.items():
                if label == REWIND:
                    found.clear()
                values = [columns.value(index) for index in range(len(columns.steps))]
                found.setdefault(label, []).extend(zip(columns.steps.tolist(), values, strict=True))
    return found


def all_points(path: Path, name: str) -> Points:
    return new_points(reader_of(path, name), path)


def wall_times(path: Path, name: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    with opened(path) as descriptor:
        for block in reader_of(path, name).read_new(descriptor):
            for label, columns in block.items():
                found.setdefault(label, []).extend(columns.wall_times.tolist())
    return found
