"""Which files of an older picture, of the same label, belong to it and go when another one is logged. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike.kinds import images, outside, places
from lavdlike.kinds.kind import Role


def label_of(value: Mapping[str, Any]) -> str:
    """The last part of the label of the picture that the value at `images` belongs to, as the Logger writes it."""
    return places.split_label(str(value.get("source", "")))[0]


def is_of(value: Mapping[str, Any], label: str) -> bool:
    """Whether the value at `images` belongs to the picture with this last part of its label.

    One of a picture outside of the tree names no file beside it: it belongs to the label whose JSON file it stands in.
    """
    return outside.is_outside(value.get("source")) or label_of(value) == label


def masks_of(value: Mapping[str, Any]) -> list[str]:
    """The files of its masks that the Logger wrote: of its own label, in its own folder."""
    found = value.get("masks")
    sources = (
        [mask.get("source") for mask in found if isinstance(mask, dict)] if isinstance(found, list) else []
    )
    label = label_of(value)
    return [
        source
        for source in sources
        if isinstance(source, str) and "/" not in source and is_picture(places.split_label(source), label)
    ]


def is_picture(label_and_suffix: tuple[str, str], label: str) -> bool:
    """Whether a file with this label and suffix is the picture of a label, or one of its masks."""
    found, suffix = label_and_suffix
    return found == label and (
        suffix.lower() in images.SUFFIXES or images.KIND.role_of(suffix) is Role.OVERLAY
    )
