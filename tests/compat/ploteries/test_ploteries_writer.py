"""Ploteries' writer over ours: what stands in the files, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import layout
from lavdlike.compat.ploteries import Writer, read
from lavdlike.kinds import histograms, plots
from lavdlike.launch import stand_ins
from tests import logged


def test_lines_of_a_figure_are_labels_and_a_chart(tmp_path: Path) -> None:
    names = [{"name": "train", "line_color": "red"}, {"name": "val"}, {"type": "bar"}, {"name": "val"}]
    for first in (0, 1):  # a script that is started again needs no names
        writer = Writer(tmp_path / "run.pltr")
        writer.add_scalars("tab/both", np.array([first, 0.1, 2, 3], "f4"), first, None if first else names)
        writer.add_scalar("loss", np.float32(0.1), np.int64(first))
        writer.logger.close()
    labels = ["tab/both/train", "tab/both/val", "tab/both/2", "tab/both/val-3"]
    points = logged.points_of(tmp_path / "run" / "scalars.tsv")
    assert [(step, label) for step, label, _ in points] == [
        (step, label) for step in (0, 1) for label in [*labels, "loss"]
    ]
    charts = json.loads((tmp_path / "run" / "custom_scalars.json").read_text())["custom_scalars"]
    assert charts == {"tab": {"both": ["Multiline", [*labels[:3], r"tab/both/val\-3$"]]}}


def test_plots_of_a_step_are_figures_with_what_stays(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    values = [{"x": np.arange(2), "y": np.array([0.5, np.nan], "f4"), "marker_size": [1, 2]}]
    writer.add_plots(
        "tab/p", values, 3, [{"name": "a", "marker_color": "red"}], {"title": "T", "xaxis_type": "log"}
    )
    writer.add_plots("tab/p", [{"y": [1]}, {"y": [2]}], 4)
    writer.flush()
    found = json.loads((tmp_path / "run/0003/tab/p.plotly.json").read_text())
    line = {"type": "scatter", "mode": "lines"}
    assert found["data"] == [
        {**line, "name": "a", "marker": {"color": "red", "size": [1, 2]}, "x": [0, 1], "y": [0.5, None]}
    ]
    assert found["layout"] == {"title": {"text": "T"}, "xaxis": {"type": "log"}}
    second = (tmp_path / "run/0004/tab/p.plotly.json").read_bytes()
    assert plots.from_file(second, "p").traces == 2


def test_the_template_of_plots_is_what_people_made_of_it(tmp_path: Path) -> None:
    Writer(tmp_path / "run").add_plots("p", [{"y": [1]}], 1, [{"name": "a"}])
    kept = tmp_path / "run" / "ploteries.json"
    kept.write_text(kept.read_text().replace('"a"', '"edited"'))
    Writer(tmp_path / "run").add_plots("p", [{"y": [1]}], 2, [{"name": "a"}])
    assert json.loads((tmp_path / "run/0002/p.plotly.json").read_text())["data"][0]["name"] == "edited"
    kept.write_text('{"data:__add_plots__.p": {"figure": 3}, "data:x": []}')  # no definitions at all
    Writer(tmp_path / "run").add_plots("p", [{"y": [1]}], 3, [{"name": "b"}])
    assert json.loads((tmp_path / "run/0003/p.plotly.json").read_text())["data"][0]["name"] == "b"


def test_histograms_have_the_same_bins(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "run")
    writer.add_histograms("h", [np.arange(10), np.arange(20)], 1, [{"name": "a"}, {"name": "b"}])
    options = {"bin_centers": np.array([0.0, 1, 4]), "normalize": False}
    writer.add_histogram("one", [-9, 0.4, 0.6, 2.4, 2.6, 99], 1, histogram_kwargs=options)
    writer.flush()
    folder = tmp_path / "run" / "0001"
    a, b, one = (
        histograms.from_json(json.loads((folder / name).read_text())["histograms"], name)
        for name in ("h/a.json", "h/b.json", "one.json")
    )
    assert a.edges == b.edges
    assert (len(a.counts), a.edges[0], a.edges[-1], sum(b.counts)) == (20, 0, 19, 20)
    assert (one.edges, one.counts) == ([-0.5, 0.5, 2.5, 5.5], [2, 2, 2])
    assert options.keys() == {"bin_centers", "normalize"}
    records = np.load(folder / "one.npy")
    assert records.dtype.names == ("bin_centers", "field_0")


def test_rows_of_a_table_stand_behind_each_other(tmp_path: Path) -> None:
    path = tmp_path / "run" / "tab" / "t.csv"
    writer = Writer(tmp_path / "run")
    writer.add_table("tab/t", {"loss": 0.1, "name": "1"}, 1, transposed=True)
    writer.add_table("tab/t", {"loss": np.float32(0.5), "name": "b"}, 2)
    assert path.read_text() == "Time step,loss,name\n1,0.1,1\n2,0.5,b\n"
    writer.add_table("tab/t", {"new": True}, 3)
    writer.add_table("tab/t", {"loss": 2, "name": "c"}, 4)
    writer.flush()
    assert path.read_text() == "Time step,loss,name,new\n1,0.1,1,\n2,0.5,b,\n3,,,True\n4,2,c,\n"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda writer: writer.add_scalars("f", [[1, 2]], 0), "in one dimension, not an array of shape"),
        (lambda writer: writer.add_scalars("f", [], 0), "values must be numbers in one dimension"),
        (lambda writer: writer.add_scalars("f", ["a"], 0), "values must be"),
        (lambda writer: writer.add_scalars("f", [1, 2], 0, [{}]), "traces_kwargs must have a dict for each of 2"),
        (lambda writer: writer.add_scalars("f", [1, 2], 0, "ab"), "traces_kwargs must be a list of dicts"),
        (lambda writer: writer.add_scalars("two", [1, 2, 3], 0), "'two' has 2 lines by add_scalars, not 3"),
        (lambda writer: writer.add_plots("f", [{}], 0, None, None, "d"), "'f' has 2 lines by add_scalars"),
        (lambda writer: writer.add_scalars("f", 1, None), "global_step must be a whole number, not None"),
        (lambda writer: writer.add_scalars("f", 1, -1), "global_step must be from 0"),
        (lambda writer: writer.add_scalars(7, 1, 1), "tag must be a string"),
        (lambda writer: writer.add_plots("f", {"x": []}, 0), "values must be a list of dicts"),
        (lambda writer: writer.add_histograms("f", [], 0), "it is empty"),
        (lambda writer: writer.add_histograms("f", [[1]], 0, compute_histogram=False), "must have 'bin_centers'"),
        (
            lambda writer: writer.add_histogram("f", [1], 0, histogram_kwargs={"bin_centers": [2, 1]}),
            "bin_centers must be finite and rise",
        ),
        (lambda writer: writer.add_table("f", [1], 0), "values must be a list of dicts"),
        (lambda writer: writer.add_table("f", {"Time step": 1}, 0), "must not have the column"),
    ],
)  # fmt: skip
def test_what_is_no_data_is_refused_with_a_sentence(tmp_path: Path, call: Any, said: str) -> None:
    writer = Writer(tmp_path / "run")
    writer.add_scalars("two", [1, 2], 0)
    writer.add_scalars("other", [1, 2], 0, data_name="d")
    with pytest.raises(ValueError, match=said):
        call(writer)


def test_a_data_store_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "ploteries.pltr").write_bytes(b"SQLite")
    with pytest.raises(ValueError, match="lavdlike shows a data store of Ploteries as it is"):
        Writer(tmp_path / "ploteries.pltr")


@pytest.mark.parametrize(
    "figure", ["../up", "/up", "a/../../up", ".hidden", "experiment", "scalars", "!rewind"]
)
def test_no_figure_leads_out_of_the_folder(tmp_path: Path, figure: str) -> None:
    writer = Writer(tmp_path / "log" / "run")
    writer.add_scalar(figure, 1, 1)
    writer.add_plots(figure, [{"y": [1]}], 1)
    writer.add_table(figure, {"a": 1}, 1)
    writer.logger.close()
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert [path.name for path in (tmp_path / "log").iterdir()] == ["run"]
    assert len(logged.points_of(tmp_path / "log" / "run" / layout.SCALARS_FILE)) == 1
    assert read(tmp_path / "log" / "run")["__add_table__." + figure]["data"] == [{"a": 1}]


def test_it_stands_in_for_the_package() -> None:
    table = stand_ins.table_of(["ploteries"])
    assert table["ploteries"] == "lavdlike.compat.ploteries"
    assert table["ploteries.writer"] == Writer.__module__
