from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np
import pytest

from lavdlike.visdom_server.requests import RequestError, VisdomRequest, request_of
from lavdlike.visdom_server.torch_tensors import tensor_of

PANES = [{"type": "scatter", "x": [1], "y": [2]}]


def asked(path: str, **message: Any) -> VisdomRequest:
    return request_of(path, json.dumps(message).encode())


@pytest.mark.parametrize(
    ("path", "message", "env", "writes"),
    [
        ("events", {"data": PANES, "win": "w", "opts": {"unknown": 1}}, "main", True),
        ("update", {"data": PANES, "win": 3, "eid": "a/b", "append": True}, "a/b", True),
        ("update", {"data": {"update_type": "EntitySelected"}, "win": "w"}, "main", True),
        ("close", {"win": None, "eid": "a"}, "a", True),
        ("save", {"data": ["main"]}, "main", True),
        ("fork_env", {"prev_eid": "a", "eid": "b"}, "b", True),
        ("delete_env", {"eid": "b"}, "b", True),
        ("win_data", {"win": "w", "data": "{}"}, "main", True),
        ("win_data", {"win": None, "data": None}, "main", False),
        ("win_exists", {"win": "w", "eid": "a"}, "a", False),
        ("win_hash", {"win": "w"}, "main", False),
        ("env_state", {"eid": "main"}, "main", False),
        ("env/a%20b", {"eid": "a b"}, "a b", True),
        ("env/a%20b", {"sid": "7"}, "a b", False),
    ],
)
def test_each_endpoint_says_whose_windows_it_is_about_and_whether_it_writes(
    path: str, message: dict[str, Any], env: str, *, writes: bool
) -> None:
    request = asked(path, **message)
    assert (request.env, request.writes) == (env, writes)


def test_numbers_that_are_none_in_json_come_as_the_client_sends_them() -> None:
    request = request_of("events", b'{"data": [{"type": "scatter", "x": [NaN, Infinity], "y": [1, 2]}]}')
    assert np.isnan(request.message["data"][0]["x"][0])


@pytest.mark.parametrize(
    ("path", "message"),
    [
        *(("events", {"data": PANES, "eid": eid}) for eid in ("..", "a/../../b", "./a", "..\\b", "/", "a\x00b", "a\n")),
        ("events", {"data": PANES, "eid": "a" * 1001}),
        ("events", {"data": PANES, "eid": ["main"]}),
        ("events", {"data": PANES, "win": {"a": 1}}),
        ("events", {"data": PANES, "opts": []}),
        ("events", {"data": PANES, "layout": "wide"}),
        ("events", {"data": "text"}),
        ("events", {"data": [1]}),
        ("events", {}),
        ("update", {"data": 3, "win": "w"}),
        ("save", {"data": "main"}),
        ("win_exists", {}),
        ("win_data", {"win": None, "data": {"w": {}}}),
        ("fork_env", {"eid": "b"}),
        ("fork_env", {"prev_eid": "../a", "eid": "b"}),
        ("delete_env", {}),
        ("env/..%2F..%2Fetc", {}),
        ("events", {"func": "__init__", "args": []}),
        ("events", {"func": "svg", "kwargs": {"svgfile": {"is_table": False, "val": "/etc/passwd"}}}),
        ("events", {"func": "line", "args": [{"is_tensor": True, "val": "AAAA"}]}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(path: str, message: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as error:
        asked(path, **message)
    assert error.value.status == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{" * 100_000, b"[" * 100_000, b'{"eid": '])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(RequestError):
        request_of("events", body)


def tensor(name: str, values: Any, sizes: list[int], strides: list[int], first: int = 1) -> str:
    """As Lua's Torch writes one."""

    def object_(class_: str) -> bytes:
        return struct.pack("<iii", 4, 1, 3) + b"V 1" + struct.pack("<i", len(class_)) + class_.encode()

    array = np.asarray(values)
    head = object_(f"torch.{name}Tensor") + struct.pack("<i", len(sizes))
    shape = struct.pack(f"<{2 * len(sizes) + 1}q", *sizes, *strides, first)
    storage = object_(f"torch.{name}Storage") + struct.pack("<q", array.size) + array.tobytes()
    return base64.b64encode(head + shape + storage).decode()


def test_tensors_of_lua_are_arrays() -> None:
    rows = tensor("Double", np.arange(6.0), [2, 3], [3, 1])
    assert tensor_of(rows).tolist() == [[0, 1, 2], [3, 4, 5]]
    turned = tensor("Byte", np.arange(7, dtype=np.uint8), [3, 2], [1, 3], first=2)
    assert tensor_of(turned).tolist() == [[1, 4], [2, 5], [3, 6]]
    for wrong in (
        tensor("Double", np.arange(6.0), [2, 4], [3, 1]),
        tensor("Double", np.arange(6.0), [10**9], [0]),
        tensor("Double", np.arange(6.0), [2], [-1]),
        tensor("Nothing", np.arange(6.0), [6], [1]),
        rows[:40],
        "no base64",
    ):
        with pytest.raises(ValueError, match=r"ensor|base64|padding|Non-base64|Torch"):
            tensor_of(wrong)


def test_a_call_of_the_lua_client_is_the_message_of_the_python_client() -> None:
    def plain(value: Any) -> dict[str, Any]:
        return {"is_table": False, "is_tensor": False, "val": value}

    named = {
        "Y": {"is_table": False, "is_tensor": True, "val": tensor("Double", np.array([3.0, 4.0]), [2], [1])},
        "win": plain("loss"),
        "env": plain("lua"),
        "opts": {"is_table": True, "is_tensor": False, "val": {"title": plain("Loss")}},
    }
    request = asked("events", func="line", args=[], kwargs=named)
    assert (request.endpoint, request.env, request.message["win"]) == ("events", "lua", "loss")
    (trace,) = request.message["data"]
    assert (trace["y"], request.message["opts"]["title"]) == ([3.0, 4.0], "Loss")
    there = asked("events", func="win_exists", args=[plain("loss")], kwargs={"env": plain("lua")})
    assert there[:3] == ("win_exists", {"win": "loss", "eid": "lua"}, "lua")
