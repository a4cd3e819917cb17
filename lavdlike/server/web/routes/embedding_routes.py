"""Vectors of an embedding laid out in two or three dimensions."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.disk.filling import fill
from lavdlike.errors import LimitError
from lavdlike.kinds import embeddings
from lavdlike.messages import ProjectionRequest
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.sandbox.projections import MAX_FILE_BYTES, Projections
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.responses import read_json
from lavdlike.server.web.routes.subject import Subject


class EmbeddingRoutes(Subject):
    kind = embeddings.KIND

    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._projections = Projections()

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/projections", answering(self._projection), methods=["POST"])]

    async def close(self) -> None:
        self._projections.close()

    async def _projection(self, request: Request) -> Any:
        wanted = await read_json(request, ProjectionRequest)
        name = layout.from_id(wanted.experiment)
        path = f"{name}/{layout.from_id(wanted.path)}"
        descriptor = await self._answers.read(name, partial(self._descriptor, path))
        return StreamingResponse(
            self._projections.lines(wanted, descriptor), media_type="application/x-ndjson"
        )

    def _descriptor(self, path: str) -> int:
        """A descriptor of a file of the tree that is the caller's to close. In a thread."""
        with self._answers.root.file(path) as opened:
            if opened.status.st_size > MAX_FILE_BYTES:
                raise LimitError(
                    path, f"larger than {MAX_FILE_BYTES // 2**20} MiB, the most that is laid out"
                )
            return os.dup(fill(opened.fd))
