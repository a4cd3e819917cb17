"""How an endpoint answers: with a message as JSON, or with a refusal that says what is wrong and what to do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lavdlike.bounded.polars_limits import NoPolarsError
from lavdlike.errors import EditError, LogFormatError, NotServedError, PictureError
from lavdlike.server.live.workers import CrashedError, TooSlowError
from lavdlike.server.web.compression import compressed
from lavdlike.server.web.encoding import encoded
from lavdlike.server.web.responses import JSON_TYPE, RefusedError

_log = logging.getLogger(__name__)

T = TypeVar("T")

_TOO_SLOW_RETRY_S = 5


class Asgi:
    """What Starlette takes for an application of its own, so that it sends its answer itself."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def answering(ask: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers with what `ask` returns: a message, or a `Response` as it is."""

    async def endpoint(request: Request) -> Response:
        with refusing():
            answer = await ask(request)
        if isinstance(answer, Response):
            return answer
        return await compressed(request, await encoded(answer), JSON_TYPE)

    return endpoint


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what can be wrong with files of the tree into refusals."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise RefusedError(
            404, "There is nothing of this name.", "It may have been deleted or renamed."
        ) from None
    except NotServedError as error:
        raise RefusedError(403, f"It is not shown: {error.reason}.") from None
    except EditError as error:  # of what is read of what people wrote
        raise RefusedError(422, f"It cannot be read: {error}.") from None
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
    except (NoPolarsError, CrashedError, MemoryError) as error:
        reason = str(error) or "there is not enough memory"
        raise RefusedError(503, f"It cannot be read by this process: {reason}.", "See its limits.") from None
    except OSError as error:
        raise RefusedError(
            503, f"It cannot be read now: {error.strerror or error}.", "Try again later."
        ) from None
    except ImportError as error:  # of a library that was being loaded as no descriptors were left, for one
        _log.warning("A library cannot be loaded: %s", error)
        raise RefusedError(
            503, "A library that this needs cannot be loaded.", "If it stays so, start lavdlike again."
        ) from None


async def unless_gone(request: Request, answer: Coroutine[Any, Any, T]) -> T:
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


async def if_valid(answer: Awaitable[T]) -> T:
    """What is asked of functions that raise ValueError for a request outside its limits."""
    try:
        return await answer
    except ValueError as error:
        raise RefusedError(400, f"This cannot be answered: {error}.") from None
