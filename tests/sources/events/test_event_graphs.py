"""Graphs in event files of torch, tensorboardX and TensorFlow are what their protocol buffers say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lavdlike.kinds import graphs
from lavdlike.kinds.graph_forms.graph import Graph
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from tests.scripts import ROOT
from tests.sources.events.event_bytes import VERSION, event, field

CORPUS = ROOT / "tests" / "corpus" / "graphs"
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


def test_files_are_found_by_a_glance_and_copied_by_convert(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "torch", tmp_path / "torch")
    from lavdlike.sources import member_registry

    (file,) = (tmp_path / "torch").iterdir()
    with file.open("rb") as opened:
        found = member_registry.kinds_at_a_glance(file.name, opened.fileno(), file.stat().st_size)
    assert "graphs" in found
