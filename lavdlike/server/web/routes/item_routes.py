"""Items of all kinds, and parts of those that are too large to be sent whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike.messages import Item, ItemsPage, ItemsRequest
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.web.endpoints import answering, if_valid, unless_gone
from lavdlike.server.web.queries import item_address
from lavdlike.server.web.responses import read_json
from lavdlike.server.web.routes.subject import Subject


class ItemRoutes(Subject):
    """Args: subjects: those that may have something to say of an item."""

    def __init__(self, hub: Hub, answers: Answers, subjects: Sequence[Subject]) -> None:
        super().__init__(hub, answers)
        self._subjects = subjects

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/media/{experiment}", answering(self._media)),
            Route("/api/items", answering(self._items), methods=["POST"]),
            Route("/api/items/{experiment}/{kind}/{step}/{label:path}", answering(self._item)),
            Route("/api/parts/{experiment}/{kind}/{step}/{label:path}", answering(self._part)),
        ]

    async def _media(self, request: Request) -> Any:
        matches = request.query_params.getlist("match")
        experiment = request.path_params["experiment"]
        return await unless_gone(request, self._answers.media_preview(experiment, matches))

    async def _items(self, request: Request) -> Any:
        wanted = await read_json(request, ItemsRequest)
        found = await if_valid(self._answers.items(wanted.items))
        await self._complete(found)
        return ItemsPage(found)

    async def _item(self, request: Request) -> Any:
        (found,) = await self._answers.items([item_address(request, request.path_params["kind"])])
        if found is None:
            raise FileNotFoundError
        await self._complete([found])
        return found

    async def _part(self, request: Request) -> Any:
        address = item_address(request, request.path_params["kind"])
        part = self._answers.part(address, dict(request.query_params))
        return await if_valid(unless_gone(request, part))

    async def _complete(self, found: Sequence[Item | None]) -> None:
        by_kind: dict[str, list[Item]] = {}
        for item in found:
            if item is not None:
                by_kind.setdefault(item.address.kind, []).append(item)
        for subject in self._subjects:
            if subject.kind is not None and subject.kind.name in by_kind:
                await subject.complete(by_kind[subject.kind.name])
        self._answers.keep_problems(found)
