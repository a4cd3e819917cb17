"""The routes that change files of the tree. Only there if the server may (`Settings.editing`)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lavdlike import layout
from lavdlike.edit_messages import Edit, EditAnswer, EditRequest
from lavdlike.edits.rules import MAX_TARGETS
from lavdlike.errors import BadEditError, EditError, NothingThereError
from lavdlike.page_event_messages import EventsAnswer, EventsRequest
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.edits import Edits
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.workers import TooSlowError
from lavdlike.server.web.access import Visitor
from lavdlike.server.web.encoding import encoded
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.rate_limit import RateLimit
from lavdlike.server.web.responses import JSON_TYPE, MAX_NOTES_BODY_BYTES, RefusedError, read_json
from lavdlike.server.web.routes.subject import Subject

EDITS_PER_S = 20


class EditRoutes(Subject):
    def __init__(self, hub: Hub, answers: Answers, edits: Edits) -> None:
        super().__init__(hub, answers)
        self._edits = edits
        self._rate = RateLimit(EDITS_PER_S, 1.0)

    def routes(self) -> list[BaseRoute]:
        may = self._hub.settings.editing
        edit, tell = (self._edit, self._tell) if may else (_refuse, _refuse)
        return [
            Route("/api/edits", answering(edit), methods=["POST"]),
            Route("/api/events/{experiment}", answering(tell), methods=["POST"]),
        ]

    async def _edit(self, request: Request) -> Any:
        visitor = _who_may_edit(request)
        self._slow_down(visitor.session or visitor.name or _address_of(request))
        edit = (await read_json(request, EditRequest, max_bytes=MAX_NOTES_BODY_BYTES)).edit
        _check_count(edit)
        with _refusing():
            answer = await self._edits.do(edit, by=visitor.name)
        return Response(await encoded(answer), _status_of(answer), media_type=JSON_TYPE)

    async def _tell(self, request: Request) -> Any:
        visitor = _who_may_edit(request)
        self._slow_down(f"events of {visitor.session or visitor.name or _address_of(request)}")
        experiment = layout.experiment_id(await self._answers.name_of(request.path_params["experiment"]))
        told = await read_json(request, EventsRequest, max_bytes=MAX_NOTES_BODY_BYTES)
        with _refusing():
            return EventsAnswer(await self._edits.tell(experiment, told, by=visitor.name))

    def _slow_down(self, who: str) -> None:
        wait_s = self._rate.wait_s(who, time.monotonic())
        if wait_s:
            raise RefusedError(
                429,
                f"More than {EDITS_PER_S} edits within a second.",
                "Edit several experiments at once.",
                headers={"Retry-After": str(math.ceil(wait_s))},
            )


def _who_may_edit(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    if not visitor.may_edit:
        raise RefusedError(403, "You may read here, but not change anything.")
    return visitor


def _address_of(request: Request) -> str:
    return request.client.host if request.client else ""


@contextmanager
def _refusing() -> Iterator[None]:
    """Answers with what is wrong with an edit."""
    try:
        yield
    except BadEditError as error:
        raise RefusedError(400, f"Nothing was changed: {error}.") from None
    except NothingThereError as error:
        raise RefusedError(404, f"Nothing was changed: {error}.") from None
    except EditError as error:
        raise RefusedError(503, f"Nothing was changed: {error}.") from None
    except TooSlowError as error:
        raise RefusedError(
            503, f"It is not known whether it was changed: {error}.", "Look before you try it again."
        ) from None


async def _refuse(_request: Request) -> Any:
    """In the place of the route, which is not there; its path also has one that reads."""
    raise RefusedError(
        404, "This server changes nothing.", "It was started with --readonly, or without a token."
    )


def _check_count(edit: Edit) -> None:
    for name in ("targets", "trashed"):
        count = len(getattr(edit, name, ()))
        if count > MAX_TARGETS:
            raise RefusedError(400, f"At most {MAX_TARGETS:,} experiments are edited at once, not {count:,}.")


def _status_of(answer: EditAnswer) -> int:
    return 409 if answer.refused and not answer.id else 200
