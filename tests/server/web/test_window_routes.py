"""What the page is told of windows, and what becomes of them by edits."""

from __future__ import annotations

from pathlib import Path

from lavdlike.compat.visdom import Visdom
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.server.web.test_edit_routes import BEARER, TOKEN
from tests.serving import served, wait_until


def test_windows_are_told_in_their_order_with_what_was_said_last(tmp_path: Path) -> None:
    vis = Visdom(log_dir=tmp_path, env="main")
    vis.text("a", win="z", opts={"title": "First", "width": 300, "height": "tall"})
    vis.text("b", win="gone")
    vis.line([1, 2], win="loss", opts={"title": "Loss"})
    vis.text("again", win="z", opts={"title": "Now"})
    vis.close("gone")
    with (tmp_path / "main" / "windows.jsonl").open("ab") as file:
        file.write(b'broken\n{"id": "unfinished"')
    (tmp_path / "other").mkdir()
    app = create_app(Settings(tmp_path, editing=True), Credentials(b"k" * 32, TOKEN), AccessRules())
    with served(app) as server, server.client(headers=BEARER) as client:
        page = client.get("/api/windows/main").json()
        assert page["env"] == "main"
        assert [(each["label"], each["title"], each["type"]) for each in page["windows"]] == [
            ("z", "Now", "text"),
            ("loss", "Loss", "plot"),
        ]
        assert client.get("/api/windows/other").json() == {"experiment": "other", "env": "", "windows": []}
        assert client.get("/api/windows/none").status_code == 404
        rows = {row["id"]: row for row in client.get("/api/root").json()["experiments"]}
        target = {"experiment": "main", "match": rows["main"]["identity"]}

        made = {"action": "make", "experiment": "fresh"}
        assert client.post("/api/edits", json={"edit": made}).json()["refused"] == []
        closed = {"action": "close", "target": target, "items": [{"kind": "plots", "label": "loss"}]}
        assert client.post("/api/edits", json={"edit": closed}).json()["files"] == 1
        forked = {"action": "fork", "target": target, "name": "copy"}
        assert client.post("/api/edits", json={"edit": forked}).json()["refused"] == []

        def are_listed() -> bool:
            return {"fresh", "copy"} <= {row["id"] for row in client.get("/api/root").json()["experiments"]}

        wait_until(are_listed)
        labels = [each["label"] for each in client.get("/api/experiments/copy").json()["labels"]]
        assert "z" in labels
        assert "loss" not in labels
