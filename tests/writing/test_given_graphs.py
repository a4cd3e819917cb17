"""What `log_graph` takes: edges, dicts, graphs of networkx, models of ONNX and torch, and what it refuses."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lavdlike.kinds.graph_forms.graph import Graph
from lavdlike.writing.given_graphs import graph_of
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "graphs"


class Networkx:
    """What a graph of networkx has."""

    def is_directed(self) -> bool:
        return False

    def nodes(self, *, data: bool) -> list[Any]:
        assert data
        return [("a", {"op": "load", "size": 3}), ((0, 1), {}), (2, {"group": "g", "label": "two"})]

    def edges(self, *, data: bool) -> list[Any]:
        assert data
        return [("a", (0, 1), {"weight": 0.5}), ((0, 1), 2, {})]


class Message:
    """A message of protocol buffers."""

    def __init__(self, name: str, content: bytes) -> None:
        self.DESCRIPTOR = SimpleNamespace(name=name)
        self.SerializeToString = lambda: content


def edges_of(graph: Graph) -> list[tuple[str, ...]]:
    return [tuple(part for part in edge if part) for edge in graph.edges]


def test_pairs_and_neighbours_are_edges() -> None:
    pairs = graph_of([("a", "s/b"), ["s/b", "c", 0.5], (1, 2)], directed=False)
    assert edges_of(pairs) == [("a", "s/b"), ("s/b", "c", "0.5"), ("1", "2")]
    assert (pairs.directed, pairs.nodes["s/b"].group, pairs.nodes["s/b"].label) == (False, "s", "b")
    assert edges_of(graph_of({"a": ["b", "c"], "c": [], "d": ()})) == [("a", "b"), ("a", "c")]
    assert "d" in graph_of({"d": ()}).nodes
    assert graph_of([]).nodes == {}


def test_a_graph_of_networkx_keeps_its_attributes() -> None:
    graph = graph_of(Networkx())
    assert not graph.directed
    assert edges_of(graph) == [("a", "(0, 1)", "0.5"), ("(0, 1)", "2")]
    assert (graph.nodes["a"].op, graph.nodes["a"].attributes) == ("load", {"size": "3"})
    assert (graph.nodes["2"].label, graph.nodes["2"].group) == ("two", "g")


def test_what_stands_in_a_file_is_taken() -> None:
    graph = graph_of({"nodes": [{"id": "a", "op": "x"}, "b"], "edges": [["a", "b"]]})
    assert (graph.nodes["a"].op, edges_of(graph)) == ("x", [("a", "b")])


def test_models_of_onnx_and_messages_are_read() -> None:
    of_file = graph_of(CORPUS / "net.onnx")
    of_message = graph_of(Message("ModelProto", (CORPUS / "net.onnx").read_bytes()))
    assert of_file.nodes == of_message.nodes
    assert "/net/gemm" in of_file.nodes
    assert "scope/split" in graph_of(Message("GraphDef", (CORPUS / "functions.pb").read_bytes())).nodes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "graph must be a list of edges"),
        ([("a",)], "an edge must be two nodes"),
        ([3], "an edge must be a list of two nodes"),
        ([("a", "")], "a node must have a name"),
        ({"a": 3}, "the neighbours of 'a' must be a list"),
        ({"nodes": [], "edges": 3}, "graph is no graph"),
        ("model.pt", "is no model of ONNX"),
        (Message("ModelProto", b"\xff"), "graph is no graph"),
    ],
)
def test_what_is_none_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        graph_of(given)


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"\xff\xff")
    with pytest.raises(ValueError, match=r"x\.onnx is no model of ONNX"):
        graph_of(path)
    with pytest.raises(ValueError, match="example_inputs are for models of torch"):
        graph_of([("a", "b")], [1])


class Module:
    """As much of torch's module as is asked for without inputs. With inputs: `tools/frameworks/graph_checks.py`."""

    def __init__(self, settings: str = "", **children: Module) -> None:
        self._children: dict[str, Module] = OrderedDict(children)
        self._settings = settings

    def children(self) -> Iterator[Module]:
        yield from self._children.values()

    def named_children(self) -> Iterator[tuple[str, Module]]:
        yield from self._children.items()

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        yield "", self
        for name, child in self._children.items():
            for below, module in child.named_modules():
                yield f"{name}.{below}".rstrip("."), module

    def extra_repr(self) -> str:
        return self._settings

    def named_parameters(self, *, recurse: bool) -> Iterator[Any]:
        assert not recurse
        yield from ()

    named_buffers = named_parameters

    def parameters(self) -> Iterator[Any]:
        yield from ()


class Sequential(Module):
    pass


def test_without_inputs_modules_alone_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(nn=SimpleNamespace(Module=Module)))
    body = Sequential("", **{"0": Module("3, 4"), "1": Module(), "2": Sequential("", **{"0": Module()})})
    graph = graph_of(Module(body=body, head=Module("4, 2")))
    assert list(graph.nodes) == ["body/0", "body/1", "body/2/0", "head"]
    assert graph.nodes["body/0"].attributes == {"settings": "3, 4"}
    assert (graph.groups["body"].op, graph.nodes["body/2/0"].group) == ("Sequential", "body/2")
    assert edges_of(graph) == [("body/0", "body/1")]
