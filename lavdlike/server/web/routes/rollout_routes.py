"""Lists of rollouts, and one of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.kinds import rollouts
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import Cursor
from lavdlike.reading.rollout_pages.made_lines import RolloutFile
from lavdlike.rollout_messages import RolloutRequest, RolloutsRequest
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.past_answers import PastAnswers
from lavdlike.server.web.endpoints import answering, if_valid, unless_gone
from lavdlike.server.web.queries import Query
from lavdlike.server.web.responses import read_json
from lavdlike.server.web.routes.subject import Subject

if TYPE_CHECKING:
    from lavdlike.reading.rollout_pages.rollout_library import RolloutLibrary


class RolloutRoutes(Subject):
    kind = rollouts.KIND

    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._past = PastAnswers(hub, answers)
        self._opened: RolloutLibrary | None = None

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/rollouts", answering(self._page), methods=["POST"]),
            Route("/api/rollout", answering(self._one), methods=["POST"]),
        ]

    async def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    @property
    def _library(self) -> RolloutLibrary:
        """Made for the first request: it needs numpy, which a server starts without."""
        if self._opened is None:
            from lavdlike.reading.rollout_pages.rollout_library import RolloutLibrary

            self._opened = RolloutLibrary(self._answers.root)
        return self._opened

    async def _page(self, request: Request) -> Any:
        wanted = await read_json(request, RolloutsRequest)
        until = Query(request).cursor()
        name, files = await self._files(
            wanted.experiment, wanted.label, is_global=wanted.is_global, until=until
        )
        answer = self._answers.read(name, partial(self._library.page, files, wanted))
        return await if_valid(unless_gone(request, answer))

    async def _one(self, request: Request) -> Any:
        wanted = await read_json(request, RolloutRequest)
        name, files = await self._files(wanted.experiment, wanted.label, is_global=wanted.is_global)
        path = layout.from_id(wanted.file)
        file = next((each for each in files if each.in_experiment == path), None)
        if file is None:
            raise FileNotFoundError
        return await if_valid(self._answers.read(name, partial(self._library.read, file, wanted)))

    async def _files(
        self, experiment: ExperimentId, label: str, *, is_global: bool, until: Cursor | None = None
    ) -> tuple[ExperimentName, list[RolloutFile]]:
        name, found = await self._past.files_by_step(experiment, self.kind.name, label, until)
        files = [
            RolloutFile(f"{name}/{path}", path, step) for step, path in found if (step is None) == is_global
        ]
        if not files:
            raise FileNotFoundError
        return name, files
