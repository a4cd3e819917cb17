"""What other tools call a series -> our labels."""

from __future__ import annotations

from lavdlike import layout
from lavdlike.kinds import scalars


def label_of(tag: object) -> str:
    """The label of a tag: the tag itself, with percent signs for what cannot stand in a path.

    Raises:
        ValueError: it is no text.

    >>> label_of("loss/train"), label_of("/a//b"), label_of("../x")
    ('loss/train', 'a/b', '%2E./x')
    """
    if not isinstance(tag, str):
        raise ValueError(f"tag must be a string, not {type(tag).__name__}")
    if tag == scalars.REWIND:
        return f"%21{tag[1:]}"
    try:
        return layout.check_label(tag, step=0)
    except ValueError:
        return "/".join(layout.folder_name_of(part) for part in tag.split("/") if part) or "%"
