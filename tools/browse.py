"""What a browser does with a page behind a proxy, by plain requests: for `check_deploy`."""

from __future__ import annotations

import json
import socket
import ssl
from base64 import b64encode
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from lavdlike import Logger

LIMIT_S = 30.0
_PIXEL = b"\x89PNG\r\n\x1a\n" + b"0" * 100


class Address(NamedTuple):
    """Where the page is for a browser, and the port of this machine that it is reached at.

    `origin`: as `https://lab.example.org:8443`; `prefix`: "" or as `/lavdlike`; `authority`: the certificate to trust.
    """

    origin: str
    prefix: str
    port: int
    authority: Path | None = None

    @property
    def name(self) -> str:
        """The host's, with the port."""
        return self.origin.partition("://")[2]

    @property
    def tls(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.authority) if self.authority else None


class Way(NamedTuple):
    """How somebody gets in: with a token, or with a name that the proxy checks."""

    token: str = ""
    basic: tuple[str, str] | None = None


_NOBODY = Way()


def browse(address: Address, way: Way, root: Path) -> None:
    """Load the page, sign in, load a part of a picture, and wait for a value that is logged meanwhile.

    Raises:
        AssertionError: something of it did not come as it should.
    """
    with client(address, way) as browser, Logger("deployed", root) as logger:
        logger.log_file(_PIXEL, "bird", 1, ".png")
        logger.log_scalar(0.25, "loss", 1)
        assert "<script" in browser.get("/").raise_for_status().text
        assert browser.get("/healthz").text == "ok\n"
        secrets = sign_in(browser, way)
        names = [row["id"] for row in browser.get("/api/root").raise_for_status().json()["experiments"]]
        assert names == ["deployed"], names
        part = browser.get(
            "/api/files/deployed/0001/bird.png",
            params={"key": secrets["address_key"]},
            headers={"Range": "bytes=0-3"},
        )
        assert (part.status_code, part.content) == (206, _PIXEL[:4]), part
        _see_a_live_value(address, way, browser, secrets, logger)


def client(address: Address, way: Way = _NOBODY) -> httpx.Client:
    """A browser at the page, which calls the host by its name and connects to this machine."""
    scheme = address.origin.partition("://")[0]
    made = httpx.Client(
        base_url=f"{scheme}://127.0.0.1:{address.port}{address.prefix}",
        headers={"Host": address.name, "Origin": address.origin, "Sec-Fetch-Site": "same-origin"},
        verify=address.tls or False,
        auth=way.basic,
        trust_env=False,
        timeout=LIMIT_S,
    )
    if address.tls is not None:
        host = address.name.partition(":")[0]
        made.event_hooks["request"].append(lambda request: request.extensions.update(sni_hostname=host))
    return made


def sign_in(browser: httpx.Client, way: Way) -> dict[str, str]:
    """The secrets that the page keeps, which the browser sends from now on."""
    session = browser.get("/api/session").raise_for_status().json()
    if not session["needs_token"]:
        return {"page_secret": "", "address_key": ""}
    assert browser.get("/api/root").status_code == 401
    answer = browser.post("/api/sign-in", json={"token": way.token}).raise_for_status()
    cookie, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert ("Secure" in attributes) is browser.headers["Origin"].startswith("https:"), attributes
    secrets: dict[str, str] = answer.json()
    browser.headers["Cookie"] = cookie
    browser.cookies.clear()
    browser.headers["X-Lavdlike-Page"] = secrets["page_secret"]
    return secrets


def _see_a_live_value(
    address: Address, way: Way, browser: httpx.Client, secrets: dict[str, str], logger: Logger
) -> None:
    scheme = "wss" if address.tls else "ws"
    headers = {name: browser.headers[name] for name in ("Cookie",) if name in browser.headers}
    if way.basic:
        headers["Authorization"] = "Basic " + b64encode(":".join(way.basic).encode()).decode()
    with connect(
        f"{scheme}://{address.name}{address.prefix}/api/feed",
        sock=socket.create_connection(("127.0.0.1", address.port), LIMIT_S),
        ssl=address.tls,
        origin=Origin(address.origin),
        additional_headers=headers,
        subprotocols=[Subprotocol("lavdlike.feed"), Subprotocol(f"lavdlike.page.{secrets['page_secret']}")],
        proxy=None,
    ) as feed:
        assert json.loads(feed.recv(LIMIT_S))["type"] == "hello"
        feed.send(json.dumps({"type": "look", "experiments": ["deployed"], "scalar_labels": ["loss"]}))
        browser.post("/api/scalars/labels", json={"experiments": ["deployed"]}).raise_for_status()
        for step in range(2, 200):
            logger.log_scalar(0.5, "loss", step)
            if any(message["type"] == "points" for message in _messages_within(feed, 0.2)):
                return
    raise AssertionError("no value came through the WebSocket")


def _messages_within(feed: Any, pause_s: float) -> list[dict[str, Any]]:
    messages = []
    try:
        while True:
            messages.append(json.loads(feed.recv(pause_s)))
    except TimeoutError:
        return messages
