"""The page and its static files: the same for everybody, without data, so open without a sign-in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lavdlike.server.answers import FRAME_HEADERS, PAGE_HEADERS, SCRIPT_FRAME_HEADERS, RefusedError

STATIC_FOLDER = Path(__file__).parent / "static"
# Behind the name of a file: the same compressed, which the build makes (frontend/toolchain.py).
COMPRESSED_SUFFIX = ".gz"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# Names such as the build makes: no part begins with a dot, none is longer than a file system takes.
_STATIC_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}/){0,5}[A-Za-z0-9_-][A-Za-z0-9._-]{0,100}\Z")
# The frame in which scripts of the tree run, and its script.
_SCRIPT_FRAME = "frames/html."
_NEVER = re.compile(r"\s*q=0(\.0*)?\s*")


def page_routes(folder: Path = STATIC_FOLDER, *, html_scripts: bool = False) -> list[Route]:
    """What is answered to everybody. `html_scripts`: also the frame in which scripts of the tree run."""

    async def page(request: Request) -> Response:
        content = await _read(folder, "index.html", request)
        if content is None:
            raise RefusedError(
                503,
                "The page has not been built, only the data can be asked for.",
                "Install lavdlike with 'pip install .', which builds it, or run 'npm run build' in frontend/.",
            )
        return _answer(request, "index.html", content)

    async def static(request: Request) -> Response:
        path = request.path_params["path"]
        is_served = _STATIC_PATH.match(path) and (html_scripts or not path.startswith(_SCRIPT_FRAME))
        content = await _read(folder, path, request) if is_served else None
        if content is None:
            raise RefusedError(
                404, "There is no such page.", "lavdlike's page is at the address without this path."
            )
        return _answer(request, path, content)

    return [Route("/", page), Route("/{path:path}", static)]


class _Content(NamedTuple):
    """What a file holds, in the encoding that the client takes. `has_other`: there is another one of it."""

    body: bytes
    is_compressed: bool = False
    has_other: bool = False


async def _read(folder: Path, path: str, request: Request) -> _Content | None:
    takes_gzip = _takes_gzip(request.headers.get("accept-encoding", ""))
    return await run_in_threadpool(_read_file, folder / path, takes_gzip=takes_gzip)


def _takes_gzip(accept_encoding: str) -> bool:
    for accepted in accept_encoding.lower().split(","):
        coding, _, quality = accepted.partition(";")
        if coding.strip() in ("gzip", "*"):
            return not _NEVER.fullmatch(quality)
    return False


def _read_file(path: Path, *, takes_gzip: bool) -> _Content | None:
    compressed = path.with_name(path.name + COMPRESSED_SUFFIX)
    try:
        if not compressed.is_file():
            return _Content(path.read_bytes())
        return _Content((compressed if takes_gzip else path).read_bytes(), takes_gzip, has_other=True)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _answer(request: Request, path: str, content: _Content) -> Response:
    etag = f'"{hashlib.sha256(content.body).hexdigest()[:32]}"'
    headers = {**_policy(path), "ETag": etag}
    # The build puts a hash of the content into the names of assets.
    headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
    )
    if content.has_other:
        headers["Vary"] = "Accept-Encoding"
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if content.is_compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(
        content.body, headers=headers, media_type=_TYPES.get(Path(path).suffix, "application/octet-stream")
    )


def _policy(path: str) -> Mapping[str, str]:
    if path.startswith(_SCRIPT_FRAME):
        return SCRIPT_FRAME_HEADERS
    return FRAME_HEADERS if path.startswith("frames/") else PAGE_HEADERS
