"""Graphs as scripts have them: pairs, dicts of neighbours, graphs of networkx and what is like them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lavdlike.kinds import plain
from lavdlike.kinds.graph_forms.graph import Edge, Graph, GraphNode, scoped

# Of networkx: what names the label of an edge, the first that is there.
_EDGE_LABELS = ("label", "weight")
_NODE_FIELDS = ("label", "op", "group")


def is_like_networkx(given: Any) -> bool:
    """Whether it is a graph with nodes and edges that have attributes."""
    return all(callable(getattr(given, name, None)) for name in ("nodes", "edges", "is_directed"))


def of_networkx(given: Any) -> Graph:
    """A graph of networkx, with the attributes of its nodes; `label`, `op` and `group` are ours.

    Raises:
        ValueError: an id that is no text and no number.
    """
    graph = Graph(directed=bool(given.is_directed()))
    for name, data in given.nodes(data=True):
        fields = {key: str(data[key]) for key in _NODE_FIELDS if key in data}
        attributes = {str(key): _text(value) for key, value in data.items() if key not in _NODE_FIELDS}
        graph.add_node(_node(_id(name), **fields, attributes=attributes))
    for source, target, data in given.edges(data=True):
        label = next((_text(data[key]) for key in _EDGE_LABELS if key in data), "")
        graph.add_edge(Edge(_id(source), _id(target), label))
    return graph


def of_edges(given: Any, *, directed: bool) -> Graph:
    """Edges as pairs, or as `(source, target, label)`; or a dict from each node to those that it leads to.

    Slashes in names are groups: `encoder/0/conv` is `conv` in the group `encoder/0`.

    Raises:
        ValueError: it is none of these.
    """
    graph = Graph(directed=directed)
    for edge in _edges(given, graph):
        for name in edge[:2]:
            if name not in graph.nodes:
                graph.add_node(_node(name))
        graph.add_edge(edge)
    return graph


def _edges(given: Any, graph: Graph) -> Iterable[Edge]:
    if isinstance(given, Mapping):
        for source, targets in given.items():
            if _id(source) not in graph.nodes:
                graph.add_node(_node(_id(source)))
            for target in plain.listed(targets, f"the neighbours of {source!r}"):
                yield Edge(_id(source), _id(target))
        return
    for entry in plain.listed(
        given, "graph", " of edges, a dict of neighbours, a model or a graph of networkx"
    ):
        parts = plain.listed(entry, "an edge", " of two nodes, with a label behind them if it has one")
        if not 2 <= len(parts) <= 3:
            raise ValueError(f"an edge must be two nodes, and may have a label, not {entry!r:.100}")
        yield Edge(_id(parts[0]), _id(parts[1]), _text(parts[2]) if len(parts) == 3 else "")


def _node(name: str, label: str = "", op: str = "", group: str | None = None, **more: Any) -> GraphNode:
    if group is None:
        group, last = scoped(name)
        label = label or (last if last != name else "")
    return GraphNode(name, label, op, group, **more)


def _id(name: Any) -> str:
    """Of texts, numbers and tuples of them, as the nodes of grids are."""
    text = str(name)
    if not text or len(text) > 1000:
        raise ValueError(f"a node must have a name of 1 to 1,000 letters, not {text!r:.60}")
    return text


def _text(value: Any) -> str:
    return "" if value is None else str(value)
