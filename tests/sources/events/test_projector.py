"""Embeddings of TensorBoard's projector, as torch writes them (tests/corpus/make_event_items.py)."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest

from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.events.projector import NAME, Embedding, embeddings_in
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "projector"
INSIDE = f"torch/{NAME}!"


def read(root: StoredRoot, path: str) -> bytes:
    with root.file(path) as opened:
        return opened.read(2**20)


def test_every_step_is_an_item_with_its_vectors_labels_and_sprite() -> None:
    root = StoredRoot(CORPUS)
    snapshot = Snapshot(root, Name("torch"))
    found = {(item.label, item.step) for item in snapshot.tree.items() if item.kind == "embeddings"}
    assert found == {("words", 0), ("words", 20), ("plain", 20)}
    item = snapshot.read(Address("embeddings", "words", 20))
    assert item is not None
    assert (item.content.vectors, item.content.labels, item.content.sprite) == (
        "words.vectors.npy",
        "words.labels.tsv",
        "words.sprite.png",
    )
    vectors = np.load(io.BytesIO(read(root, f"{INSIDE}/0020/words.vectors.npy")))
    given = np.loadtxt(CORPUS / "torch/00020/words/tensors.tsv", delimiter="\t", dtype="f4")
    assert np.array_equal(vectors, given)
    theirs = CORPUS / "torch/00020/words"
    assert read(root, f"{INSIDE}/0020/words.labels.tsv") == (theirs / "metadata.tsv").read_bytes()
    assert read(root, f"{INSIDE}/0020/words.sprite.png") == (theirs / "sprite.png").read_bytes()
    assert read(root, f"{INSIDE}/0020/plain.labels.tsv").splitlines() == [b"label", b"a", b"b", b"c", b"d"]
    assert snapshot.problems() == []


def test_parts_of_an_embedding_are_no_items_of_their_own() -> None:
    snapshot = Snapshot(StoredRoot(CORPUS), Name("torch"))
    inside = [path for item in snapshot.tree.items() for path in snapshot.tree.files_of(item) if "!" in path]
    assert all(path.endswith(".json") for path in inside)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("../secret.tsv", "which is not there"),
        ("/etc/passwd", "which is not in this folder"),
        (".hidden.tsv", "which is not there"),
        ("missing.tsv", "which is not there"),
        ("link.tsv", "link, not followed"),
        ("words.tsv", "not a table of numbers"),
        ("text.tsv", "could not convert"),
    ],
)
def test_files_that_are_not_of_the_tree_or_no_vectors_are_named(path: str, said: str, tmp_path: Path) -> None:
    run = tmp_path / "log" / "run"
    run.mkdir(parents=True)
    (tmp_path / "secret.tsv").write_text("1\t2\n")
    (run / ".hidden.tsv").write_text("1\t2\n")
    (run / "link.tsv").symlink_to(tmp_path / "secret.tsv")
    (run / "words.tsv").write_text("1\t2\n3\n")
    (run / "text.tsv").write_text("a\tb\n")
    (run / NAME).write_text(f'embeddings {{ tensor_name: "x" tensor_path: "{path}" }}')
    root = StoredRoot(tmp_path / "log")
    with pytest.raises(Exception, match=said), root.file(f"run/{NAME}!/x.vectors.npy"):
        pass


def test_a_configuration_that_was_written_anew_has_its_new_embeddings_alone(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "torch", tmp_path / "torch")
    snapshot = Snapshot(StoredRoot(tmp_path), Name("torch"))
    (tmp_path / "torch" / NAME).write_text(
        'embeddings { tensor_name: "words:00020" tensor_path: "00020/words/tensors.tsv" }'
    )
    snapshot.look()
    found = [item for item in snapshot.tree.items() if item.kind == "embeddings"]
    assert found == [Address("embeddings", "words", 20)]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        (b'embeddings { tensor_path: "a.tsv" }', [Embedding("a.tsv", "a.tsv")]),
        (b'embeddings{tensor_name:"n" tensor_shape: 4 tensor_shape: 2 tensor_path:"a.bytes"}', [
            Embedding("n", "a.bytes", (4, 2))
        ]),
        (b'embeddings { tensor_name: "checkpointed" }', []),
        (b'embeddings { tensor_path: "a', []),
        (b"} } embeddings {", []),
        (b"\xff\x00{", []),
    ],
)  # fmt: skip
def test_configurations_are_read_as_far_as_they_go(config: bytes, found: list[Embedding]) -> None:
    assert embeddings_in(config) == found


@pytest.mark.slow
@pytest.mark.parametrize("filling", [b"9", b" ", b"a ", b'"', b"a:", b"\\", b"a{"])
def test_a_configuration_of_one_long_word_takes_no_time(filling: bytes) -> None:
    """An hour, if each of its letters was a begin."""
    assert embeddings_in(b'embeddings { tensor_path: "' + filling * 2**19) == []
    assert embeddings_in(b"embeddings" + filling * 2**19) == []


def test_a_configuration_of_very_many_levels_takes_no_time() -> None:
    assert embeddings_in(b"embeddings {" + b"a{" * 2**18 + b"b:1 " * 2**17) == []


def test_bare_floats_have_the_shape_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "a.bytes").write_bytes(np.arange(6, dtype="<f4").tobytes())
    (tmp_path / "run" / NAME).write_text(
        'embeddings { tensor_path: "a.bytes" tensor_name: "x" tensor_shape: 3 tensor_shape: 2 }'
    )
    vectors = np.load(io.BytesIO(read(StoredRoot(tmp_path), f"run/{NAME}!/x.vectors.npy")))
    assert vectors.tolist() == [[0, 1], [2, 3], [4, 5]]
