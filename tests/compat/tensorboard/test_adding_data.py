"""Distributions, curves, vectors, meshes and layouts: what is in the files afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.compat.tensorboard import SummaryWriter
from tests.logged import files_of


def written(folder: Path, call: Callable[[SummaryWriter], object]) -> list[str]:
    with SummaryWriter(folder / "x") as writer:
        call(writer)
    return files_of(folder / "x")


def document(folder: Path, name: str) -> Any:
    return json.loads((folder / "x" / name).read_text())


def test_values_are_counted_in_the_original_bins(tmp_path: Path) -> None:
    values = np.array([0.5, 0.5, -2.0, np.nan])
    assert written(tmp_path, lambda writer: writer.add_histogram("h", values, 1)) == ["0001/h.json"]
    content = document(tmp_path, "0001/h.json")["histograms"]
    assert (content["min"], content["max"], content["sum"], content["sum_squares"]) == (-2.0, 0.5, -1.0, 4.5)
    assert sum(content["counts"]) == 3
    assert content["edges"][0] <= -2 <= content["edges"][1]
    assert content["edges"][-2] <= 0.5 <= content["edges"][-1]
    with pytest.raises(ValueError, match="values must not be empty"):
        written(tmp_path, lambda writer: writer.add_histogram("h", [], 1))


def test_a_histogram_that_was_counted_keeps_its_sums(tmp_path: Path) -> None:
    def call(writer: SummaryWriter) -> None:
        writer.add_histogram_raw("h", 0, 3, 4, 6.5, 14, [1, 2, 3], [1, 2, 1], 5)

    assert written(tmp_path, call) == ["0005/h.json"]
    assert document(tmp_path, "0005/h.json")["histograms"] == {
        "edges": [0, 1, 2, 3],
        "counts": [1, 2, 1],
        "min": 0,
        "max": 3,
        "sum": 6.5,
        "sum_squares": 14,
    }


def test_curves_are_computed_or_taken(tmp_path: Path) -> None:
    def call(writer: SummaryWriter) -> None:
        writer.add_pr_curve("a", [1, 0, 1], [0.9, 0.6, 0.2], 1, num_thresholds=3)
        writer.add_pr_curve_raw("b", [2, 1], [1, 0], [0, 1], [0, 1], [0.5, 1], [1, 0.5], 1)

    assert written(tmp_path, call) == ["0001/a.json", "0001/b.json"]
    computed = document(tmp_path, "0001/a.json")["pr_curves"]
    assert computed["thresholds"] == [0, 0.5, 1]
    assert computed["precision"] == pytest.approx([2 / 3, 0.5, 0])
    assert computed["recall"] == [1, 0.5, 0]
    assert document(tmp_path, "0001/b.json")["pr_curves"]["precision"] == [0.5, 1]


def test_vectors_have_columns_of_what_is_known(tmp_path: Path) -> None:
    def call(writer: SummaryWriter) -> None:
        rows = [["cat", 1], ["dog", 2]]
        writer.add_embedding(np.eye(2), rows, np.zeros((2, 3, 4, 4)), 1, metadata_header=["name", "size"])
        with pytest.raises(ValueError, match="metadata must have 1 fields each"):
            writer.add_embedding(np.eye(2), rows, metadata_header=["name"])

    assert written(tmp_path, call) == [
        "0001/default.json",
        "0001/default.labels.tsv",
        "0001/default.sprite.png",
        "0001/default.vectors.npy",
    ]
    assert (tmp_path / "x/0001/default.labels.tsv").read_text() == "name\tsize\ncat\t1\ndog\t2\n"
    assert np.array_equal(np.load(tmp_path / "x/0001/default.vectors.npy"), np.eye(2))


def test_meshes_are_a_file_each_with_their_settings(tmp_path: Path) -> None:
    def call(writer: SummaryWriter) -> None:
        corners = np.zeros((2, 3, 3))
        colours = np.full((2, 3, 3), 200)
        writer.add_mesh("m", corners, colours, np.array([[[0, 1, 2]]] * 2), {"camera": {"cls": "X"}}, 1)
        writer.add_mesh("one", corners[:1], global_step=1)

    assert written(tmp_path, call) == ["0001/m.json", "0001/m/000.ply", "0001/m/001.ply", "0001/one.ply"]
    assert document(tmp_path, "0001/m.json") == {"mesh_config": {"camera": {"cls": "X"}}}


def test_layouts_of_charts_are_kept(tmp_path: Path) -> None:
    def call(writer: SummaryWriter) -> None:
        writer.add_custom_scalars_multilinechart(("a", "b"))
        writer.add_custom_scalars_marginchart(["v", "l", "u"], "c", "t")
        writer.add_custom_scalars({"T": {"x": ["Multiline", ["a"]], "y": ["Margin", ["v", "l", "u"]]}})
        bad: list[Any] = [[], {"T": []}, {"T": {"x": ["Line", ["a"]]}}, {"T": {"x": ["Margin", ["a"]]}}]
        for layout in bad:
            with pytest.raises(ValueError, match=r"must (be|have)"):
                writer.add_custom_scalars(layout)

    assert written(tmp_path, call) == ["custom_scalars.json"]
    assert document(tmp_path, "custom_scalars.json") == {
        "custom_scalars": {"T": {"x": ["Multiline", ["a"]], "y": ["Margin", ["v", "l", "u"]]}}
    }


def test_tensors_are_arrays(tmp_path: Path) -> None:
    assert written(tmp_path, lambda writer: writer.add_tensor("t", np.arange(3), 2)) == ["0002/t.npy"]
