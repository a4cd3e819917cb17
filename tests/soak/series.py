"""Asks a server for the exact points of scalars."""

from __future__ import annotations

import json
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
    """All points of these labels, from the binary form (docs/protocol.md, "Series")."""
    wanted = {"experiments": [experiment], "labels": list(labels), "columns": 0}
    answer = client.post("/api/scalars/series", json=wanted)
    answer.raise_for_status()
    length = int.from_bytes(answer.content[:4], "little")
    head = json.loads(answer.content[4 : 4 + length])
    assert not head["problems"], head["problems"]
    columns = np.frombuffer(answer.content, "<f8", offset=4 + length)
    found, place = [], 0
    for series in head["series"]:
        sent = series["sent"]
        parts = columns[place : place + 3 * sent].reshape(3, sent)
        found.append(ExactSeries(series["experiment"], series["label"], *parts))
        place += 3 * sent
    return found
