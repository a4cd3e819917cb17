"""Boards: which there are, what one says, and what a text would say."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.board_messages import BoardPreview
from lavdlike.errors import NothingThereError
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.responses import MAX_NOTES_BODY_BYTES, read_json
from lavdlike.server.web.routes.subject import Subject


class BoardRoutes(Subject):
    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/boards", answering(self._listed)),
            Route("/api/boards/preview", answering(self._preview), methods=["POST"]),
            Route("/api/boards/{experiment}/{file}", answering(self._page)),
        ]

    async def _listed(self, request: Request) -> Any:
        experiment = request.query_params.get("experiment")
        if experiment is not None:
            experiment = layout.experiment_id(await self._answers.name_of(experiment))
        try:
            return await self._hub.boards.listed(experiment)
        except NothingThereError:
            raise FileNotFoundError from None

    async def _page(self, request: Request) -> Any:
        experiment, file = (layout.from_id(request.path_params[name]) for name in ("experiment", "file"))
        return await self._hub.boards.page(layout.file_id(layout.ExperimentName(experiment), file))

    async def _preview(self, request: Request) -> Any:
        wanted = await read_json(request, BoardPreview, max_bytes=MAX_NOTES_BODY_BYTES)
        return await self._hub.boards.preview(wanted.text, wanted.operations)
