"""The methods of `SummaryWriter` for graphs of models."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lavdlike.compat.tensorboard import written_graphs
from lavdlike.compat.tensorboard.adding import Family
from lavdlike.kinds.graph_forms.graph import Graph
from lavdlike.writing import given_graphs, module_graphs
from lavdlike.writing.saving_models import unwrapped

LABEL = "graph"


class GraphCalls(Family):
    """What a model consists of."""

    def add_graph(
        self,
        model: Any,
        input_to_model: Any = None,
        verbose: bool = False,  # noqa: FBT001, FBT002 - as the original's
        use_strict_trace: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        """Log the modules of a model of torch, run once with the input; of anything else keep its text.

        Args:
            input_to_model: what the model is called with: a tensor, or a tuple of arguments. Without, there is no
                telling what flows where.
            use_strict_trace: nothing is traced here, so that models pass which the original refuses.

        Raises:
            ValueError: the model fails with this input; nothing is kept.
        """
        del use_strict_trace
        if module_graphs.is_module(unwrapped(model)):
            self._put_graph(given_graphs.graph_of(model, input_to_model))
        else:
            self.logger.log_text(str(model), LABEL)
            self._not_in_event_files("graphs of what is no module of torch")
        if verbose:
            self.logger.println(str(model))

    def add_onnx_graph(self, prototxt: Any = None, onnx_model_file: Any = None) -> None:
        """Log the graph in a file of ONNX.

        Raises:
            ValueError: it is none.
        """
        given = prototxt if onnx_model_file is None else onnx_model_file
        self._put_graph(given_graphs.of_onnx_file(_path(given, "onnx_model_file")))

    def add_openvino_graph(self, xmlname: Any) -> None:
        """Keep a copy of a model's file."""
        self.logger.log_file(_path(xmlname, "xmlname"), LABEL)
        self._not_in_event_files("graphs of OpenVINO")

    def _put_graph(self, graph: Graph, definition: bytes = b"") -> None:
        """Log a graph. `definition`: its `GraphDef`, if it came as one."""
        self.logger.log_graph(graph, LABEL)
        if self._event_file is not None:
            self._event_file.add_graph(definition or written_graphs.graph_def(graph))


def _path(file: Any, argument: str) -> Path:
    if not isinstance(file, (str, os.PathLike)):
        raise ValueError(f"{argument} must be a path, not {type(file).__name__}")
    return Path(file)
