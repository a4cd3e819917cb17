from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.errors import LogFormatError
from lavdlike.kinds import embeddings
from lavdlike.kinds.embeddings import EmbeddingContent


def test_a_logged_embedding_reads_back(tmp_path: Path) -> None:
    vectors = np.arange(12).reshape(3, 4)
    images = [np.full((8, 8), shade, np.uint8) for shade in (10, 100, 200)]
    with Logger("run", tmp_path) as logger:
        logger.log_embedding(vectors, "deep/words", 2, labels=["a\tb", 7, "µ"], images=images)
    folder = tmp_path / "run" / "0002" / "deep"
    document = json.loads((folder / "words.json").read_bytes())
    content = embeddings.from_json(document["embeddings"], "words.json")
    assert content == EmbeddingContent("words.vectors.npy", "words.labels.tsv", "words.sprite.png")
    assert np.load(folder / content.vectors).tolist() == vectors.tolist()
    assert (folder / content.labels).read_text() == "label\na b\n7\nµ\n"
    with Image.open(folder / content.sprite) as sheet:
        assert sheet.size == (16, 16)
        corners = [sheet.getpixel(place) for place in ((1, 1), (9, 1), (1, 9), (9, 9))]
    assert corners == [(shade,) * 3 for shade in (10, 100, 200, 0)]


def test_vectors_alone_name_no_other_file(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_embedding([[0.5, 1]], "words")
    document = json.loads((tmp_path / "run" / "words.json").read_bytes())
    assert document == {"embeddings": {"vectors": "words.vectors.npy"}}


def test_labels_may_have_several_columns() -> None:
    labels = {"class": np.array([1, 2]), "name": ("a", "b")}
    assert embeddings.encode_labels(labels, 2) == b"class\tname\n1\ta\n2\tb\n"


@pytest.mark.parametrize("vectors", [[1, 2], [["a"]], [[np.nan]], np.zeros((0, 3)), [[None]]])
def test_what_are_no_vectors_is_refused(vectors: Any) -> None:
    with pytest.raises(ValueError, match=r"^vectors.* must be"):
        embeddings.encode_vectors(vectors)


@pytest.mark.parametrize(
    ("extra", "error"), [({"labels": ["a"]}, "labels must be 2"), ({"images": []}, "images must be 2")]
)
def test_another_number_of_labels_or_images_is_refused(
    extra: dict[str, Any], error: str, tmp_path: Path
) -> None:
    with Logger("run", tmp_path) as logger, pytest.raises(ValueError, match=error):
        logger.log_embedding([[1], [2]], "words", **extra)
    assert not (tmp_path / "run" / "words.json").exists()


@pytest.mark.parametrize("value", [{}, {"vectors": 1}, {"vectors": "a", "labels": []}, []])
def test_what_is_no_embedding_is_said(value: object) -> None:
    with pytest.raises(LogFormatError, match="embeddings"):
        embeddings.from_json(value, "a.json")


def test_vectors_are_arrays_of_numpy_without_objects() -> None:
    data = embeddings.encode_vectors([[True, False]])
    assert np.load(io.BytesIO(data), allow_pickle=False).dtype == np.float32
