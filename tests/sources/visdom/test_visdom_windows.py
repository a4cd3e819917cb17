from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from tests.sources.reading import all_points, new_points, opened, reader_of

NAME = "main.json"


def line(x: object, y: object, name: str = "1", **more: object) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": y, **more}


def write(path: Path, windows: dict[str, list[dict[str, Any]]], title: str = "") -> Path:
    jsons = {
        name: {"type": "plot", "title": title, "content": {"data": data}} for name, data in windows.items()
    }
    path.write_text(json.dumps({"jsons": jsons, "reload": {}}))
    return path


def test_lines_are_called_as_their_window_and_by_their_own_name(tmp_path: Path) -> None:
    path = tmp_path / NAME
    assert list(all_points(write(path, {"a": [line([1], [2])]}), "env.json")) == ["env/a"]
    two = [line([1], [2], "train"), line([1], [2], "train"), line([1], [2])]
    assert list(all_points(write(path, {"a": two}, "loss"), NAME)) == [
        "main/loss/train",
        "main/loss/train (2)",
        "main/loss/1",
    ]
    same = {"a": [line([1], [2])], "b": [line([1], [3])]}
    assert all_points(write(path, same, "loss"), NAME) == {
        "main/loss": [(1, 2)],
        "main/loss (b)": [(1, 3)],
    }


def test_an_x_that_is_no_step_is_a_label_beside(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, {"a": [line([0.5, 1.5], [2, 3])], "b": [line(["x", "y"], [2, 3])]})
    assert all_points(path, NAME) == {
        "main/a": [(0, 2), (1, 3)],
        "main/a.x": [(0, 0.5), (1, 1.5)],
        "main/b": [(0, 2), (1, 3)],
    }


def test_a_gap_in_a_line_is_no_number(tmp_path: Path) -> None:
    points = all_points(write(tmp_path / NAME, {"a": [line([1, 2], [None, 3])]}), NAME)["main/a"]
    assert math.isnan(points[0][1])
    assert points[1] == (2, 3)


def test_what_is_no_line_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, {"a": [line([1], [2], mode="markers")], "b": [{"type": "bar", "y": [1]}]})
    document = json.loads(path.read_text())
    document["jsons"]["c"] = {"type": "text", "title": "note", "content": "hello"}
    path.write_text(json.dumps(document))
    assert all_points(path, NAME) == {}


def test_a_file_that_was_written_anew_gives_what_is_new(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, {"a": [line([1], [2])]})
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"main/a": [(1, 2)]}
    write(path, {"a": [line([1, 2], [2, 3])], "b": [line([5], [6])]})
    assert new_points(file, path) == {"main/a": [(2, 3)], "main/b": [(5, 6)]}
    path.write_text(path.read_text()[:50])
    assert new_points(file, path) == {}
    assert [problem.position for problem in file.problems()] == ["line 1, column 47"]
    write(path, {"a": [line([1, 2], [2, 3])], "b": [line([5], [6])]})
    assert new_points(file, path) == {}
    assert file.problems() == []


def test_a_line_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, {"a": [line([1], [2])]})
    file = reader_of(path, NAME)
    new_points(file, path)
    write(path, {"a": [line([1], [7])]})
    with opened(path) as descriptor:
        assert not file.continues(descriptor)


def test_what_is_wrong_with_a_line_is_said_and_the_rest_is_shown(tmp_path: Path) -> None:
    windows = {"a": [line([1, 2], [2])], "b": [line({}, [2])], "c": [line([1, 2], ["x", 3])]}
    path = write(tmp_path / NAME, windows)
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"main/a": [(1, 2)], "main/c": [(2, 3)]}
    assert [(problem.position, problem.reason) for problem in file.problems()] == [
        ("window 'a'", "line 'a': 2 values of x and 1 of y"),
        ("window 'b'", "line 'b': x and y are not lists"),
        ("window 'c'", "line 'c': values that are no numbers"),
    ]
