"""Pages of long text files, and searches in them."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike.disk.root import OpenedFile
from lavdlike.kinds import logs
from lavdlike.reading import log_pages, log_past
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.past_answers import PastAnswers
from lavdlike.server.web.endpoints import answering, if_valid, unless_gone
from lavdlike.server.web.queries import Query, of_file
from lavdlike.server.web.routes.subject import Subject


class LogRoutes(Subject):
    kind = logs.KIND

    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._past = PastAnswers(hub, answers)

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
        time = await self._last_time(request)
        return await if_valid(
            of_file(self._answers, request, lambda opened: read(opened.fd, file_end=_file_end(opened, time)))
        )

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
        time = await self._last_time(request)
        found = of_file(
            self._answers, request, lambda opened: search(opened.fd, file_end=_file_end(opened, time))
        )
        return await if_valid(unless_gone(request, found))

    async def _last_time(self, request: Request) -> float | None:
        """When the log ends, where the past is asked about."""
        until = Query(request).cursor()
        return None if until is None else await self._past.time_of(request.path_params["experiment"], until)


def _file_end(opened: OpenedFile, time: float | None) -> int | None:
    return None if time is None else log_past.end_at(opened.fd, opened.status.st_size, time)
