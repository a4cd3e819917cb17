"""Checks names and passwords: slowly, few at once, and not too often."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from lavdlike.server.web.credentials import Credentials, Holder
from lavdlike.server.web.responses import RefusedError
from lavdlike.server.web.wrong_tries import WrongTries, too_many

# Each takes 32 MiB and a core, and whoever can connect may ask for it.
CHECKS_AT_ONCE = 2


class PasswordGate:
    """To be used from the event loop.

    A try is counted before it is looked at, and taken back if it was right: unlike a token, a password costs a check,
    so beyond the limit even the right one waits. Names are counted for themselves, since everybody who comes through
    a proxy or a tunnel has the same address; a person's token is taken at any time.
    """

    def __init__(self, credentials: Credentials, now: Callable[[], float] = time.monotonic) -> None:
        self._credentials = credentials
        self._tries = WrongTries(now)
        self._threads = ThreadPoolExecutor(CHECKS_AT_ONCE, thread_name_prefix="lavdlike-password")

    async def check(self, name: str, password: str, address: str) -> Holder:
        """Who has this name and this password or token.

        Raises:
            RefusedError: 403, the same whether the name or the password is wrong; 429 after too many wrong ones.
        """
        name = unicodedata.normalize("NFC", name)
        holder = self._credentials.holder_of_token(password)
        if holder is not None and holder.name == name:
            return holder
        who = f"{address} {name}"
        wait_s = self._tries.count(who)
        if wait_s:
            raise too_many("passwords", wait_s, "A token of yours is always taken.")
        check = self._credentials.holder_of_password
        # Not cancelled with the request: the thread would go on, and one more could begin.
        holder = await asyncio.get_running_loop().run_in_executor(self._threads, check, name, password)
        if holder is None:
            raise RefusedError(
                403,
                "This name and password do not belong together.",
                "Whoever runs lavdlike here can set another password with 'lavdlike passwd'.",
            )
        self._tries.take_back(who)
        return holder
