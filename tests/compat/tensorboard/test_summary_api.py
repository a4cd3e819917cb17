"""TensorBoard's own writer of numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.compat.tensorboard.summary_api import DirectoryOutput, Output, Writer
from lavdlike.kinds import scalars
from tests.logged import points_of


def test_numbers_go_to_the_folder_with_their_time_and_description(tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "run"))
    writer.add_scalar("loss", 1 / 3, 1, wall_time=1000.5, description="Cross entropy")
    writer.add_scalar("loss", np.float32(0.25), np.int64(2))
    writer.flush()
    writer.close()
    file = tmp_path / "run/scalars.tsv"
    assert points_of(file) == [(1, "loss", 1 / 3), (2, "loss", 0.25)]
    first = scalars.parse_line(file.read_bytes().splitlines()[1])
    assert isinstance(first, scalars.ScalarPoint)
    assert first.wall_time == 1000.5
    (label,) = json.loads((tmp_path / "run/experiment.json").read_text())["labels"]
    assert label == {"pattern": "loss", "description": "Cross entropy"}


def test_a_closed_writer_takes_nothing(tmp_path: Path) -> None:
    writer = Writer(DirectoryOutput(tmp_path / "run"))
    writer.close()
    for call in (writer.flush, writer.close, lambda: writer.add_scalar("a", 1, 1)):
        with pytest.raises(RuntimeError, match="closed"):
            call()


def test_an_output_of_the_script_is_told_what_the_original_tells_it() -> None:
    told: list[dict[str, Any]] = []

    class Mine(Output):
        def emit_scalar(self, **given: Any) -> None:
            told.append(given)

        def flush(self) -> None:
            told.append({"flush": True})

        def close(self) -> None:
            told.append({"close": True})

    writer = Writer(Mine())
    writer.add_scalar("a", 1, 2, wall_time=3.0)
    writer.flush()
    writer.close()
    number = {
        "plugin_name": "scalars",
        "tag": "a",
        "data": 1,
        "step": 2,
        "wall_time": 3.0,
        "description": None,
    }
    assert told == [number, {"flush": True}, {"close": True}]


@pytest.mark.parametrize(("data", "step"), [([1, 2], 1), ("x", 1), (1, "x"), (None, 1)])
def test_what_is_no_number_is_refused(data: Any, step: Any, tmp_path: Path) -> None:
    writer = Writer(str(tmp_path / "run"))
    with pytest.raises((TypeError, ValueError)):
        writer.add_scalar("a", data, step)
    writer.close()


def test_what_is_no_output_is_refused() -> None:
    with pytest.raises(TypeError, match="output must be a folder or an Output, not 3"):
        Writer(3)  # type: ignore[arg-type]
