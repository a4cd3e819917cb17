"""Browsers without a page, and a script that logs: what follows a server needs."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from websockets import Subprotocol
from websockets.asyncio.client import ClientConnection, connect

from benchmarks import servers

LABEL = "group-0/metric-0"


@contextlib.asynccontextmanager
async def browser(
    port: int, experiments: list[str], labels: Sequence[str] = (LABEL, "loss"), *, short: bool = False
) -> AsyncIterator[ClientConnection]:
    """`short`: whether it takes points as bytes, as the page does."""
    async with connect(
        f"ws://127.0.0.1:{port}/api/feed", subprotocols=[Subprotocol("lavdlike.feed")]
    ) as connection:
        look = {
            "type": "look",
            "experiments": experiments,
            "kinds": ["scalars"],
            "scalar_labels": list(labels),
            "short_points": short,
        }
        await connection.send(json.dumps(look))
        yield connection


def labels(server: servers.Server, experiments: list[str]) -> None:
    """What a page asks for after its look: only what it has got is followed."""
    for start in range(0, len(experiments), 50):
        server.get("/api/scalars/labels", {"experiments": experiments[start : start + 50]})


def appender(path: Path) -> Callable[[str], None]:
    file = os.open(path, os.O_WRONLY | os.O_APPEND)

    def append(text: str) -> None:
        os.write(file, text.encode())

    return append


async def points(connection: ClientConnection) -> tuple[int, int]:
    """The next message with points: how many, and its bytes."""
    while True:
        text = await connection.recv()
        message = json.loads(text)
        if message["type"] == "points":
            return sum(len(series["steps"]) for series in message["series"]), len(text)
