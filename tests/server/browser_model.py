"""What a browser would show: asks once, then goes by the feed alone. Compared with a server that was just started."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lavdlike.kinds import registry
from lavdlike.messages import (
    ExperimentsChanged,
    FeedMessage,
    FileGrew,
    HealthChanged,
    Hello,
    ItemAddress,
    ItemsChanged,
    Look,
    PointsAdded,
    Resync,
    ScalarsChanged,
)
from lavdlike.scalar_messages import SeriesRequest
from lavdlike.server.settings import Settings
from tests.limits import LIMIT_S
from tests.server.live_hub import Live

KINDS = [*registry.BY_NAME]
LABELS = ["loss", "x/loss", "a", "x/a", "y/a"]


class Browser:
    """Shows everything of some experiments (ids)."""

    def __init__(self, live: Live, experiments: list[str]) -> None:
        self.live = live
        self.experiments = experiments
        self.rows: set[str] = set()
        self.items: dict[str, dict[tuple[str, str, int | None], Any]] = {}
        self.series: dict[tuple[str, str, str], list[tuple[int, Any]]] = {}
        self.messages: list[FeedMessage] = []
        self._identities: dict[tuple[str, str, str], str] = {}
        self._heard = asyncio.Event()
        self._subscription = live.hub.subscribe()
        self._listening = asyncio.ensure_future(self._listen())

    async def open(self) -> None:
        self._subscription.look(Look(self.experiments, KINDS, LABELS))
        await self._ask_all()

    async def close(self) -> None:
        self._subscription.close()
        await self._listening

    def shown(self) -> dict[str, Any]:
        """What it shows, in a form that two servers can be compared by."""
        return {"rows": self.rows, "items": self.items, "series": {k: v for k, v in self.series.items() if v}}

    async def hears_more(self, seconds: float) -> None:
        """Wait for changes, at most for so long."""
        self._heard.clear()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._heard.wait(), seconds)

    async def _listen(self) -> None:
        while batch := await self._subscription.next_batch():
            self.messages.extend(batch)
            for message in batch:
                await self._take(message)
            self._heard.set()

    async def _take(self, message: FeedMessage) -> None:
        if isinstance(message, ExperimentsChanged):
            self.rows.difference_update(message.removed)
            self.rows.update(row.id for row in message.changed)
        elif isinstance(message, ItemsChanged):
            shown = self.items.setdefault(message.experiment, {})
            addresses = [ItemAddress(message.experiment, c.kind, c.label, c.step) for c in message.changes]
            for change, item in zip(message.changes, await items(self.live, addresses), strict=True):
                if item is None:
                    shown.pop((change.kind, change.label, change.step), None)
                else:
                    shown[change.kind, change.label, change.step] = item
            if not shown:
                del self.items[message.experiment]
        elif isinstance(message, PointsAdded):
            self._add_points(message)
        elif isinstance(message, ScalarsChanged):
            await self._ask_series(message.experiment)
        elif isinstance(message, Resync):
            await self._ask_all()
        else:
            assert isinstance(message, HealthChanged | Hello | FileGrew)

    def _add_points(self, message: PointsAdded) -> None:
        for points in message.series:
            key = (message.experiment, points.label, points.writer)
            if self._identities.get(key) != points.identity:
                continue  # the series is asked for anew
            known = self.series[key]
            assert points.first_index <= len(known), "points are missing"
            new = list(zip(points.steps, points.values, strict=True))
            self.series[key] = known[: points.first_index] + new + known[points.first_index + len(new) :]

    async def _ask_all(self) -> None:
        self.rows = {row.id for row in (await self.live.answers.root_page()).experiments}
        for experiment in self.experiments:
            self.items.pop(experiment, None)
            if experiment not in self.rows:
                continue
            catalogue = await self.live.answers.catalogue(experiment)
            addresses = [
                ItemAddress(experiment, entry.kind, entry.label, step)
                for entry in catalogue.labels
                for step in [
                    *([None] if entry.has_global else []),
                    *(first + i * stride for first, count, stride in entry.steps for i in range(count)),
                ]
            ]
            found = await items(self.live, addresses)
            shown = {
                (a.kind, a.label, a.step): item for a, item in zip(addresses, found, strict=True) if item
            }
            if shown:
                self.items[experiment] = shown
            await self._ask_series(experiment)

    async def _ask_series(self, experiment: str) -> None:
        page = await self.live.answers.series_page(SeriesRequest([experiment], LABELS, columns=0))
        for key in [key for key in self.series if key[0] == experiment]:
            del self.series[key], self._identities[key]
        for series in page.series:
            key = (experiment, series.head.label, series.head.writer)
            self.series[key] = list(zip(series.steps, series.values, strict=True))
            self._identities[key] = series.head.identity


async def items(live: Live, addresses: list[ItemAddress]) -> list[Any]:
    """The items as plain values, without what two servers may differ in."""
    found = await live.answers.items(addresses)
    plain: list[Any] = msgspec.to_builtins(found)
    for item in plain:
        if item is not None:
            del item["sequence"]
            for file in item["files"]:
                file["etag"] = file["etag"].removeprefix("W/")  # which only says how old it is
    return plain


async def fresh(root: Path, experiments: list[str]) -> dict[str, Any]:
    """What a server shows that is started now."""
    live = Live(Settings(root, watch="poll"))
    await live.hub.start()
    browser = Browser(live, experiments)
    await browser.open()
    shown = browser.shown()
    await browser.close()
    await live.hub.stop()
    return shown


async def assert_true(browser: Browser, root: Path) -> None:
    """Once all is quiet, the browser shows what is on disk."""
    truth = await fresh(root, browser.experiments)
    deadline = time.monotonic() + LIMIT_S
    while browser.shown() != truth:
        if time.monotonic() > deadline:
            pytest.fail(f"shown: {browser.shown()}\ntruth: {truth}\nlast messages: {browser.messages[-10:]}")
        await browser.hears_more(0.1)
