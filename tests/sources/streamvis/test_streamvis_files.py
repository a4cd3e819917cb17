from __future__ import annotations

from pathlib import Path

from lavdlike.kinds.scalars import REWIND
from tests.sources.reading import all_points, new_points, opened, reader_of
from tests.sources.streamvis.streamvis_bytes import control, floats, group, points

NAME = "run.log"
LOSS = group(7, "run", "loss", "x", "y")


def write(path: Path, *records: bytes) -> Path:
    path.write_bytes(b"".join(records))
    return path


def test_lines_of_a_group_and_coordinates_of_a_line_are_told_apart(tmp_path: Path) -> None:
    groups = (
        group(1, "a", "loss", "x", "y"),
        group(2, "a", "loss", "x", "y", line=1),
        group(3, "b", "r", "z", "step"),
    )
    more = group(4, "b", "two", "step", "y", "z"), group(5, "b", "one", "y")
    data = [points(number, [4], floats(number)) for number in (1, 2)]
    data += [points(3, floats(3), [9]), points(4, [1], floats(2), floats(3)), points(5, floats(7, 8))]
    path = write(tmp_path / NAME, *groups, *more, *data)
    assert all_points(path, "logs/run") == {
        "logs/a/loss": [(4, 1)],
        "logs/a/loss/1": [(4, 2)],
        "logs/b/r": [(9, 3)],
        "logs/b/two/y": [(1, 2)],
        "logs/b/two/z": [(1, 3)],
        "logs/b/one": [(0, 7), (1, 8)],
    }


def test_what_is_appended_is_read_on(tmp_path: Path) -> None:
    data = points(7, floats(1, 2), floats(0.5, 0.25))
    path = write(tmp_path / NAME, LOSS, data, data[:9])
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"run/loss": [(1, 0.5), (2, 0.25)]}
    write(path, LOSS, data, data)
    assert new_points(file, path) == {"run/loss": [(1, 0.5), (2, 0.25)]}
    assert file.problems() == []


def test_where_an_x_is_no_step_all_points_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, LOSS, points(7, floats(5), floats(0.5)))
    file = reader_of(path, NAME)
    new_points(file, path)
    write(path, LOSS, points(7, floats(5), floats(0.5)), points(7, floats(5.5), floats(0.25)))
    found = new_points(file, path)
    assert found.pop(REWIND) == [(0, 0)]
    assert found == {"run/loss": [(0, 0.5), (1, 0.25)], "run/loss.x": [(0, 5), (1, 5.5)]}


def test_what_is_deleted_is_not_shown_any_more(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, LOSS, points(7, [1], [2]), control("run", "loss"), points(7, [3], [4]))
    with opened(path) as descriptor:
        blocks = [block for block in reader_of(path, NAME).read_new(descriptor) if block]
    assert [list(block) for block in blocks] == [
        ["run/loss"],
        [REWIND, "run/loss", "run/loss.x"],
        ["run/loss"],
    ]


def test_broken_records_are_problems_with_their_byte_and_the_rest_is_shown(tmp_path: Path) -> None:
    data = points(7, [1], [2])
    parts = [LOSS, data, points(8, [1], [2]), points(7, [1, 2], [2]), b"\x09" + data, data]
    path = write(tmp_path / NAME, *parts)
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"run/loss": [(1, 2)] * 3}
    problems = sorted(file.problems(), key=lambda problem: int(problem.position.removeprefix("byte ")))
    bytes_before = [len(b"".join(parts[:count])) for count in (2, 3, 4)]
    assert [problem.position for problem in problems] == [f"byte {count}" for count in bytes_before]
    assert "does not stand before" in problems[0].reason
    assert "same length" in problems[1].reason
    assert "unknown kind" in problems[2].reason
