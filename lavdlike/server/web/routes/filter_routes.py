"""Which experiments are meant, what they have in common, and whether one group is better than another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike.filter_messages import (
    ComparisonRequest,
    FilterRequest,
    ImportanceAnswer,
    ImportanceRequest,
)
from lavdlike.messages import Cursor
from lavdlike.reading.filter.importance import FEWEST, importances
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.filter_answers import FilterAnswers
from lavdlike.server.live.hub import Hub
from lavdlike.server.sandbox.forests import Forests
from lavdlike.server.web.endpoints import answering, if_valid, unless_gone
from lavdlike.server.web.queries import Query
from lavdlike.server.web.responses import read_json
from lavdlike.server.web.routes.subject import Subject


class FilterRoutes(Subject):
    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._filters = FilterAnswers(hub)
        self._forests = Forests()

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/filter", answering(self._filter), methods=["POST"]),
            Route("/api/compare-groups", answering(self._compare), methods=["POST"]),
            Route("/api/importance", answering(self._importance), methods=["POST"]),
        ]

    async def close(self) -> None:
        self._forests.close()
        await self._filters.close()

    async def _filter(self, request: Request) -> Any:
        wanted = await read_json(request, FilterRequest)
        return await if_valid(unless_gone(request, self._filters.answer(wanted, Query(request).cursor())))

    async def _compare(self, request: Request) -> Any:
        wanted = await read_json(request, ComparisonRequest)
        return await if_valid(unless_gone(request, self._filters.compare(wanted, Query(request).cursor())))

    async def _importance(self, request: Request) -> Any:
        wanted = await read_json(request, ImportanceRequest)
        return await if_valid(unless_gone(request, self._importance_answer(wanted, Query(request).cursor())))

    async def _importance_answer(self, wanted: ImportanceRequest, until: Cursor | None) -> ImportanceAnswer:
        (table, mistakes, _, _), unread = await self._filters.result_table(wanted, until)
        found = await asyncio.to_thread(importances, table)
        n = len(table.results)
        answer = ImportanceAnswer(n, FEWEST, found, mistakes, unread=unread)
        if not wanted.forest or n < FEWEST or not table.fields:
            return answer
        forest = await self._forests.grown(table)
        losses: Sequence[float | None] = forest.losses or [None] * len(found)
        return msgspec.structs.replace(
            answer,
            importances=[
                msgspec.structs.replace(each, forest=loss) for each, loss in zip(found, losses, strict=True)
            ],
            forest_explained=forest.explained,
            forest_failure=forest.error,
        )
