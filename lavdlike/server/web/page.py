"""The page and its static files: the same for everybody, without data, so open without a sign-in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lavdlike import layout
from lavdlike.layout import ExperimentName
from lavdlike.server.web.compression import takes_gzip
from lavdlike.server.web.responses import FRAME_HEADERS, PAGE_HEADERS, SCRIPT_FRAME_HEADERS, RefusedError

STATIC_FOLDER = Path(__file__).parents[1] / "static"
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
# Of addresses such as Streamvis has them (docs/boards.md): which of them are passed on, and what the page calls them.
_LAYOUT = frozenset(("rows", "cols"))
_OF_LAYOUTS = {
    **{name: name for name in ("rows", "cols", "width", "height", "scopes", "names", "axes")},
    "board": "board.name",
}
# The frame in which scripts of the tree run, and its script.
_SCRIPT_FRAME = "frames/html."
# What the page calls the style sheet of who starts the server.
_STYLE = "own-style.css"
_MAX_STYLE_BYTES = 2**20


def page_routes(
    folder: Path = STATIC_FOLDER, *, html_scripts: bool = False, style: Path | None = None
) -> list[Route]:
    """What is answered to everybody.

    Args:
        html_scripts: also the frame in which scripts of the tree run.
        style: a style sheet of who starts the server, which the page loads behind its own; read at each request.
    """

    async def page(request: Request) -> Response:
        if not _LAYOUT.isdisjoint(request.query_params):
            return Response(status_code=307, headers={"Location": _layout_address(request)})
        content = await read_static(folder, "index.html", request)
        if content is None:
            raise RefusedError(
                503,
                "The page has not been built, only the data can be asked for.",
                "Install lavdlike with 'pip install .', which builds it, or run 'npm run build' in frontend/.",
            )
        if style is not None:
            content = await run_in_threadpool(_with_style, folder / "index.html")
        return static_answer(request, "index.html", content, PAGE_HEADERS)

    async def own_style(request: Request) -> Response:
        content = None if style is None else await run_in_threadpool(_style_in, style)
        if content is None:
            raise no_page()
        return static_answer(request, _STYLE, content, PAGE_HEADERS)

    async def static(request: Request) -> Response:
        path = request.path_params["path"]
        is_served = html_scripts or not path.startswith(_SCRIPT_FRAME)
        content = await read_static(folder, path, request) if is_served else None
        if content is None:
            raise no_page()
        return static_answer(request, path, content, _policy(path))

    async def health(_request: Request) -> Response:
        return Response("ok\n", headers={"Cache-Control": "no-store"}, media_type="text/plain")

    return [
        Route("/healthz", health),
        Route("/", page),
        Route(f"/{_STYLE}", own_style),
        Route("/env/{envs:path}", _windows),
        Route("/compare/{envs:path}", _windows),
        Route("/{path:path}", static),
    ]


def _layout_address(request: Request) -> str:
    """Of the page's view of boards, laid out as the address says: the part behind `#` never reaches a server."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name in _OF_LAYOUTS]
    return f"./#/board?{urlencode([(_OF_LAYOUTS[name], value) for name, value in asked], safe=',;/')}"


async def _windows(request: Request) -> Response:
    """Visdom's addresses of environments lead to the page of their windows (docs/visdom.md)."""
    path: str = request.path_params["envs"]
    envs = [env.strip("/") for env in (path.split("+") if "/compare/" in request.url.path else [path])]
    ids = [layout.experiment_id(_experiment_of(env)) for env in envs if env]
    # What the page shows of experiments: nothing but these.
    query = urlencode([("show", "-"), *(("show", f"+={id_}") for id_ in ids)] if ids else [])
    above = "../" * (path.count("/") + 1)
    return Response(status_code=307, headers={"Location": f"{above}#/windows{'?' if query else ''}{query}"})


def _experiment_of(env: str) -> ExperimentName:
    name = layout.shown(layout.from_id(env))
    return ExperimentName("/".join(layout.native(layout.folder_name_of(part)) for part in name.split("/")))


def no_page() -> RefusedError:
    return RefusedError(404, "There is no such page.", "lavdlike's page is at the address without this path.")


class Content(NamedTuple):
    """What a file holds, in the encoding that the client takes. `has_other`: there is another one of it."""

    body: bytes
    is_compressed: bool = False
    has_other: bool = False


async def read_static(folder: Path, path: str, request: Request) -> Content | None:
    """A file of a folder of static files; None if there is no such file, or none of such a name."""
    if not _STATIC_PATH.match(path):
        return None
    accepted = request.headers.get("accept-encoding", "")
    return await run_in_threadpool(_read_file, folder / path, is_gzip_taken=takes_gzip(accepted))


def _read_file(path: Path, *, is_gzip_taken: bool) -> Content | None:
    compressed = path.with_name(path.name + COMPRESSED_SUFFIX)
    try:
        if not compressed.is_file():
            return Content(path.read_bytes())
        return Content((compressed if is_gzip_taken else path).read_bytes(), is_gzip_taken, has_other=True)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


def _with_style(index: Path) -> Content:
    link = f'<link rel="stylesheet" href="./{_STYLE}" /></head>'.encode()
    return Content(index.read_bytes().replace(b"</head>", link, 1))


def _style_in(path: Path) -> Content | None:
    """None: it cannot be read, or is larger than any style sheet."""
    try:
        with path.open("rb") as file:
            body = file.read(_MAX_STYLE_BYTES + 1)
    except OSError:
        return None
    return Content(body) if len(body) <= _MAX_STYLE_BYTES else None


def static_answer(request: Request, path: str, content: Content, policy: Mapping[str, str]) -> Response:
    """Args: path: of the file, for its type."""
    etag = f'"{hashlib.sha256(content.body).hexdigest()[:32]}"'
    headers = {**policy, "ETag": etag}
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
