"""The graph of a model of ONNX: its nodes, inputs, outputs and weights, with shapes where the file says them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lavdlike import protobuf
from lavdlike.kinds.graph_forms.graph import MAX_ID_LETTERS, Edge, Graph, GraphNode, scoped
from lavdlike.kinds.model_files import onnx_messages
from lavdlike.kinds.model_files.onnx_messages import below
from lavdlike.protobuf import BYTES, FIXED32, VARINT, Field, Readable

# Fields of a node and of its attributes.
_TAKES, _GIVES, _NAME, _OP, _ATTRIBUTE, _DOMAIN = 1, 2, 3, 4, 5, 7
_F, _I, _S, _T, _G, _FLOATS, _INTS, _STRINGS = 2, 3, 4, 5, 6, 7, 8, 9
_MAX_VALUES = 50


def read(data: Readable) -> Graph:
    """The graph of a model. Inner graphs (of branches and loops) are named, not drawn.

    Raises:
        BadMessageError: it is no message, or cut short.
    """
    graph = Graph()
    for message in below(data, None, onnx_messages.GRAPH):
        _OnnxGraph(data, message, graph).add()
    return graph


class _OnnxGraph:
    """One graph while it is read: which node gives which value."""

    def __init__(self, data: Readable, message: Field, graph: Graph) -> None:
        self._data, self._message, self._graph = data, message, graph
        self._givers: dict[str, str] = {}  # node's id by the value that it gives
        self._shapes: dict[str, str] = {}
        self._weights: dict[str, str] = {}

    def add(self) -> None:
        data, graph = self._data, self._graph
        for each in self._below(onnx_messages.INITIALIZER):
            tensor = onnx_messages.tensor(data, each)
            shape = " × ".join(map(str, tensor.shape)) or "scalar"
            self._weights[tensor.name] = f"{tensor.dtype} {shape}"
        for number in (onnx_messages.INPUT, onnx_messages.OUTPUT, onnx_messages.VALUE_INFO):
            for each in self._below(number):
                value = onnx_messages.value(data, each)
                self._shapes[value.name] = value.text()
        for each in self._below(onnx_messages.INPUT):
            name = onnx_messages.text(data, each, 1)
            if name not in self._weights:  # old files name weights as inputs too
                self._givers[name] = self._end(name, "Input")
        nodes = [self._node(each, place) for place, each in enumerate(self._below(onnx_messages.NODE))]
        for node, takes in nodes:
            for value_name in filter(None, takes):
                self._take(value_name, node)
        for each in self._below(onnx_messages.OUTPUT):
            name = onnx_messages.text(data, each, 1)
            self._take(name, self._end(name, "Output"))
        if not graph.nodes:
            graph.problem("its graph has no nodes", "graph")

    def _below(self, number: int) -> Iterator[Field]:
        return below(self._data, self._message, number)

    def _node(self, message: Field, place: int) -> tuple[str, list[str]]:
        """Adds a node; its id, and the values that it takes."""
        data = self._data
        takes, gives = (
            [protobuf.text(data, each) for each in below(data, message, of)] for of in (_TAKES, _GIVES)
        )
        name, op, domain = (onnx_messages.text(data, message, of) for of in (_NAME, _OP, _DOMAIN))
        attributes = dict(_attribute(data, each) for each in below(data, message, _ATTRIBUTE))
        for value_name in gives:
            if shape := self._shapes.get(value_name):
                attributes[f"output {value_name}" if len(gives) > 1 else "output"] = shape
        attributes |= {
            value_name: self._weights[value_name] for value_name in takes if value_name in self._weights
        }
        node = self._unused(name or next(filter(None, gives), "") or f"{op} {place}")
        group, label = scoped(node.lstrip("/"))
        self._graph.add_node(GraphNode(node, label, f"{domain}.{op}" if domain else op, group, attributes))
        self._givers.update(dict.fromkeys(filter(None, gives), node))
        return node, takes

    def _end(self, name: str, op: str) -> str:
        """A node for what goes into the graph, or comes out."""
        node = self._unused(name or op)
        shape = self._shapes.get(name, "")
        self._graph.add_node(GraphNode(node, name, op, attributes={"shape": shape} if shape else {}))
        return node

    def _unused(self, name: str) -> str:
        """An id that no node has: names of nodes need not be their own, nor differ from those of values."""
        base = name[: MAX_ID_LETTERS - 12]
        count, found = 1, base
        while found in self._graph.nodes:
            count += 1
            found = f"{base} ({count})"
        return found

    def _take(self, value_name: str, node: str) -> None:
        if value_name in self._weights:
            return  # said at the node that takes them: as nodes they would be most of all
        source = self._givers.get(value_name)
        if source is None:
            self._graph.problem(f"no node gives the value {value_name[:80]!r}", node[:80])
        else:
            self._graph.add_edge(Edge(source, node, self._shapes.get(value_name, "")), node[:80])


def _attribute(data: Readable, message: Field) -> tuple[str, str]:
    """Name and value of an attribute; of a list the first values."""
    name, values = "", list[str]()
    for field in protobuf.fields(data, message.begin, message.end):
        if field[:2] == (1, BYTES):
            name = protobuf.text(data, field)
        elif len(values) >= _MAX_VALUES:
            values[_MAX_VALUES:] = ["…"]
        else:
            values += _values(data, field)
    return name, ", ".join(values)


def _values(data: Readable, field: Field) -> Iterator[str]:
    number, wire, begin, end, value = field
    if number in (_F, _FLOATS) and wire == FIXED32:
        yield f"{struct.unpack('<f', data[begin:end])[0]:g}"
    elif number == _FLOATS and wire == BYTES:
        end = min(end, begin + 4 * _MAX_VALUES)
        yield from (
            f"{number:g}" for (number,) in struct.iter_unpack("<f", data[begin : end - (end - begin) % 4])
        )
    elif number in (_I, _INTS) and wire == VARINT:
        yield str(protobuf.signed(value))
    elif number == _INTS and wire == BYTES:
        place, count = begin, 0
        while place < end and count < _MAX_VALUES:
            value, place = protobuf.varint(data, place, end)
            count += 1
            yield str(protobuf.signed(value))
    elif number in (_S, _STRINGS) and wire == BYTES:
        yield protobuf.cut(data, begin, min(end, begin + 1000)).decode(errors="backslashreplace")
    elif number == _T and wire == BYTES:
        tensor = onnx_messages.tensor(data, field)
        yield f"{tensor.dtype} {' × '.join(map(str, tensor.shape)) or 'scalar'}"
    elif number == _G and wire == BYTES:
        yield f"a graph, {onnx_messages.text(data, field, 2)}".rstrip(", ")
