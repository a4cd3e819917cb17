"""What a client of Visdom posts, as a message that can be answered, or what is wrong with it. Pure.

The endpoints, and what is posted to each, are those of Visdom 0.2.4 (server/handlers/web_handlers.py of the package).
"""

from __future__ import annotations

import json
from typing import Annotated, Any, NamedTuple
from urllib.parse import unquote

import msgspec

from lavdlike.visdom_server import lua_calls

ENV = "env/"
DEFAULT_ENV = "main"
# What changes nothing. `win_data` does with `data`, and is asked about by itself.
_READING = frozenset({"win_exists", "win_hash", "env_state", "win_data"})
ENDPOINTS = _READING | {"events", "update", "close", "save", "delete_env", "fork_env"}
_NEED_WIN = frozenset({"win_exists", "win_hash"})
# Of one environment; the longest path that a name could make is far below.
_MAX_NAME = 1000

_Name = Annotated[str, msgspec.Meta(max_length=_MAX_NAME)]


class RequestError(Exception):
    """It is not answered: `status` of HTTP, and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class VisdomRequest(NamedTuple):
    """One call of a client.

    `endpoint`: as `VisdomFiles.answer` has it. `env`: whose windows it is about. `writes`: whether files change.
    `browser`: the number of a browser that asks for the windows of the environment; None of all others.
    """

    endpoint: str
    message: dict[str, Any]
    env: str
    writes: bool
    browser: str | None = None


class _Shape(msgspec.Struct):
    """Of what types the parts are that all endpoints know. Others are whatever they are."""

    eid: _Name | None = None
    prev_eid: _Name | None = None
    win: _Name | int | None = None
    layout: dict[str, Any] | None = None
    opts: dict[str, Any] | None = None
    name: str | int | float | None = None
    sid: str | None = None


class _Panes(msgspec.Struct):
    data: list[dict[str, Any]]


class _Update(msgspec.Struct):
    data: list[dict[str, Any]] | dict[str, Any] | None = None


class _Saved(msgspec.Struct):
    data: list[_Name]


class _WindowData(msgspec.Struct):
    data: str | None = None


_DATA: dict[str, type[msgspec.Struct]] = {
    "events": _Panes,
    "update": _Update,
    "save": _Saved,
    "win_data": _WindowData,
}


def is_endpoint(path: str) -> bool:
    """Whether something is posted here. `path`: without a slash at its beginning."""
    return path in ENDPOINTS or path.startswith(ENV)


def request_of(path: str, body: bytes) -> VisdomRequest:
    """What is asked for by a body that was posted to a path, which is still percent-encoded.

    Raises:
        RequestError: it is no message of Visdom's, or names an environment that cannot be one.
    """
    message = decoded(body)
    if path == "events" and message.get("func") is not None:
        path, message = _of_lua(message)
    return checked(path, message)


def checked(path: str, message: dict[str, Any]) -> VisdomRequest:
    """What is asked for by a message to a path.

    Raises:
        RequestError: as `request_of`.
    """
    endpoint = ENV if path.startswith(ENV) else path
    _check(message, _Shape)
    if endpoint in _DATA:
        _check(message, _DATA[endpoint])
    if endpoint in _NEED_WIN and message.get("win") is None:
        raise RequestError(400, f"{endpoint} is about a window, and needs its id as 'win'")
    if endpoint == ENV:
        env = message.get("eid") or unquote(path.removeprefix(ENV)) or DEFAULT_ENV
        checked_env(env)
        is_made = "eid" in message
        return VisdomRequest(ENV + env, message, env, writes=is_made, browser=message.get("sid"))
    if endpoint in ("fork_env", "delete_env") and not message.get("eid"):
        raise RequestError(400, f"{endpoint} needs an environment as 'eid'")
    names = [message["prev_eid"]] if endpoint == "fork_env" and message.get("prev_eid") else []
    if endpoint == "fork_env" and not names:
        raise RequestError(400, "fork_env needs the environment that is copied as 'prev_eid'")
    env = message.get("eid") or DEFAULT_ENV
    for name in (env, *names):
        checked_env(name)
    writes = endpoint not in _READING or (endpoint == "win_data" and message.get("data") is not None)
    if endpoint == "win_data" and not writes:
        message = {key: value for key, value in message.items() if key != "data"}
    return VisdomRequest(endpoint, message, env, writes)


def checked_env(name: str) -> str:
    """The name of an environment as it is.

    Raises:
        RequestError: it leads out of the folder of all environments, or could not be shown.
    """
    parts = name.replace("\\", "/").split("/")
    if any(part in (".", "..") for part in parts) or not any(parts):
        raise RequestError(400, f"an environment cannot be called {name[:100]!r}")
    if not name.isprintable():
        raise RequestError(400, f"the name of an environment must be printable, not {name[:100]!r}")
    return name


def decoded(body: bytes | str) -> dict[str, Any]:
    """A message as it was sent. Raises RequestError: it is no JSON object."""
    try:
        # Of the library, as the client sends NaN and infinities as they are.
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, f"the body is no JSON: {error}"[:300]) from None
    if not isinstance(message, dict):
        raise RequestError(400, "the body must be a JSON object")
    return message


def _check(message: dict[str, Any], shape: type[msgspec.Struct]) -> None:
    try:
        msgspec.convert(message, shape)
    except msgspec.ValidationError as error:
        raise RequestError(400, f"not a message of Visdom's: {error}"[:300]) from None


def _of_lua(message: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    try:
        return lua_calls.message_of(message)
    except lua_calls.LuaCallError as error:
        raise RequestError(400, str(error)) from None
