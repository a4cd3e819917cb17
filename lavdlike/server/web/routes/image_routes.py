"""Pictures of image items: as they are, or made smaller or into a form that a browser shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from lavdlike import layout
from lavdlike.disk.media_folders import MediaFolders
from lavdlike.errors import PictureError
from lavdlike.kinds import images
from lavdlike.messages import Item, ItemAddress, Problem
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.sandbox.thumbnails import Thumbnails
from lavdlike.server.web import picture_responses, raw_files
from lavdlike.server.web.endpoints import Asgi, if_valid, refusing, unless_gone
from lavdlike.server.web.outside_pictures import NamedPicture, named_by
from lavdlike.server.web.queries import Query, item_address
from lavdlike.server.web.routes.subject import Subject


class ImageRoutes(Subject):
    kind = images.KIND

    def __init__(self, hub: Hub, answers: Answers) -> None:
        super().__init__(hub, answers)
        self._thumbnails = Thumbnails()
        self._media = MediaFolders(dict(hub.settings.media))

    def routes(self) -> list[BaseRoute]:
        path = "/api/pictures/{experiment}/{step}/{label:path}"
        return [Route(path, Asgi(self._picture), methods=["GET"])]

    async def complete(self, items: Sequence[Item]) -> None:
        await picture_responses.describe_pictures(items, self._answers.root, self._thumbnails, self._media)

    async def close(self) -> None:
        await asyncio.to_thread(self._thumbnails.close)

    async def _picture(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        size = Query(request).number("size")
        with refusing():
            address = item_address(request, self.kind.name)
            path = await self._answers.shown_file(address)
            named = await self._named(address, path)
            answer = picture_responses.send_picture(
                named.root,
                named.path,
                size,
                raw_files.Conditions.of(request),
                send,
                transform=named.steps,
                read=partial(self._answers.read, layout.experiment_name(address.experiment)),
                thumbnails=self._thumbnails,
            )
            try:
                await if_valid(unless_gone(request, answer))
            except PictureError as error:
                self._answers.keep_problem(address, Problem(layout.shown(path), str(error)))
                raise

    async def _named(self, address: ItemAddress, path: str) -> NamedPicture:
        """The picture of an item, whose shown file has this path: that file, or one outside of the tree."""
        if not picture_responses.is_picture(path):
            (item,) = await self._answers.items([address])
            named = named_by(item, self._media) if item is not None else None
            if item is not None and named is not None and named.steps:
                await picture_responses.describe_pictures(
                    [item], self._answers.root, self._thumbnails, self._media
                )
                if item.problem is not None:
                    raise PictureError(item.problem.reason)
            if named is not None:
                return named
        return NamedPicture(self._answers.root, path)
