"""The application: what answers which request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Router
from starlette.types import ASGIApp

from lavdlike.server import scalar_lines
from lavdlike.server.access import Access, AccessRules, TokenGate
from lavdlike.server.credentials import Credentials
from lavdlike.server.live import Live
from lavdlike.server.markdown import Markdown
from lavdlike.server.page import page_routes
from lavdlike.server.projections import Projections
from lavdlike.server.routes import data_routes
from lavdlike.server.settings import Settings
from lavdlike.server.sign_in import sign_in_routes
from lavdlike.server.thumbnails import Thumbnails

# numpy and polars, for files of scalars.
_PRELOAD_AFTER_S = 1.0


def create_app(settings: Settings, credentials: Credentials, rules: AccessRules) -> ASGIApp:
    """The whole server as an ASGI application; it watches the root from its start to its end (lifespan)."""
    live = Live(settings)
    thumbnails = Thumbnails()
    renderer = Markdown()
    projections = Projections()
    gate = TokenGate(credentials)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        await live.start()
        preload = threading.Thread(target=scalar_lines.preload, name="lavdlike-preload", daemon=True)
        # The first page goes first; a server that ends at once has nothing to wait for.
        preloading = asyncio.get_running_loop().call_later(_PRELOAD_AFTER_S, preload.start)
        try:
            yield
        finally:
            preloading.cancel()
            # In this order: what a child is asked for ends at once, and then nobody waits in `live` for it.
            await asyncio.to_thread(thumbnails.close)
            await asyncio.to_thread(renderer.close)
            projections.close()
            await live.stop()

    sign_in = sign_in_routes(credentials, gate, base_url=rules.base_url)
    data = Router(
        [*sign_in, *data_routes(live, thumbnails, renderer, projections)],
        redirect_slashes=False,
        lifespan=lifespan,
    )
    page = Router(page_routes(html_scripts=settings.html_scripts), redirect_slashes=False)
    return Access(page, data, credentials=credentials, gate=gate, rules=rules)
