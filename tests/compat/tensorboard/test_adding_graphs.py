"""Graphs of models: what is in the files afterwards, in ours and in TensorBoard's.

Those of real models are compared by `make check-frameworks`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lavdlike.compat.tensorboard import SummaryWriter, written_graphs
from lavdlike.kinds import graphs
from lavdlike.kinds.graph_forms import graph_def
from lavdlike.kinds.graph_forms.graph import Edge, Graph, GraphNode
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from tests.scripts import ROOT
from tests.writing.test_given_graphs import Message, Module, Sequential

CORPUS = ROOT / "tests" / "corpus" / "graphs"


def logged(folder: Path) -> Graph:
    return graphs.read((folder / "x" / "graph.graph.json").read_bytes(), "graph")


def in_event_file(root: Path) -> Graph:
    """What our reader of event files finds, which is compared with TensorBoard's own elsewhere."""
    tree = Snapshot(StoredRoot(root), Name("x"))
    (path,) = (
        path
        for at in tree.tree.items()
        for path in tree.tree.files_of(at)
        if path.startswith("events.out.tfevents")
    )
    with tree.file(path) as opened:
        return graphs.read(opened.read(2**20), path)


def test_a_model_of_torch_is_a_graph_in_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(nn=SimpleNamespace(Module=Module)))
    model = Module(body=Sequential("", **{"0": Module("3, 4"), "1": Module()}), head=Module())
    with SummaryWriter(tmp_path / "x", event_files=True) as writer:
        writer.add_graph(model)
    assert list(logged(tmp_path).nodes) == ["body/0", "body/1", "head"]
    found = in_event_file(tmp_path)
    assert found.nodes["body/0"] == GraphNode("body/0", "0", "Module", "body", {"settings": "3, 4"})
    assert [edge[:2] for edge in found.edges] == [("body/0", "body/1")]


def test_what_is_no_module_is_kept_as_its_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with SummaryWriter(tmp_path / "x") as writer:
        writer.add_graph("a model", object(), True)
    assert (tmp_path / "x" / "graph.txt").read_text() == "a model\n"
    assert capsys.readouterr().out == "a model\n"


def test_files_of_onnx_are_graphs_and_those_of_openvino_copied(tmp_path: Path) -> None:
    other = tmp_path / "net.xml"
    other.write_bytes(b"<net/>")
    with SummaryWriter(tmp_path / "x", event_files=True) as writer:
        writer.add_onnx_graph(str(CORPUS / "net.onnx"))
        writer.add_openvino_graph(other)
        with pytest.raises(ValueError, match="onnx_model_file must be a path, not int"):
            writer.add_onnx_graph(onnx_model_file=3)
        with pytest.raises(ValueError, match=r"net\.xml is no model of ONNX"):
            writer.add_onnx_graph(other)
    assert "/net/gemm" in logged(tmp_path).nodes
    assert (tmp_path / "x" / "graph.xml").read_bytes() == b"<net/>"
    assert {node.op for node in in_event_file(tmp_path).nodes.values()} == {
        node.op for node in logged(tmp_path).nodes.values()
    }


def test_a_graph_that_comes_as_a_message_is_written_as_it_is(tmp_path: Path) -> None:
    definition = (CORPUS / "functions.pb").read_bytes()
    with SummaryWriter(tmp_path / "x", event_files=True) as writer:
        writer.file_writer.add_graph((Message("GraphDef", definition), None))
    (file,) = (tmp_path / "x").glob("events.out.tfevents.*")
    assert definition in file.read_bytes()
    assert in_event_file(tmp_path).nodes == logged(tmp_path).nodes


def test_names_and_shapes_are_as_tensorboard_takes_them() -> None:
    graph = Graph()
    shapes = {"output": "float32 1 × 64 × 32, int64 scalar"}
    graph.add_node(GraphNode("a:1", group="enc/0", op="Conv2d", attributes=shapes))
    graph.add_node(GraphNode("^b/c", group="x"))
    graph.add_edge(Edge("a:1", "^b/c"))
    found = graph_def.read(written_graphs.graph_def(graph))
    assert list(found.nodes) == ["enc/0/a_1", "x/^b_c"]
    assert found.nodes["enc/0/a_1"].attributes == {**shapes, "output shapes": "[1 × 64 × 32, scalar]"}
    assert (found.nodes["x/^b_c"].op, [edge[:2] for edge in found.edges]) == (
        "Node",
        [("enc/0/a_1", "x/^b_c")],
    )
