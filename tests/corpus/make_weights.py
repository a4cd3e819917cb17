"""Makes `tests/corpus/weights`: files of HDF5 and Keras by what writes them, and what h5py says is in them.

    KERAS_BACKEND=torch python -m tests.corpus.make_weights

Needs none of lavdlike, but an environment of its own, with h5py==3.16.0, keras==3.15.0, torch==2.13.0 and
numpy==2.4.6. `expected.json`: by file the names, shapes and types of data sets.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from tests.corpus import frame

CORPUS = Path(__file__).parent / "weights"


def main() -> None:
    frame.emptied(CORPUS)
    for name, version in (("older.h5", "earliest"), ("newer.h5", "latest")):
        with h5py.File(CORPUS / name, "w", libver=version) as file:
            fill(file)
    with h5py.File(CORPUS / "many.h5", "w") as file:  # trees of more than one level
        for number in range(300):
            file.create_dataset(f"layers/w_{number}", data=np.zeros((2, number % 3), np.float32))
    with h5py.File(CORPUS / "dense.h5", "w", libver="latest") as file:
        for number in range(12):
            file.create_dataset(f"x{number}", data=np.zeros(1))
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4), keras.layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.zeros((2, 3)), np.zeros((2, 2)), verbose=0)
    model.save(CORPUS / "model.keras")
    model.save_weights(CORPUS / "model.weights.h5")
    files = [path for path in sorted(CORPUS.iterdir()) if path.name != "dense.h5"]
    frame.expect(CORPUS, {path.name: read(path) for path in files})


def fill(file: Any) -> None:
    """Each kind of type, links of each kind, attributes and filters."""
    group = file.create_group("net/block")
    group.create_dataset("kernel", data=np.zeros((3, 4), np.float32), compression="gzip", chunks=(1, 4))
    group.create_dataset("half", data=np.zeros(5, np.float16))
    group.create_dataset("step", data=np.int64(7))
    group["kernel"].attrs["name"] = "a kernel"
    for letter in "abcdefgh":
        group.attrs[letter] = letter * 200  # the header goes on elsewhere
    file["net/bytes"] = np.zeros((2, 0), np.uint8)
    file["net/flags"] = np.array([True, False])
    file["net/doubles"] = np.zeros(2, ">f8")
    file["net/soft"] = h5py.SoftLink("/net/block/half")
    file["net/again"] = group["half"]
    file["net/block/round"] = file["net"]


def read(path: Path) -> dict[str, Any]:
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            content: Any = io.BytesIO(archive.read("model.weights.h5"))
    else:
        content = path
    found: dict[str, Any] = {}
    with h5py.File(content) as file:
        # Each once, links to the same left out, as HDF5 itself visits them.
        file.visititems(lambda name, each: found.update(shape_of(name, each)))
    return found


def shape_of(name: str, each: Any) -> dict[str, Any]:
    return {name: [each.dtype.name, list(each.shape)]} if isinstance(each, h5py.Dataset) else {}


if __name__ == "__main__":
    main()
