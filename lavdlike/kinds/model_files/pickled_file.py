"""What `torch.save` wrote before 1.6, and writes again if asked to: pickles one after the other, then the numbers."""

from __future__ import annotations

import io
from typing import BinaryIO

from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files import pickled
from lavdlike.kinds.model_files.tensors import MAX_HEAD_BYTES, ModelTensors, listed

# `_legacy_save` of torch/serialization.py: a number of its own, a version, the machine; then what was saved.
_MAGIC = (0x1950A86A20F9469CFC6C).to_bytes(10, "little")
_BEFORE = 3


def read(file: BinaryIO, path: str) -> ModelTensors:
    """Raises LogFormatError."""
    head = io.BytesIO(file.read(MAX_HEAD_BYTES))
    if _MAGIC not in head.getbuffer()[:32].tobytes():
        return listed((), {}, "A pickle of Python objects: it is never loaded, since it could run code")
    try:
        for _ in range(_BEFORE):
            pickled.skip(head, path)
        tensors, beside = pickled.read(head, path)
    except LogFormatError as error:
        return listed((), {}, f"Its tensors cannot be listed: {error.reason}")
    return listed(tensors, beside)
