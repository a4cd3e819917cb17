"""What a `Logger` wrote, as tests look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lavdlike import Logger, json_file
from lavdlike.kinds import places, registry, scalars


def points_of(file: Path) -> list[tuple[int, str, float | int]]:
    """Step, label and value of each line of a scalars file."""
    lines = file.read_bytes().splitlines()
    assert lines[0] + b"\n" == scalars.HEADER.encode()
    parsed = [scalars.parse_line(line) for line in lines[1:]]
    assert all(isinstance(point, scalars.ScalarPoint) for point in parsed)
    return [
        (point.step, point.label, point.value) for point in parsed if isinstance(point, scalars.ScalarPoint)
    ]


def files_of(folder: Path) -> list[str]:
    """Every file that is not hidden, and not the experiment's own."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.startswith(".") and path != "experiment.json")


def check_written(kind_name: str, call: Callable[[Logger], object], files: list[str], root: Path) -> None:
    """That a call writes just these files, and that the reader of its kind takes the first of them."""
    with Logger("run", root) as logger:
        call(logger)
    assert files_of(root / "run") == files
    kind = registry.BY_NAME[kind_name]
    data = (root / "run" / files[0]).read_bytes()
    if kind.json_key and files[0].endswith(".json"):
        assert kind in registry.kinds_of_json(json_file.read_object(data, files[0]), files[0])
        return
    assert registry.kind_of_suffix(places.split_suffix(files[0])[1]) == kind
    if kind.read_head is not None:
        kind.read_head(data, len(data), files[0])
    if kind.read_file is not None:
        kind.read_file(data, files[0])
