"""Models by what writes them (`tests/corpus/models`), and broken and hostile ones. No number of one is ever loaded."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import pickletools
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.kinds import models
from lavdlike.kinds.model_files import tensors
from lavdlike.kinds.model_files.tensors import ModelTensors
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "models"
WEIGHTS = ROOT / "tests" / "corpus" / "weights"
GRAPHS = ROOT / "tests" / "corpus" / "graphs"
EXPECTED_WEIGHTS = json.loads((WEIGHTS / "expected.json").read_text())
EXPECTED = json.loads((CORPUS / "expected.json").read_text())


def read(path: Path) -> ModelTensors:
    with path.open("rb") as file:
        return models.read_part(file, {}, path.name)


def written(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_tensors_are_those_that_the_original_reads(name: str) -> None:
    found = read(CORPUS / name)
    assert {each.name: [each.dtype, each.shape] for each in found.tensors} == EXPECTED[name]
    assert (found.total, found.note) == (len(EXPECTED[name]), "")


@pytest.mark.parametrize(
    ("name", "size_bytes"),
    [
        ("epoch=3-step=500.ckpt", 1564),
        ("legacy.pth", 540),
        ("model.safetensors", 540),
        ("arrays.npz", 89),
        ("tiny.gguf", 2720),
    ],
)
def test_each_tensor_has_its_size(name: str, size_bytes: int) -> None:
    assert sum(each.size_bytes or 0 for each in read(CORPUS / name).tensors) == size_bytes


def test_what_stands_beside_the_tensors_is_told() -> None:
    checkpoint = read(CORPUS / "epoch=3-step=500.ckpt")
    assert (checkpoint.metadata["epoch"], checkpoint.metadata["step"]) == ("3", "500")
    assert checkpoint.parameters == 405
    assert read(CORPUS / "model.safetensors").metadata == {"format": "pt"}
    gguf = read(CORPUS / "tiny.gguf").metadata
    assert (gguf["general.name"], gguf["tokenizer.ggml.tokens"]) == ("tiny", "3 values")


@pytest.mark.parametrize(
    ("name", "head", "format_"),
    [
        ("a.safetensors", b"\2\0\0\0\0\0\0\0{}", "safetensors"),
        ("a.GGUF", b"GGUF", "GGUF"),
        ("a.pt", b"PK\3\4", "PyTorch"),
        ("a.pth", b"\x80\2", "PyTorch"),
        ("a.ckpt", b"\x89HDF\r\n\x1a\n", "HDF5"),
        ("a.pt", b"anything", ""),
        ("a.onnx", b"", "ONNX"),
    ],
)
def test_whose_file_it_is_stands_at_its_begin_and_in_its_name(name: str, head: bytes, format_: str) -> None:
    assert models.read_head(head, len(head), name).format == format_


@pytest.mark.parametrize("head", [b"", b"{}", b"\xff" * 8 + b"{"])
def test_a_safetensors_that_was_not_written_to_its_end_is_told_at_once(head: bytes) -> None:
    with pytest.raises(LogFormatError):
        models.read_head(head, len(head), "a.safetensors")


def test_what_is_not_listed_says_so(tmp_path: Path) -> None:
    assert "never loaded" in read(written(tmp_path, "a.pt", pickle.dumps({"any": "object"}))).note
    for name in ("a.h5", "a.onnx"):
        with pytest.raises(LogFormatError, match=r"no HDF5|no model of ONNX"):
            read(written(tmp_path, name, b"anything"))


def keras_archive(path: Path, weights: bytes | None, **more: Any) -> Path:
    with zipfile.ZipFile(path, "w", **more) as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.9.0"}')
        archive.writestr("config.json", "{}")
        if weights is not None:
            archive.writestr("model.weights.h5", weights)
    return path


def test_weights_of_keras_are_listed_where_they_lie(tmp_path: Path) -> None:
    weights = (WEIGHTS / "model.weights.h5").read_bytes()
    stored = read(keras_archive(tmp_path / "a.keras", weights))
    assert stored.tensors == read(WEIGHTS / "model.weights.h5").tensors
    assert stored.metadata == {"keras_version": "3.9.0", "model.weights.h5": f"{len(weights):,} bytes"}
    packed = read(keras_archive(tmp_path / "b.keras", weights, compression=zipfile.ZIP_DEFLATED))
    assert (packed.tensors, packed.note) == ([], "Its weights are compressed, and not listed")
    without = read(keras_archive(tmp_path / "c.keras", None))
    assert (without.metadata, without.note) == ({"keras_version": "3.9.0"}, "There are no weights in it")


@pytest.mark.parametrize("name", sorted(EXPECTED_WEIGHTS))
def test_data_sets_of_hdf5_are_those_that_h5py_finds(name: str) -> None:
    found = read(WEIGHTS / name)
    assert {each.name: [each.dtype, each.shape] for each in found.tensors} == EXPECTED_WEIGHTS[name]
    assert (found.total, found.note) == (len(EXPECTED_WEIGHTS[name]), "")


def test_groups_of_many_links_in_newer_files_are_said_not_to_be_listed() -> None:
    found = read(WEIGHTS / "dense.h5")
    assert (found.tensors, found.note) == (
        [],
        "Groups of many links, as newer files have them, are not listed",
    )


def test_numbers_in_names_are_in_their_order() -> None:
    names = [each.name for each in read(WEIGHTS / "model.weights.h5").tensors]
    numbers = [int(name.rpartition("/")[2]) for name in names if name.startswith("optimizer/vars/")]
    assert numbers == sorted(numbers)
    assert len(numbers) > 9


def test_weights_inputs_and_outputs_of_onnx_are_those_that_onnx_reads() -> None:
    found = read(GRAPHS / "net.onnx")
    wanted = json.loads((GRAPHS / "expected.json").read_text())["net.onnx"]
    assert {each.name: [each.dtype, each.shape] for each in found.tensors} == wanted["tensors"]
    assert [each.size_bytes for each in found.tensors] == [48, 8, 8]
    assert found.metadata == {
        "producer": "corpus 1",
        "operators": found.metadata["operators"],
        "nodes": "5",
        "input x": "float32 batch × 3",
        "output y": "float32 batch × 2",
        "author": "nobody",
    }


class _Runs:
    """What a hostile pickle holds."""

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, ("raise SystemExit('it was run')",)


def torch_archive(path: Path, data: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", data)
    return path


def test_nothing_in_a_pickle_is_run(tmp_path: Path) -> None:
    data = pickle.dumps({"weights": _Runs(), "step": 3}, protocol=2)
    assert any(opcode.name == "REDUCE" for opcode, *_ in pickletools.genops(data))
    found = read(torch_archive(tmp_path / "a.pt", data))
    assert (found.tensors, found.metadata["step"]) == ([], "3")


@pytest.mark.slow
def test_a_pickle_that_names_the_same_over_and_over_comes_to_an_end(tmp_path: Path) -> None:
    lists: list[Any] = []
    for _ in range(60):
        lists = [lists, lists]
    with pytest.raises(LogFormatError, match="too often"):
        read(torch_archive(tmp_path / "a.pt", pickle.dumps({"a": lists})))
    endless: list[Any] = []
    endless.append(endless)
    assert read(torch_archive(tmp_path / "a.pt", pickle.dumps({"a": endless}))).total == 0


def test_an_archive_that_promises_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model/data.pkl", b"0" * (tensors.MAX_HEAD_BYTES + 1))
    with pytest.raises(LogFormatError, match="at most"):
        read(path)


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "F32", "shape": [1] * 100, "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 2**60]},
        "no tensor",
    ],
)
def test_a_tensor_that_cannot_be_is_a_broken_file(tmp_path: Path, entry: object) -> None:
    head = json.dumps({"a": entry}).encode()
    with pytest.raises(LogFormatError):
        read(written(tmp_path, "a.safetensors", struct.pack("<Q", len(head)) + head + bytes(4)))


def test_of_very_many_tensors_the_first_are_sent_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tensors, "MAX_TENSORS", 10)
    entry = {"dtype": "U8", "shape": [3], "data_offsets": [0, 3]}
    head = json.dumps({f"t{number:03}": entry for number in range(50)}).encode()
    found = read(written(tmp_path, "a.safetensors", struct.pack("<Q", len(head)) + head + bytes(3)))
    assert (len(found.tensors), found.total, found.parameters) == (10, 50, 150)


@pytest.mark.parametrize(
    "path",
    [
        *(CORPUS / name for name in sorted(EXPECTED)),
        *(WEIGHTS / name for name in ("older.h5", "newer.h5", "dense.h5", "model.keras")),
        GRAPHS / "net.onnx",
    ],
    ids=lambda path: path.name,
)
@given(data=st.data())
def test_a_broken_file_is_read_or_refused_with_a_reason(path: Path, data: st.DataObject) -> None:
    whole = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for broken in (bytes(whole), bytes(whole[:cut])):
        with contextlib.suppress(LogFormatError):
            assert models.read_part(io.BytesIO(broken), {}, path.name).total >= 0
