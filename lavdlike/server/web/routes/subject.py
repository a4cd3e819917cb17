"""What each subject's routes have in common (docs/protocol.md has the routes)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from starlette.routing import BaseRoute

from lavdlike.kinds.kind import Kind
from lavdlike.messages import Item
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub


class Subject:
    """The routes of one subject: of a kind that the server does something for, or of what all kinds have.

    One is made before the server starts; the hub is started before the first request.

    `kind`: which kind, for the subject of a kind.
    """

    kind: ClassVar[Kind | None] = None

    def __init__(self, hub: Hub, answers: Answers) -> None:
        self._hub = hub
        self._answers = answers

    def routes(self) -> list[BaseRoute]:
        """The routes below `api/`; none of another subject has the same path."""
        raise NotImplementedError

    def page_opens(self) -> None:
        """A browser is about to open the page of this kind: what it asks for then may be read meanwhile."""

    async def complete(self, items: Sequence[Item]) -> None:
        """Fill in what only this subject can say of items of its kind that are about to be sent."""

    async def close(self) -> None:
        """End what was started for it. Whoever waits for an answer gets an error at once."""
