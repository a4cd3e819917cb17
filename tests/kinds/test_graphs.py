"""Graphs: what stands in `.graph.json`, what is wrong with one, and those of other programs (`tests/corpus/graphs`)."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import Logger
from lavdlike.errors import LogFormatError
from lavdlike.kinds import graphs, registry
from lavdlike.kinds.graph_forms import graph, graph_def, onnx_graph
from lavdlike.kinds.graph_forms.graph import Graph, GraphNode
from lavdlike.protobuf import BadMessageError
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "graphs"
EXPECTED = json.loads((CORPUS / "expected.json").read_text())


def part_of(document: Any) -> graphs.GraphPart:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return graphs.read_part(io.BytesIO(data), {}, "a.graph.json")


def edges_of(found: Graph) -> set[tuple[str, str]]:
    return {edge[:2] for edge in found.edges}


def test_a_logged_graph_reads_back(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_graph(
            [("image", "enc/0/conv"), ("enc/0/conv", "loss", "4 × 4"), ("loss", "image")], "flow"
        )
    data = (tmp_path / "run" / "flow.graph.json").read_bytes()
    assert data.count(b"\n  ") == 6  # a line for each node and edge
    found = part_of(data)
    assert [(node.id, node.label, node.group) for node in found.nodes] == [
        ("image", "", ""),
        ("enc/0/conv", "conv", "enc/0"),
        ("loss", "", ""),
    ]
    assert (found.sources, found.targets) == ([0, 1, 2], [1, 2, 0])
    assert (found.edge_labels, found.directed, found.note) == (["", "4 × 4", ""], True, "")
    assert graphs.from_file(data, "flow.graph.json") == graphs.GraphContent(3, 3, directed=True)
    kind = registry.kind_of_suffix(".graph.json")
    assert kind is not None
    assert kind.name == "graphs"


def test_nodes_may_be_said_shortly_or_by_edges_alone() -> None:
    short = part_of({"nodes": ["a", 7], "edges": [["a", 7], {"source": 7, "to": "a", "label": 3}]})
    assert [node.id for node in short.nodes] == ["a", "7"]
    assert (short.sources, short.targets, short.edge_labels) == ([0, 1], [1, 0], ["", "3"])
    assert [node.id for node in part_of({"edges": [["x", "y"]], "directed": False}).nodes] == ["x", "y"]


def test_what_is_wrong_is_said_and_the_rest_is_shown() -> None:
    document = {
        "nodes": [
            {"id": "a"},
            {"id": "a", "op": "other"},
            {"op": "none"},
            None,
            {"id": "b", "attributes": [1]},
        ],
        "edges": [["a", "b"], ["a", "gone"], ["a"], "ab", [["a"], "b"]],
        "groups": {"g": 1},
    }
    content = graphs.from_file(json.dumps(document).encode(), "a.graph.json")
    assert (content.nodes, content.edges) == (2, 1)
    assert [each.position for each in content.problems] == [
        "nodes[1]", "nodes[2]", "nodes[3]", "edges[1]", "edges[2]", "edges[3]", "edges[4]", "groups.g",
    ]  # fmt: skip
    assert "'gone', which is not there" in content.problems[3].reason
    assert graphs.KIND.problems_of is not None
    assert graphs.KIND.problems_of(content) == content.problems
    assert (
        part_of(document).note == "another node with the id 'a': the first one is shown (7 more are left out)"
    )


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"nodes": 3}', b'{"edges": {}}', b"\xff", b'{"a": NaN}']
)
def test_what_is_no_graph_is_refused(data: bytes) -> None:
    with pytest.raises(LogFormatError):
        graphs.from_file(data, "a.graph.json")


def test_hostile_names_and_numbers_are_texts() -> None:
    names = ["../../etc/passwd", "__proto__", "<img src=x onerror=1>", "a\0b\u202e", "/", "\ud800"]
    document = {"nodes": [{"id": name, "attributes": {"n": float("nan")}} for name in names], "edges": []}
    found = part_of(document)
    assert [node.id for node in found.nodes] == [*names[:-1], "\ufffd"]
    assert found.nodes[0].group == "../../etc"
    deep = part_of({"nodes": [{"id": "/".join("x" * 400)}], "edges": []})
    assert deep.nodes[0].group.count("/") == graph.MAX_DEPTH - 1
    assert len(part_of({"nodes": [{"id": "a", "op": "x" * 10_000}]}).nodes[0].op) == graph.MAX_TEXT_LETTERS


def test_what_was_left_out_when_it_was_put_together_is_kept() -> None:
    made = Graph()
    made.add_node(GraphNode("a"))
    made.add_node(GraphNode("a"), "byte 7")
    found = part_of(graphs.encode(made))
    assert found.note == "another node with the id 'a': the first one is shown (byte 7)"


def test_more_than_is_shown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MAX_NODES", 3)
    monkeypatch.setattr(graph, "MAX_EDGES", 2)
    document = {"nodes": ["a", "b", "c", "d", "e"], "edges": [["a", "b"], ["a", "e"], ["b", "c"], ["c", "a"]]}
    found = part_of(document)
    assert (len(found.nodes), len(found.sources)) == (3, 2)
    assert found.note == "more than 3 nodes: the others are not shown (3 more are left out)"
    by_edges = part_of({"edges": [["a", "b"], ["c", "d"], ["e", "a"]]})
    assert (len(by_edges.nodes), len(by_edges.sources)) == (3, 1)
    assert by_edges.note == "more than 3 nodes: the others are not shown (1 more are left out)"


@pytest.mark.slow
def test_a_million_edges_are_read() -> None:
    edges = ",".join(f"[{number % 997},{number % 991}]" for number in range(1_000_001))
    found = part_of(f'{{"edges": [{edges}]}}'.encode())
    assert (len(found.nodes), len(found.sources)) == (997, 1_000_000)
    assert "more than 1,000,000 edges" in found.note


_KEYS = st.sampled_from(["id", "op", "group", "label", "attributes", "source", "to"])
_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3) | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner),
    max_leaves=30,
)


@given(_VALUES)
def test_any_document_is_a_graph_or_refused(value: Any) -> None:
    for document in (
        {"nodes": value},
        {"nodes": [value, "a"], "edges": [value, ["a", value]], "groups": value},
    ):
        with contextlib.suppress(LogFormatError):
            found = part_of(document)
            assert all(place < len(found.nodes) for place in (*found.sources, *found.targets))
            first = graphs.of_document(document, "x")
            again = graphs.of_document(json.loads(graphs.encode(first)), "x")
            assert (again.nodes, again.edges, again.groups) == (first.nodes, first.edges, first.groups)


def test_a_graph_of_tensorflow_is_what_its_protocol_buffers_say() -> None:
    found = graph_def.read((CORPUS / "functions.pb").read_bytes())
    for name, wanted in EXPECTED["functions.pb"].items():
        assert found.nodes[name].op == wanted["op"]
        for given_input in wanted["input"]:
            assert (given_input.removeprefix("^").partition(":")[0], name) in edges_of(found)
    attributes = found.nodes["scope/split"].attributes
    assert attributes == {
        "num": "-2", "rate": "0.25", "is_on": "true", "kind": "SAME", "sizes": "[1, 2, 300]",
        "types": "[float32, int64]", "scales": "[0.5, 2]", "value": "float16 7", "f": "inner",
    }  # fmt: skip
    assert found.nodes["x"].attributes == {"dtype": "float32", "shape": "? × 3"}
    assert found.nodes["init"].attributes == {"device": "/device:CPU:0"}
    labels = {edge[:2]: edge.label for edge in found.edges}
    assert (labels["init", "scope/split"], labels["x", "scope/split"]) == ("control", "")
    assert [edge.label for edge in found.edges if edge.target == "scope/sum"] == ["output 1", ""]
    # What functions consist of.
    assert {"inner/given", "inner/twice", "inner/root"} <= found.nodes.keys()
    assert ("inner/twice", "inner/root") in edges_of(found)
    assert (found.nodes["inner/root"].group, found.problems) == ("inner", [])


def test_a_graph_of_tensorflow_that_is_cut_shows_what_is_whole() -> None:
    data = (CORPUS / "functions.pb").read_bytes()
    found = graph_def.read(data[:-3])
    assert "x" in found.nodes
    assert "what stands behind that is not shown" in found.problems[0].reason
    with pytest.raises(BadMessageError):
        graph_def.read(b"\xff\xff")


@given(st.binary(max_size=200), st.integers(0, 400))
def test_broken_messages_are_refused_or_read(noise: bytes, place: int) -> None:
    for name, read in (("functions.pb", graph_def.read), ("net.onnx", onnx_graph.read)):
        data = (CORPUS / name).read_bytes()
        with contextlib.suppress(BadMessageError):
            read(data[:place] + noise + data[place + len(noise) :])
        with contextlib.suppress(BadMessageError):
            read(noise)


def test_a_model_of_onnx_is_what_onnx_says() -> None:
    wanted = EXPECTED["net.onnx"]
    found = onnx_graph.read((CORPUS / "net.onnx").read_bytes())
    assert found.problems == []
    givers = {"x": "x"}
    ids = []
    for name, op, _, outputs in wanted["nodes"]:
        node = name or outputs[0]
        ids.append(node)
        assert found.nodes[node].op == op
        givers |= dict.fromkeys(outputs, node)
        for output in outputs:
            if output in wanted["values"]:
                dtype, shape = wanted["values"][output]
                said = found.nodes[node].attributes
                text = f"{dtype} {' × '.join(map(str, shape)) or 'scalar'}"
                assert said.get("output", said.get(f"output {output}")) == text
    assert set(found.nodes) == {*ids, "x", "y"}
    edges = {
        (givers[taken], name or outputs[0])
        for name, _, inputs, outputs in wanted["nodes"]
        for taken in inputs
        if taken not in wanted["tensors"]
    }
    assert edges_of(found) == edges | {("/net/add", "y")}
    gemm = found.nodes["/net/gemm"]
    assert (gemm.group, gemm.label) == ("net", "gemm")
    assert gemm.attributes["transB"] == "1"
    assert gemm.attributes["alpha"] == "0.5"
    assert gemm.attributes["w1"] == "float32 4 × 3"
