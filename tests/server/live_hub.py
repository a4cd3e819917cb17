"""A hub and its answers, started and stopped together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lavdlike.named_roots import NamedRoot
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from lavdlike.server.settings import Settings, WatchOption


class Live:
    def __init__(self, settings: Settings, limits: LiveLimits = DEFAULTS) -> None:
        self.hub = Hub(settings, limits)
        self.answers = Answers(self.hub)


@asynccontextmanager
async def serving(
    root: Path,
    *,
    watch: WatchOption = "auto",
    poll_interval_s: float = 5.0,
    follow_links: bool = False,
    only: str = "",
    several: tuple[NamedRoot, ...] = (),
    boards: tuple[Path, ...] = (),
    limits: LiveLimits = DEFAULTS,
) -> AsyncIterator[Live]:
    """Keep a root, or several, up to date until the block ends."""
    settings = Settings(
        root,
        watch=watch,
        poll_interval_s=poll_interval_s,
        follow_links=follow_links,
        editing=True,
        only=only,
        several=several,
        boards=boards,
    )
    live = Live(settings, limits)
    await live.hub.start()
    try:
        yield live
    finally:
        await live.hub.stop()
