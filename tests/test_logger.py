"""What a training script calls, and what is in the folder afterwards."""

from __future__ import annotations

from pathlib import Path

from lavdlike import Logger
from lavdlike.kinds import scalars


def _points(file: Path) -> list[tuple[int, str, float | int]]:
    lines = file.read_bytes().splitlines()
    parsed = [scalars.parse_line(line) for line in lines[1:]]
    assert all(isinstance(point, scalars.ScalarPoint) for point in parsed)
    return [
        (point.step, point.label, point.value) for point in parsed if isinstance(point, scalars.ScalarPoint)
    ]


def test_scalars_are_in_the_file_when_the_call_returns(tmp_path: Path) -> None:
    logger = Logger("run", tmp_path)
    logger.log_scalar(0.5, "loss", step=1)
    logger.log_scalars({"loss": 0.25, "val/loss": 1}, step=2)
    logger.log_scalar([0.125, 3], "loss", step=[3, 4])
    file = tmp_path / "run" / "scalars.tsv"
    assert file.read_text().startswith(scalars.HEADER)
    assert _points(file) == [
        (1, "loss", 0.5),
        (2, "loss", 0.25),
        (2, "val/loss", 1),
        (3, "loss", 0.125),
        (4, "loss", 3),
    ]
    logger.close()
