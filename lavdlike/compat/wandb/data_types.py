"""What a row can hold, by the module that the original has it in."""

from __future__ import annotations

from lavdlike.compat.wandb.media import (
    Audio,
    Graph,
    Histogram,
    Html,
    Markdown,
    Molecule,
    Object3D,
    Plotly,
    Video,
)
from lavdlike.compat.wandb.wandb_images import Classes, Image
from lavdlike.compat.wandb.wandb_tables import JoinedTable, Table

__all__ = [
    "Audio",
    "Classes",
    "Graph",
    "Histogram",
    "Html",
    "Image",
    "JoinedTable",
    "Markdown",
    "Molecule",
    "Object3D",
    "Plotly",
    "Table",
    "Video",
]
