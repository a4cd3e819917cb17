"""What scripts post over HTTP: to a real server at a loopback port."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike.visdom_server import visdom_endpoints
from tests.compat.visdom.windows import figure, records, traces
from tests.logged import files_of
from tests.visdom_server.visdom_serving import RECORDED, TOKEN, post, sign_in, text, visdom_server

WRITES = [
    ("events", text("w", "new")),
    ("update", text("w", "more")),
    ("close", {"win": "w"}),
    ("close", {"win": None}),
    ("save", {"data": ["main"]}),
    ("fork_env", {"prev_eid": "main", "eid": "copy"}),
    ("delete_env", {"eid": "main"}),
    ("win_data", {"win": "w", "data": json.dumps({"content": "new", "type": "text"})}),
    ("env/new", {"eid": "new"}),
]


@pytest.mark.slow
@pytest.mark.usefixtures("frontend")
def test_the_page_is_at_the_same_port(tmp_path: Path) -> None:
    with visdom_server(tmp_path) as server, server.client() as client:
        assert client.get("/").text.startswith("<!doctype html>")


@pytest.mark.slow
def test_what_the_original_client_posts_is_answered_alike_and_is_in_the_files(tmp_path: Path) -> None:
    root = tmp_path / "log"
    root.mkdir()
    with visdom_server(root) as server, server.client() as client:
        for line in RECORDED.read_text().splitlines():
            path, body, answer = json.loads(line)
            given = post(client, path, body)
            assert given.status_code == 200
            assert answer in (None, given.text), (path, body)
            assert given.headers["content-type"].startswith("text/plain")
        panes = json.loads(post(client, "win_data", {"win": None, "eid": "main"}).text)
    assert panes.keys() >= {"text", "line", "heatmap", "history", "graph", "form", "audio"}
    assert [trace["y"] for trace in traces(tmp_path, "line")] == [[1, 2, 3], [5, 6]]
    assert figure(tmp_path, "line")["layout"]["title"] == "Other"
    assert records(tmp_path)["line"]["opts"]["unknown"] == 1
    assert (root / "main/text.html").read_text() == "a <b>b</b>\n<br>c\n"
    assert {"audio.wav", "jpeg.jpg", "image.json", "graph.graph.json", "form.form.json"} <= {
        path.name for path in (root / "main").iterdir()
    }
    assert sorted(path.name for path in root.iterdir() if not path.name.startswith(".")) == ["main", "other"]
    assert json.loads((root / "main/experiment.json").read_bytes())["sessions"][0]["outcome"] == "finished"


def test_what_a_page_of_another_site_could_send_is_refused(tmp_path: Path) -> None:
    refused: list[tuple[dict[str, str], int]] = [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "text/plain;charset=UTF-8"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
    ]
    with visdom_server(tmp_path) as server, server.client() as client:
        for headers, status in refused:
            for path, message in WRITES:
                assert post(client, path, message, **headers).status_code == status, (headers, path)
    assert list(tmp_path.iterdir()) == []


def test_bad_messages_are_refused_and_change_nothing(tmp_path: Path) -> None:
    root = tmp_path / "log"
    root.mkdir()
    with visdom_server(root) as server, server.client() as client:
        for path, message in [
            ("events", text("w", "out", env="../out")),
            ("env/..%2Fout", {}),
            ("fork_env", {"prev_eid": "main", "eid": "a/../../out"}),
            ("fork_env", {"prev_eid": "none", "eid": "b"}),
            ("events", {"data": [{"type": "image", "content": {"src": "http://elsewhere/x.png"}}], "win": "i"}),
            ("events", {"data": [{"type": "network", "content": {"nodes": 3}}], "win": "n"}),
            ("win_data", {"win": "none"}),
            ("win_data", {"win": "w", "data": "[1]"}),
            ("events", "no JSON"),
        ]:  # fmt: skip
            answer = post(client, path, message)
            assert (answer.status_code, "\n" in answer.text) == (400, False), (path, message)
        assert client.get("/events").status_code in (404, 405)
        assert post(client, "events", text("../../w", "kept inside")).text == "../../w"
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert [path.parent.parent for path in root.rglob("*.html")] in (
        [root / "main"],
        [root / "main" / "%2E."],
    )


def test_html_and_svg_that_would_run_run_nowhere(tmp_path: Path) -> None:
    script = "<script>document.title = 'run'</script><svg onload='alert(1)'></svg>"
    with visdom_server(tmp_path) as server, server.client() as client:
        post(client, "events", text("page", script))
        post(client, "events", text("drawing", f"<svg xmlns='http://www.w3.org/2000/svg'>{script}</svg>"))
        for name in ("page.html", "drawing.svg"):
            answer = client.get(f"/api/files/main/{name}")
            policy = answer.headers["content-security-policy"]
            assert (answer.status_code, policy.startswith("sandbox;"), "script-src" in policy) == (
                200,
                True,
                False,
            )


def test_a_read_only_server_answers_what_is_there_and_writes_nothing(tmp_path: Path) -> None:
    with visdom_server(tmp_path) as server, server.client() as client:
        assert post(client, "events", text("w", "there")).text == "w"
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with visdom_server(tmp_path, readonly=True) as server, server.client() as client:
        for path, message in WRITES:
            assert (post(client, path, message).status_code, path) == (403, path)
        assert post(client, "win_exists", {"win": "w"}).text == "true"
        assert json.loads(post(client, "win_data", {"win": "w"}).text)["content"] == "there"
        assert json.loads(post(client, "env_state", {}).text) == ["main"]
        assert len(post(client, "win_hash", {"win": "w"}).text) == 32
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_with_a_login_the_token_is_the_password(tmp_path: Path) -> None:
    with visdom_server(tmp_path, TOKEN, username="ann", base_url="/vis") as server, server.client() as client:
        client.base_url = httpx.URL(f"{server.url}/vis/")
        for path, message in WRITES:
            assert post(client, path, message).status_code == 401
        wrong = [sign_in(client, "wrong").status_code for _ in range(6)]
        assert wrong == [400] * 5 + [429]
        assert sign_in(client, TOKEN, "bob").status_code == 429
        assert sign_in(client, TOKEN).status_code == 200
        assert {"HttpOnly", "SameSite=Strict"} <= set(
            sign_in(client, TOKEN).headers["set-cookie"].split("; ")
        )
        assert post(client, "events", text("w", "signed in")).text == "w"
        assert post(client, "events", text("w", "x"), Origin="http://127.0.0.1:9").status_code == 403
    assert files_of(tmp_path / "main") == ["w.html", "windows.jsonl"]


def test_the_token_of_readers_opens_and_changes_nothing(tmp_path: Path) -> None:
    from lavdlike.server.web.credentials import Credentials

    readers = Credentials(b"k" * 32, TOKEN).reader_token
    assert readers is not None
    with visdom_server(tmp_path, TOKEN) as server, server.client() as client:
        assert sign_in(client, readers).status_code == 200
        assert post(client, "env_state", {}).text == "[]"
        assert [post(client, *write).status_code for write in WRITES] == [403] * len(WRITES)
    assert list(tmp_path.iterdir()) == []


def test_a_message_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visdom_endpoints, "MAX_BODY_BYTES", 1000)
    with visdom_server(tmp_path) as server, server.client() as client:
        assert post(client, "events", text("w", "x" * 1000)).status_code == 413
        assert post(client, "events", text("w", "x" * 100)).status_code == 200


def test_requests_of_the_lua_client_are_answered(tmp_path: Path) -> None:
    """Written after its source (th/init.lua, 2017), which says what it posts; there is no Lua here to run it."""
    lua: dict[str, Any] = {"Content_Type": "application/text"}
    line = {"data": [{"x": [1, 2], "y": [3, 4], "type": "scatter", "name": "1"}], "eid": "main", "layout": {}}
    called = {
        "func": "text",
        "args": [{"is_table": False, "is_tensor": False, "val": "later"}],
        "kwargs": {"win": {"is_table": False, "is_tensor": False, "val": "said"}},
    }
    with visdom_server(tmp_path / "log") as server, server.client() as client:
        (tmp_path / "log").mkdir()
        win = post(client, "events", line, **lua).text
        more = {"data": [{"x": [3], "y": [5]}], "win": win, "eid": "main", "name": "1", "append": True}
        assert post(client, "update", more, **lua).text == win
        assert post(client, "events", called, **lua).text == "said"
        assert post(client, "save", {"data": ["main"], "eid": "main"}, **lua).text == '["main"]'
    assert traces(tmp_path, win)[0]["y"] == [3, 4, 5]
    assert (tmp_path / "log/main/said.html").read_text() == "later\n"
