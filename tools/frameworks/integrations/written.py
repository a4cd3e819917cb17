"""What an integration wrote, and its comparison with what a framework reports."""

from __future__ import annotations

import csv
import json
import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lavdlike.kinds import scalars


class Written:
    """An experiment's folder.

    Args:
        writer: whose files, of several ranks.
    """

    def __init__(self, folder: Path | str, writer: str = "") -> None:
        self.folder = Path(folder)
        self._suffix = f".{writer}" if writer else ""
        self._points: dict[str, list[scalars.ScalarPoint]] = {}
        file = self.folder / f"scalars{self._suffix}.tsv"
        for line in file.read_bytes().splitlines()[1:] if file.exists() else ():
            point = scalars.parse_line(line)
            assert isinstance(point, scalars.ScalarPoint), point
            if not self._is_replaced(point):
                self._points.setdefault(point.label, []).append(point)

    @property
    def labels(self) -> list[str]:
        return sorted(label for label in self._points if label != scalars.REWIND)

    def points(self, label: str) -> list[tuple[int, float]]:
        """Step and value in the order of the file, without those that count as replaced."""
        assert label in self._points, f"{label} is missing; there are {self.labels}"
        return [(point.step, float(point.value)) for point in self._points[label]]

    @property
    def document(self) -> dict[str, Any]:
        """`experiment.json`."""
        found: dict[str, Any] = json.loads((self.folder / "experiment.json").read_text())
        return found

    @property
    def outcomes(self) -> list[str | None]:
        return [session.get("outcome") for session in self.document["sessions"]]

    def progress(self, name: str) -> tuple[float, float | None]:
        """How far a loop is: done, total."""
        bars = json.loads((self.folder / f"progress{self._suffix}.json").read_text())["progress"]
        bar = next(bar for bar in bars if bar["name"] == name)
        assert bar["ended"], f"{name} goes on"
        return bar["done"], bar.get("total")

    def _is_replaced(self, point: scalars.ScalarPoint) -> bool:
        """Whether a later session went on from an earlier step (docs/format.md, "Experiment")."""
        return any(
            point.wall_time < session["started"] and point.step > session.get("resumedFrom", math.inf)
            for session in self.document["sessions"]
        )


def rows_in(file: Path | str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with Path(file).open(newline="") as opened:
        return list(csv.DictReader(opened))


def check_same(
    ours: list[tuple[int, float]],
    theirs: Mapping[int, float] | list[tuple[int, float]],
    *,
    single: bool = False,
) -> int:
    """That all steps and values are the same, to the last bit; returns how many there are.

    Args:
        single: theirs are texts of 32 bits: the same as such.
    """
    expected = sorted(theirs.items()) if isinstance(theirs, Mapping) else theirs
    assert len(ours) == len(expected), f"{len(ours)} values instead of {len(expected)}: {ours} {expected}"
    for (step, value), (other_step, other) in zip(ours, expected, strict=True):
        is_same = value == other or (math.isnan(value) and math.isnan(other))
        is_same = is_same or (single and _single(value) == _single(other))
        assert is_same, f"{step}: {value!r} instead of {other!r}"
        assert step == other_step, f"{step} instead of {other_step}"
    assert ours, "there are no values"
    return len(ours)


def _single(value: float) -> bytes:
    return struct.pack("f", value)


def check_rounded(ours: list[tuple[int, float]], texts: Mapping[int, str], *, digits: int) -> int:
    """That all values are those of a table that has so many significant digits."""
    assert [step for step, _ in ours] == sorted(texts), (ours, texts)
    for step, value in ours:
        assert f"{value:.{digits}g}" == f"{float(texts[step]):.{digits}g}", (step, value, texts[step])
    assert ours, "there are no values"
    return len(ours)
