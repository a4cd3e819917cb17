"""What Visdom's own page is told over its socket: which environments there are, and the windows of the one it shows.

What changes is only noted; a window is read when its browser takes the next message. So one that reads slowly gets the
latest state of each window, and holds up neither scripts nor others. For the event loop alone.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from lavdlike.visdom_server.environments import Answer, Environments
from lavdlike.visdom_server.requests import DEFAULT_ENV

MAX_BROWSERS = 1024
# After a window was read for it, a browser gets nothing for so many times as long.
REST = 4

_Found = TypeVar("_Found")
# Calls something that may block, in a thread.
InThread = Callable[[Callable[[], _Found]], Awaitable[_Found]]


class Browser:
    """One socket. `number`: by which requests name it; `env`: whose windows it shows."""

    def __init__(self) -> None:
        self.number = secrets.token_hex(8)
        self.env = DEFAULT_ENV
        self.is_listed_anew = True
        self.is_all_anew = False
        self.changed: dict[str, None] = {}  # windows, in the order of their changes
        self.shown: set[str] = set()
        self.rests_until = 0.0
        self.news = asyncio.Event()


class Browsers:
    """All of them.

    Args:
        in_thread: calls the environments, which read files.
    """

    def __init__(self, environments: Environments, in_thread: InThread[Any], *, readonly: bool) -> None:
        self._environments, self._in_thread, self._readonly = environments, in_thread, readonly
        self._all: dict[str, Browser] = {}

    def add(self) -> Browser | None:
        """None: there are too many."""
        if len(self._all) >= MAX_BROWSERS:
            return None
        browser = Browser()
        self._all[browser.number] = browser
        return browser

    def remove(self, browser: Browser) -> None:
        self._all.pop(browser.number, None)

    def show(self, number: str, env: str) -> None:
        """Have a browser get all windows of an environment, and their changes from then on."""
        browser = self._all.get(number)
        if browser is not None:
            browser.env, browser.is_all_anew, browser.shown = env, True, set()
            browser.changed.clear()
            browser.news.set()

    def note(self, answer: Answer) -> None:
        """Something was done by somebody."""
        if not (answer.is_changed or answer.is_listed_anew):
            return
        for browser in self._all.values():
            if answer.is_listed_anew:
                browser.is_listed_anew = True
                browser.news.set()
            if answer.is_changed and browser.env == answer.env:
                if answer.win is None:
                    browser.is_all_anew = True
                else:
                    browser.changed[answer.win] = None
                browser.news.set()

    def greeting(self, browser: Browser) -> list[str]:
        """What is sent first, as JSON."""
        register = {"command": "register", "data": browser.number, "readonly": self._readonly}
        return [json.dumps(register), json.dumps({"command": "layout_update", "data": ""})]

    async def next(self, browser: Browser) -> list[str]:
        """The next messages for it, as JSON, once there is something: one window at a time."""
        if not (browser.is_listed_anew or browser.is_all_anew or browser.changed):
            browser.news.clear()
            await browser.news.wait()
        await asyncio.sleep(max(0.0, browser.rests_until - time.monotonic()))
        if browser.is_listed_anew:
            browser.is_listed_anew = False
            names = await self._in_thread(self._environments.files.names)
            return [json.dumps({"command": "env_update", "data": names})]
        if browser.is_all_anew:
            return await self._all_windows(browser)
        win = next(iter(browser.changed))
        del browser.changed[win]
        begun = time.monotonic()
        text = await self._window(browser, browser.env, win)
        # Scripts wait for files while windows are read: each browser leaves them most of the time.
        browser.rests_until = time.monotonic() + REST * (time.monotonic() - begun)
        return [text]

    async def _all_windows(self, browser: Browser) -> list[str]:
        """What is gone; the windows that are there come one by one behind it."""
        browser.is_all_anew = False
        env = browser.env
        there = await self._in_thread(lambda: self._environments.files.windows(env))
        gone = [win for win in browser.shown if win not in there]
        browser.shown.difference_update(gone)
        browser.changed = dict.fromkeys(there)
        return [
            json.dumps({"command": "reload", "data": {}}),
            *(json.dumps({"command": "close", "data": win}) for win in gone),
            json.dumps({"command": "layout"}),
        ]

    async def _window(self, browser: Browser, env: str, win: str) -> str:
        text = await self._in_thread(lambda: self._environments.pane(env, win))
        if text is None:
            browser.shown.discard(win)
            return json.dumps({"command": "close", "data": win})
        browser.shown.add(win)
        return str(text)
