"""Row 13c: bytes of a point on its way to the page, beside three doubles."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks import servers, trees
from benchmarks.measure import Figures, Result

_SWEEP = (30, 8, 5000)
_COLUMNS = 400
_SERIES_TYPE = "application/vnd.lavdlike.series"
# Step, time and value; a smoothed value beside them is one more.
_DOUBLES, _WITH_SMOOTHED = 24, 32
_OURS, _OURS_SMOOTHED = "values", "values, and smoothed ones beside them"


def points(rounds: int) -> Result:  # noqa: ARG001 the same bytes each time
    """Row 13c."""
    with tempfile.TemporaryDirectory() as name:
        root = trees.scalars(Path(name, "log"), *_SWEEP)
        with servers.lavdlike(root) as server:
            figures = {
                _OURS: _sent(server, smoothing=0.0, doubles=_DOUBLES),
                _OURS_SMOOTHED: _sent(server, smoothing=0.6, doubles=_WITH_SMOOTHED),
            }
    plain = figures[_OURS]
    most = max(each["points_a_column"] for each in figures.values())
    bars = [
        ("a point <= 0.4 x that of doubles", f"{plain['ratio']:.2f} x", plain["ratio"] <= 0.4),
        ("points a pixel column <= 2", f"{most:.2f}", most <= 2),
    ]
    table = [
        [who, *(f"{each[key]:.{digits}f}" for key, digits in _SHOWN.items())] for who, each in figures.items()
    ]
    experiments, labels, steps = _SWEEP
    title = f"series of {experiments} experiments x {labels} labels x {steps:,} steps for {_COLUMNS} pixel columns"
    note = (
        "With gzip, head included. The values are random: no bit of their doubles can be left out. What is smoothed"
        " has half of the columns, since its two lines have their extremes at different steps."
    )
    header = ["", "kB", "bytes a point", "of doubles", "points a column"]
    return Result("13c", title, header, table, bars, figures, [note])


_SHOWN = {"kb": 0, "bytes_a_point": 1, "ratio": 2, "points_a_column": 2}


def _sent(server: servers.Server, *, smoothing: float, doubles: int) -> Figures:
    """As the page asks."""
    experiments = [entry["id"] for entry in server.json("/api/root")["experiments"]]
    known = server.json("/api/scalars/labels", {"experiments": experiments[:1]})
    request = {
        "experiments": experiments,
        "labels": [entry["label"] for entry in known["experiments"][0]["labels"]],
        "columns": _COLUMNS // 2 if smoothing else _COLUMNS,
        "smoothing": smoothing,
    }
    body = server.get("/api/scalars/series", request, _SERIES_TYPE)
    length = int.from_bytes(body[:4], "little")
    sent = [series["sent"] for series in json.loads(body[4 : 4 + length])["series"]]
    compressed = server.get("/api/scalars/series", request, _SERIES_TYPE, "gzip")
    a_point = len(compressed) / sum(sent)
    return {
        "kb": len(compressed) / 1e3,
        "bytes_a_point": a_point,
        "ratio": a_point / doubles,
        # Beside them, the first and the last point.
        "points_a_column": (max(sent) - 2) / _COLUMNS,
    }
