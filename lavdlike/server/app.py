"""The application: what answers which request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import Router
from starlette.types import ASGIApp

from lavdlike.kinds import plugins
from lavdlike.server.live.hub import Hub
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import Access, AccessRules, TokenGate
from lavdlike.server.web.credentials import Credentials
from lavdlike.server.web.kind_frames import frame_routes
from lavdlike.server.web.page import page_routes
from lavdlike.server.web.routes import DataRoutes
from lavdlike.server.web.sign_in import sign_in_routes
from lavdlike.sources import scalar_lines

# polars, for files of scalars.
_PRELOAD_AFTER_S = 1.0


def create_app(settings: Settings, credentials: Credentials, rules: AccessRules) -> ASGIApp:
    """The whole server as an ASGI application; it watches the root from its start to its end (lifespan)."""
    kinds = plugins.load().kinds
    hub = Hub(settings)
    data_routes = DataRoutes(hub)
    gate = TokenGate(credentials)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        await hub.start()
        threading.Thread(target=scalar_lines.preload_arrays, name="lavdlike-arrays", daemon=True).start()
        preload = threading.Thread(target=scalar_lines.preload, name="lavdlike-preload", daemon=True)
        # The first page goes first; a server that ends at once has nothing to wait for.
        preloading = asyncio.get_running_loop().call_later(_PRELOAD_AFTER_S, preload.start)
        try:
            yield
        finally:
            preloading.cancel()
            # In this order: what a child is asked for ends at once, and then nobody waits for it.
            await data_routes.close()
            await hub.stop()

    sign_in = sign_in_routes(credentials, gate, base_url=rules.base_url)
    data = Router(
        [*sign_in, *data_routes.routes()],
        redirect_slashes=False,
        lifespan=lifespan,
    )
    of_page = page_routes(html_scripts=settings.html_scripts, style=settings.style)
    page = Router([*frame_routes(kinds), *of_page], redirect_slashes=False)
    return Access(page, data, credentials=credentials, gate=gate, rules=rules)
