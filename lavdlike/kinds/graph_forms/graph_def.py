"""TensorFlow's `GraphDef`, as event files hold it: operations whose names are scopes, and what they take.

Fields as in TensorFlow's `graph.proto`, `node_def.proto`, `attr_value.proto`, `tensor_shape.proto`, `function.proto`
and `types.proto`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lavdlike import protobuf
from lavdlike.kinds.graph_forms.graph import MAX_ID_LETTERS, Edge, Graph, GraphNode, scoped
from lavdlike.protobuf import BYTES, FIXED32, VARINT, BadMessageError, Field, Readable

# Fields of a graph, a node, an attribute, a library of functions.
_NODE, _LIBRARY = 1, 2
_NAME, _OP, _INPUT, _DEVICE, _ATTRIBUTE = 1, 2, 3, 4, 5
_LIST, _BYTES_VALUE, _INT, _FLOAT, _BOOL, _TYPE, _SHAPE, _TENSOR, _FUNCTION = 1, 2, 3, 4, 5, 6, 7, 8, 10
_FUNCTIONS, _SIGNATURE, _NODES_OF_FUNCTION, _ARGUMENT = 1, 1, 3, 2
_OUTPUT_SHAPES = "_output_shapes"
_MAX_INPUTS, _MAX_VALUES = 10_000, 100
_TYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64",
    9: "int64", 10: "bool", 11: "qint8", 12: "quint8", 13: "qint32", 14: "bfloat16", 15: "qint16", 16: "quint16",
    17: "uint16", 18: "complex128", 19: "float16", 20: "resource", 21: "variant", 22: "uint32", 23: "uint64",
}  # fmt: skip


def read(data: Readable) -> Graph:
    """The graph of a `GraphDef`; what its functions consist of is in groups of the functions' names.

    Raises:
        BadMessageError: it is none.
    """
    graph = Graph()
    taken: list[tuple[str, str, list[str]]] = []  # prefix, node, what it takes
    try:
        for message, prefix, is_argument in _messages(data):
            node, inputs = _argument(data, message, prefix) if is_argument else _node(data, message, prefix)
            if not node.id or len(node.id) > MAX_ID_LETTERS:
                graph.problem(
                    "an operation without a name, or with one that is too long", f"byte {message.begin}"
                )
                continue
            graph.add_node(node, f"byte {message.begin}")
            taken.append((prefix, node.id, inputs))
    except BadMessageError as error:
        if not graph.nodes:
            raise
        graph.problem(
            f"{error}: what stands behind that is not shown", f"behind {next(reversed(graph.nodes))[:80]}"
        )
    for prefix, target, inputs in taken:
        for given in inputs:
            # torch names nodes that it has left out: they are shown by their names.
            graph.add_edge(_edge(graph, prefix, given, target), target[:80], makes_nodes=True)
    return graph


def _messages(data: Readable) -> Iterator[tuple[Field, str, bool]]:
    """Each node's message, what stands before its name, and whether it is an argument of a function."""
    for field in protobuf.fields(data):
        if field[:2] == (_NODE, BYTES):
            yield field, "", False
        elif field[:2] == (_LIBRARY, BYTES):
            for function in protobuf.fields(data, field.begin, field.end):
                if function[:2] == (_FUNCTIONS, BYTES):
                    yield from _messages_of_function(data, function)


def _messages_of_function(data: Readable, function: Field) -> Iterator[tuple[Field, str, bool]]:
    prefix = ""
    for field in protobuf.fields(data, function.begin, function.end):
        if field[:2] == (_SIGNATURE, BYTES):
            prefix = f"{_text(data, field, _NAME)}/"
            for of in protobuf.fields(data, field.begin, field.end):
                if of[:2] == (_ARGUMENT, BYTES):
                    yield of, prefix, True
        elif field[:2] == (_NODES_OF_FUNCTION, BYTES):
            yield field, prefix, False


def _argument(data: Readable, message: Field, prefix: str) -> tuple[GraphNode, list[str]]:
    name = prefix + _text(data, message, _NAME)
    group, label = scoped(name)
    return GraphNode(name, label, "_Arg", group), []


def _text(data: Readable, message: Field, number: int) -> str:
    fields = protobuf.fields(data, message.begin, message.end)
    return next((protobuf.text(data, field) for field in fields if field[:2] == (number, BYTES)), "")


def _node(data: Readable, message: Field, prefix: str) -> tuple[GraphNode, list[str]]:
    name = op = ""
    inputs: list[str] = []
    attributes: dict[str, str] = {}
    for field in protobuf.fields(data, message.begin, message.end):
        if field.wire != BYTES:
            continue
        if field.number == _NAME:
            name = protobuf.text(data, field)
        elif field.number == _OP:
            op = protobuf.text(data, field)
        elif field.number == _INPUT and len(inputs) < _MAX_INPUTS:
            inputs.append(protobuf.text(data, field))
        elif field.number == _DEVICE and field.end > field.begin:
            attributes["device"] = protobuf.text(data, field)
        elif field.number == _ATTRIBUTE:
            key, value = _attribute(data, field)
            attributes["output shapes" if key == _OUTPUT_SHAPES else key] = value
    group, label = scoped(prefix + name)
    return GraphNode(prefix + name if name else "", label, op, group, attributes), inputs


def _edge(graph: Graph, prefix: str, given: str, target: str) -> Edge:
    """`^name` says that a node runs first, `name:1` (of functions `name:output:0`) which of its outputs is taken."""
    name, colon, output = given.removeprefix("^").partition(":")
    source = prefix + name
    if source not in graph.nodes and given in graph.nodes:  # torch's names may have colons
        source, output = given, ""
    label = (
        "control"
        if given.startswith("^")
        else f"output {output}"
        if colon and output not in ("", "0")
        else ""
    )
    return Edge(source, target, label)


def _attribute(data: Readable, entry: Field) -> tuple[str, str]:
    key = value = ""
    for field in protobuf.fields(data, entry.begin, entry.end):
        if field[:2] == (1, BYTES):
            key = protobuf.text(data, field)
        elif field[:2] == (2, BYTES):
            value = ", ".join(_values(data, field))
    return key, value


def _values(data: Readable, message: Field) -> Iterator[str]:
    """What an attribute holds, as text: one value, or each of a list."""
    for count, field in enumerate(protobuf.fields(data, message.begin, message.end)):
        if count >= _MAX_VALUES:
            yield "…"
            return
        number, wire, begin, end, value = field
        if number == _LIST and wire == BYTES:
            yield "[" + ", ".join(_of_list(data, field)) + "]"
        elif number == _BYTES_VALUE and wire == BYTES:
            yield protobuf.text(data, field)
        elif number == _INT and wire == VARINT:
            yield str(protobuf.signed(value))
        elif number == _FLOAT and wire == FIXED32:
            yield _float(data[begin:end])
        elif number == _BOOL and wire == VARINT:
            yield "true" if value else "false"
        elif number == _TYPE and wire == VARINT:
            yield _type(value)
        elif number == _SHAPE and wire == BYTES:
            yield _shape(data, field)
        elif number == _TENSOR and wire == BYTES:
            yield _tensor(data, field)
        elif number == _FUNCTION and wire == BYTES:
            yield _text(data, field, 1)


def _of_list(data: Readable, message: Field) -> Iterator[str]:
    """The same, of which numbers and types may stand packed."""
    for count, field in enumerate(protobuf.fields(data, message.begin, message.end)):
        if count >= _MAX_VALUES:
            yield "…"
            return
        number, wire, begin, end, value = field
        if wire == BYTES and number in (_INT, _BOOL, _TYPE):
            place = begin
            while place < end:
                value, place = protobuf.varint(data, place, end)
                yield _type(value) if number == _TYPE else str(protobuf.signed(value))
        elif wire == BYTES and number == _FLOAT:
            yield from (_float(data[place : place + 4]) for place in range(begin, end - 3, 4))
        elif wire == BYTES and number == _SHAPE:
            yield _shape(data, field)
        elif wire == BYTES and number == _BYTES_VALUE:
            yield protobuf.text(data, field)
        elif wire == VARINT and number in (_INT, _BOOL):
            yield str(protobuf.signed(value))
        elif wire == VARINT and number == _TYPE:
            yield _type(value)
        elif wire == FIXED32 and number == _FLOAT:
            yield _float(data[begin:end])


def _shape(data: Readable, message: Field) -> str:
    """`1 × 3 × ?`: a question mark is a size that is not known."""
    sizes: list[str] = []
    for field in protobuf.fields(data, message.begin, message.end):
        if field[:2] == (2, BYTES):
            size = next(
                (of.value for of in protobuf.fields(data, field.begin, field.end) if of[:2] == (1, VARINT)), 0
            )
            sizes.append("?" if protobuf.signed(size) < 0 else str(size))
        elif field[:2] == (3, VARINT) and field.value:
            return "of any shape"
    return " × ".join(sizes) or "scalar"


def _tensor(data: Readable, message: Field) -> str:
    """Type and shape of a constant, whose numbers are not shown."""
    type_ = shape = ""
    for field in protobuf.fields(data, message.begin, message.end):
        if field[:2] == (1, VARINT):
            type_ = _type(field.value)
        elif field[:2] == (2, BYTES):
            shape = _shape(data, field)
    return f"{type_} {shape or 'scalar'}".strip()


def _type(number: int) -> str:
    return _TYPES.get(number % 100, f"type {number}") + ("&" if number > 100 else "")


def _float(packed: bytes) -> str:
    if len(packed) != 4:
        raise BadMessageError("a number that is cut")
    return f"{struct.unpack('<f', packed)[0]:g}"
