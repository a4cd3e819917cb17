"""Answers with pictures of image items: as they are where a browser can show them, else made by `Thumbnails`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import Future
from functools import partial
from zlib import crc32

import msgspec
from starlette.types import Send

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.disk.media_folders import MediaFolders
from lavdlike.disk.root import Root, etag_of
from lavdlike.errors import NotServedError, PictureError
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import Role
from lavdlike.messages import Item, Problem
from lavdlike.server.live.workers import TooSlowError
from lavdlike.server.sandbox.thumbnails import (
    BEGIN_BYTES,
    Picture,
    Thumbnails,
    Transform,
    browser_media_type,
)
from lavdlike.server.web import raw_files
from lavdlike.server.web.outside_pictures import NamedPicture, describe, named_by
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
    transform: Transform = (),
) -> None:
    """Answer with a picture file of the tree, in full or as a thumbnail with `size` pixels on its longest side.

    Args:
        transform: what is done to it before, steps that were checked.

    Raises:
        OSError, NotServedError: the file cannot be opened or read.
        PictureError: no picture can be made of it.
        TooSlowError: it has not been made within 30 s.
        ValueError: there is no such size.
    """
    if not is_picture(path):
        raise PictureError(NO_PICTURE)
    status, begin = await read(lambda: _status_and_begin(root, path))
    media_type = browser_media_type(begin) if size is None and not transform else None
    if media_type is not None:
        await raw_files.send_file(root, path, conditions, send, read=read, media_type=media_type)
        return
    # Weak as that of the file while a change could still go unseen.
    done = f"-{crc32(msgspec.json.encode(transform)):x}" if transform else ""
    etag = etag_of(status)[:-1] + f'-{size or "full"}{done}"'
    if conditions.knows(etag):
        await raw_files.begin_answer(send, 304, {"ETag": etag})
        await send({"type": "http.response.body"})
        return
    picture = thumbnails.cached(status, size, transform) or await _made(
        thumbnails, root, path, size, transform
    )
    headers = {
        **TREE_FILE_HEADERS,
        "ETag": etag,
        "Content-Type": picture.media_type,
        "Content-Length": str(len(picture.data)),
    }
    await raw_files.begin_answer(send, 200, headers)
    await send({"type": "http.response.body", "body": b"" if conditions.is_head else picture.data})


async def describe_pictures(
    items: Iterable[Item], root: Root, thumbnails: Thumbnails, media: MediaFolders
) -> None:
    """Fill in what the heads of these items' picture files say, or why they cannot be read."""
    shown: list[tuple[Item, NamedPicture]] = []
    for item in items:
        path = f"{layout.from_id(item.address.experiment)}/{layout.from_id(item.files[0].path)}"
        try:
            named = NamedPicture(root, path) if is_picture(path) else named_by(item, media)
        except NotServedError as error:
            item.problem = item.problem or Problem(layout.shown(path), f"{error.path}: {error.reason}")
            continue
        if named is None:
            item.problem = item.problem or Problem(layout.shown(path), NO_PICTURE)
        else:
            shown.append((item, named))
    asked = [_in_time(thumbnails.info(partial(named.root.file, named.path))) for _, named in shown]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for (item, named), answer in zip(shown, answers, strict=True):
        try:
            if isinstance(answer, BaseException):
                raise answer
            if named.root is root:
                item.picture = answer.info
            else:
                describe(item, named, answer.info)
        except (PictureError, OSError, NotServedError, TooSlowError) as error:
            item.problem = item.problem or Problem(layout.shown(named.path), _reason(error))


def is_picture(path: str) -> bool:
    """Whether the first file of an image item is a picture: where there is none, it is what describes or covers it."""
    suffix = places.split_suffix(path)[1].lower()
    kind = registry.kind_of_suffix(suffix)
    return suffix != ".json" and (kind is None or kind.role_of(suffix) is Role.ITEM)


def _reason(error: Exception) -> str:
    if isinstance(error, NotServedError):
        return error.reason
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


async def _made(
    thumbnails: Thumbnails, root: Root, path: str, size: int | None, transform: Transform
) -> Picture:
    return await _in_time(thumbnails.make(lambda: root.file(path), size, transform))


async def _in_time(picture: Future[Picture]) -> Picture:
    try:
        return await asyncio.wait_for(asyncio.wrap_future(picture), _LIMIT_S)
    except TimeoutError:
        raise TooSlowError(f"not done within {_LIMIT_S:g} s") from None


def _status_and_begin(root: Root, path: str) -> tuple[os.stat_result, bytes]:
    with root.file(path) as opened:
        return opened.status, pread(opened.fd, BEGIN_BYTES, 0)
