"""Labels of scalars, and their points."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike.kinds import scalars
from lavdlike.scalar_messages import (
    AggregatesRequest,
    RangesRequest,
    ScalarLabelsPage,
    ScalarLabelsRequest,
    SeriesRequest,
    ValuesRequest,
)
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.scalar_answers import ScalarAnswers
from lavdlike.server.web.compression import compressed
from lavdlike.server.web.endpoints import answering, if_valid, unless_gone
from lavdlike.server.web.queries import Query
from lavdlike.server.web.responses import read_json
from lavdlike.server.web.routes.subject import Subject

SERIES_TYPE = "application/vnd.lavdlike.series"
AGGREGATES_TYPE = "application/vnd.lavdlike.aggregates"


class ScalarRoutes(Subject):
    kind = scalars.KIND

    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._scalars = ScalarAnswers(hub, answers)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/scalars/labels", answering(self._labels), methods=["POST"]),
            Route("/api/scalars/series", answering(self._series), methods=["POST"]),
            Route("/api/scalars/values", answering(self._values), methods=["POST"]),
            Route("/api/scalars/ranges", answering(self._ranges), methods=["POST"]),
            Route("/api/scalars/aggregates", answering(self._aggregates), methods=["POST"]),
        ]

    def page_opens(self) -> None:
        self._answers.read_points_ahead()

    async def _labels(self, request: Request) -> Any:
        wanted = await read_json(request, ScalarLabelsRequest)
        return ScalarLabelsPage(
            await self._answers.scalar_labels(wanted.experiments, Query(request).cursor())
        )

    async def _series(self, request: Request) -> Any:
        wanted = await read_json(request, SeriesRequest)
        if "application/json" in request.headers.get("accept", ""):
            return await if_valid(self._answers.series_page(wanted, Query(request).cursor()))
        packed = await if_valid(self._answers.series(wanted, Query(request).cursor()))
        return await compressed(request, packed, SERIES_TYPE, is_packed=True)

    async def _values(self, request: Request) -> Any:
        wanted = await read_json(request, ValuesRequest)
        return await unless_gone(request, if_valid(self._scalars.values(wanted, Query(request).cursor())))

    async def _ranges(self, request: Request) -> Any:
        wanted = await read_json(request, RangesRequest)
        return await unless_gone(request, if_valid(self._scalars.ranges(wanted, Query(request).cursor())))

    async def _aggregates(self, request: Request) -> Any:
        wanted = await read_json(request, AggregatesRequest)
        if "application/json" in request.headers.get("accept", ""):
            return await unless_gone(
                request, if_valid(self._scalars.aggregates_page(wanted, Query(request).cursor()))
            )
        answer = await unless_gone(
            request, if_valid(self._scalars.aggregates(wanted, Query(request).cursor()))
        )
        return await compressed(request, answer, AGGREGATES_TYPE)
