"""Does what clients ask for over the files of a folder of environments, and hears what people do in its pages.

May be called from several threads; files are changed by one at a time (`VisdomFiles`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike import layout
from lavdlike.compat.visdom.visdom_files import VisdomFiles
from lavdlike.errors import LogFormatError, WriteError
from lavdlike.visdom_server.requests import ENV, RequestError, VisdomRequest
from lavdlike.window_records import FILE
from lavdlike.writing.event_listener import EVERY_S
from lavdlike.writing.event_tail import EventTail

# Of so many environments events are heard: those that clients have named, and before that those written to last.
MAX_HEARD = 256
# An environment that nobody writes to for so long ends its session; the next window begins another one.
IDLE_S = 600.0
# Open at once: each holds files and a thread that says it is alive.
MAX_OPEN = 256

_CHANGE_THE_LIST = frozenset({"delete_env", "fork_env", ENV})
_CHANGE_WINDOWS = frozenset({"events", "update", "close", "win_data"})

_log = logging.getLogger("lavdlike")


class Answer(NamedTuple):
    """What a client is answered, and what of it others may want to know.

    `win`: the window that was changed, None of all of the environment. `is_listed_anew`: whether there may be other
    environments than before.
    """

    text: str
    env: str = ""
    win: str | None = None
    is_changed: bool = False
    is_listed_anew: bool = False


class Environments:
    """The environments in a folder, as a server has them.

    Args:
        root: the folder.
        on_event: is called, in a thread of its own, with each event as Visdom tells its clients of it.
        now: monotonic seconds.
    """

    def __init__(
        self,
        root: Path,
        on_event: Callable[[dict[str, Any]], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.files = VisdomFiles(root, "warn")
        self._on_event, self._now = on_event, now
        self._used: dict[str, float] = {}  # environments of which a session may be open, used last at the end
        self._tails: dict[str, EventTail] = {}
        self._lock = threading.Lock()
        self._hearing: threading.Thread | None = None
        self._is_over = threading.Event()

    def answer(self, request: VisdomRequest) -> Answer:
        """Do what a request says.

        Raises:
            RequestError: it cannot be done, and why.
        """
        env = request.env
        if request.writes:
            self._note_use(env)
        is_new = request.writes and not self.files.environment(env).is_there()
        try:
            text = self.files.answer(request.endpoint, request.message)
        except (ValueError, LookupError, TypeError, AttributeError, LogFormatError) as error:
            said = str(error) if isinstance(error, (ValueError, LogFormatError)) else repr(error)
            raise RequestError(400, f"{request.endpoint}: {said}"[:500]) from error
        except (OSError, WriteError) as error:
            _log.warning("visdom: %s: %s", request.endpoint, error)
            raise RequestError(500, f"{request.endpoint}: {error}"[:500]) from error
        if not request.writes:
            self.files.forget_missing(env)
        elif self._hearing is not None and request.endpoint != "delete_env":
            self.files.have_all_told(env)
        endpoint = ENV if request.endpoint.startswith(ENV) else request.endpoint
        win = text if endpoint in ("events", "update") else request.message.get("win")
        return Answer(
            text,
            env,
            None if win is None else str(win),
            is_changed=request.writes and endpoint in _CHANGE_WINDOWS,
            is_listed_anew=is_new or endpoint in _CHANGE_THE_LIST,
        )

    def pane(self, env: str, win: str) -> str | None:
        """A window as JSON, as Visdom's server has it; None if there is none, or it cannot be read."""
        try:
            return self.files.answer("win_data", {"eid": env, "win": win})
        except ValueError:
            return None
        except (OSError, LogFormatError) as error:
            _log.warning("visdom: window %r of %r: %s", win, env, error)
            return None

    def close(self) -> None:
        """End all sessions, and hear nothing any more."""
        self.stop_hearing()
        with self._lock:
            names, self._used = list(self._used), {}
        for name in names:
            self.files.end(name)

    def end_idle(self) -> None:
        """End the sessions of environments that nobody has written to for `IDLE_S`."""
        before = self._now() - IDLE_S
        with self._lock:
            idle = [name for name, used in self._used.items() if used < before]
            for name in idle:
                del self._used[name]
        for name in idle:
            self.files.end(name)

    # --- what people do in pages ---

    def start_hearing(self) -> None:
        """Hear of environments that clients name from now on, and at once of those that were written to last."""
        with self._lock:
            if self._hearing is not None:
                return
            self._is_over = threading.Event()
            self._hearing = threading.Thread(
                target=self._hear, args=(self._is_over,), name="lavdlike-visdom-events", daemon=True
            )
            open_sessions = list(self._used)
        for name in [*self._written_last(), *open_sessions]:
            self._hear_of(name)
        for name in open_sessions:
            self.files.have_all_told(name)
        self._hearing.start()

    def stop_hearing(self) -> None:
        with self._lock:
            self._is_over.set()
            self._hearing, self._tails = None, {}

    def _note_use(self, env: str) -> None:
        with self._lock:
            self._used.pop(env, None)
            self._used[env] = self._now()
            oldest = next(iter(self._used)) if len(self._used) > MAX_OPEN else None
            if oldest is not None:
                del self._used[oldest]
            is_heard = self._hearing is not None
        if oldest is not None:
            self.files.end(oldest)
        if is_heard:
            self._hear_of(env)

    def _hear_of(self, env: str) -> None:
        with self._lock:
            known = self._tails.pop(env, None)
            folder = self.files.environment(env).folder
            self._tails[env] = known or EventTail(folder / layout.PAGE_EVENTS_FILE)
            if len(self._tails) > MAX_HEARD:
                del self._tails[next(iter(self._tails))]

    def _hear(self, is_over: threading.Event) -> None:
        while not is_over.wait(EVERY_S):
            with self._lock:
                tails = list(self._tails.items())
            for name, tail in tails:
                for event in tail.new_events():
                    try:
                        told = self.files.told(name, event)
                    except Exception:  # noqa: BLE001 - files may hold anything, and others wait for their events
                        _log.exception("visdom: an event of %r in %r is not told", event.label, name)
                        continue
                    if told is not None and not is_over.is_set():
                        self._on_event(told)

    def _written_last(self) -> list[str]:
        """At most `MAX_HEARD` environments, those that were written to last at the end."""
        times: list[tuple[float, str]] = []
        for name in self.files.names():
            try:
                times.append(((self.files.environment(name).folder / FILE).stat().st_mtime, name))
            except OSError:
                continue  # a folder without windows
        return [name for _, name in sorted(times)[-MAX_HEARD:]]
