"""Files of the tree as they are: types a browser may show, ranges, and bodies of any size read in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from email.utils import formatdate
from functools import partial
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.types import Send

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFile, Root, etag_of
from lavdlike.kinds import places, registry
from lavdlike.kinds.kind import TEXT_TYPE
from lavdlike.server.web.responses import TREE_FILE_HEADERS, RefusedError

T = TypeVar("T")


class Read(Protocol):
    """Calls a function that may block where it does not hold up others."""

    async def __call__(self, function: Callable[[], T]) -> T: ...


PIECE_BYTES = 256 * 1024
# What a browser may show beside what kinds say of their files; all else is downloaded. Scripts and styles have no type
# in which they would run or apply, and what HTML and SVG hold runs nowhere (`TREE_FILE_HEADERS`).
_TYPES = {
    **dict.fromkeys((".yaml", ".yml", ".toml", ".ini", ".jsonl"), TEXT_TYPE),
    **dict.fromkeys((".py", ".sh", ".patch", ".diff"), TEXT_TYPE),
    ".json": "application/json",
    ".apng": "image/apng",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".m4a": "audio/mp4",
}
_DOWNLOAD = "application/octet-stream"
_RANGE = re.compile(r"bytes=(\d{1,19})?-(\d{1,19})?\Z", re.ASCII)


class Conditions(NamedTuple):
    """What a request says about the part of a file that it wants; "" for headers that were not sent."""

    is_head: bool
    range: str
    if_range: str
    if_none_match: str

    @classmethod
    def of(cls, request: Request) -> Conditions:
        header = request.headers.get
        return cls(
            request.method == "HEAD", header("range", ""), header("if-range", ""), header("if-none-match", "")
        )

    def knows(self, etag: str) -> bool:
        """Whether the client has this content already (RFC 9110, 13.1.2: compared weakly)."""
        known = {tag.strip().removeprefix("W/") for tag in self.if_none_match.split(",")}
        return "*" in known or etag.removeprefix("W/") in known


async def send_file(
    root: Root,
    path: str,
    conditions: Conditions,
    send: Send,
    *,
    read: Read,
    download: bool = False,
    media_type: str | None = None,
) -> None:
    """Answer a request for a file of the tree.

    Args:
        download: the browser is to save it, whatever it is.
        media_type: if it is known from its content; else its name decides.

    Raises:
        OSError, NotServedError: the file cannot be opened, or (after the answer has begun) not read on.
        RefusedError: the range is none of the file.
    """
    with ExitStack() as stack:
        file = await read(lambda: stack.enter_context(root.file(path)))
        type_headers = {"Content-Type": media_type} if media_type else _type_headers(path, download=download)
        await _send_opened(file, conditions, send, read, type_headers)


async def _send_opened(
    file: OpenedFile, conditions: Conditions, send: Send, read: Read, type_headers: Mapping[str, str]
) -> None:
    size_bytes = file.status.st_size
    headers = {**TREE_FILE_HEADERS, **type_headers}
    etag = etag_of(file.status)
    headers["ETag"] = etag
    headers["Last-Modified"] = formatdate(file.status.st_mtime, usegmt=True)
    headers["Accept-Ranges"] = "bytes"
    if conditions.knows(etag):
        await begin_answer(send, 304, headers)
        await send({"type": "http.response.body"})
        return
    status, start, end = 200, 0, size_bytes
    # A range of another content than the client has part of would be glued to it.
    is_same = not conditions.if_range or (conditions.if_range == etag and not etag.startswith("W/"))
    if conditions.range.startswith("bytes=") and "," not in conditions.range and is_same:
        status = 206
        start, end = _range(conditions.range, size_bytes)
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size_bytes}"
    headers["Content-Length"] = str(end - start)
    await begin_answer(send, status, headers)
    if not conditions.is_head:
        await _send_bytes(file.fd, start, end, send, read)
    await send({"type": "http.response.body"})


async def begin_answer(send: Send, status: int, headers: Mapping[str, str]) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _send_bytes(fd: int, start: int, end: int, send: Send, read: Read) -> None:
    """Send the bytes between two offsets. If the file has become shorter, the answer stays short, which clients see."""
    while start < end:
        piece = await read(partial(pread, fd, min(PIECE_BYTES, end - start), start))
        if not piece:
            raise EOFError(f"the file became shorter while it was sent, at byte {start}")
        start += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": True})


def _type_headers(path: str, *, download: bool) -> dict[str, str]:
    name = path.rpartition("/")[2]
    type_ = _type_of(places.split_suffix(name)[1].lower())
    if type_ != _DOWNLOAD and not download:
        return {"Content-Type": type_}
    shown = quote(layout.shown(name), safe="")
    return {"Content-Type": type_, "Content-Disposition": f"attachment; filename*=UTF-8''{shown}"}


def _type_of(suffix: str) -> str:
    last = suffix[suffix.rfind(".") :]  # of `.mask.png`
    return registry.media_type_of(suffix) or registry.media_type_of(last) or _TYPES.get(last, _DOWNLOAD)


def _range(header: str, size_bytes: int) -> tuple[int, int]:
    """The first byte of a single range and the one after its last."""
    found = _RANGE.match(header)
    first, last = found.groups() if found else (None, None)
    if first is None and last is not None:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start = size_bytes if first is None else int(first)
        end = size_bytes if last is None else min(size_bytes, int(last) + 1)
    if start >= end:
        raise RefusedError(
            416,
            f"The file has no such range: it has {size_bytes} bytes.",
            headers={"Content-Range": f"bytes */{size_bytes}"},
        )
    return start, end
