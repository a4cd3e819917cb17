"""The root, the labels of an experiment, and what cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike.kinds import plugins
from lavdlike.kinds.kind import FramePage, ShownPage
from lavdlike.messages import Editing, FrameKind
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.past_answers import PastAnswers, root_page_at
from lavdlike.server.live.root_part import ARCHIVE
from lavdlike.server.web.access import Visitor
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.queries import Query
from lavdlike.server.web.routes.subject import Subject

_UNWRITABLE = "The folder of the experiments cannot be written to by this server."
_ARCHIVE = "What is shown is an archive, in which nothing is changed."


class RootRoutes(Subject):
    """Args: subjects: those that may read ahead for the page that is opened."""

    def __init__(self, hub: Hub, answers: Answers, subjects: Sequence[Subject]) -> None:
        super().__init__(hub, answers)
        self._subjects = subjects
        self._past = PastAnswers(hub, answers)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/root", answering(self._root)),
            Route("/api/experiments/{experiment}", answering(self._catalogue)),
            Route("/api/problems", answering(self._problems)),
        ]

    async def _root(self, request: Request) -> Any:
        query = Query(request)
        until = query.cursor()
        page = await self._answers.root_page()
        if until is not None:
            page = root_page_at(page, until)
        opened = query.text("page")
        for subject in self._subjects:
            if subject.kind is not None and subject.kind.name == opened:
                subject.page_opens()
        page.editing = _editing(request.state.visitor, is_server_editing=self._hub.settings.editing)
        if page.editing.allowed and all(root.unwritable for root in page.roots):
            page.editing.allowed = False
            is_archive = all(root.unwritable == ARCHIVE for root in page.roots)
            page.editing.reason = _ARCHIVE if is_archive else _UNWRITABLE
        page.kinds = [
            _frame_kind(kind.name, kind.page) for kind in plugins.load().kinds if kind.page is not None
        ]
        return page

    async def _catalogue(self, request: Request) -> Any:
        until = Query(request).cursor()
        if until is not None:
            return await self._past.catalogue(request.path_params["experiment"], until)
        return await self._answers.catalogue(request.path_params["experiment"])

    async def _problems(self, _request: Request) -> Any:
        page = await self._answers.problems()
        page.problems = [*plugins.load().problems, *page.problems]
        return page


def _frame_kind(name: str, page: FramePage | ShownPage) -> FrameKind:
    title = page.title or name
    max_bytes = page.max_bytes if isinstance(page, FramePage) else None
    return FrameKind(name, title, page.noun or title, page.card_height, max_bytes)


def _editing(visitor: Visitor, *, is_server_editing: bool) -> Editing:
    if not is_server_editing:
        reason = "This server only reads: it was started with --readonly, or with --no-token without --allow-edits."
        return Editing(allowed=False, user=visitor.name, reason=reason)
    if not visitor.may_edit:
        return Editing(allowed=False, user=visitor.name, reason="You may read here, but not change anything.")
    return Editing(allowed=True, user=visitor.name)
