from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.errors import LogFormatError
from lavdlike.kinds import arrays


def part(path: Path, **asked: str) -> arrays.ArrayPart:
    with path.open("rb") as file:
        found = arrays.read_part(file, asked, path.name)
    assert isinstance(found, arrays.ArrayPart)
    return found


def records(path: Path, **asked: str) -> arrays.RecordPart:
    with path.open("rb") as file:
        found = arrays.read_part(file, asked, path.name)
    assert isinstance(found, arrays.RecordPart)
    return found


def head(data: bytes) -> arrays.ArrayContent:
    return arrays.read_head(data[: arrays.KIND.head_bytes], len(data), "a.npy")


def saved(folder: Path, array: Any) -> Path:
    path = folder / "a.npy"
    np.save(path, array)
    return path


@pytest.mark.parametrize("dtype", ["bool", "int8", "<i4", ">u8", "f2", ">f4", "f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_slice_is_that_of_numpy(tmp_path: Path, dtype: str, order: Any) -> None:
    array = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5).astype(dtype).copy(order=order)
    path = saved(tmp_path, array)
    floats = array.astype(float)
    assert part(path, at="1,2,0,0").values == floats[1, 2].ravel().tolist()
    assert part(path, axes="2,0", at="0,1,0,3").values == floats[:, 1, :, 3].T.ravel().tolist()
    assert part(path, axes="1", at="1,0,2,3").values == floats[1, :, 2, 3].tolist()
    cut = part(path, at="1,2,0,0", rows="1:3", columns="2:4")
    assert (cut.rows, cut.columns) == ([1, 2], [2, 3])
    assert cut.values == floats[1, 2, 1:3, 2:4].ravel().tolist()


def test_of_a_large_array_evenly_chosen_places_are_read(tmp_path: Path) -> None:
    array = np.arange(1000.0)[:, None] * 10_000 + np.arange(2000)
    found = part(saved(tmp_path, array), statistics="1")
    assert (len(found.rows), len(found.columns)) == (256, 256)
    assert (found.rows[0], found.rows[-1], found.columns[-1]) == (0, 999, 1999)
    assert found.values == array[np.ix_(found.rows, found.columns)].ravel().tolist()
    assert found.statistics is not None
    assert (found.statistics.minimum, found.statistics.maximum) == (0, array.max())
    assert (found.statistics.mean, found.statistics.looked_at) == (array.mean(), array.size)


@pytest.mark.slow
def test_a_file_larger_than_the_memory_is_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "huge.npy"
    shape = (50_000, 50_000, 8)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
        begin = file.tell()
        file.truncate(begin + 8 * int(np.prod(shape, dtype=object)))
        file.seek(begin + 8 * (49_999 * 50_000 * 8 + 49_999 * 8 + 3))
        file.write(struct.pack("<d", 7.5))
    found = part(path, axes="0,1", at="0,0,3", statistics="1")
    assert found.values[-1] == 7.5
    assert found.statistics is not None
    assert found.statistics.looked_at == arrays.MAX_CHOSEN


def test_what_is_no_finite_number_is_told(tmp_path: Path) -> None:
    found = part(saved(tmp_path, np.array([1, np.nan, np.inf, -np.inf, 3])), statistics="1")
    assert found.values == [1, "nan", "inf", "-inf", 3]
    assert found.statistics == arrays.ArrayStatistics(1, 2, 5, 1, 3, 2, 1)


def test_single_values_empty_and_complex_arrays_are_shown(tmp_path: Path) -> None:
    assert part(saved(tmp_path, np.float32(2.5))).values == [2.5]
    empty = part(saved(tmp_path, np.zeros((3, 0))), statistics="1")
    assert (empty.rows, empty.columns, empty.values) == ([0, 1, 2], [], [])
    assert empty.statistics is not None
    assert empty.statistics.minimum is None
    assert part(saved(tmp_path, np.array([3 + 4j]))).values == [5]


@pytest.mark.parametrize(
    "asked",
    [
        {"axes": "2"},
        {"axes": "0,0"},
        {"axes": "0,1,2"},
        {"axes": "x"},
        {"at": "1"},
        {"axes": "1", "at": "9,0"},
        {"rows": "3:2"},
        {"rows": "5"},
        {"columns": "9:10"},
    ],
)
def test_what_is_not_there_is_refused(tmp_path: Path, asked: dict[str, str]) -> None:
    path = saved(tmp_path, np.zeros((3, 4)))
    with pytest.raises(ValueError, match=r"axes|at|range|rows"):
        part(path, **asked)


def npy(header: str, data: bytes = b"") -> bytes:
    line = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(line)) + line + data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no array"),
        (b"no array at all", "no array"),
        (b"\x93NUMPY\x01\x00\xff\xff", "no array"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", b"\0" * 8), "cut short"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }"), "array"),
        (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }"), "cut short"),
        (npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", b"\0" * 8), "Python objects"),
        (
            npy("{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }", b"\0" * 8),
            "Python objects",
        ),
        (
            npy("{'descr': [('a', '|V8')], 'fortran_order': False, 'shape': (1,), }", b"\0" * 8),
            "field 'a' is of",
        ),
        (npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", b"\0" * 8), "cut short"),
        (npy("{'descr': [('a', '<f8', (999999,))], 'fortran_order': False, 'shape': (1,), }"), "1 MiB"),
        (
            npy(
                "{'descr': "
                + "[('a'," * 60
                + "'<f8'"
                + ")]" * 60
                + ", 'fortran_order': False, 'shape': (), }"
            ),
            "deep",
        ),
        (npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", b"\0" * 16), "only numbers"),
        (npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {(1,) * 33}, }}", b"\0" * 8), "dimensions"),
        (npy("__import__('os').abort()"), "no array"),
        (npy("(" * 5000), "no array"),
    ],
)
def test_a_hostile_file_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(LogFormatError, match=said):
        head(data)


def test_what_the_logger_writes_is_read_back(tmp_path: Path) -> None:
    with Logger("exp", tmp_path) as logger:
        logger.log_array([[1, 2], [3, 4]], "a", 1)
        with pytest.raises(ValueError, match="array"):
            logger.log_array([object()], "b", 1)
    path = tmp_path / "exp" / "0001" / "a.npy"
    assert head(path.read_bytes()) == arrays.ArrayContent("int64", [2, 2])
    assert part(path).values == [1, 2, 3, 4]
    assert np.load(io.BytesIO(path.read_bytes()), allow_pickle=False).tolist() == [[1, 2], [3, 4]]


def test_records_are_rows_of_their_fields(tmp_path: Path) -> None:
    inner = np.dtype([("x", "<f4"), ("y", ">i2")])
    dtype = np.dtype([("name", "U5"), ("at", inner), ("v", "<f8", (2,)), ("when", "M8[s]")], align=True)
    array = np.zeros((2, 3), dtype)
    array["name"] = [["a", "bä", "c"], ["d", "e", "f"]]
    array["at"]["x"], array["at"]["y"], array["v"][1, 2] = 0.1, -7, [np.nan, 0.5]
    array["when"] = np.datetime64("2026-01-31T12:00:00")
    with Logger("exp", tmp_path) as logger:
        logger.log_array(array, "a", 1)
        logger.log_array(array.view(np.recarray)[0], "one row")
        logger.log_array(np.asfortranarray(array), "turned")
        with pytest.raises(ValueError, match="field 'what' is of object"):
            logger.log_array(np.zeros(1, [("what", "O")]), "b", 1)
    path = tmp_path / "exp" / "0001" / "a.npy"
    fields = ["name", "at.x", "at.y", "v", "when"]
    assert head(path.read_bytes()) == arrays.ArrayContent("record", [2, 3], fields)
    assert np.array_equal(np.load(path)["v"], array["v"], equal_nan=True)
    assert np.load(path).dtype == dtype
    last = ["f", "0.1", "-7", "[nan, 0.5]", "2026-01-31T12:00:00"]
    assert records(path, first="4") == arrays.RecordPart(
        4, [["e", "0.1", "-7", "[0.0, 0.0]", last[-1]], last]
    )
    assert records(path, first="1", count="1").rows[0][0] == "bä"
    assert records(path, first="9") == arrays.RecordPart(6, [])
    assert records(path.parent.parent / "turned.npy") == records(path)
    assert records(path.parent.parent / "one row.npy").rows == records(path, count="3").rows
