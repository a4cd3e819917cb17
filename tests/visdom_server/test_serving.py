"""The command as a person starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.visdom_server.visdom_serving import RECORDED, post, sign_in, text

PASSWORD = "correct-horse-battery-staple-8097"  # noqa: S105


@contextmanager
def running(
    root: Path, *options: str, **variables: str
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`lavdlike visdom` at any port, and a client of it; it is killed at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lavdlike", "visdom", str(root), "-port", "0", *options],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[^/]+:(\d+)/", line)
        assert found, line or process.communicate()[1]
        with httpx.Client(
            base_url=f"http://127.0.0.1:{found[1]}", timeout=LIMIT_S, trust_env=False
        ) as client:
            yield process, client
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def state(client: httpx.Client) -> dict[str, str]:
    """All windows of all environments, by their ids, as texts."""
    environments = json.loads(post(client, "env_state", {}).text)
    return {env: post(client, "win_data", {"win": None, "eid": env}).text for env in environments}


@pytest.mark.slow
def test_after_the_server_was_killed_every_window_is_back(tmp_path: Path) -> None:
    root = tmp_path / "not made yet"
    requests = [json.loads(line)[:2] for line in RECORDED.read_text().splitlines()]
    with running(root) as (process, client):
        for path, body in requests:
            post(client, path, body)
        before = state(client)
        post(client, "events", text("last", "of all"))
        process.kill()  # right behind the answer
        process.wait(LIMIT_S)
    with running(root) as (_, client):
        after = state(client)
        assert json.loads(after["main"]).pop("last")["content"] == "of all"
        assert {env: {**json.loads(panes), "last": 0} for env, panes in after.items()} == {
            env: {**json.loads(panes), "last": 0} for env, panes in before.items()
        }
        win = post(
            client, "update", {"data": [{"x": [9], "y": [9]}], "win": "line", "name": "two", "append": True}
        )
        assert win.text == "line"
        assert {item["name"] for item in client.get("/api/root").json()["experiments"]} >= {"main", "other"}


@pytest.mark.slow
def test_with_a_login_the_password_of_the_environment_opens_it(tmp_path: Path) -> None:
    named = {"VISDOM_USERNAME": "ann", "VISDOM_PASSWORD": PASSWORD, "VISDOM_USE_ENV_CREDENTIALS": "1"}
    with running(tmp_path, "-enable_login", **named) as (process, client):
        assert post(client, "env_state", {}).status_code == 401
        assert sign_in(client, PASSWORD).status_code == 200
        assert post(client, "events", text("w", "in")).text == "w"
        assert PASSWORD not in Path(f"/proc/{process.pid}/cmdline").read_text()


@pytest.mark.slow
def test_a_busy_port_is_an_error_and_no_other_one_is_taken(tmp_path: Path) -> None:
    with running(tmp_path) as (_, client):
        port = str(client.base_url.port)
        done = subprocess.run(
            [sys.executable, "-m", "lavdlike", "visdom", str(tmp_path), "-port", port],
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 2
    assert f"port {port} is busy" in done.stderr
