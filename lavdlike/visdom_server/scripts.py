"""What scripts and browsers have in common on the event loop: the environments in threads, and who is told what."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from lavdlike.visdom_server import requests
from lavdlike.visdom_server.browsers import Browsers
from lavdlike.visdom_server.environments import Environments
from lavdlike.visdom_server.outboxes import Clients, Outbox
from lavdlike.visdom_server.requests import RequestError, VisdomRequest

# What is sent to a client when it can hear.
_ALIVE = json.dumps({"command": "alive", "data": "vis_alive"})
_THREADS = 4
_TIDY_S = 30.0

_log = logging.getLogger("lavdlike")
_Found = TypeVar("_Found")


class Scripts:
    """The environments of a folder and those that are connected; from its start to its end on one event loop."""

    def __init__(self, root: Path, *, readonly: bool) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lavdlike-visdom")
        self.environments = Environments(root, self._heard)
        self.clients = Clients()
        self.browsers = Browsers(self.environments, self.in_thread, readonly=readonly)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tidying: asyncio.Task[None] | None = None
        self._hearing = asyncio.Lock()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tidying = asyncio.create_task(self._tidy())

    async def stop(self) -> None:
        """End all sessions; what was asked for before is done."""
        if self._tidying is not None:
            self._tidying.cancel()
        await self.in_thread(self.environments.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def in_thread(self, call: Callable[[], _Found]) -> _Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def do(self, asked: VisdomRequest) -> str:
        """Do what a script asks for, and tell browsers of it.

        Raises:
            RequestError: it cannot be done, and why.
        """
        if asked.browser is not None:
            self.browsers.show(asked.browser, asked.env)
            if not asked.writes:
                return ""
        answer = await self.in_thread(lambda: self.environments.answer(asked))
        self.browsers.note(answer)
        return answer.text

    # --- scripts that hear ---

    async def greet(self, box: Outbox) -> None:
        """Tell a client that it hears from now on, once that is so."""
        async with self._hearing:
            await self.in_thread(self.environments.start_hearing)
        box.put(_ALIVE)

    async def say_goodbye(self, box: Outbox) -> None:
        """A client hears nothing any more.

        Where nobody does, nothing is looked for, and sessions end, so that the page does not say that a script hears.
        """
        self.clients.remove(box)
        async with self._hearing:
            if not self.clients:
                await self.in_thread(self.environments.close)

    def take(self, text: Any) -> None:
        """What a client says: an `echo` goes to all of them."""
        try:
            message = requests.decoded(text if isinstance(text, (str, bytes)) else json.dumps(text))
        except RequestError:
            return
        if message.get("cmd") == "echo":
            self.clients.tell(json.dumps(message))

    def _heard(self, event: dict[str, Any]) -> None:
        """In the thread that hears."""
        text = msgspec.json.encode(event).decode()
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is over
                self._loop.call_soon_threadsafe(self.clients.tell, text)

    # --- browsers that do something ---

    async def take_command(self, text: str | bytes) -> None:
        """Do what Visdom's own page says over its socket; what is none of its commands is passed over."""
        try:
            message = requests.decoded(text)
            await self._command(message)
        except RequestError as error:
            _log.info("visdom: a browser's message is passed over: %s", error)

    async def _command(self, message: dict[str, Any]) -> None:
        match message.get("cmd"):
            case "close" if isinstance(message.get("data"), str):
                asked = requests.checked("close", {"win": message["data"], "eid": message.get("eid")})
                event = {"event_type": "close", "target": message["data"], "eid": asked.env}
                told = await self._with_pane(event)
                await self.do(asked)
                self.clients.tell(told)
            case "save" if message.get("eid") != message.get("prev_eid"):
                names = {"eid": message.get("eid"), "prev_eid": message.get("prev_eid")}
                await self.do(requests.checked("fork_env", names))
            case "delete_env":
                await self.do(requests.checked("delete_env", {"eid": message.get("eid")}))
            case "forward_to_vis" if isinstance(message.get("data"), dict):
                event = message["data"]
                has_pane = event.get("pane_data") is not False
                self.clients.tell(await self._with_pane(event) if has_pane else json.dumps(event))

    async def _with_pane(self, event: dict[str, Any]) -> str:
        """An event with the window that it is about, as JSON."""
        env = requests.checked_env(str(event.get("eid") or requests.DEFAULT_ENV))
        win = str(event.get("target"))
        pane = await self.in_thread(lambda: self.environments.pane(env, win))
        raw = msgspec.Raw(b"null" if pane is None else pane.encode())
        return msgspec.json.encode({**event, "pane_data": raw}).decode()

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(_TIDY_S)
            for box in self.clients.forget_silent():
                await self.say_goodbye(box)
            if not self.clients:  # who hears may wait for people, however long
                await self.in_thread(self.environments.end_idle)
