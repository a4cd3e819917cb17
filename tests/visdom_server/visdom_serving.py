"""Real servers of Visdom's endpoints for tests, and what a client posts to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from lavdlike.visdom_server.serving import VisdomApp
from lavdlike.visdom_server.visdom_arguments import VisdomOptions
from tests.limits import LIMIT_S
from tests.serving import Served, served

TOKEN = "the-right-token"  # noqa: S105
RECORDED = Path(__file__).with_name("recorded.jsonl")


@contextmanager
def visdom_server(root: Path, token: str | None = None, **options: Any) -> Iterator[Served]:
    """At a free loopback port, until the block ends."""
    given = VisdomOptions(root, login=token is not None, **options)
    credentials = Credentials(b"k" * 32, token)
    rules = AccessRules(base_url=given.base_url, anybody_edits=token is None and not given.readonly)
    page = create_app(Settings(root, editing=not given.readonly), credentials, rules)
    with served(VisdomApp(page, credentials, rules, given)) as server:
        yield server


def post(client: httpx.Client, path: str, message: Any, **headers: str) -> httpx.Response:
    """As the original does: JSON, and no word of what it is."""
    content = message if isinstance(message, (str, bytes)) else json.dumps(message)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, content=content, headers=named)


def text(win: str, content: str, env: str = "main") -> dict[str, Any]:
    """The message of a window of text."""
    return {"data": [{"content": content, "type": "text"}], "win": win, "eid": env, "opts": {}}


def sign_in(client: httpx.Client, password: str, name: str = "ann") -> httpx.Response:
    """As the original does; the client keeps the cookie."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    return client.post("/", json={"username": name, "password": digest})


def stream(
    server: Served, path: str, headers: dict[str, str] | None = None, *, queue: int = 16
) -> ClientConnection:
    """`queue`: how many messages it takes out of the connection before they are asked for."""
    address = server.stream_url + path
    return connect(
        address,
        additional_headers=headers,
        proxy=None,
        max_queue=queue,
        open_timeout=LIMIT_S,
        close_timeout=1,
    )


def next_json(connection: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(connection.recv(LIMIT_S))
    return found
