"""Boards over HTTP: two browsers and an editor on one file, what routes answer, and addresses of layouts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from lavdlike.server.web.routes import edit_routes
from tests.serving import Served, served
from tests.soak import board_edits
from tests.soak.board_edits import BOARD, FILE, TEXT

TOKEN = "the-right-token"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(edit_routes, "EDITS_PER_S", 100_000)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "experiment.json").write_text("{}")
    (tmp_path / FILE).write_text(TEXT)
    app = create_app(Settings(tmp_path, editing=True), Credentials(b"k" * 32, TOKEN), AccessRules())
    with served(app) as server:
        yield server


def edited(client: httpx.Client, **edit: Any) -> httpx.Response:
    return client.post("/api/edits", json={"edit": {"action": "board", "board": BOARD, **edit}})


@pytest.mark.slow
def test_two_browsers_a_shell_and_an_editor_lose_no_state_though_the_server_is_killed(tmp_path: Path) -> None:
    """The short version of `python -m tests.soak.board_edits`."""
    board_edits.run(tmp_path / "log", 80, seed=1, kills=1)


def test_what_one_browser_changes_another_is_answered(server: Served) -> None:
    with server.client(headers=BEARER) as client:
        page = client.get(f"/api/boards/{BOARD}").json()
        set_at = {"operation": "set", "path": ["panels", 0, "at"], "value": [6, 0, 6, 4]}
        done = edited(client, match=page["match"], operations=[set_at]).json()
        after = client.get(f"/api/boards/{BOARD}").json()
        assert after["match"] == done["match"]
        assert after["text"] == TEXT.replace("[0, 0, 6, 4]", "[6, 0, 6, 4]")
        assert after["content"]["panels"][0]["at"] == [6, 0, 6, 4]
        late = edited(client, match=page["match"], operations=[set_at])
        assert late.status_code == httpx.codes.CONFLICT
        assert late.json()["refused"][0]["conflict"]["text"] == after["text"]
        states = client.get(f"/api/history/{BOARD}").json()["states"]
        assert [state["text"] for state in states] == [TEXT]
        assert [each["board"] for each in client.get("/api/boards").json()["boards"]] == [BOARD]
        assert client.get("/api/boards", params={"experiment": "one"}).json() == {"boards": []}


@pytest.mark.parametrize(
    ("edit", "status", "said"),
    [
        ({"match": "", "text": "title: [a]"}, 400, "line 1, column 8: title"),
        ({"match": ""}, 400, "by operations, by a text, or by a name"),
        ({"match": "", "text": "a: 1", "board": "../x.board.yaml"}, 404, "no board"),
        ({"match": "", "text": "a: 1", "board": "nobody/x.board.yaml"}, 404, "no such experiment"),
        ({"match": "", "operations": [{"operation": "x"}]}, 400, "The body is not what this route takes"),
        ({"match": "", "text": "x" * (2**20 + 1)}, 400, "larger than 1 MiB"),
        ({"match": "", "text": "[" * 60}, 400, "deeper than 50 levels"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(
    server: Served, tmp_path: Path, edit: dict[str, Any], status: int, said: str
) -> None:
    with server.client(headers=BEARER) as client:
        answer = edited(client, **edit)
        assert answer.status_code == status
        if status == httpx.codes.NOT_FOUND:
            assert "Nothing was changed" in answer.json()["error"]
        else:
            assert said in answer.json()["error"]
    assert (tmp_path / FILE).read_text() == TEXT


def test_a_text_is_checked_before_it_is_saved(server: Served) -> None:
    with server.client(headers=BEARER) as client:
        page = client.post(
            "/api/boards/preview", json={"text": "panels:\n  - chart: a\n    at: [0]\n"}
        ).json()
        assert page["mistakes"] == [
            {"reason": "at: Expected `array` of length 4, got 1", "line": 3, "column": 9}
        ]
        operation = {"operation": "insert", "panel": {"chart": "b"}, "index": 0}
        text = "# mine\npanels:\n  - chart: a\n"
        page = client.post("/api/boards/preview", json={"text": text, "operations": [operation]}).json()
        assert page["text"] == "# mine\npanels:\n  - chart: b\n  - chart: a\n"
        operation["operation"] = "remove"
        refused = client.post("/api/boards/preview", json={"text": text, "operations": [operation]})
        assert refused.status_code in {httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY}
        for board in ("x.board.yaml", "one/y.board.yaml", ".root/experiment.json", ".root/..%2Fx.board.yaml"):
            assert client.get(f"/api/boards/{board}").status_code == httpx.codes.NOT_FOUND
        assert client.get("/api/boards", params={"experiment": "no"}).status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("?rows=A,B;C&width=1,2,1&height=1,2", "./#/board?rows=A,B;C&width=1,2,1&height=1,2"),
        ("?cols=A&board=.root/x.board.yaml&other=1", "./#/board?cols=A&board.name=.root/x.board.yaml"),
        ("env/main", "../#/windows?show=-&show=%2B%3Dmain"),
        ("env/a/b", "../../#/windows?show=-&show=%2B%3Da%252Fb"),
        ("env/", "../#/windows"),
        ("compare/a+b c", "../#/windows?show=-&show=%2B%3Da&show=%2B%3Db%2520c"),
        ("?rows=a%0D%0Ab%26%23x", "./#/board?rows=a%0D%0Ab%26%23x"),
    ],
)
def test_addresses_of_layouts_lead_to_the_page_of_boards(server: Served, asked: str, address: str) -> None:
    with server.client(headers=BEARER) as client:
        answer = client.get(f"/{asked}")
        assert (answer.status_code, answer.headers["Location"]) == (307, address)
        assert client.get("/?width=1").status_code != 307
