"""Makes `tests/corpus/models`: files of models by what writes them, and what their own readers say is in them.

    python -m tests.corpus.make_models

Needs none of lavdlike, but an environment of its own, with torch==2.13.0, safetensors==0.8.0 and gguf==0.19.0.
`expected.json`: by file the names, shapes and types of tensors, as torch, safetensors, gguf and numpy give them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch  # noqa: TID253 - it is what makes them
from safetensors import safe_open
from safetensors.torch import save_file

from tests.corpus import frame

CORPUS = Path(__file__).parent / "models"

Tensors = dict[str, tuple[str, list[int]]]


class Net(torch.nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.norm = torch.nn.BatchNorm2d(4)
        self.head = torch.nn.Linear(4, 2).to(torch.bfloat16)


def main() -> None:
    frame.emptied(CORPUS)
    torch.manual_seed(0)
    frame.expect(CORPUS, {**of_torch(), **of_safetensors(), **of_gguf(), **of_numpy()})


def of_torch() -> dict[str, Tensors]:
    net = Net()
    optimizer = torch.optim.Adam(net.parameters())
    sum(parameter.float().sum() for parameter in net.parameters()).backward()
    optimizer.step()
    state = {"state_dict": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "step": 500}
    saved: dict[str, Any] = {
        "epoch=3-step=500.ckpt": state,
        "legacy.pth": net.state_dict(),
        "parameter.pt": torch.nn.Parameter(torch.ones(2, 3)),
        "whole.pt": net,
    }
    expected = {}
    for name, value in saved.items():
        torch.save(value, CORPUS / name, _use_new_zipfile_serialization=name != "legacy.pth")
        loaded = torch.load(CORPUS / name, weights_only=False)
        expected[name] = dict(named(loaded.state_dict() if isinstance(loaded, Net) else loaded))
    return expected


def named(value: Any, name: str = "") -> Any:
    if isinstance(value, torch.Tensor):
        yield name, (str(value.dtype).removeprefix("torch."), list(value.shape))
    elif isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from named(each, f"{name}.{key}" if name else str(key))


def of_safetensors() -> dict[str, Tensors]:
    path = CORPUS / "model.safetensors"
    save_file(
        {name: tensor.contiguous() for name, tensor in Net().state_dict().items()},
        path,
        metadata={"format": "pt"},
    )
    with safe_open(path, "pt") as file:
        slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    return {path.name: {name: (each.get_dtype(), each.get_shape()) for name, each in slices.items()}}


def of_gguf() -> dict[str, Tensors]:
    path = CORPUS / "tiny.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_token_list(["<s>", "a", "b"])
    writer.add_float32("x.scale", 0.5)
    writer.add_tensor("token_embd.weight", np.zeros((3, 32), np.float32))
    writer.add_tensor("blk.0.attn.weight", np.ones((32, 32), np.float16))
    quantized = gguf.quants.quantize(np.ones((4, 64), np.float32), gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("blk.0.q.weight", quantized, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tensors = gguf.GGUFReader(path).tensors
    return {path.name: {each.name: (each.tensor_type.name, each.shape.tolist()[::-1]) for each in tensors}}


def of_numpy() -> dict[str, Tensors]:
    path = CORPUS / "arrays.npz"
    np.savez_compressed(path, weights=np.zeros((3, 4), "f4"), index=np.arange(5), flags=np.array([True]))
    with np.load(path) as arrays:
        return {path.name: {name: (str(each.dtype), list(each.shape)) for name, each in arrays.items()}}


if __name__ == "__main__":
    main()
