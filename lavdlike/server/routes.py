"""The routes of docs/protocol.md below `api/`: parse, ask `Live`, answer. Who may ask is decided before (`access`)."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from lavdlike import layout
from lavdlike.errors import LimitError, LogFormatError, NotServedError, PictureError
from lavdlike.kinds import images
from lavdlike.server import logs, markdown, picture_answers, raw_files
from lavdlike.server.access import FEED_SUBPROTOCOL
from lavdlike.server.answers import JSON_TYPE, RefusedError, read_json
from lavdlike.server.feed import Texts
from lavdlike.server.files import OpenedFile
from lavdlike.server.live import Live
from lavdlike.server.messages import (
    ItemAddress,
    ItemsPage,
    ItemsRequest,
    Look,
    PollRequest,
    ProjectionRequest,
    ScalarLabelsPage,
    ScalarLabelsRequest,
    SeriesRequest,
)
from lavdlike.server.projections import MAX_FILE_BYTES as MAX_PROJECTED_BYTES
from lavdlike.server.projections import Projections
from lavdlike.server.subscriptions import Subscription
from lavdlike.server.thumbnails import Thumbnails
from lavdlike.server.turns import encoded
from lavdlike.server.workers import TooSlowError

_log = logging.getLogger(__name__)

T = TypeVar("T")

SERIES_TYPE = "application/vnd.lavdlike.series"
# Each is a child process with its memory.
MAX_RENDERED_AT_ONCE = 2
_UNSUPPORTED_DATA = 1003
_TOO_SLOW_RETRY_S = 5


def data_routes(
    live: Live, thumbnails: Thumbnails, renderer: markdown.Markdown, projections: Projections
) -> list[BaseRoute]:
    """The routes below `api/`. `live` is started before the first request; who made the four ends them."""
    rendering = asyncio.Semaphore(MAX_RENDERED_AT_ONCE)
    texts = Texts()

    async def root(_request: Request) -> Any:
        return await live.root_page()

    async def catalogue(request: Request) -> Any:
        return await live.catalogue(request.path_params["experiment"])

    async def items(request: Request) -> Any:
        wanted = await read_json(request, ItemsRequest)
        found = await _if_valid(live.items(wanted.items))
        await picture_answers.describe_pictures(found, live.root, thumbnails)
        live.met(found)
        return ItemsPage(found)

    async def item(request: Request) -> Any:
        (found,) = await live.items([_item_address(request, request.path_params["kind"])])
        if found is None:
            raise FileNotFoundError
        await picture_answers.describe_pictures([found], live.root, thumbnails)
        live.met([found])
        return found

    async def part(request: Request) -> Any:
        address = _item_address(request, request.path_params["kind"])
        return await _if_valid(live.part(address, dict(request.query_params)))

    async def picture(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        size = _Query(request).number("size")
        with _refusing():
            (found,) = await live.items([_item_address(request, images.KIND.name)])
            if found is None:
                raise FileNotFoundError
            experiment = layout.from_id(request.path_params["experiment"])
            answer = picture_answers.send_picture(
                live.root,
                f"{experiment}/{layout.from_id(found.files[0].path)}",
                size,
                raw_files.Conditions.of(request),
                send,
                read=partial(live.read, experiment),
                thumbnails=thumbnails,
            )
            try:
                await _if_valid(_unless_gone(request, answer))
            except PictureError as error:
                live.met([found], str(error))
                raise

    async def file(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        experiment, path = _path(request)
        with _refusing():
            await raw_files.send_file(
                live.root,
                path,
                raw_files.Conditions.of(request),
                send,
                read=partial(live.read, experiment),
                download=_Query(request).flag("download"),
            )

    async def folder(request: Request) -> Any:
        return await live.folder(request.path_params["experiment"], request.path_params.get("path", ""))

    async def log(request: Request) -> Any:
        query = _Query(request)
        read = partial(
            logs.read_page,
            start=query.number("start"),
            end=query.number("end"),
            near=query.number("near"),
            lines=query.number("lines") or logs.DEFAULT_LINES,
            tags=query.all("tag"),
        )
        return await _if_valid(_of_file(live, request, lambda opened: read(opened.fd)))

    async def log_search(request: Request) -> Any:
        query = _Query(request)
        search = partial(
            logs.search,
            text=query.text("text"),
            is_regex=query.flag("regex"),
            start=query.number("from"),
            backwards=query.flag("backwards"),
            limit=query.number("limit") or logs.DEFAULT_MATCHES,
            tags=query.all("tag"),
        )
        return await _if_valid(_of_file(live, request, lambda opened: search(opened.fd)))

    async def markdown_page(request: Request) -> Any:
        source = await _of_file(live, request, lambda opened: os.pread(opened.fd, markdown.MAX_BYTES + 1, 0))
        given = request.path_params
        render = partial(
            renderer.page, source, layout.usual_id(given["experiment"]), layout.from_id(given["path"])
        )
        async with rendering:
            return await asyncio.to_thread(render)

    async def scalar_labels(request: Request) -> Any:
        wanted = await read_json(request, ScalarLabelsRequest)
        return ScalarLabelsPage(await live.scalar_labels(wanted.experiments))

    async def series(request: Request) -> Any:
        wanted = await read_json(request, SeriesRequest)
        if "application/json" in request.headers.get("accept", ""):
            return await _if_valid(live.series_page(wanted))
        return Response(await _if_valid(live.series(wanted)), media_type=SERIES_TYPE)

    async def projection(request: Request) -> Any:
        wanted = await read_json(request, ProjectionRequest)
        path = f"{layout.from_id(wanted.experiment)}/{layout.from_id(wanted.path)}"
        name = layout.from_id(wanted.experiment)
        descriptor = await live.read(name, partial(_descriptor, live, path))
        return StreamingResponse(projections.lines(wanted, descriptor), media_type="application/x-ndjson")

    async def problems(_request: Request) -> Any:
        return await live.problems()

    async def poll(request: Request) -> Any:
        return await _unless_gone(request, live.poll(await read_json(request, PollRequest)))

    async def feed(websocket: WebSocket) -> None:
        await _feed(websocket, live, texts)

    return [
        Route("/api/root", _answering(root)),
        Route("/api/experiments/{experiment}", _answering(catalogue)),
        Route("/api/items", _answering(items), methods=["POST"]),
        Route("/api/items/{experiment}/{kind}/{step}/{label:path}", _answering(item)),
        Route("/api/parts/{experiment}/{kind}/{step}/{label:path}", _answering(part)),
        Route("/api/pictures/{experiment}/{step}/{label:path}", _Asgi(picture), methods=["GET"]),
        Route("/api/files/{experiment}/{path:path}", _Asgi(file), methods=["GET"]),
        Route("/api/folders/{experiment}", _answering(folder)),
        Route("/api/folders/{experiment}/{path:path}", _answering(folder)),
        Route("/api/logs/{experiment}/{path:path}", _answering(log)),
        Route("/api/log-search/{experiment}/{path:path}", _answering(log_search)),
        Route("/api/markdown/{experiment}/{path:path}", _answering(markdown_page)),
        Route("/api/scalars/labels", _answering(scalar_labels), methods=["POST"]),
        Route("/api/scalars/series", _answering(series), methods=["POST"]),
        Route("/api/projections", _answering(projection), methods=["POST"]),
        Route("/api/problems", _answering(problems)),
        Route("/api/poll", _answering(poll), methods=["POST"]),
        WebSocketRoute("/api/feed", feed),
    ]


# --- answers and refusals -----------------------------------------------------------------------------------


class _Asgi:
    """What Starlette takes for an application of its own, so that it sends its answer itself."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _answering(ask: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers with what `ask` returns: a message, or a `Response` as it is."""

    async def endpoint(request: Request) -> Response:
        with _refusing():
            answer = await ask(request)
        if isinstance(answer, Response):
            return answer
        return Response(await encoded(answer), media_type=JSON_TYPE)

    return endpoint


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what can be wrong with files of the tree into refusals."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise RefusedError(
            404, "There is nothing of this name.", "It may have been deleted or renamed."
        ) from None
    except NotServedError as error:
        raise RefusedError(403, f"It is not shown: {error.reason}.") from None
    except PictureError as error:
        raise RefusedError(
            422, f"There is no picture of it: {error}.", "The file itself can be downloaded."
        ) from None
    except LogFormatError as error:
        raise RefusedError(422, f"{error}.", "The file itself can be downloaded.") from None
    except TooSlowError as error:
        raise RefusedError(
            503,
            f"The file system does not answer: {error}.",
            "Try again later.",
            headers={"Retry-After": str(_TOO_SLOW_RETRY_S)},
        ) from None
    except OSError as error:
        raise RefusedError(
            503, f"It cannot be read now: {error.strerror or error}.", "Try again later."
        ) from None
    except ImportError as error:  # of a library that was being loaded as no descriptors were left, for one
        _log.warning("A library cannot be loaded: %s", error)
        raise RefusedError(
            503, "A library that this needs cannot be loaded.", "If it stays so, start lavdlike again."
        ) from None


async def _unless_gone(request: Request, answer: Coroutine[Any, Any, T]) -> T:
    """Give up what nobody waits for any more."""
    asked = asyncio.create_task(answer)
    gone = asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((asked, gone), return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            raise ClientDisconnect
        return asked.result()
    finally:
        asked.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _if_valid(answer: Awaitable[T]) -> T:
    """What is asked of functions that raise ValueError for a request outside its limits."""
    try:
        return await answer
    except ValueError as error:
        raise RefusedError(400, f"This cannot be answered: {error}.") from None


# --- requests -----------------------------------------------------------------------------------------------


def _path(request: Request) -> tuple[str, str]:
    """The experiment's name and the path of a file relative to the root."""
    experiment = layout.from_id(request.path_params["experiment"])
    return experiment, f"{experiment}/{layout.from_id(request.path_params['path'])}"


def _item_address(request: Request, kind: str) -> ItemAddress:
    given = request.path_params
    step = None if given["step"] == "global" else layout.step_of_folder(given["step"])
    if step is None and given["step"] != "global":
        raise FileNotFoundError
    label = layout.shown(layout.from_id(given["label"]))
    return ItemAddress(given["experiment"], kind, label, step)


def _descriptor(live: Live, path: str) -> int:
    """A descriptor of a file of the tree that is the caller's to close."""
    with live.root.file(path) as opened:
        if opened.status.st_size > MAX_PROJECTED_BYTES:
            raise LimitError(
                path, f"larger than {MAX_PROJECTED_BYTES // 2**20} MiB, the most that is laid out"
            )
        return os.dup(opened.fd)


async def _of_file(live: Live, request: Request, ask: Callable[[OpenedFile], T]) -> T:
    """What a function says of the file that a request names."""
    experiment, path = _path(request)

    def open_and_ask() -> T:
        with live.root.file(path) as opened:
            return ask(opened)

    return await live.read(experiment, open_and_ask)


class _Query:
    """The parameters of a request; raises `RefusedError` for those that are not what they should be."""

    def __init__(self, request: Request) -> None:
        self._parameters = request.query_params

    def text(self, name: str) -> str:
        return self._parameters.get(name, "")

    def all(self, name: str) -> list[str]:
        return self._parameters.getlist(name)

    def flag(self, name: str) -> bool:
        return self.text(name) in ("1", "true")

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) <= 16):
            raise RefusedError(400, f"The parameter {name} must be a whole number of at most 16 digits.")
        return int(text)


# --- the feed -----------------------------------------------------------------------------------------------


async def _feed(websocket: WebSocket, live: Live, texts: Texts) -> None:
    """Send what changes of what the browser looks at, until either side ends it."""
    offered = websocket.scope["subprotocols"]
    await websocket.accept(FEED_SUBPROTOCOL if FEED_SUBPROTOCOL in offered else None)
    subscription = live.subscribe()
    halves = [
        asyncio.create_task(_send_changes(websocket, subscription, texts)),
        asyncio.create_task(_take_looks(websocket, subscription)),
    ]
    try:
        done, _ = await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
    finally:
        subscription.close()
        for half in halves:
            half.cancel()
        await asyncio.gather(*halves, return_exceptions=True)
    for half in done:
        half.result()  # raises what was raised in it


async def _send_changes(websocket: WebSocket, subscription: Subscription, texts: Texts) -> None:
    while batch := await subscription.next_batch():
        for message in batch:
            await websocket.send_text(texts.of(message))


async def _take_looks(websocket: WebSocket, subscription: Subscription) -> None:
    decoder = msgspec.json.Decoder(Look)
    while (message := await websocket.receive())["type"] == "websocket.receive":
        try:
            look = decoder.decode(message.get("text") or message.get("bytes") or b"")
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            reason = f"not a message of this protocol: {error}"
            await websocket.close(_UNSUPPORTED_DATA, reason[:100])
            return
        subscription.look(look)
