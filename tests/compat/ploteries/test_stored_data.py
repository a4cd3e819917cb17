"""What was written by Ploteries' calls is read back with its types, as its data store gives it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.compat.ploteries import Writer, read
from lavdlike.errors import LogFormatError


def test_numbers_come_back_to_the_last_bit_with_their_type(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    values = np.random.default_rng(0).normal(size=(5, 2)).astype("f4")
    values[1], values[2, 0] = [np.nan, np.inf], 1e-40
    for step, row in enumerate(values):
        writer.add_scalars("two", row, 10 * step)
        writer.add_scalar("large", np.uint64(2**64 - 1 - step), step)
        writer.add_scalar("flag", step == 2, step)
    writer.add_scalar("mixed", 1, 0)
    writer.add_scalar("mixed", 0.5, 1)
    store = writer.data_store
    found = store["two"]
    assert found["data"].dtype == np.float32
    assert np.array_equal(found["data"], values, equal_nan=True)
    assert found["meta"].dtype == [("index", "<i8"), ("writer_id", "<i8")]
    assert found["meta"]["index"].tolist() == [0, 10, 20, 30, 40]
    assert found["created"].dtype == "datetime64[us]"
    assert abs(found["created"][0] - np.datetime64(int(time.time() * 1e6), "us")) < np.timedelta64(600, "s")
    assert store["large"]["data"].ravel().tolist() == [2**64 - 1 - step for step in range(5)]
    assert store["__add_scalars__.flag"]["data"].dtype == bool
    assert store["mixed"]["data"].tolist() == [[1.0], [0.5]]
    assert store[{"data": "two", "index": 20}]["meta"]["index"].tolist() == [20]
    assert np.array_equal(store[{"data": "two", "index": "latest"}]["data"], values[-1:])
    assert store[{"data": "two", "index": 7}]["data"] == []


def test_arrays_in_plots_have_their_types_and_records_their_fields(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    records = np.array([(1, "a"), (2, "b")], [("n", "<i2"), ("name", "<U3")])
    times = np.array(["2026-01-31T12:00", "NaT"], "M8[s]")
    value = {
        "y": np.array([[0.1, np.nan]], "f4"),
        "x": times,
        "customdata": records,
        "text": ["as", "it is"],
        "marker_size": np.array([1, 2], ">u2"),
    }
    writer.add_plots("p", [value, {"y": [1]}], 5)
    [[first, second]] = writer.data_store["p"]["data"]
    assert first.keys() == value.keys()
    for name, array in value.items():
        if isinstance(array, np.ndarray):
            assert first[name].dtype == array.dtype
            assert first[name].tobytes() == array.tobytes()
    assert (first["text"], second) == (["as", "it is"], {"y": [1]})


def test_histograms_are_records_and_tables_dicts(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    centers, parts = writer.compute_histogram(np.arange(10), bins=5)
    writer.add_histogram("h", np.arange(10), 1, histogram_kwargs={"bins": 5})
    for step in (1, 2):
        writer.add_table("t", {"n": step, "loss": 0.5, "code": "007", "none": None, "yes": True}, step)
    store = writer.data_store
    [found] = store["h"]["data"]
    assert found["bin_centers"].tolist() == centers.tolist()
    assert found["field_0"].tolist() == parts.tolist() == [0.2] * 5
    row = {"loss": 0.5, "code": "007", "none": None, "yes": True}
    assert store["t"]["data"] == [{"n": 1, **row}, {"n": 2, **row}]
    assert np.isnat(store["t"]["created"]).all()
    assert list(store) == ["h", "t"]


def test_arrays_of_any_logger_are_read(tmp_path: Path) -> None:
    records = np.zeros(3, [("at", "f4", (2,)), ("name", "U4")])
    with Logger("run", tmp_path) as logger:
        for step in (1, 2):
            logger.log_array(records, "boxes/found", step)
            logger.log_array(np.zeros(step), "ragged", step)
    store = read(tmp_path / "run")
    assert list(store) == ["boxes/found", "ragged"]
    assert store["boxes/found"]["data"].dtype == records.dtype
    assert store["boxes/found"]["data"].shape == (2, 3)
    assert [each.shape for each in store["ragged"]["data"]] == [(1,), (2,)]


def test_what_a_script_took_back_is_not_read(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    for step in range(4):
        writer.add_scalar("loss", step, step)
    writer.logger.close()
    Logger("run", tmp_path, resume_from=1).close()
    assert read(tmp_path / "run")["loss"]["meta"]["index"].tolist() == [0, 1]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="give that of an experiment"):
        read(tmp_path / "run")
    writer = Writer(tmp_path / "run")
    writer.add_plots("p", [{"y": np.zeros(2)}], 1)
    with pytest.raises(KeyError):
        writer.data_store["q"]
    with pytest.raises(ValueError, match="index must be 'latest' or a step"):
        writer.data_store[{"data": "p", "index": 1.5}]
    (tmp_path / "run/0001/p.plotly.json").write_text('{"data": [], "layout": {}}')
    with pytest.raises(LogFormatError, match=r"p.plotly.json: cannot be read back"):
        read(tmp_path / "run")["p"]
