"""Graphs: of a model's modules and operations, of a data flow, of anything with edges (docs/format.md, "Graphs").

A file is read whole, since edges may name any node; the page is sent its nodes and edges by their places (`GraphPart`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

import msgspec

from lavdlike import json_file
from lavdlike.errors import LogFormatError
from lavdlike.kinds.graph_forms.graph import (
    MAX_ID_LETTERS,
    Edge,
    Graph,
    GraphGroup,
    GraphNode,
    GraphProblem,
    node_of,
)
from lavdlike.kinds.kind import Kind

SUFFIX = ".graph.json"
_IDS = {"source": ("source", "from"), "target": ("target", "to")}


class GraphContent(msgspec.Struct):
    """How large a graph is; its nodes and edges are a part of it (`read_part`). `problems`: what of it is not shown."""

    nodes: int
    edges: int
    directed: bool
    problems: list[GraphProblem] = []


class GraphPart(msgspec.Struct):
    """All of a graph that is shown.

    `sources[i]`, `targets[i]`: the places in `nodes` of the ends of edge i; `edge_labels[i]`: what is written on it,
    [] where nothing is on any. `groups`: by path, those of which something is known. `note`: what is not shown, or "".
    """

    directed: bool
    nodes: list[GraphNode]
    sources: list[int]
    targets: list[int]
    edge_labels: list[str]
    groups: dict[str, GraphGroup]
    note: str = ""


def from_file(data: bytes, path: str) -> GraphContent:
    """How large the graph of a file is, and what of it cannot be shown."""
    graph = read(data, path)
    return GraphContent(len(graph.nodes), len(graph.edges), graph.directed, graph.problems)


def read_part(
    file: BinaryIO,
    asked: Mapping[str, str],  # noqa: ARG001 - the signature of Kind.read_part
    path: str,
) -> GraphPart:
    """The nodes and edges of a file.

    Args:
        asked: nothing.

    Raises:
        LogFormatError: it is no graph, or larger than what is read.
    """
    data = file.read(json_file.MAX_BYTES + 1)
    json_file.check_size(len(data), path)
    graph = read(data, path)
    places = {name: place for place, name in enumerate(graph.nodes)}
    labels = [edge.label for edge in graph.edges]
    note = ""
    if graph.problems:
        note = graph.problems[0].reason
        if graph.left_out > 1:
            note += f" ({graph.left_out - 1:,} more are left out)"
    return GraphPart(
        graph.directed,
        list(graph.nodes.values()),
        [places[edge.source] for edge in graph.edges],
        [places[edge.target] for edge in graph.edges],
        labels if any(labels) else [],
        graph.groups,
        note,
    )


def read(data: bytes, path: str) -> Graph:
    """The graph of a file. What is wrong with a node or an edge costs it alone.

    Raises:
        LogFormatError: it is no JSON object with lists of nodes or edges, or larger than 64 MiB.
    """
    json_file.check_size(len(data), path)
    return of_document(_document(data, path), path)


def of_document(document: Mapping[str, Any], path: str) -> Graph:
    """The graph of what stands in a file. Raises LogFormatError."""
    nodes, edges = document.get("nodes"), document.get("edges", [])
    if not isinstance(edges, list) or not isinstance(nodes, list | None) or (nodes is None and not edges):
        raise LogFormatError(path, "no graph: it needs 'nodes' and 'edges', lists of nodes and of edges")
    graph = Graph(directed=document.get("directed", True) is not False)
    for place, entry in enumerate(nodes or ()):
        position = f"nodes[{place}]"
        node = _node(entry)
        if isinstance(node, str):
            graph.problem(node, position)
        else:
            graph.add_node(node, position)
    for place, entry in enumerate(edges):
        position = f"edges[{place}]"
        edge = _edge(entry)
        if edge is None:
            graph.problem("no edge: it must be a list of two ids, and may have a label", position)
        else:
            graph.add_edge(edge, position, makes_nodes=nodes is None)
    groups = document.get("groups")
    for name, entry in groups.items() if isinstance(groups, dict) else ():
        if isinstance(entry, dict):
            graph.add_group(name, GraphGroup(_text(entry.get("op")), _attributes(entry.get("attributes"))))
        else:
            graph.problem("a group that is no object", f"groups.{name[:80]}")
    said = document.get("left_out")
    for reason in said if isinstance(said, list) else ():
        graph.problem(_text(reason)[:MAX_ID_LETTERS], "left_out")
    return graph


def encode(graph: Graph) -> bytes:
    """The bytes of a `.graph.json`: a line for each node, edge and group, so that people and `diff` can read it.

    What was left out when it was put together is said in the file, too.
    """
    parts = [f' "directed": {json.dumps(graph.directed)}']
    if graph.groups:
        lines = (f"{_line(name)}: {_line(msgspec.to_builtins(each))}" for name, each in graph.groups.items())
        parts.append(' "groups": {\n  ' + ",\n  ".join(lines) + "\n }")
    for name, entries in (
        ("nodes", [_line(_entry(node)) for node in graph.nodes.values()]),
        ("edges", [_line(edge if edge.label else edge[:2]) for edge in graph.edges]),
    ):
        parts.append(f' "{name}": [\n  ' + ",\n  ".join(entries) + "\n ]" if entries else f' "{name}": []')
    if graph.problems:
        reasons = [
            f"{each.reason} ({each.position})" if each.position else each.reason for each in graph.problems
        ]
        parts.append(f' "left_out": {_line(reasons)}')
    # A lone surrogate becomes its escape, which JSON has.
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode(errors="backslashreplace")


def problems_of(content: GraphContent) -> list[GraphProblem]:
    return content.problems


KIND = Kind(
    "graphs",
    frozenset({SUFFIX}),
    content=GraphContent,
    read_file=from_file,
    max_bytes=json_file.MAX_BYTES,
    read_part=read_part,
    problems_of=problems_of,
)


def _document(data: bytes, path: str) -> Mapping[str, Any]:
    """The object in a file: quickly, and as other JSON files are read where that is stricter than they are."""
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return json_file.read_object(data, path)
    if not isinstance(found, dict):
        raise LogFormatError(path, "no graph: a JSON object is expected")
    return found


def _entry(node: GraphNode) -> dict[str, Any]:
    """As it stands in a file: that a node with slashes in its id is in no group has to be said."""
    entry: dict[str, Any] = msgspec.to_builtins(node)
    return entry | ({"group": ""} if not node.group and "/" in node.id else {})


def _node(entry: object) -> GraphNode | str:
    """A node, or why it is none."""
    if not isinstance(entry, dict):
        name = _id(entry)
        return "no node: it must be an object with an 'id'" if name is None else node_of(name)
    name = _id(entry.get("id"))
    if name is None:
        return f"a node needs an 'id', a text or a whole number, of at most {MAX_ID_LETTERS:,} letters"
    label, group = (entry.get(key) for key in ("label", "group"))
    if group is None:
        node = node_of(name)
        return GraphNode(
            name,
            _text(label) or node.label,
            _text(entry.get("op")),
            node.group,
            _attributes(entry.get("attributes")),
        )
    attributes = _attributes(entry.get("attributes"))
    return GraphNode(name, _text(label), _text(entry.get("op")), _text(group), attributes)


def _edge(entry: object) -> Edge | None:
    if isinstance(entry, dict):
        ends = [next((entry[key] for key in keys if key in entry), None) for keys in _IDS.values()]
        entry = [*ends, entry.get("label", "")]
    if not isinstance(entry, list) or not 2 <= len(entry) <= 3:
        return None
    source, target = _id(entry[0]), _id(entry[1])
    if source is None or target is None:
        return None
    return Edge(source, target, _text(entry[2]) if len(entry) == 3 else "")


def _id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        name = str(value)
    except ValueError:  # more digits than Python writes
        return None
    return name if 0 < len(name) <= MAX_ID_LETTERS else None


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):  # more digits than Python writes, or nested deeper than it follows
        return ""


def _attributes(value: object) -> dict[str, str]:
    return {key: _text(each) for key, each in value.items()} if isinstance(value, dict) else {}


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
