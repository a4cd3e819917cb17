"""Answers with pictures of image items: as they are where a browser can show them, else made by `Thumbnails`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial

from starlette.types import Send

from lavdlike import layout
from lavdlike.disk.root import Root, etag_of
from lavdlike.errors import NotServedError, PictureError
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Role
from lavdlike.messages import Item, Problem
from lavdlike.server.live.workers import TooSlowError
from lavdlike.server.sandbox.thumbnails import BEGIN_BYTES, Picture, Thumbnails, browser_media_type
from lavdlike.server.web import raw_files
from lavdlike.server.web.raw_files import Conditions, Read
from lavdlike.server.web.responses import TREE_FILE_HEADERS

NO_PICTURE = "the picture that it describes is not there"
# Those who make pictures hang with the file system that they read from.
_LIMIT_S = 30.0


async def send_picture(
    root: Root,
    path: str,
    size: int | None,
    conditions: Conditions,
    send: Send,
    *,
    read: Read,
    thumbnails: Thumbnails,
) -> None:
    """Answer with a picture file of the tree, in full or as a thumbnail with `size` pixels on its longest side.

    Raises:
        OSError, NotServedError: the file cannot be opened or read.
        PictureError: no picture can be made of it.
        TooSlowError: it has not been made within 30 s.
        ValueError: there is no such size.
    """
    if not _is_picture(path):
        raise PictureError(NO_PICTURE)
    status, begin = await read(lambda: _status_and_begin(root, path))
    media_type = browser_media_type(begin) if size is None else None
    if media_type is not None:
        await raw_files.send_file(root, path, conditions, send, read=read, media_type=media_type)
        return
    # Weak as that of the file while a change could still go unseen.
    etag = etag_of(status)[:-1] + f'-{size or "full"}"'
    if conditions.knows(etag):
        await raw_files.begin_answer(send, 304, {"ETag": etag})
        await send({"type": "http.response.body"})
        return
    picture = thumbnails.cached(status, size) or await _made(thumbnails, root, path, size)
    headers = {
        **TREE_FILE_HEADERS,
        "ETag": etag,
        "Content-Type": picture.media_type,
        "Content-Length": str(len(picture.data)),
    }
    await raw_files.begin_answer(send, 200, headers)
    await send({"type": "http.response.body", "body": b"" if conditions.is_head else picture.data})


async def describe_pictures(items: Iterable[Item], root: Root, thumbnails: Thumbnails) -> None:
    """Fill in what the heads of these items' picture files say, or why they cannot be read."""
    shown, paths = [], []
    for item in items:
        path = f"{layout.from_id(item.address.experiment)}/{layout.from_id(item.files[0].path)}"
        if not _is_picture(path):
            item.problem = item.problem or Problem(layout.shown(path), NO_PICTURE)
        else:
            shown.append(item)
            paths.append(path)
    asked = [_in_time(thumbnails.info(partial(root.file, path))) for path in paths]
    for item, path, answer in zip(
        shown, paths, await asyncio.gather(*asked, return_exceptions=True), strict=True
    ):
        if isinstance(answer, Picture):
            item.picture = answer.info
        elif isinstance(answer, (PictureError, OSError, NotServedError, TooSlowError)):
            item.problem = item.problem or Problem(layout.shown(path), _reason(answer))
        else:
            raise answer


def _is_picture(path: str) -> bool:
    """Whether the first file of an image item is a picture: where there is none, it is what describes or covers it."""
    suffix = places.split_suffix(path)[1].lower()
    kind = registry.kind_of_suffix(suffix)
    return suffix != ".json" and (kind is None or kind.role_of(suffix) is Role.ITEM)


def _reason(error: Exception) -> str:
    if isinstance(error, NotServedError):
        return error.reason
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


async def _made(thumbnails: Thumbnails, root: Root, path: str, size: int | None) -> Picture:
    return await _in_time(thumbnails.make(lambda: root.file(path), size))


async def _in_time(picture: Future[Picture]) -> Picture:
    try:
        return await asyncio.wait_for(asyncio.wrap_future(picture), _LIMIT_S)
    except TimeoutError:
        raise TooSlowError(f"not done within {_LIMIT_S:g} s") from None


def _status_and_begin(root: Root, path: str) -> tuple[os.stat_result, bytes]:
    with root.file(path) as opened:
        return opened.status, os.pread(opened.fd, BEGIN_BYTES, 0)
