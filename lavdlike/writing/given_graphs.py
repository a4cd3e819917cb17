"""What a script gives to `Logger.log_graph` -> the graph that it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lavdlike.errors import LogFormatError
from lavdlike.kinds import graphs
from lavdlike.kinds.graph_forms import graph_def, onnx_graph, plain_edges
from lavdlike.kinds.graph_forms.graph import Graph
from lavdlike.kinds.model_files.onnx_messages import FileBytes
from lavdlike.protobuf import BadMessageError
from lavdlike.writing import module_graphs
from lavdlike.writing.saving_models import unwrapped

# Messages of protocol buffers, by their names.
_MESSAGES = {"ModelProto": onnx_graph.read, "GraphDef": graph_def.read}


def graph_of(given: Any, example_inputs: Any = None, *, directed: bool = True) -> Graph:
    """The graph of a model of torch, a file or model of ONNX, a `GraphDef`, a graph of networkx, edges, or ours.

    Raises:
        ValueError: it is none of these, or says what is wrong.
        OSError: a file cannot be read.
    """
    if isinstance(given, Graph):
        return given
    model = unwrapped(given)
    if module_graphs.is_module(model):
        return module_graphs.of_module(model, example_inputs)
    if example_inputs is not None:
        raise ValueError(f"example_inputs are for models of torch, not for {type(given).__name__}")
    if isinstance(given, (str, os.PathLike)):
        path = Path(given)
        if path.suffix.lower() != ".onnx":
            raise ValueError(f"{path} is no model of ONNX: its suffix is {path.suffix!r}")
        return of_onnx_file(path)
    message = getattr(getattr(given, "DESCRIPTOR", None), "name", "")
    try:
        if message in _MESSAGES:
            return _MESSAGES[message](given.SerializeToString())
        if plain_edges.is_like_networkx(given):
            return plain_edges.of_networkx(given)
        if isinstance(given, Mapping) and isinstance(given.get("nodes"), list):
            return graphs.of_document({"directed": directed, **given}, "graph")
        return plain_edges.of_edges(given, directed=directed)
    except (BadMessageError, LogFormatError) as error:
        raise ValueError(f"graph is no graph: {error}") from None


def of_onnx_file(path: Path) -> Graph:
    """The graph in a file of ONNX, whatever its name.

    Raises:
        ValueError: it is none.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        try:
            graph = onnx_graph.read(FileBytes(file, os.fstat(file.fileno()).st_size))
        except BadMessageError as error:
            raise ValueError(f"{path} is no model of ONNX: {error}") from None
    if not graph.nodes:
        raise ValueError(f"{path} is no model of ONNX: there is no graph in it")
    return graph
