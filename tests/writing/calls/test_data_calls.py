"""Tables, arrays, vectors and meshes: each method writes the files it names, and the reader of its kind takes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from tests.logged import check_written

CALLS: dict[str, tuple[Callable[[Logger], Any], list[str]]] = {
    "meshes": (lambda logger: logger.log_mesh(np.zeros((3, 3)), "x", 1, faces=[[0, 1, 2]]), ["0001/x.ply"]),
    "tables": (lambda logger: logger.log_table([{"a": 1}, {"b": 2}], "x", 1), ["0001/x.csv"]),
    "arrays": (lambda logger: logger.log_array(np.zeros((2, 3)), "x", 1), ["0001/x.npy"]),
    "embeddings": (
        lambda logger: logger.log_embedding(np.eye(2), "x", 1, labels=["a", "b"], images=np.zeros((2, 4, 4))),
        ["0001/x.json", "0001/x.labels.tsv", "0001/x.sprite.png", "0001/x.vectors.npy"],
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_file_is_there_and_read(what: str, tmp_path: Path) -> None:
    check_written(what.split(" ", maxsplit=1)[0], *CALLS[what], tmp_path)
