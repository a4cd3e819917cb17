"""The floor of row 8: a bare Starlette WebSocket that sends the bytes of our messages to whoever looks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from lavdlike.messages import NewPoints, PointsAdded

_looking: set[WebSocket] = set()


async def _feed(websocket: WebSocket) -> None:
    await websocket.accept("lavdlike.feed")
    try:
        while True:
            if json.loads(await websocket.receive_text())["experiments"]:
                _looking.add(websocket)
    except WebSocketDisconnect:
        _looking.discard(websocket)


@contextlib.asynccontextmanager
async def _sending(_app: Starlette) -> AsyncIterator[None]:
    sending = asyncio.create_task(_send(float(sys.argv[2])))
    yield
    sending.cancel()


async def _send(interval_s: float) -> None:
    step = 0
    while True:
        new = NewPoints("group-0/metric-0", "1", step, [step], [round(time.time(), 3)], [0.5])
        message = PointsAdded(step, "experiment-00000", [new])
        text = msgspec.json.encode(message).decode()
        for websocket in list(_looking):
            await websocket.send_text(text)
        step += 1
        await asyncio.sleep(interval_s)


if __name__ == "__main__":
    app = Starlette(routes=[WebSocketRoute("/api/feed", _feed)], lifespan=_sending)
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", ws_per_message_deflate=False)
