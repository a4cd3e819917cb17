"""Pictures and videos that items name outside of the tree: which file is meant, and what is done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lavdlike.disk.media_folders import MediaFolders
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.kinds import outside, transforms
from lavdlike.kinds.images import ImageContent, moved
from lavdlike.messages import Item, PictureInfo


class NamedPicture(NamedTuple):
    """A picture as it is shown: a path in a root, and the steps that are done to it, which were checked."""

    root: Root
    path: str
    steps: Sequence[Mapping[str, Any]] = ()


def named_by(item: Item, media: MediaFolders) -> NamedPicture | None:
    """The picture outside of the tree that an image item names; None if it names none.

    Raises:
        NotServedError: its address or its transform is none, or nobody has said where its folder is.
    """
    content = content_of(item)
    if content is None or not outside.is_outside(content.source):
        return None
    try:
        steps = transforms.checked(content.transform)
    except transforms.TransformError as error:
        raise NotServedError(content.source[:80], str(error)) from None
    return NamedPicture(*media.root_and_path(content.source), steps)


def describe(item: Item, named: NamedPicture, info: PictureInfo) -> None:
    """Say of an item what its picture is after the transform, and where what lies on it is then.

    Raises:
        NotServedError: the picture would be too large.
    """
    content = content_of(item)
    if content is None:
        return
    try:
        geometry = transforms.geometry(named.steps, info.width, info.height)
    except transforms.TransformError as error:
        raise NotServedError(content.source, str(error)) from None
    item.picture = msgspec.structs.replace(info, width=geometry.width, height=geometry.height)
    if named.steps:
        item.content = moved(content, geometry)


def content_of(item: Item) -> ImageContent | None:
    """What lies on an image, also where it is given as it is sent."""
    content = item.content
    if isinstance(content, msgspec.Raw):
        content = msgspec.json.decode(content, type=ImageContent)
    return content if isinstance(content, ImageContent) else None
