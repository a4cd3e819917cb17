"""The method of `Logger` for graphs."""

from __future__ import annotations

from typing import Any

from lavdlike import json_file
from lavdlike.kinds import graphs
from lavdlike.writing import given_graphs
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_flag, check_size


class GraphCalls(Family):
    """What the viewer draws as nodes and edges."""

    def log_graph(
        self,
        graph: Any,
        name: str = "graph",
        step: int | None = None,
        *,
        example_inputs: Any = None,
        directed: bool = True,
    ) -> None:
        """Log a model's modules or any other graph to `<name>.graph.json`; the viewer folds its groups.

        Args:
            graph: a `torch.nn.Module`; the path of an ONNX file, or its model; a `GraphDef` of TensorFlow; a graph of
                networkx; pairs of names, with a label behind them if they have one; a dict from each node to those it
                leads to; or what stands in the file, `{"nodes": [...], "edges": [...]}`. Slashes in names are groups.
            example_inputs: of a torch model: what it is called with, a tensor, a tuple of arguments or a dict of named
                ones. It is run once, in evaluation mode and without gradients, and left as it was. Without, there is
                no telling what flows where.
            directed: whether edges have a direction, where the graph does not say it.

        Raises:
            ValueError: it is none of these, or the model fails with these inputs.

        >>> with Logger("example") as logger:
        ...     logger.log_graph([("image", "encoder/conv"), ("encoder/conv", "loss")], "flow")  # flow.graph.json
        """
        writer = self._active
        if writer is None:
            return
        check_flag(directed, "directed")
        path = self._checked_path(name, step, graphs.SUFFIX)
        content = graphs.encode(given_graphs.graph_of(graph, example_inputs, directed=directed))
        writer.replace(path, check_size(content, json_file.MAX_BYTES, "graph"))
