"""Sockets of scripts and of browsers, at a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from lavdlike.visdom_server.outboxes import MAX_WAITING, POLLED_S, Clients
from tests.limits import LIMIT_S
from tests.serving import Served, wait_until
from tests.visdom_server.visdom_serving import (
    TOKEN,
    next_json,
    post,
    sign_in,
    stream,
    text,
    visdom_server,
)

ALIVE = {"command": "alive", "data": "vis_alive"}
FORM = {
    "data": [{"type": "properties", "content": [{"type": "text", "name": "n", "value": "v"}]}],
    "win": "form",
}


@contextmanager
def script(server: Served) -> Iterator[ClientConnection]:
    """The socket of a script, which hears from now on."""
    with stream(server, "/vis_socket", {"Origin": server.url}) as connection:
        assert next_json(connection) == ALIVE
        yield connection


def fill_in(client: httpx.Client, env: str, value: str, number: int) -> None:
    """As our own page does."""
    event = {"type": "changed", "label": "form", "field": "n", "value": value}
    answer = client.post(f"/api/events/{env}", json={"sender": "page", "first": number, "events": [event]})
    assert answer.status_code == 200, answer.text


def test_what_people_fill_in_in_the_page_reaches_scripts_also_after_a_restart(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(visdom_server(tmp_path))
        client = stack.enter_context(server.client())
        scripts = [stack.enter_context(script(server)) for _ in range(2)]
        post(client, "events", FORM)
        fill_in(client, "main", "new", 1)
        for connection in scripts:
            event = next_json(connection)
            pane = event.pop("pane_data")
            assert event == {
                "event_type": "PropertyUpdate",
                "propertyId": 0,
                "value": "new",
                "eid": "main",
                "target": "form",
            }
            assert (pane["id"], pane["type"]) == ("form", "properties")
    with visdom_server(tmp_path) as server, server.client() as client, script(server) as again:
        fill_in(client, "main", "newer", 2)
        assert next_json(again)["value"] == "newer"


def test_keys_that_our_page_tells_of_reach_the_script_until_it_leaves(tmp_path: Path) -> None:
    def session() -> dict[str, Any]:
        found: dict[str, Any] = json.loads((tmp_path / "main/experiment.json").read_bytes())["sessions"][-1]
        return found

    with visdom_server(tmp_path) as server, server.client() as client:
        with script(server) as heard:
            post(client, "events", text("keys", "press"))
            assert session()["listens"] == [""]
            keys = [{"type": "key", "label": "keys", "value": str(key), "code": 65} for key in range(500)]
            for first in (1, 501):
                client.post("/api/events/main", json={"sender": "page", "first": first, "events": keys})
            events = [next_json(heard) for _ in range(1000)]
            assert [event["key"] for event in events] == [str(key) for key in range(500)] * 2
            assert {(event["event_type"], event["key_code"], event["target"]) for event in events} == {
                ("KeyPress", 65, "keys")
            }
        wait_until(lambda: "ended" in session())


def test_a_thousand_fast_keys_reach_a_script_in_order_and_none_twice(tmp_path: Path) -> None:
    with visdom_server(tmp_path) as server, server.client() as client, script(server) as heard:
        post(client, "events", text("keys", "press"))
        with stream(server, "/socket") as browser:
            for number in range(1000):
                key = {"event_type": "KeyPress", "key": str(number), "eid": "main", "target": "keys"}
                browser.send(json.dumps({"cmd": "forward_to_vis", "data": key}))
            events = [next_json(heard) for _ in range(1000)]
            browser.send(json.dumps({"cmd": "close", "data": "keys", "eid": "main"}))
            closed = next_json(heard)
    assert [event["key"] for event in events] == [str(number) for number in range(1000)]
    assert {event["pane_data"]["content"] for event in events} == {"press"}
    assert (closed["event_type"], closed["target"], closed["pane_data"]["type"]) == ("close", "keys", "text")


def test_a_script_may_ask_again_and_again_instead(tmp_path: Path) -> None:
    with visdom_server(tmp_path) as server, server.client() as client, script(server) as other:
        number = json.loads(post(client, "vis_socket_wrap", {"message_type": "init"}).text)["sid"]
        query = {"message_type": "query", "sid": number}
        assert json.loads(json.loads(post(client, "vis_socket_wrap", query).text)["messages"][0]) == ALIVE
        other.send(json.dumps({"cmd": "echo", "said": 1}))
        assert next_json(other) == {"cmd": "echo", "said": 1}
        answer = json.loads(post(client, "vis_socket_wrap", query).text)
        assert [json.loads(message)["said"] for message in answer["messages"]] == [1]
        gone = json.loads(post(client, "vis_socket_wrap", {**query, "sid": "gone"}).text)
        assert (gone["success"], gone["reason"]) == (False, "closed")


def test_a_script_that_asks_no_more_or_reads_nothing_is_let_go() -> None:
    now = [0.0]
    clients = Clients(now=lambda: now[0])
    asked_last, _ = clients.add_polled()
    silent, _ = clients.add_polled()
    now[0] = POLLED_S
    assert clients.polled(asked_last) is not None
    now[0] = POLLED_S + 1
    (gone,) = clients.forget_silent()
    clients.remove(gone)
    assert (clients.polled(silent), len(clients)) == (None, 1)
    for _ in range(MAX_WAITING + 1):
        clients.tell("event")
    assert (clients.polled(asked_last), len(clients)) == (None, 0)


def test_a_browser_is_told_of_environments_and_of_the_windows_of_the_one_it_shows(tmp_path: Path) -> None:
    with visdom_server(tmp_path) as server, server.client() as client:
        post(client, "events", text("a", "first"))
        with stream(server, "/socket") as browser:
            register = next_json(browser)
            assert (register["command"], register["readonly"]) == ("register", False)
            assert next_json(browser)["command"] == "layout_update"
            assert next_json(browser) == {"command": "env_update", "data": ["main"]}
            post(client, "env/main", {"sid": register["data"]})
            assert [next_json(browser)["command"] for _ in range(2)] == ["reload", "layout"]
            assert next_json(browser)["content"] == "first"
            post(client, "update", text("a", "second"))
            post(client, "events", text("b", "elsewhere", env="other"))
            changes = [next_json(browser) for _ in range(2)]
            assert [change.get("content", change.get("data")) for change in changes] in (
                ["first<br>second", ["main", "other"]],
                [["main", "other"], "first<br>second"],
            )
            browser.send("no command")
            browser.send(json.dumps({"cmd": "delete_env", "eid": "../main"}))
            browser.send(json.dumps({"cmd": "save", "prev_eid": "main", "eid": "kept"}))
            assert next_json(browser)["data"] == ["kept", "main", "other"]
            post(client, "close", {"win": "a"})
            assert next_json(browser) == {"command": "close", "data": "a"}


@pytest.mark.slow
def test_a_browser_that_reads_nothing_delays_nobody_and_gets_the_last_state(tmp_path: Path) -> None:
    content = "x" * 2**19
    with ExitStack() as stack:
        server = stack.enter_context(visdom_server(tmp_path))
        client = stack.enter_context(server.client())
        slow = stack.enter_context(stream(server, "/socket", queue=1))
        heard = stack.enter_context(script(server))
        number = next_json(slow)["data"]
        post(client, "env/main", {"sid": number})
        for turn in range(60):  # half a MiB each: more than the connection holds
            assert post(client, "events", text("w", f"{turn} {content}")).status_code == 200
        post(client, "events", FORM)
        fill_in(client, "main", "heard", 1)
        assert next_json(heard)["value"] == "heard"
        # It missed most of them, and nothing that is there now.
        last, count = "", 0
        while (message := next_json(slow)).get("id") != "form":
            if message.get("id") == "w":
                last, count = message["content"].partition(" ")[0], count + 1
        assert (last, count < 45) == ("59", True)


def test_sockets_are_for_our_own_pages_and_for_who_has_signed_in(tmp_path: Path) -> None:
    with visdom_server(tmp_path, TOKEN) as server, server.client() as client:
        assert sign_in(client, TOKEN).status_code == 200
        cookie = f"user_password={client.cookies['user_password']}"
        for path in ("/socket", "/vis_socket"):
            for headers, status in (({}, 401), ({"Cookie": cookie, "Origin": "https://evil.example"}, 403)):
                with pytest.raises(InvalidStatus) as error, stream(server, path, headers):
                    pass
                assert error.value.response.status_code == status
            with stream(server, path, {"Cookie": cookie, "Origin": server.url}) as connection:
                assert next_json(connection)["command"] in ("alive", "register")


def test_a_browser_changes_nothing_at_a_read_only_server(tmp_path: Path) -> None:
    with visdom_server(tmp_path) as server, server.client() as client:
        post(client, "events", text("w", "there"))
    with visdom_server(tmp_path, readonly=True) as server, server.client() as client:
        with stream(server, "/socket") as browser:
            assert next_json(browser)["readonly"] is True
            for command in (
                {"cmd": "close", "data": "w", "eid": "main"},
                {"cmd": "delete_env", "eid": "main"},
            ):
                browser.send(json.dumps(command))
            browser.ping().wait(LIMIT_S)
        assert post(client, "win_exists", {"win": "w"}).text == "true"
