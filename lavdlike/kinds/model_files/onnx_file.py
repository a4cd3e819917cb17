"""`.onnx`: weights by name, shape and type; what goes in and comes out (https://onnx.ai/onnx/repo-docs/IR.html)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import BinaryIO

from lavdlike import protobuf
from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files import onnx_messages
from lavdlike.kinds.model_files.onnx_messages import FileBytes, below, text
from lavdlike.kinds.model_files.tensors import ModelTensors, Tensor, checked_shape, listed
from lavdlike.protobuf import VARINT, BadMessageError, Field

_MAX_VALUES = 20


def read(file: BinaryIO, size_bytes: int, path: str) -> ModelTensors:
    """Raises LogFormatError."""
    data = FileBytes(file, size_bytes)
    try:
        graphs = list(below(data, None, onnx_messages.GRAPH))
        if not graphs:
            raise LogFormatError(path, "no model of ONNX: there is no graph in it")
        metadata = dict(_metadata(data, graphs[-1]))
        return listed(_tensors(data, graphs[-1], path), metadata)
    except BadMessageError as error:
        raise LogFormatError(path, f"no model of ONNX, or cut short: {error}") from None


def _tensors(data: FileBytes, graph: Field, path: str) -> Iterator[Tensor]:
    for message in below(data, graph, onnx_messages.INITIALIZER):
        name, dtype, shape, bits = onnx_messages.tensor(data, message)
        checked = checked_shape(shape, path, name)
        size_bytes = None if bits is None else -(-math.prod(checked) * bits // 8)
        yield Tensor(name, dtype, checked, size_bytes)


def _metadata(data: FileBytes, graph: Field) -> Iterator[tuple[str, str]]:
    whole = Field(0, 0, 0, len(data))
    producer = (
        f"{text(data, whole, onnx_messages.PRODUCER)} {text(data, whole, onnx_messages.PRODUCER_VERSION)}"
    )
    if producer.strip():
        yield "producer", producer.strip()
    for operators in below(data, None, onnx_messages.OPERATORS):
        versions = (
            field.value
            for field in protobuf.fields(data, operators.begin, operators.end)
            if field[:2] == (2, VARINT)
        )
        yield f"operators {text(data, operators, 1)}".strip(), str(next(versions, 0))
    nodes = sum(1 for _ in below(data, graph, onnx_messages.NODE))
    yield "nodes", f"{nodes:,}"
    weights = {text(data, each, 8) for each in below(data, graph, onnx_messages.INITIALIZER)}
    for what, number in (("input", onnx_messages.INPUT), ("output", onnx_messages.OUTPUT)):
        values = (onnx_messages.value(data, each) for each in below(data, graph, number))
        # Old files name weights as inputs too.
        for _, value in zip(
            range(_MAX_VALUES), (each for each in values if each.name not in weights), strict=False
        ):
            yield f"{what} {value.name}", value.text()
    for entry in below(data, None, onnx_messages.PROPERTIES):
        yield text(data, entry, 1), text(data, entry, 2)
