"""What people wrote, did and threw away, for reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.edit_messages import (
    AnnotationsPage,
    AnnotationsRequest,
    EditsPage,
    HistoryPage,
    NotesPage,
    NotesPreview,
    TrashPage,
    UsagePage,
    UsageRequest,
)
from lavdlike.layout import NOTES_FILE, ExperimentId
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.edits import Edits
from lavdlike.server.live.hub import Hub
from lavdlike.server.web.documents import Documents
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.responses import MAX_NOTES_BODY_BYTES, RefusedError, read_json
from lavdlike.server.web.routes.subject import Subject

MAX_EXPERIMENTS = 1000


class PeopleRoutes(Subject):
    """Args: documents: closed by who made them."""

    def __init__(self, hub: Hub, answers: Answers, edits: Edits, documents: Documents) -> None:
        super().__init__(hub, answers)
        self._edits = edits
        self._documents = documents

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/edits", answering(self._done), methods=["GET"]),
            Route("/api/notes/{experiment}", answering(self._notes), methods=["GET"]),
            Route("/api/notes/{experiment}", answering(self._preview), methods=["POST"]),
            Route("/api/history/{experiment}/{file}", answering(self._history)),
            Route("/api/annotations", answering(self._annotations), methods=["POST"]),
            Route("/api/trash", answering(self._trash)),
            Route("/api/usage", answering(self._usage), methods=["POST"]),
        ]

    async def _done(self, _request: Request) -> Any:
        return EditsPage(await self._edits.done())

    async def _trash(self, _request: Request) -> Any:
        return TrashPage(await self._edits.trashed())

    async def _notes(self, request: Request) -> Any:
        experiment = await self._experiment(request)
        text, match = await self._edits.notes(experiment)
        return NotesPage(text, await self._html(text, experiment), match)

    async def _preview(self, request: Request) -> Any:
        experiment = await self._experiment(request)
        text = (await read_json(request, NotesPreview, max_bytes=MAX_NOTES_BODY_BYTES)).text
        return NotesPage(text, await self._html(text, experiment), "")

    async def _history(self, request: Request) -> Any:
        file = layout.from_id(request.path_params["file"])
        if file not in layout.PEOPLE_FILES and layout.board_name(file) is None:
            raise FileNotFoundError
        return HistoryPage(await self._edits.history(await self._experiment(request), file))

    async def _annotations(self, request: Request) -> Any:
        wanted = await read_json(request, AnnotationsRequest)
        return AnnotationsPage(await self._edits.annotations(self._there(wanted.experiments)))

    async def _usage(self, request: Request) -> Any:
        wanted = await read_json(request, UsageRequest)
        return UsagePage(await self._edits.usage(self._there(wanted.experiments)))

    async def _experiment(self, request: Request) -> ExperimentId:
        return layout.experiment_id(await self._answers.name_of(request.path_params["experiment"]))

    async def _html(self, text: str, experiment: ExperimentId) -> str:
        """Notes as documents are shown."""
        if not text:
            return ""
        return (await self._documents.page(text.encode(errors="replace"), experiment, NOTES_FILE)).html

    def _there(self, experiments: Sequence[ExperimentId]) -> list[ExperimentId]:
        """Those that are there, each once."""
        if len(experiments) > MAX_EXPERIMENTS:
            raise RefusedError(
                400, f"At most {MAX_EXPERIMENTS:,} experiments at a time, not {len(experiments):,}."
            )
        names = dict.fromkeys(map(layout.experiment_name, experiments))
        return [layout.experiment_id(name) for name in names if name in self._hub.rows.rows]
