"""Files of the tree as they are, and folders to browse."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from lavdlike.server.web import raw_files
from lavdlike.server.web.endpoints import Asgi, answering, refusing
from lavdlike.server.web.queries import Query, path_of
from lavdlike.server.web.routes.subject import Subject


class FileRoutes(Subject):
    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/files/{experiment}/{path:path}", Asgi(self._file), methods=["GET"]),
            Route("/api/folders/{experiment}", answering(self._folder)),
            Route("/api/folders/{experiment}/{path:path}", answering(self._folder)),
        ]

    async def _file(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        experiment, path = path_of(request)
        with refusing():
            await raw_files.send_file(
                self._answers.root,
                path,
                raw_files.Conditions.of(request),
                send,
                read=partial(self._answers.read, experiment),
                download=Query(request).flag("download"),
            )

    async def _folder(self, request: Request) -> Any:
        return await self._answers.folder(
            request.path_params["experiment"], request.path_params.get("path", "")
        )
