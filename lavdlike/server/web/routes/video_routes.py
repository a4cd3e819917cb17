"""Videos that items name outside of the tree; those in it are files like others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from lavdlike import layout
from lavdlike.disk.media_folders import MediaFolders
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.kinds import videos
from lavdlike.messages import Item, Problem
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.web import raw_files
from lavdlike.server.web.endpoints import Asgi, refusing
from lavdlike.server.web.queries import item_address
from lavdlike.server.web.routes.subject import Subject


class VideoRoutes(Subject):
    kind = videos.KIND

    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._media = MediaFolders(dict(hub.settings.media))

    def routes(self) -> list[BaseRoute]:
        path = "/api/videos/{experiment}/{step}/{label:path}"
        return [Route(path, Asgi(self._video), methods=["GET"])]

    async def complete(self, items: Sequence[Item]) -> None:
        """Say of which of them nobody has said where they are."""
        for item in items:
            try:
                self._place(item)
            except NotServedError as error:
                path = layout.from_id(item.files[0].path)
                item.problem = item.problem or Problem(layout.shown(path), f"{error.path}: {error.reason}")

    async def _video(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        with refusing():
            address = item_address(request, self.kind.name)
            (item,) = await self._answers.items([address])
            place = self._place(item) if item is not None else None
            if place is None:
                raise FileNotFoundError
            root, path = place
            await raw_files.send_file(
                root,
                path,
                raw_files.Conditions.of(request),
                send,
                read=partial(self._answers.read, layout.experiment_name(address.experiment)),
            )

    def _place(self, item: Item) -> tuple[Root, str] | None:
        content = item.content
        if not isinstance(content, videos.VideoContent) or not content.source:
            return None
        return self._media.root_and_path(content.source)
