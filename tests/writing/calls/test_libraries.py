"""Arrays of every library are taken by every method alike, or refused with one ValueError."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from tests.kinds.library_values import ARRAYS, MISSING, NO_ARRAYS, NO_NUMBERS, NUMBERS
from tests.logged import files_of

METHODS: dict[str, Callable[[Logger, Any], object]] = {
    "log_histogram": lambda logger, values: logger.log_histogram(values, "x", 1),
    "log_array": lambda logger, values: logger.log_array(values, "x", 1),
    "log_image": lambda logger, values: logger.log_image(values, "x", 1),
    "log_embedding": lambda logger, values: logger.log_embedding(values, "x", 1, labels=["a", "b"]),
    "log_mesh": lambda logger, values: logger.log_mesh(values, "x", 1),
    "log_audio": lambda logger, values: logger.log_audio(values, "x", 1),
    "log_pr_curve": lambda logger, values: logger.log_pr_curve([[0, 1, 0], [1, 0, 1]], values, "x", 1),
    "log_plot": lambda logger, values: logger.log_plot({"data": [{"z": values}], "layout": {}}, "x", 1),
    "log_json": lambda logger, values: logger.log_json("mine", {"values": values}, "x", 1),
    "log_config": lambda logger, values: logger.log_config({"values": values}),
}


def _written(method: str, values: Any, folder: Path) -> dict[str, bytes]:
    with Logger("run", folder) as logger:
        METHODS[method](logger, values)
    if method == "log_config":
        config = json.loads((folder / "run/experiment.json").read_text())["config"]
        return {"config": json.dumps(config).encode()}
    return {path: (folder / "run" / path).read_bytes() for path in files_of(folder / "run")}


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted(METHODS))
def test_arrays_of_every_library_are_written_alike(method: str, tmp_path: Path) -> None:
    # Floats of other widths are another array of numpy, and another text.
    expected = _written(method, np.array(ARRAYS["lists"]), tmp_path)
    for index, (what, values) in enumerate(ARRAYS.items()):
        if what.startswith("list") and method == "log_image":  # those are frames
            continue
        written = _written(method, values, tmp_path / str(index))
        assert written.keys() == expected.keys(), what
        if method == "log_array":
            assert np.load(tmp_path / str(index) / "run/0001/x.npy").tolist() == ARRAYS["lists"], what
        else:
            assert written == expected, what


@pytest.mark.parametrize("method", sorted(METHODS.keys() - {"log_plot", "log_json", "log_config"}))
def test_what_is_no_array_is_refused_alike(method: str, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for what, values in NO_ARRAYS.items():
            if what == "masked integers" and method in ("log_histogram", "log_pr_curve"):
                continue  # where floats are wanted they are NaN
            with pytest.raises(ValueError, match=r"^\w+"):
                METHODS[method](logger, values)
            assert files_of(logger.log_dir) == [], what


def test_numbers_of_every_library_are_logged(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step, (value, _) in enumerate(NUMBERS.values()):
            logger.log_scalar(value, "one", step)
            logger.log_scalars({"many": value}, np.float32(step))
            logger.log_scalar([value], "list", np.array([step]))
            if (
                not isinstance(value, np.ndarray)
                and not hasattr(value, "toarray")
                and not hasattr(value, "columns")
            ):
                logger.log_all({"all": value} if not getattr(value, "shape", ()) else {}, step)
        with pytest.raises(ValueError, match=r"^scalar must be"):
            logger.log_scalar(object(), "one", 1)
    lines = (tmp_path / "run/scalars.tsv").read_text().splitlines()[1:]
    for label in ("one", "many", "list"):
        found = [line.split("\t")[3] for line in lines if line.split("\t")[2] == label]
        assert found == [repr(expected) for _, expected in NUMBERS.values()]


@pytest.mark.parametrize("what", [*MISSING, *NO_NUMBERS])
def test_a_value_that_is_missing_is_nan_and_no_number_is_refused(what: str, tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        if what in MISSING:
            logger.log_scalar(MISSING[what], "x", 1)
            assert (logger.log_dir / "scalars.tsv").read_text().endswith("\tx\tnan\n")
        else:
            with pytest.raises(ValueError, match=r"^scalar must be"):
                logger.log_scalar(NO_NUMBERS[what], "x", 1)
            assert files_of(logger.log_dir) == []
