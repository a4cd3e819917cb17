from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import Any

import pytest

from lavdlike.visdom_server import environments
from lavdlike.visdom_server.environments import IDLE_S, Environments
from lavdlike.visdom_server.requests import request_of
from tests.limits import LIMIT_S
from tests.visdom_server.visdom_serving import text


def sessions(root: Path, env: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((root / env / "experiment.json").read_bytes())["sessions"]
    return found


def do(served: Environments, path: str, message: dict[str, Any]) -> str:
    return served.answer(request_of(path, json.dumps(message).encode())).text


def test_an_environment_that_nobody_writes_to_ends_its_session_and_goes_on_with_the_next(
    tmp_path: Path,
) -> None:
    now = [0.0]
    served = Environments(tmp_path, print, now=lambda: now[0])
    do(served, "events", text("w", "a"))
    now[0] = IDLE_S - 1
    do(served, "events", text("w", "b", env="other"))
    served.end_idle()
    assert "ended" not in sessions(tmp_path, "main")[0]
    now[0] = IDLE_S + 1
    served.end_idle()
    assert [("ended" in sessions(tmp_path, env)[0]) for env in ("main", "other")] == [True, False]
    assert do(served, "update", text("w", "c")) == "w"
    assert (tmp_path / "main/w.html").read_text() == "a\n<br>c\n"
    served.close()
    assert [session["outcome"] for session in sessions(tmp_path, "main")] == ["finished"] * 2


def test_reading_opens_no_session_and_many_environments_hold_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "MAX_OPEN", 2)
    served = Environments(tmp_path, print)
    for env in ("a", "b", "c"):
        do(served, "events", text("w", "a", env))
    assert [("ended" in sessions(tmp_path, env)[0]) for env in ("a", "b", "c")] == [True, False, False]
    assert json.loads(do(served, "win_data", {"win": "w", "eid": "a"}))["content"] == "a"
    assert len(sessions(tmp_path, "a")) == 1
    served.close()


def test_events_are_heard_of_environments_that_were_there_before_and_of_new_ones(tmp_path: Path) -> None:
    form = {"data": [{"type": "properties", "content": [{"type": "text", "name": "n"}]}], "win": "form"}
    before = Environments(tmp_path, print)
    do(before, "events", {**form, "eid": "old"})
    before.close()
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    served = Environments(tmp_path, heard.put)
    served.start_hearing()
    do(served, "events", {**form, "eid": "new"})
    for env in ("old", "new"):
        line = {"label": "form", "type": "changed", "seq": 1, "field": "n", "value": env}
        (tmp_path / env / "events.jsonl").write_text(json.dumps(line) + "\n")
        event = heard.get(timeout=LIMIT_S)
        assert (event["eid"], event["value"], event["target"]) == (env, env, "form")
    served.close()
