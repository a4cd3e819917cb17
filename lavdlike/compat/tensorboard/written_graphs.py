"""A graph as TensorFlow's `GraphDef`, as bytes: what TensorBoard draws of an event file.

Numbers of fields as in `graph.proto`, `node_def.proto`, `attr_value.proto`, `tensor_shape.proto` and `versions.proto`.
"""

from __future__ import annotations

import re

from lavdlike.compat.tensorboard.written_events import bytes_field, number_field
from lavdlike.kinds.graph_forms.graph import Graph, GraphNode

_NODE, _VERSIONS = 1, 4
_NAME, _OP, _INPUT, _ATTRIBUTE = 1, 2, 3, 5
_PRODUCER = 22  # as torch's
_SHAPES = "_output_shapes"
# `float32 1 × 3`: what a module of torch gives, one after the other.
_OUTPUT = re.compile(r"[a-z0-9]+ (scalar|\d+(?: × \d+)*)(?:, |$)")


def graph_def(graph: Graph) -> bytes:
    """The nodes with their groups as scopes, their operations and attributes as texts."""
    names = {node.id: _name(node) for node in graph.nodes.values()}
    inputs: dict[str, list[str]] = {}
    for edge in graph.edges:
        inputs.setdefault(edge.target, []).append(names[edge.source])
    parts = [
        bytes_field(_NODE, _node(node, names[node.id], inputs.get(node.id, [])))
        for node in graph.nodes.values()
    ]
    return b"".join(parts) + bytes_field(_VERSIONS, number_field(1, _PRODUCER))


def _node(node: GraphNode, name: str, inputs: list[str]) -> bytes:
    parts = [bytes_field(_NAME, name.encode(errors="replace"))]
    parts.append(bytes_field(_OP, (node.op or "Node").encode(errors="replace")))
    parts += [bytes_field(_INPUT, each.encode(errors="replace")) for each in inputs]
    parts += [
        _attribute(key, bytes_field(2, value.encode(errors="replace")))
        for key, value in node.attributes.items()
    ]
    if shapes := [found[1] for found in _OUTPUT.finditer(node.attributes.get("output", ""))]:
        parts.append(
            _attribute(_SHAPES, bytes_field(1, b"".join(bytes_field(7, _shape(each)) for each in shapes)))
        )
    return b"".join(parts)


def _name(node: GraphNode) -> str:
    """Scopes before it, so that TensorBoard folds them; a colon would be the number of an output."""
    begins_so = not node.group or node.id.startswith(f"{node.group}/")
    name = node.id if begins_so else f"{node.group}/{node.id.replace('/', '_')}"
    return name.replace(":", "_").lstrip("^")


def _attribute(key: str, value: bytes) -> bytes:
    return bytes_field(_ATTRIBUTE, bytes_field(1, key.encode(errors="replace")) + bytes_field(2, value))


def _shape(text: str) -> bytes:
    sizes = [] if text == "scalar" else [int(size) for size in text.split(" × ")]
    return b"".join(bytes_field(2, number_field(1, size)) for size in sizes)
