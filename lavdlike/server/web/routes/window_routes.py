"""Windows of Visdom's environments: what their script calls them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from lavdlike import layout, window_records
from lavdlike.reading import windows
from lavdlike.server.web.endpoints import answering
from lavdlike.server.web.routes.subject import Subject
from lavdlike.window_messages import WindowInfo, WindowsPage


class WindowRoutes(Subject):
    def routes(self) -> list[BaseRoute]:
        return [Route("/api/windows/{experiment}", answering(self._windows))]

    async def _windows(self, request: Request) -> Any:
        name = await self._answers.name_of(request.path_params["experiment"])

        def read() -> tuple[str, list[WindowInfo]]:
            try:
                with self._answers.root.file(f"{name}/{window_records.FILE}") as opened:
                    return windows.read(opened)
            except FileNotFoundError:
                return "", []

        env, found = await self._answers.read(name, read)
        return WindowsPage(layout.experiment_id(name), env, found)
