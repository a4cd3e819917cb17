"""Files of models, which are of no kind of item but are what fills disks: by their suffix."""

from __future__ import annotations

from lavdlike.kinds import places

# As `Thin.kinds` and `KindUsage.kind` name them.
MODELS = "models"
# What `Logger.save_model` writes, and what other programs give to checkpoints.
SUFFIXES = frozenset({".pt", ".pth", ".ckpt", ".safetensors"})


def is_checkpoint(path: str) -> bool:
    return places.split_suffix(path)[1].lower() in SUFFIXES
