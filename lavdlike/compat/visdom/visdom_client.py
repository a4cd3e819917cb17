"""`Visdom`: its arguments, and what becomes of a message."""

from __future__ import annotations

import logging
import os
import socket
import traceback
import urllib.request  # noqa: F401 - the original imports it, so that scripts use it without doing so
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from lavdlike.compat.visdom.content_calls import ContentCalls
from lavdlike.compat.visdom.curve_calls import CurveCalls
from lavdlike.compat.visdom.experiment_calls import ExperimentCalls
from lavdlike.compat.visdom.figure_calls import FigureCalls
from lavdlike.compat.visdom.given_options import check
from lavdlike.compat.visdom.matrix_calls import MatrixCalls
from lavdlike.compat.visdom.network_calls import NetworkCalls
from lavdlike.compat.visdom.playing_calls import PlayingCalls
from lavdlike.compat.visdom.state_calls import StateCalls
from lavdlike.compat.visdom.visdom_files import VisdomFiles, new_window_id
from lavdlike.errors import LogFormatError, WriteError
from lavdlike.kinds import numbers
from lavdlike.writing.checks import checked_folder

_LOGGED = ("events", "update")
_HERE = frozenset({"", "localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - nothing is bound
_said_servers: set[str] = set()

_log = logging.getLogger("lavdlike")


class Visdom(
    ContentCalls,
    PlayingCalls,
    NetworkCalls,
    CurveCalls,
    MatrixCalls,
    FigureCalls,
    StateCalls,
    ExperimentCalls,
):
    """Visdom's client, over files: an environment is an experiment, a window an item in it (docs/visdom.md).

    No server is needed, and nothing is sent anywhere. All arguments of the original are accepted; these do something:

    Args:
        env: the environment of calls that name none.
        send: False has each call return its message and the endpoint instead.
        raise_exceptions: True has what the disk refuses, and what cannot be shown, raise ConnectionError. Else the
            former is written later and said once a minute, and of the latter the traceback is printed and the call
            returns False.
        log_to_filename: a file to which messages are written too, as the original does.
        offline: needs `log_to_filename`.
        log_dir: the folder of all environments; by default `$LAVDLIKE_LOG_DIR`, else `./log`.
    """

    def __init__(
        self,
        server: str = "http://localhost",
        endpoint: str = "events",
        port: int = 8097,
        base_url: str = "/",
        ipv6: bool = True,
        http_proxy_host: str | None = None,
        http_proxy_port: int | None = None,
        env: str = "main",
        send: bool = True,
        raise_exceptions: bool | None = None,
        use_incoming_socket: bool = True,
        log_to_filename: str | os.PathLike[str] | None = None,
        username: str | None = None,
        password: str | None = None,
        proxies: Mapping[str, str] | None = None,
        offline: bool = False,
        use_polling: bool = False,
        session_idle_timeout: float = 0,
        session_idle_check_interval: float = 0,
        ssl_verify: bool | str | None = None,
        log_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        parts = urlsplit(server if "://" in server else f"http://{server}")
        self.server_base_name, self.server = parts.netloc, f"{parts.scheme}://{parts.netloc}"
        self.endpoint, self.port, self.ipv6 = endpoint, port, ipv6
        self.base_url = "" if base_url == "/" else base_url
        check(self.base_url == "" or self.base_url.startswith("/"), "base_url must begin with '/'")
        check(not self.base_url.endswith("/"), "base_url must not end with '/'")
        self.env, self.env_list = env, {env}
        self.send, self.raise_exceptions, self.offline = send, raise_exceptions, offline
        self.event_handlers: dict[str | tuple[str, str], list[Callable[[Any], object]]] = {}
        self._hears = False
        self.use_socket = use_incoming_socket or use_polling
        self.socket_alive = self.socket_connection_achieved = self.use_socket and not offline
        self.log_to_filename = log_to_filename
        self.proxies, self.http_proxy_host, self.http_proxy_port = proxies, http_proxy_host, http_proxy_port
        self.session = None
        self.username = username
        check(not username or password, "a username needs a password")
        check(not offline or log_to_filename is not None, "offline needs log_to_filename")
        self.win_data: dict[str, Any] = {}
        folder = checked_folder(log_dir or os.environ.get("LAVDLIKE_LOG_DIR") or "./log")
        self.files = VisdomFiles(folder, "raise" if raise_exceptions else "warn")
        _say_if_elsewhere(parts.hostname or "", self.files.folder)
        if not offline:
            self._send({"eid": env}, endpoint=f"env/{env}")

    def register_event_handler(
        self, handler: Callable[[Any], object], target: str, env: str | None = None
    ) -> None:
        """Have a function called with what people do in a window, in a thread of its own.

        It is given a dict with `event_type` ("PropertyUpdate", "KeyPress", "Click", "EntitySelected", "RegionSelected",
        "SliderMoved" or "Close"), `eid`, `target`, `pane_data` and what goes with the type (docs/visdom.md). One that
        raises is logged, and the others are called all the same.

        Args:
            env: None: of windows of that id in any environment.
        """
        check(callable(handler), f"handler must be a function, not {type(handler).__name__}")
        check(self.use_socket, "handlers need use_incoming_socket=True")
        self.event_handlers.setdefault(target if env is None else (env, target), []).append(handler)
        if not self._hears:
            self._hears = True
            self.files.hear(self._hear, lambda eid, win: bool(self._handlers_of(eid, win)))
        self.files.ask_for_gestures(target, env)

    def _handlers_of(self, env: str, target: str) -> list[Callable[[Any], object]]:
        return [*self.event_handlers.get(target, ()), *self.event_handlers.get((env, target), ())]

    def _hear(self, event: dict[str, Any]) -> None:
        for handler in self._handlers_of(event["eid"], event["target"]):
            try:
                handler(event)
            except Exception:  # noqa: BLE001 - what a handler does is the script's
                _log.exception("visdom: a handler of window %r failed; the others go on", event["target"])

    def clear_event_handlers(self, target: str, env: str | None = None) -> None:
        self.event_handlers[target if env is None else (env, target)] = []

    def _send(
        self,
        msg: Mapping[str, Any],
        endpoint: str = "events",
        quiet: bool = False,
        from_log: bool = False,
        create: bool = True,
    ) -> Any:
        """Do what a message says: the id of its window, or what Visdom's server answers."""
        message = dict(msg)
        if message.get("eid") is None:
            message["eid"] = self.env
        self.env_list.add(message["eid"])
        if not self.send:
            return message, endpoint
        if create and "win" in message and message["win"] is None:
            message["win"] = new_window_id(str((message.get("opts") or {}).get("title") or ""))
        try:
            if self.log_to_filename is not None and not from_log and endpoint in _LOGGED:
                _append_line(Path(self.log_to_filename), [endpoint, message])
            return self.files.answer(endpoint, message)
        except (OSError, ValueError, WriteError, LogFormatError) as error:
            if self.raise_exceptions:
                raise ConnectionError(f"visdom: {error}") from error
            if not quiet:
                traceback.print_exc()
            return False


def _append_line(file: Path, entry: list[Any]) -> None:
    line = msgspec.json.encode(entry, enc_hook=_ready)
    with file.open("ab") as opened:
        opened.write(line + b"\n")


def _ready(value: Any) -> Any:
    found = numbers.to_python(value)
    return found if found is not value else str(value)


def _say_if_elsewhere(host: str, folder: Path) -> None:
    """A server on another machine gets nothing: that is said once."""
    if host in _HERE or host == socket.gethostname() or host in _said_servers:
        return
    _said_servers.add(host)
    _log.warning(
        "visdom: nothing is sent to %s; windows are files in %s, and `lavdlike %s` shows them",
        host,
        folder,
        folder,
    )
