"""What Visdom's Lua client posts since its 0.1.8: the name of a Python call and its arguments. Pure.

`{"func": "line", "args": [...], "kwargs": {"Y": {"is_table": false, "is_tensor": true, "val": "..."}}}`: an argument is
a table (of arguments), a tensor (of `torch_tensors`) or just a value. It is called for the message that the Python
client would send; before that, the Lua client made such messages itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from lavdlike.compat.visdom import Visdom
from lavdlike.visdom_server.torch_tensors import tensor_of

# Calls that only make a message of what they are given: no file of this machine is read, no other call is made.
_CALLS = frozenset(
    {
        "bar",
        "boxplot",
        "close",
        "contour",
        "delete_env",
        "fork_env",
        "heatmap",
        "histogram",
        "image",
        "images",
        "line",
        "mesh",
        "pie",
        "properties",
        "quiver",
        "save",
        "scatter",
        "stem",
        "surf",
        "text",
        "win_exists",
    }
)
_MAX_DEPTH = 20


class LuaCallError(Exception):
    """No message can be made of it; the text says why."""


def message_of(call: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The endpoint, and the message that the Python client sends there.

    Raises:
        LuaCallError: no such call, or not with these arguments.
    """
    name, eid = call["func"], call.get("eid")
    if name not in _CALLS:
        raise LuaCallError(
            f"no call is called {str(name)[:50]!r} here: there are {', '.join(sorted(_CALLS))}"
        )
    arguments, named = call.get("args") or [], call.get("kwargs") or {}
    if not isinstance(arguments, list) or not isinstance(named, dict):
        raise LuaCallError("args must be a list, kwargs an object")
    try:
        given = [_value(each, 0) for each in arguments]
        given_by_name = {key: _value(each, 0) for key, each in named.items()}
        # It makes messages, and sends them to nobody; nothing is made in its folder.
        client = Visdom(send=False, use_incoming_socket=False, log_dir=Path(tempfile.gettempdir()))
        make = _win_exists if name == "win_exists" else getattr(client, name)
        message, endpoint = make(*given, **given_by_name)
    except (AssertionError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise LuaCallError(f"{name}: {error}"[:500]) from None
    return endpoint, message if eid is None or "env" in given_by_name else {**message, "eid": eid}


def _value(given: Any, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError("tables that lie too deep in each other")
    if not isinstance(given, dict) or "val" not in given:
        raise ValueError("an argument must be an object with is_table, is_tensor and val")
    value = given["val"]
    if given.get("is_table"):
        if isinstance(value, dict):
            return {key: _value(each, depth + 1) for key, each in value.items()}
        return [_value(each, depth + 1) for each in value]
    return tensor_of(value) if given.get("is_tensor") else value


def _win_exists(win: str, env: str | None = None) -> tuple[dict[str, Any], str]:
    """As the client's call, which looks at the answer and so gives no message."""
    return {"win": win, "eid": env}, "win_exists"
