from __future__ import annotations

import asyncio
import io
import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from lavdlike.kinds import embeddings
from lavdlike.messages import ProjectionLine, ProjectionRequest
from lavdlike.server.sandbox.projections import Limits, Projections
from tests.limits import LIMIT_S

pytestmark = pytest.mark.anyio

# Two groups, far from each other.
GROUPS = np.vstack([np.random.default_rng(seed).normal(10 * seed, 1, (30, 8)) for seed in (0, 5)])


async def told(
    folder: Path, data: bytes, projections: Projections | None = None, **asked: Any
) -> list[ProjectionLine]:
    (folder / "a.npy").write_bytes(data)
    descriptor = os.open(folder / "a.npy", os.O_RDONLY)
    request = ProjectionRequest("e", "a.npy", **{"method": "tsne", "dimensions": 2, **asked})
    lines = (projections or Projections()).lines(request, descriptor)
    found = [msgspec.json.decode(line, type=ProjectionLine) async for line in lines]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
    return found


async def test_near_vectors_stay_near_and_progress_is_told(tmp_path: Path) -> None:
    *before, last = await told(tmp_path, embeddings.encode_vectors(GROUPS))
    progress = [line.progress or 0 for line in before]
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert last.places is not None
    places = np.array(last.places).reshape(-1, 2)
    middles = [places[:30].mean(axis=0), places[30:].mean(axis=0)]
    widths = [np.linalg.norm(places[:30] - middles[0], axis=1).max()]
    assert np.linalg.norm(middles[0] - middles[1]) > widths[0]


async def test_only_the_chosen_rows_are_laid_out(tmp_path: Path) -> None:
    rows = list(range(0, 60, 5))
    data = embeddings.encode_vectors(GROUPS)
    *_, last = await told(tmp_path, data, rows=rows, dimensions=3)
    assert last.places is not None
    assert len(last.places) == 3 * len(rows)


def saved(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "asked", "error"),
    [
        (b"no array", {}, "pickle"),
        (saved(np.array([None, {}])), {}, "Object arrays"),
        (saved(np.zeros(9)), {}, "two dimensions"),
        (saved(np.zeros((3, 2))), {}, "4 to 20,000"),
        (saved(np.zeros((9, 2))), {"rows": [99]}, "out of bounds"),
    ],
)
async def test_what_cannot_be_laid_out_is_said(
    tmp_path: Path, data: bytes, asked: dict[str, Any], error: str
) -> None:
    (line,) = await told(tmp_path, data, **asked)
    assert error in line.error


async def test_a_library_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "umap.py").write_text("raise ImportError")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (line,) = await told(tmp_path, embeddings.encode_vectors(GROUPS), method="umap")
    assert "pip install 'lavdlike[embeddings]'" in line.error


async def test_too_much_memory_is_said(tmp_path: Path) -> None:
    projections = Projections(Limits(memory_bytes=2**29))
    (line,) = await told(tmp_path, saved(np.zeros((20_000, 2_000), np.float64)), projections)
    assert "memory" in line.error


async def test_too_much_time_is_said(tmp_path: Path) -> None:
    projections = Projections(Limits(time_s=1))
    *_, last = await told(tmp_path, embeddings.encode_vectors(np.tile(GROUPS, (50, 1))), projections)
    assert "too much time" in last.error


async def test_nobody_waits_for_what_nobody_wants_any_more(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(embeddings.encode_vectors(np.tile(GROUPS, (50, 1))))
    projections = Projections()
    request = ProjectionRequest("e", "a.npy", "tsne", 2)
    lines = projections.lines(request, os.open(tmp_path / "a.npy", os.O_RDONLY))
    first = await asyncio.wait_for(anext(lines), LIMIT_S)
    assert b"progress" in first
    running = projections._running
    assert running is not None
    await lines.aclose()
    assert running.returncode is not None
    assert projections._running is None
