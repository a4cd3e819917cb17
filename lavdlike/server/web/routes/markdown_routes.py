"""Markdown files as HTML that is safe in the page."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.kinds import markdown
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.web import documents
from lavdlike.server.web.documents import Documents
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.queries import of_file
from lavdlike.server.web.routes.subject import Subject


class MarkdownRoutes(Subject):
    """Args: documents: closed by who made them."""

    kind = markdown.KIND

    def __init__(self, hub: Hub, answers: Answers, documents: Documents) -> None:
        super().__init__(hub, answers)
        self._documents = documents

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/markdown/{experiment}/{path:path}", answering(self._page))]

    async def _page(self, request: Request) -> Any:
        source = await of_file(
            self._answers, request, lambda opened: pread(opened.fd, documents.MAX_BYTES + 1, 0)
        )
        given = request.path_params
        return await self._documents.page(source, given["experiment"], layout.from_id(given["path"]))
