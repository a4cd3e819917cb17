"""The page and its static files: the same for everybody, without data, so open without a sign-in."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lavdlike.server.answers import FRAME_HEADERS, PAGE_HEADERS, RefusedError

STATIC_FOLDER = Path(__file__).parent / "static"
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


def page_routes(folder: Path = STATIC_FOLDER) -> list[Route]:
    async def page(request: Request) -> Response:
        content = await _read(folder / "index.html")
        if content is None:
            raise RefusedError(
                503,
                "The page has not been built, only the data can be asked for.",
                "Install lavdlike with 'pip install .', which builds it, or run 'npm run build' in frontend/.",
            )
        return _answer(request, "index.html", content)

    async def static(request: Request) -> Response:
        path = request.path_params["path"]
        content = await _read(folder / path) if _STATIC_PATH.match(path) else None
        if content is None:
            raise RefusedError(
                404, "There is no such page.", "lavdlike's page is at the address without this path."
            )
        return _answer(request, path, content)

    return [Route("/", page), Route("/{path:path}", static)]


async def _read(path: Path) -> bytes | None:
    try:
        return await run_in_threadpool(path.read_bytes)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _answer(request: Request, path: str, content: bytes) -> Response:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**(FRAME_HEADERS if path.startswith("frames/") else PAGE_HEADERS), "ETag": etag}
    # The build puts a hash of the content into the names of assets.
    headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if path.startswith("assets/") else "no-cache"
    )
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(
        content, headers=headers, media_type=_TYPES.get(Path(path).suffix, "application/octet-stream")
    )
