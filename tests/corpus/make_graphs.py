"""Graphs as torch, tensorboardX and onnx write them, with what their own readers find in them, into `graphs/`.

    python tests/corpus/make_graphs.py

In an environment with torch 2.13.0, tensorboard 2.21.0, tensorboardX 2.6.5 and onnx 1.23.2.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tensorboardX
import torch  # noqa: TID253 - runs where torch is
from onnx import TensorProto, helper, numpy_helper, shape_inference
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, graph_pb2, types_pb2
from torch import nn  # noqa: TID253
from torch.utils.tensorboard import SummaryWriter  # noqa: TID253

FOLDER = Path(__file__).parent / "graphs"


class Block(nn.Module):  # type: ignore[misc] # torch's types are not there where types are checked
    """Two layers and a way around them."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(torch.relu(self.first(x)))


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), Block(), nn.Linear(4, 2))
    expected: dict[str, Any] = {}
    for name, writer in (("torch", SummaryWriter), ("tensorboardX", tensorboardX.SummaryWriter)):
        with writer(str(FOLDER / name)) as opened:
            opened.add_graph(model, torch.rand(1, 3))
            opened.add_scalar("loss", 0.5, 1)
        (file,) = (FOLDER / name).iterdir()
        file = file.rename(file.with_name(f"events.out.tfevents.1764500000.{name}"))
        expected[f"{name}/{file.name}"] = graph_def(file)
    (FOLDER / "functions.pb").write_bytes(with_functions().SerializeToString())
    expected["functions.pb"] = nodes_of(with_functions().node)
    onnx.save(onnx_model(), str(FOLDER / "net.onnx"))
    expected["net.onnx"] = onnx_expected(onnx.load(str(FOLDER / "net.onnx")))
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


def graph_def(file: Path) -> Any:
    for record in RawEventFileLoader(str(file)).Load():
        event = event_pb2.Event.FromString(record)
        if event.HasField("graph_def"):
            return nodes_of(graph_pb2.GraphDef.FromString(event.graph_def).node)
    raise AssertionError(f"{file} has no graph")


def nodes_of(nodes: Any) -> dict[str, Any]:
    """By name: operation, inputs, shapes of what comes out, type."""
    return {
        node.name: {
            "op": node.op,
            "input": list(node.input),
            "shapes": [[dim.size for dim in shape.dim] for shape in node.attr["_output_shapes"].list.shape],
            "dtype": types_pb2.DataType.Name(node.attr["T"].type) if "T" in node.attr else "",
        }
        for node in nodes
    }


def with_functions() -> Any:
    """As TensorFlow writes graphs: functions beside nodes, control inputs, further outputs, attributes of each type."""
    graph = graph_pb2.GraphDef()
    graph.node.add(name="x", op="Placeholder").attr["dtype"].type = types_pb2.DT_FLOAT
    graph.node[0].attr["shape"].shape.dim.add(size=-1)
    graph.node[0].attr["shape"].shape.dim.add(size=3)
    graph.node.add(name="init", op="NoOp", device="/device:CPU:0")
    split = graph.node.add(name="scope/split", op="Split", input=["x", "^init"])
    split.attr["num"].i = -2
    split.attr["rate"].f = 0.25
    split.attr["is_on"].b = True
    split.attr["kind"].s = b"SAME"
    split.attr["sizes"].list.i.extend([1, 2, 300])
    split.attr["types"].list.type.extend([types_pb2.DT_FLOAT, types_pb2.DT_INT64])
    split.attr["scales"].list.f.extend([0.5, 2.0])
    split.attr["value"].tensor.dtype = types_pb2.DT_HALF
    split.attr["value"].tensor.tensor_shape.dim.add(size=7)
    split.attr["f"].func.name = "inner"
    graph.node.add(name="scope/sum", op="AddV2", input=["scope/split:1", "scope/split"])
    function = graph.library.function.add()
    function.signature.name = "inner"
    function.signature.input_arg.add(name="given", type=types_pb2.DT_FLOAT)
    function.node_def.add(name="twice", op="Mul", input=["given", "given"])
    function.node_def.add(name="root", op="Sqrt", input=["twice:z:0"])
    return graph


def onnx_model() -> Any:
    rng = np.random.default_rng(0)
    weights = [
        numpy_helper.from_array(rng.random((4, 3), np.float32), "w1"),
        numpy_helper.from_array(rng.random(4, np.float32).astype(np.float16), "half"),
        numpy_helper.from_array(np.array(3, np.int64), "count"),
    ]
    nodes = [
        helper.make_node("Gemm", ["x", "w1"], ["h"], "/net/gemm", transB=1, alpha=0.5),
        helper.make_node("Relu", ["h"], ["r"], "/net/relu"),
        helper.make_node("Split", ["r"], ["a", "b"], axis=1, num_outputs=2),
        helper.make_node("Add", ["a", "b"], ["y"], "/net/add"),
        helper.make_node("Cast", ["half"], ["unused"], "cast", to=TensorProto.FLOAT),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 2])],
        weights,
    )
    model = helper.make_model(graph, producer_name="corpus", producer_version="1")
    helper.set_model_props(model, {"author": "nobody"})
    return shape_inference.infer_shapes(model)


def onnx_expected(model: Any) -> dict[str, Any]:
    def value(info: Any) -> list[Any]:
        tensor = info.type.tensor_type
        shape = [dim.dim_param or dim.dim_value for dim in tensor.shape.dim]
        return [helper.tensor_dtype_to_np_dtype(tensor.elem_type).name, shape]

    graph = model.graph
    return {
        "nodes": [[node.name, node.op_type, list(node.input), list(node.output)] for node in graph.node],
        "tensors": {
            each.name: [numpy_helper.to_array(each).dtype.name, list(each.dims)] for each in graph.initializer
        },
        "values": {info.name: value(info) for info in (*graph.input, *graph.output, *graph.value_info)},
    }


if __name__ == "__main__":
    main()
