"""The application: what answers which request."""

from __future__ import annotations

from starlette.routing import Router
from starlette.types import ASGIApp

from lavdlike.server.access import Access, AccessRules, TokenGate
from lavdlike.server.credentials import Credentials
from lavdlike.server.page import page_routes
from lavdlike.server.sign_in import sign_in_routes


def create_app(credentials: Credentials, rules: AccessRules) -> ASGIApp:
    gate = TokenGate(credentials)
    data = Router(
        [
            *sign_in_routes(credentials, gate, base_url=rules.base_url),
        ],
        redirect_slashes=False,
    )
    page = Router(page_routes(), redirect_slashes=False)
    return Access(page, data, credentials=credentials, gate=gate, rules=rules)
