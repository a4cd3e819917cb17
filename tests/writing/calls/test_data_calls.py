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


def test_rows_are_appended_to_a_table_of_the_same_columns(tmp_path: Path) -> None:
    path = tmp_path / "run" / "history.csv"
    with Logger("run", tmp_path) as logger:
        logger.log_table({"step": [1], "what": ["a\nb"]}, "history", append=True)
        logger.log_table([{"step": 2, "what": None}], "history", append=True)
        logger.log_table([], "history", header=["step", "what"], append=True)
        with pytest.raises(ValueError, match=r"history.csv has other columns than step,loss"):
            logger.log_table({"step": [3], "loss": [0.5]}, "history", append=True)
    assert path.read_text() == 'step,what\n1,"a\nb"\n2,\n'
    with Logger("run", tmp_path) as logger:
        logger.log_table([[3, "c"]], "history", header=["step", "what"], append=True)
        path.unlink()
        logger.log_table([[0.5]], "history", header=["loss"], append=True)
    assert path.read_text() == "loss\n0.5\n"


def test_an_array_that_waits_is_the_one_that_was_given(tmp_path: Path) -> None:
    """It is written as it stands in the caller's memory, and copied only when the disk refuses it."""
    array = np.arange(4.0)
    with Logger("run", tmp_path) as logger:
        blocked = tmp_path / "run" / "0001"
        blocked.write_text("where the step's folder would be")
        logger.log_array(array, "weights", step=1)
        array[:] = -1
        blocked.unlink()
    assert np.load(tmp_path / "run" / "0001" / "weights.npy").tolist() == [0, 1, 2, 3]
