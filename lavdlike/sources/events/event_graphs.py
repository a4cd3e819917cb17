"""The graphs in event files: `GraphDef` of an event, those of functions and partitions in what ran (`RunMetadata`), and
models as Keras describes them.

Fields as in TensorFlow's `event.proto`, `config.proto` (`RunMetadata`) and `meta_graph.proto`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from lavdlike import protobuf
from lavdlike.kinds import graphs
from lavdlike.kinds.graph_forms import graph_def, keras_model
from lavdlike.kinds.graph_forms.graph import Edge, Graph, GraphNode, group_path
from lavdlike.protobuf import BYTES, Readable

# Fields of an event.
GRAPH_DEF, TAGGED_RUN_METADATA, META_GRAPH = 4, 8, 9
# Plugins of tensors that are `RunMetadata`.
PLUGINS = ("graph_run_metadata", "graph_run_metadata_graph")
# Of tensors that are a model in JSON.
KERAS_PLUGIN = "graph_keras_model"
LABEL = "graph"
_GRAPH_OF_META_GRAPH = 2
_TAG, _RUN_METADATA = 1, 2
_PARTITIONS, _FUNCTIONS = 3, 4
# Of a function: as it ran, in partitions; before and after it was made quicker. The first that there is, is shown.
_OF_FUNCTION = (2, 1, 3)

Span = tuple[int, int]


def graph_in(data: Readable, number: int, span: Span) -> tuple[str, Span] | None:
    """What a graph in an event is called, and where it stands; None if there is none.

    Raises:
        BadMessageError: it is no message.
        IndexError: more of the event is needed than is there.
    """
    if number == GRAPH_DEF:
        return LABEL, span
    tag, found = "", (0, 0)
    for field in protobuf.fields(data, *span):
        if number == META_GRAPH and field[:2] == (_GRAPH_OF_META_GRAPH, BYTES):
            return LABEL, (field.begin, field.end)
        if number == TAGGED_RUN_METADATA and field[:2] == (_TAG, BYTES):
            tag = protobuf.text(data, field)
        elif number == TAGGED_RUN_METADATA and field[:2] == (_RUN_METADATA, BYTES):
            found = field.begin, field.end
    if found == (0, 0) or not has_graphs(data, found):
        return None
    return (f"{LABEL}/{tag}" if tag else LABEL), found


def has_graphs(data: Readable, span: Span) -> bool:
    """Whether what ran is there as graphs, and not its times alone."""
    return any(field.number in (_PARTITIONS, _FUNCTIONS) for field in protobuf.fields(data, *span))


def of_graph_def(parts: Sequence[bytes]) -> bytes:
    """Our file of a `GraphDef`."""
    return graphs.encode(graph_def.read(parts[0]))


def of_keras_model(parts: Sequence[bytes]) -> bytes:
    """Our file of a model as Keras describes it. Raises ValueError: it is none."""
    try:
        return graphs.encode(keras_model.read(json.loads(parts[0])))
    except RecursionError:
        raise ValueError("a model that is nested too deeply") from None


def of_run_metadata(parts: Sequence[bytes]) -> bytes:
    """Our file of the graphs in a `RunMetadata`: where there are several, each is a group."""
    found = [graph_def.read(parts[0][begin:end]) for begin, end in _graphs_that_ran(parts[0])]
    if len(found) == 1:
        return graphs.encode(found[0])
    joined = Graph()
    for number, each in enumerate(found):
        _add(joined, each, f"graph {number}")
    return graphs.encode(joined)


def _graphs_that_ran(data: bytes) -> Iterator[Span]:
    """Functions are in partitions, too, so that partitions are taken of what has no functions."""
    fields = [field for field in protobuf.fields(data) if field.wire == BYTES]
    functions = [field for field in fields if field.number == _FUNCTIONS]
    for function in functions:
        inner = list(protobuf.fields(data, function.begin, function.end))
        for number in _OF_FUNCTION:
            wanted = [(field.begin, field.end) for field in inner if field[:2] == (number, BYTES)]
            if wanted:
                yield from wanted
                break
    if not functions:
        yield from ((field.begin, field.end) for field in fields if field.number == _PARTITIONS)


def _add(joined: Graph, graph: Graph, name: str) -> None:
    for node in graph.nodes.values():
        label = node.label or node.id
        joined.add_node(
            GraphNode(
                f"{name}/{node.id}", label, node.op, group_path(f"{name}/{node.group}"), node.attributes
            )
        )
    for edge in graph.edges:
        joined.add_edge(Edge(f"{name}/{edge.source}", f"{name}/{edge.target}", edge.label))
    for problem in graph.problems:
        joined.problem(problem.reason, f"{name}: {problem.position}")
