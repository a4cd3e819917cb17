"""A graph: nodes in groups, and edges between them, as it stands in `.graph.json` (docs/format.md, "Graphs")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

# Of a graph; the file may hold more, of which a sentence tells.
MAX_NODES, MAX_EDGES, MAX_GROUPS = 100_000, 1_000_000, 20_000
MAX_ID_LETTERS, MAX_TEXT_LETTERS, MAX_ATTRIBUTES, MAX_DEPTH = 1000, 1000, 100, 50
_MAX_PROBLEMS = 20


class GraphNode(msgspec.Struct, omit_defaults=True):
    """`label`: what is written on it, "" for the id. `op`: what it does. `group`: the groups it is in, `encoder/0`."""

    id: str
    label: str = ""
    op: str = ""
    group: str = ""
    attributes: dict[str, str] = {}


class GraphGroup(msgspec.Struct, omit_defaults=True):
    """What is known of a group, by its path: `op` is what it is, as a class of modules."""

    op: str = ""
    attributes: dict[str, str] = {}


class GraphProblem(msgspec.Struct):
    """What of a graph is not shown, and where it stands."""

    reason: str
    position: str


class Edge(NamedTuple):
    """`source`, `target`: ids of nodes. `label`: "" for none."""

    source: str
    target: str
    label: str = ""


class Graph:
    """A graph that is put together. What does not fit is left out and said.

    `nodes`: by id, in their order. `edges`: from node to node, also twice, in circles and to itself. `groups`: by path,
    only those of which something is known. `problems`: what was left out, the first of it; `left_out`: how much.
    """

    def __init__(self, *, directed: bool = True) -> None:
        self.directed = directed
        self.nodes: dict[str, GraphNode] = {}
        self.edges: list[Edge] = []
        self.groups: dict[str, GraphGroup] = {}
        self.problems: list[GraphProblem] = []
        self.left_out = 0
        self._is_cut = {"nodes": False, "edges": False, "groups": False}

    def add_node(self, node: GraphNode, position: str = "") -> None:
        """Add a node, or say why not."""
        if node.id in self.nodes:
            self.problem(f"another node with the id {_shown(node.id)}: the first one is shown", position)
        elif len(self.nodes) >= MAX_NODES:
            self._cut("nodes", MAX_NODES)
        else:
            self.nodes[node.id] = _within_limits(node)

    def add_edge(self, edge: Edge, position: str = "", *, makes_nodes: bool = False) -> None:
        """Add an edge, or say why not. `makes_nodes`: whether a node that is not there is made, instead."""
        for end in edge[:2]:
            if end in self.nodes:
                continue
            if makes_nodes and len(self.nodes) < MAX_NODES:
                self.nodes[end] = node_of(end)
            elif makes_nodes:
                self._cut("nodes", MAX_NODES)
                return
            elif self._is_cut["nodes"]:
                self.left_out += 1
                return
            else:
                self.problem(f"an edge of the node {_shown(end)}, which is not there", position)
                return
        if len(self.edges) >= MAX_EDGES:
            self._cut("edges", MAX_EDGES)
            return
        self.edges.append(edge if len(edge.label) <= MAX_TEXT_LETTERS else Edge(*edge[:2], _cut(edge.label)))

    def add_group(self, path: str, group: GraphGroup) -> None:
        """Say something of a group of nodes."""
        if len(self.groups) >= MAX_GROUPS:
            self._cut("groups", MAX_GROUPS)
        else:
            self.groups[group_path(path)] = GraphGroup(_cut(group.op), _texts(group.attributes))

    def problem(self, reason: str, position: str = "") -> None:
        """Say what is left out."""
        self.left_out += 1
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(GraphProblem(reason, position))

    def _cut(self, what: str, most: int) -> None:
        if not self._is_cut[what]:
            self._is_cut[what] = True
            self.problem(f"more than {most:,} {what}: the others are not shown", what)
        else:
            self.left_out += 1


def group_path(path: str) -> str:
    """A path of groups without empty parts, and not deeper than anybody can look.

    >>> group_path("/encoder//0/")
    'encoder/0'
    """
    if not path:
        return ""
    parts = [part for part in path[:MAX_ID_LETTERS].split("/") if part]
    return "/".join(parts[:MAX_DEPTH])


def scoped(name: str) -> tuple[str, str]:
    """The group and the label of a node that is named by scopes: all but the last part are groups.

    >>> scoped("encoder/0/conv"), scoped("loss"), scoped("a/")
    (('encoder/0', 'conv'), ('', 'loss'), ('', 'a/'))
    """
    path, slash, label = name.rpartition("/")
    return (group_path(path), label) if slash and label else ("", name)


def node_of(name: str, op: str = "") -> GraphNode:
    """A node of which the name alone is known: slashes in it are groups."""
    group, label = scoped(name)
    return GraphNode(name, label if label != name else "", op, group)


def _within_limits(node: GraphNode) -> GraphNode:
    """Ids are kept: edges name them."""
    return GraphNode(
        node.id, _cut(node.label), _cut(node.op), group_path(node.group), _texts(node.attributes)
    )


def _texts(attributes: Mapping[str, str]) -> dict[str, str]:
    if not attributes:
        return {}
    return {_cut(key): _cut(value) for key, value in list(attributes.items())[:MAX_ATTRIBUTES]}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LETTERS else f"{text[: MAX_TEXT_LETTERS - 1]}…"


def _shown(name: str) -> str:
    return repr(name[:80])
