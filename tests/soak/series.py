"""Asks a server for the exact points of scalars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import httpx
import numpy as np
from numpy.typing import NDArray


class ExactSeries(NamedTuple):
    experiment: str
    label: str
    steps: NDArray[np.float64]
    wall_times: NDArray[np.float64]
    values: NDArray[np.float64]


def exact_series(client: httpx.Client, experiment: str, labels: Sequence[str]) -> list[ExactSeries]:
    """All points of these labels."""
    wanted = {"experiments": [experiment], "labels": list(labels), "columns": 0}
    answer = client.post("/api/scalars/series", json=wanted, headers={"Accept": "application/json"})
    answer.raise_for_status()
    page = answer.json()
    assert not page["problems"], page["problems"]
    return [
        ExactSeries(
            series["head"]["experiment"],
            series["head"]["label"],
            *(np.array(series[column], dtype=float) for column in ("steps", "wall_times", "values")),
        )
        for series in page["series"]
    ]
