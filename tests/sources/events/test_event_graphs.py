"""Graphs in event files of torch, tensorboardX and TensorFlow are what their protocol buffers say."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.kinds import graphs
from lavdlike.kinds.graph_forms import keras_model
from lavdlike.kinds.graph_forms.graph import Graph
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.events import event_items
from tests.scripts import ROOT
from tests.sources.events.event_bytes import VERSION, event, field

CORPUS = ROOT / "tests" / "corpus" / "graphs"
KERAS = ROOT / "tests" / "corpus" / "keras_graphs"
EXPECTED: dict[str, dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text())
WRITERS = ["torch", "tensorboardX"]


def graph_of(root: Path, run: str, label: str, step: int | None = None) -> Graph:
    snapshot = Snapshot(StoredRoot(root), Name(run))
    assert snapshot.problems() == []
    (path,) = snapshot.tree.files_of(Address("graphs", label, step))
    with snapshot.file(path) as opened:
        return graphs.read(opened.read(2**20), path)


def labels_of(root: Path, run: str) -> set[tuple[str, int | None]]:
    tree = Snapshot(StoredRoot(root), Name(run)).tree
    return {(at.label, at.step) for at in tree.items() if at.kind == "graphs"}


@pytest.mark.parametrize("writer", WRITERS)
def test_what_add_graph_wrote_is_shown_whole(writer: str) -> None:
    (wanted,) = (nodes for name, nodes in EXPECTED.items() if name.startswith(f"{writer}/"))
    found = graph_of(CORPUS, writer, "graph")
    assert labels_of(CORPUS, writer) == {("graph", None)}
    edges = [(source, name) for name, node in wanted.items() for source in node["input"]]
    assert sorted(edge[:2] for edge in found.edges) == sorted(edges)
    # Some inputs are of nodes that torch has left out.
    named = dict.fromkeys((source for source, _ in edges), "")
    operations = {name: node["op"] for name, node in wanted.items()}
    assert {name: node.op for name, node in found.nodes.items()} == named | operations
    for name, node in wanted.items():
        shapes = [" × ".join(map(str, shape)) or "scalar" for shape in node["shapes"]]
        said = found.nodes[name].attributes.get("output shapes", "[]")
        assert said == f"[{', '.join(shapes)}]"
    first = next(node for node in found.nodes.values() if "[first]" in node.id and node.op == "aten::linear")
    assert first.group == "Sequential/Block[1]/Linear[first]"


def written(root: Path, *events: bytes) -> None:
    (root / "run").mkdir()
    (root / "run" / "events.out.tfevents.1").write_bytes(b"".join((VERSION, *events)))


def record(number: int, content: bytes) -> bytes:
    return event(field(number, content))


def test_functions_that_ran_are_groups_beside_each_other(tmp_path: Path) -> None:
    definition = (CORPUS / "functions.pb").read_bytes()
    one = field(4, field(2, definition))
    written(
        tmp_path,
        record(8, field(1, b"step1") + field(2, one + one)),
        record(8, field(1, b"times") + field(2, field(1, b""))),  # no graph is in it
        record(9, field(2, definition)),
    )
    assert labels_of(tmp_path, "run") == {("graph/step1", None), ("graph", None)}
    assert "scope/split" in graph_of(tmp_path, "run", "graph").nodes
    ran = graph_of(tmp_path, "run", "graph/step1")
    assert {node.group for node in ran.nodes.values()} == {
        "graph 0", "graph 0/scope", "graph 0/inner", "graph 1", "graph 1/scope", "graph 1/inner",
    }  # fmt: skip
    assert ("graph 1/x", "graph 1/scope/split") in {edge[:2] for edge in ran.edges}


def test_a_graph_that_is_none_says_so(tmp_path: Path) -> None:
    written(tmp_path, record(4, b"\xff\xff\xff"))
    snapshot = Snapshot(StoredRoot(tmp_path), Name("run"))
    (address,) = (at for at in snapshot.tree.items() if at.kind == "graphs")
    item = snapshot.read(address)
    assert item is not None
    assert item.problem is not None
    assert "number without an end" in item.problem.reason


@pytest.mark.parametrize("run", ["functional", "sequential"])
def test_a_model_of_keras_is_the_graph_that_tensorboard_makes_of_it(run: str) -> None:
    """But for a model that is called twice, of which TensorBoard has the first call alone."""
    wanted: dict[str, dict[str, Any]] = json.loads((KERAS / "expected.json").read_text())[run]
    assert labels_of(KERAS, run) == {("keras", None)}
    found = graph_of(KERAS, run, "keras")
    outer = next(iter(wanted)).partition("/")[0]
    assert {f"{outer}/{name}": node.op for name, node in found.nodes.items()} == {
        name: node["class"] for name, node in wanted.items()
    }
    edges = {(source, name) for name, node in wanted.items() for source in node["input"]}
    if run == "functional":
        edges.add(("two/second", "two/encoder/encoder_input"))
        assert found.groups["encoder"].op == "Functional"
        assert found.nodes["encoder/dense"].attributes["activation"] == "relu"
    else:
        assert found.nodes["conv"].attributes["input shape"] == "? × 8 × 8 × 1"
    assert {(f"{outer}/{edge.source}", f"{outer}/{edge.target}") for edge in found.edges} == edges
    (file,) = (KERAS / run).iterdir()
    assert "graphs" in event_items.kinds_at_a_glance(file.read_bytes())


def layer(name: str, *inputs: str, **config: Any) -> dict[str, Any]:
    """As Keras 2 has it."""
    calls = [[[each, 0, 0, {}] for each in inputs]] if inputs else []
    return {"class_name": "Dense", "config": {"name": name, **config}, "name": name, "inbound_nodes": calls}


def edges_of(model: Any) -> list[tuple[str, str]]:
    return [edge[:2] for edge in keras_model.read(model).edges]


def test_models_of_keras_2_are_read() -> None:
    inner = {
        "layers": [layer("i"), layer("o", "i")],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["o", 0, 0]],
    }
    model = {
        "class_name": "Functional",
        "config": {
            "layers": [
                *(layer("a"), layer("b")),
                {**layer("net", "a"), "class_name": "Functional", "config": {"name": "net", **inner}},
                layer("sum", "net", "b"),
            ],
            "input_layers": [["a", 0, 0], ["b", 0, 0]],
            "output_layers": [["sum", 0, 0]],
        },
    }
    assert set(edges_of(model)) == {("net/i", "net/o"), ("a", "net/i"), ("net/o", "sum"), ("b", "sum")}
    old = {
        "class_name": "Sequential",
        "config": [{"class_name": "Dense", "config": {"name": n}} for n in "xyz"],
    }
    assert edges_of(old) == [("x", "y"), ("y", "z")]


_TEXTS = st.sampled_from(
    ["a", "b", "class_name", "config", "layers", "name", "inbound_nodes", "output_layers"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=5),
    max_leaves=25,
)
_LAYERS = st.recursive(
    st.builds(layer, _TEXTS, _TEXTS),
    lambda inner: st.fixed_dictionaries(
        {
            "class_name": _TEXTS,
            "config": st.fixed_dictionaries(
                {"layers": st.lists(inner | _JSON, max_size=4), "output_layers": _JSON}
            ),
            "inbound_nodes": _JSON,
        }
    ),
    max_leaves=8,
)


@given(_JSON | _LAYERS)
def test_any_document_is_a_model_of_keras_or_said_to_be_none(document: Any) -> None:
    with suppress(ValueError):
        graph = keras_model.read(document)
        assert {end for edge in graph.edges for end in edge[:2]} <= set(graph.nodes)


def test_files_are_found_by_a_glance_and_copied_by_convert(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "torch", tmp_path / "torch")
    from lavdlike.sources import member_registry

    (file,) = (tmp_path / "torch").iterdir()
    with file.open("rb") as opened:
        found = member_registry.kinds_at_a_glance(file.name, opened.fileno(), file.stat().st_size)
    assert "graphs" in found
