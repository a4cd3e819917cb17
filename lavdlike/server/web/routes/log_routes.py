"""Pages of long text files, and searches in them."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike.kinds import logs
from lavdlike.reading import log_pages
from lavdlike.server.web.endpoints import answering, if_valid, unless_gone
from lavdlike.server.web.queries import Query, of_file
from lavdlike.server.web.routes.subject import Subject


class LogRoutes(Subject):
    kind = logs.KIND

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/logs/{experiment}/{path:path}", answering(self._page)),
            Route("/api/log-search/{experiment}/{path:path}", answering(self._search)),
        ]

    async def _page(self, request: Request) -> Any:
        query = Query(request)
        read = partial(
            log_pages.read_page,
            start=query.number("start"),
            end=query.number("end"),
            near=query.number("near"),
            lines=query.number("lines") or log_pages.DEFAULT_LINES,
            tags=query.all("tag"),
        )
        return await if_valid(of_file(self._answers, request, lambda opened: read(opened.fd)))

    async def _search(self, request: Request) -> Any:
        query = Query(request)
        search = partial(
            log_pages.search,
            text=query.text("text"),
            is_regex=query.flag("regex"),
            start=query.number("from"),
            backwards=query.flag("backwards"),
            limit=query.number("limit") or log_pages.DEFAULT_MATCHES,
            tags=query.all("tag"),
        )
        found = of_file(self._answers, request, lambda opened: search(opened.fd))
        return await if_valid(unless_gone(request, found))
