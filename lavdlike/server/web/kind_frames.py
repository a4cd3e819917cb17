"""Pages of plug-ins that draw items of their kinds: what the frames below `kinds/{kind}/` load (docs/kinds.md).

The same for everybody, without data, so open without a sign-in: a frame without an origin could not show one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lavdlike.kinds.kind import FramePage, Kind
from lavdlike.server.web.page import Content, no_page, read_static, static_answer
from lavdlike.server.web.responses import FRAME_HEADERS

INDEX = "index.html"
# Of a kind that has no page of its own, but a script.
_PAGE = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>{title}</title>
    <style>html, body {{ height: 100%; margin: 0; overflow: hidden; }}</style>
    <script src="index.js" defer></script>
  </head>
  <body></body>
</html>
"""


def frame_routes(kinds: Sequence[Kind]) -> list[Route]:
    """One for each of these kinds that has a page with a script."""
    return [
        Route(f"/kinds/{kind.name}/{{path:path}}", partial(_file, kind.page.folder, kind.name))
        for kind in kinds
        if isinstance(kind.page, FramePage)
    ]


async def _file(folder: Path, name: str, request: Request) -> Response:
    path = request.path_params["path"] or INDEX
    content = await read_static(folder, path, request)
    if content is None and path == INDEX:
        content = Content(_PAGE.format(title=escape(name)).encode())
    if content is None:
        raise no_page()
    return static_answer(request, path, content, FRAME_HEADERS)
