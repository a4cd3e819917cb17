"""The routes of docs/protocol.md below `api/`, one module a subject: parse, ask `Answers`, answer.

Who may ask is decided before (`access`). `SUBJECTS` is the registry: a kind that the server does something for (makes
pictures, searches, lays out) has its module here and its line there. `DataRoutes` makes those that share something.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from lavdlike.server.live.answers import Answers
from lavdlike.server.live.edits import Edits
from lavdlike.server.live.hub import Hub
from lavdlike.server.web.documents import Documents
from lavdlike.server.web.routes.board_routes import BoardRoutes
from lavdlike.server.web.routes.detection_routes import DetectionRoutes
from lavdlike.server.web.routes.edit_routes import EditRoutes
from lavdlike.server.web.routes.embedding_routes import EmbeddingRoutes
from lavdlike.server.web.routes.feed_routes import FeedRoutes
from lavdlike.server.web.routes.file_routes import FileRoutes
from lavdlike.server.web.routes.filter_routes import FilterRoutes
from lavdlike.server.web.routes.image_routes import ImageRoutes
from lavdlike.server.web.routes.item_routes import ItemRoutes
from lavdlike.server.web.routes.log_routes import LogRoutes
from lavdlike.server.web.routes.markdown_routes import MarkdownRoutes
from lavdlike.server.web.routes.people_routes import PeopleRoutes
from lavdlike.server.web.routes.rollout_routes import RolloutRoutes
from lavdlike.server.web.routes.root_routes import RootRoutes
from lavdlike.server.web.routes.scalar_routes import ScalarRoutes
from lavdlike.server.web.routes.subject import Subject
from lavdlike.server.web.routes.video_routes import VideoRoutes
from lavdlike.server.web.routes.window_routes import WindowRoutes

SUBJECTS: tuple[type[Subject], ...] = (
    FileRoutes,
    ImageRoutes,
    VideoRoutes,
    LogRoutes,
    RolloutRoutes,
    ScalarRoutes,
    FilterRoutes,
    BoardRoutes,
    WindowRoutes,
    EmbeddingRoutes,
    DetectionRoutes,
    FeedRoutes,
)


class DataRoutes:
    """All of them. The hub is started before the first request, and stopped after `close`."""

    def __init__(self, hub: Hub) -> None:
        answers = Answers(hub)
        self._documents = Documents()
        subjects = [subject(hub, answers) for subject in SUBJECTS]
        edits = Edits(hub)
        subjects += [
            MarkdownRoutes(hub, answers, self._documents),
            PeopleRoutes(hub, answers, edits, self._documents),
            EditRoutes(hub, answers, edits),
        ]
        self._subjects = [
            RootRoutes(hub, answers, subjects),
            *subjects,
            ItemRoutes(hub, answers, subjects),
        ]

    def routes(self) -> list[BaseRoute]:
        return [route for subject in self._subjects for route in subject.routes()]

    async def close(self) -> None:
        for subject in self._subjects:
            await subject.close()
        await self._documents.close()
