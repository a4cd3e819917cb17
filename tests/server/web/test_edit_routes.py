"""The one route that writes: who may, what it refuses, and that nothing is changed by what it refuses."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from lavdlike.match import match_of
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web import access, responses
from lavdlike.server.web.access import AccessRules, Visitor
from lavdlike.server.web.credentials import Credentials
from lavdlike.server.web.routes import edit_routes
from tests.serving import Served, served, wait_until

TOKEN = "the-right-token"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SECRET = "outside the root"  # noqa: S105


def make_root(folder: Path) -> Path:
    """A dead run, one that has ended, one with links in it, one of another program, and a link that leads out."""
    (folder / "secret.txt").write_text(SECRET)
    root = folder / "log"
    for name in ("exp", "other", "linked", "theirs"):
        (root / name / "0001").mkdir(parents=True)
        (root / name / "0001" / "a.txt").write_text("a")
    dead = {"started": 1.0, "host": "gone", "pid": 7}
    ended = {**dead, "ended": 2.0, "outcome": "finished"}
    for name, session in (("exp", dead), ("other", ended), ("linked", dead)):
        (root / name / "experiment.json").write_text(json.dumps({"sessions": [session], "tags": ["logged"]}))
        os.utime(root / name / "experiment.json", (1e9, 1e9))
    (root / "linked" / "marks.json").symlink_to("../../secret.txt")
    (root / "linked" / "my-notes.md").symlink_to("../../secret.txt")
    os.mkfifo(root / "linked" / "annotations.tsv")
    (root / "out").symlink_to("..")
    return root


@contextmanager
def serving(root: Path, *, editing: bool = True) -> Iterator[Served]:
    settings = Settings(root, editing=editing)
    with served(create_app(settings, Credentials(b"k" * 32, TOKEN), AccessRules())) as server:
        yield server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_root(tmp_path)


@pytest.fixture
def client(root: Path) -> Iterator[httpx.Client]:
    with serving(root) as server, server.client(headers=BEARER) as client:
        wait_for_rows(client)
        yield client


def on_disk(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that is below a folder, but for the folder of the history, in which every edit has to hold the lock."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        if ".lavdlike-history" in path.parts:
            continue
        status = path.lstat()
        is_file = path.is_file() and not path.is_symlink()
        content = (status.st_mtime_ns, path.read_bytes()) if is_file else ()
        found[os.fspath(path)] = (status.st_mode, status.st_ino, *content)
    return found


def edit(client: httpx.Client, action: str, status: int = 200, **fields: Any) -> Any:
    answer = client.post("/api/edits", json={"edit": {"action": action, **fields}})
    assert answer.status_code == status, answer.text
    return answer.json()


def target(experiment: str = "exp", match: str = "") -> dict[str, str]:
    return {"experiment": experiment, "match": match}


def rows(client: httpx.Client) -> dict[str, Any]:
    return {row["id"]: row for row in client.get("/api/root").json()["experiments"]}


def wait_for_rows(client: httpx.Client) -> None:
    """Until the server has read them after its start; from then on an edit's answer says when they are read again."""
    wait_until(lambda: all(row["details"] for row in rows(client).values()))


def test_events_need_the_right_to_edit_and_are_appended(client: httpx.Client, root: Path) -> None:
    event = {"type": "pressed", "label": "form", "field": "stop"}
    told = {"sender": "a", "first": 1, "events": [event]}
    assert client.post("/api/events/exp", json=told).json() == {"last": 1}
    line = json.loads((root / "exp" / "events.jsonl").read_text())
    assert line | {"time": 0} == {**event, "seq": 1, "time": 0, "sender": "a", "number": 1}
    for wrong, status in (
        ({**told, "events": []}, 400),
        ({**told, "first": 0}, 400),
        ({**told, "sender": "a" * 65}, 400),
        ({**told, "events": [event] * 501}, 400),
    ):
        assert client.post("/api/events/exp", json=wrong).status_code == status, wrong
    assert client.post("/api/events/none", json=told).status_code == 404
    assert client.post("/api/events/theirs", json=told).status_code == 503
    assert client.post("/api/events/exp", json=told, headers={"Authorization": ""}).status_code == 401
    with serving(root, editing=False) as server, server.client(headers=BEARER) as other:
        assert other.post("/api/events/exp", json=told).status_code == 404
    assert len((root / "exp" / "events.jsonl").read_text().splitlines()) == 1


# --- what is changed is shown --------------------------------------------------------------------------------


def test_what_was_changed_is_in_the_row_when_it_is_answered(client: httpx.Client, root: Path) -> None:
    answer = edit(client, "mark", targets=[target()], title="Best", add_tags=["good"], remove_tags=["logged"])
    row = rows(client)["exp"]
    assert (row["title"], row["tags"]) == ("Best", ["good"])
    assert row["marks"] == answer["match"] == match_of((root / "exp" / "marks.json").read_bytes())
    again = edit(client, "mark", targets=[target(match=answer["match"])], starred=True)
    assert rows(client)["exp"]["starred"]
    edit(client, "undo", edit=again["id"])
    assert not rows(client)["exp"]["starred"]


def test_notes_on_an_experiment_that_is_gone_are_not_found(client: httpx.Client, root: Path) -> None:
    shutil.rmtree(root / "exp")
    refusal = edit(client, "notes", 404, target=target(), text="a")
    assert "there is no such experiment any more" in refusal["error"]
    assert not (root / "exp").exists()


def test_of_a_foreign_experiment_the_row_follows_lavdlike_yaml(client: httpx.Client, root: Path) -> None:
    answer = edit(client, "mark", targets=[target("theirs")], title="Theirs", add_tags=["a"])
    row = rows(client)["theirs"]
    assert (row["title"], row["tags"], row["is_foreign"]) == ("Theirs", ["a"], True)
    assert row["marks"] == answer["match"] == match_of((root / "lavdlike.yaml").read_bytes())
    assert [path.name for path in (root / "theirs").iterdir()] == ["0001"]


def test_settings_of_the_root_are_those_of_the_edit(client: httpx.Client) -> None:
    answer = edit(client, "define", match="", definition={"pattern": "loss", "goal": "min"})
    answer = edit(client, "filter", match=answer["match"], saved={"name": "good", "filter": "tag:good"})
    edit(client, "view", match=answer["match"], view={"x": ["wall"]})
    people = client.get("/api/root").json()["people"]
    assert people["labels"] == [{"pattern": "loss", "goal": "min"}]
    assert people["filters"] == [{"name": "good", "filter": "tag:good"}]
    assert people["view"] == {"x": ["wall"]}
    assert people["problem"] is None


def test_folders_come_and_go_with_the_edit(client: httpx.Client, root: Path) -> None:
    identity = rows(client)["other"]["identity"]
    edit(client, "rename", target=target("other", identity), name="better")
    assert rows(client).keys() == {"exp", "better", "linked", "theirs"}
    edit(client, "trash", targets=[target("better", identity)])
    assert "better" not in rows(client)
    [trashed] = client.get("/api/trash").json()["trashed"]
    assert (trashed["name"], trashed["files"]) == ("better", 2)
    edit(client, "restore", trashed=[trashed["id"]])
    assert rows(client)["better"]["identity"] == identity
    assert (root / "better" / "0001" / "a.txt").read_text() == "a"
    (root / "better" / "0002").mkdir()
    (root / "better" / "0002" / "a.txt").write_text("b")
    for dry_run in (True, False):
        which: dict[str, Any] = {
            "targets": [target("better", identity)],
            "kinds": ["texts"],
            "every": 0,
            "last": 1,
        }
        assert edit(client, "thin", **which, dry_run=dry_run)["files"] == 1
        assert (root / "better" / "0001" / "a.txt").exists() == dry_run
    assert (root / "better" / "0002" / "a.txt").exists()


def test_notes_and_annotations_are_read_as_they_were_written(client: httpx.Client) -> None:
    text = "# Why\n\n*so*\n\n<script>alert(1)</script>\n"
    answer = edit(client, "notes", target=target(), text=text)
    page = client.get("/api/notes/exp").json()
    assert (page["text"], page["match"]) == (text, answer["match"])
    assert "<em>so</em>" in page["html"]
    assert "<script" not in page["html"]
    preview = client.post("/api/notes/exp", json={"text": "**b**"}).json()
    assert "<strong>b</strong>" in preview["html"]
    assert client.get("/api/notes/other").json() == {"text": "", "html": "", "match": ""}
    answer = edit(
        client, "annotate", target=target(), annotation={"step": 3, "text": "high", "label": "loss"}
    )
    wanted = {"experiments": ["exp", "other", "none"]}
    [ours, others] = client.post("/api/annotations", json=wanted).json()["experiments"]
    assert ours["match"] == answer["match"]
    [annotation] = ours["annotations"]
    assert (annotation["step"], annotation["label"], annotation["text"]) == (3, "loss", "high")
    assert others["annotations"] == []


def test_what_was_done_and_what_stood_there_is_told(client: httpx.Client) -> None:
    first = edit(client, "notes", target=target(), text="first")
    edit(client, "notes", target=target(match=first["match"]), text="second")
    states = client.get("/api/history/exp/my-notes.md").json()["states"]
    assert [state["text"] for state in states] == ["first"]
    done = client.get("/api/edits").json()["edits"]
    assert [each["experiments"] for each in done] == [["exp"], ["exp"]]
    [usage] = client.post("/api/usage", json={"experiments": ["exp", "none"]}).json()["experiments"]
    assert (usage["experiment"], usage["files"]) == ("exp", 3)


def test_a_tag_does_not_make_a_dead_run_alive(client: httpx.Client, root: Path) -> None:
    before = rows(client)["exp"]["status"]
    assert before == "quiet"
    edit(client, "mark", targets=[target()], add_tags=["dead"])
    assert (root / "exp" / "experiment.json").stat().st_mtime == 1e9
    assert rows(client)["exp"]["status"] == before


def test_notes_of_one_mebibyte_fit_however_they_are_escaped(client: httpx.Client, root: Path) -> None:
    body = json.dumps({"edit": {"action": "notes", "target": target(), "text": "\u00e4" * 2**19}})
    assert len(body) > 3 * responses.MAX_BODY_BYTES
    answer = client.post("/api/edits", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    assert (root / "exp" / "my-notes.md").stat().st_size == 2**20


# --- two at once ---------------------------------------------------------------------------------------------


def test_of_two_who_edit_at_once_one_gets_a_conflict_with_what_the_other_wrote(root: Path) -> None:
    with serving(root) as server:
        begin = threading.Barrier(2)
        answers: dict[str, httpx.Response] = {}

        def write(text: str) -> None:
            with server.client(headers=BEARER) as client:
                begin.wait()
                change = {"action": "notes", "target": target(), "text": text}
                answers[text] = client.post("/api/edits", json={"edit": change})

        threads = [threading.Thread(target=write, args=(text,)) for text in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        by_status = {answer.status_code: text for text, answer in answers.items()}
        assert by_status.keys() == {200, 409}
        [refused] = answers[by_status[409]].json()["refused"]
        assert refused["target"] == "exp"
        assert refused["conflict"]["text"] == by_status[200] == (root / "exp" / "my-notes.md").read_text()


def test_only_so_many_edits_a_second_are_taken_of_one(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lavdlike.server.web.routes.edit_routes.time.monotonic", lambda: 1000.0)
    change = {"edit": {"action": "undo", "edit": "none"}}
    statuses = [client.post("/api/edits", json=change).status_code for _ in range(edit_routes.EDITS_PER_S)]
    assert 429 not in statuses
    answer = client.post("/api/edits", json=change)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")


# --- who may not ---------------------------------------------------------------------------------------------

TAG = {"edit": {"action": "mark", "targets": [target()], "add_tags": ["x"]}}
_NOT = {
    "without a secret": (401, {}, TAG),
    "with a wrong token": (401, {"Authorization": "Bearer wrong"}, TAG),
    "by a foreign page": (403, {**BEARER, "Origin": "https://evil.example"}, TAG),
    "by a page of another port": (403, {**BEARER, "Sec-Fetch-Site": "same-site"}, TAG),
    "under a foreign name": (403, {**BEARER, "Host": "evil.example"}, TAG),
    "as text": (415, {**BEARER, "Content-Type": "text/plain"}, TAG),
    "as a form": (415, {**BEARER, "Content-Type": "application/x-www-form-urlencoded"}, TAG),
    "with a stale match": (409, BEARER, {"edit": {**TAG["edit"], "targets": [target(match="0" * 32)]}}),
}


@pytest.mark.slow
@pytest.mark.parametrize("how", _NOT)
def test_an_edit_is_refused_and_changes_nothing(root: Path, how: str) -> None:
    status, headers, body = _NOT[how]
    before = on_disk(root.parent)
    with serving(root) as server, server.client() as client:
        sent = {"Content-Type": "application/json", **headers}
        answer = client.post("/api/edits", content=json.dumps(body), headers=sent)
    assert answer.status_code == status
    assert has_sentence(answer)
    assert on_disk(root.parent) == before


def test_a_cookie_alone_edits_nothing(root: Path) -> None:
    with serving(root) as server, server.client() as client:
        secrets = client.post("/api/sign-in", json={"token": TOKEN}).json()
        before = on_disk(root.parent)
        assert client.post("/api/edits", json=TAG).status_code == 401
        key = {"key": secrets["address_key"]}
        assert client.post("/api/edits", params=key, json=TAG).status_code == 401
        assert on_disk(root.parent) == before
        page = {"X-Lavdlike-Page": secrets["page_secret"]}
        assert client.post("/api/edits", headers=page, json=TAG).status_code == 200


def test_who_may_only_read_edits_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access.Access, "_signed_in", lambda *_: Visitor("s", allowed=True, may_edit=False))
    before = on_disk(root.parent)
    with serving(root) as server, server.client() as client:
        answer = client.post("/api/edits", json=TAG)
        assert answer.status_code == 403
        assert has_sentence(answer)
        assert client.get("/api/edits").json() == {"edits": []}
        assert client.get("/api/trash").json() == {"trashed": []}
        assert client.get("/api/root").json()["editing"]["allowed"] is False
    assert on_disk(root.parent) == before


def test_a_server_that_changes_nothing_has_no_such_route(root: Path) -> None:
    before = on_disk(root.parent)
    with serving(root, editing=False) as server, server.client(headers=BEARER) as client:
        answer = client.post("/api/edits", json=TAG)
        assert answer.status_code == 404
        assert has_sentence(answer)
        assert client.get("/api/edits").json() == {"edits": []}
        assert client.get("/api/notes/exp").json()["text"] == ""
        assert client.get("/api/root").json()["editing"]["allowed"] is False
    assert on_disk(root.parent) == before
    assert not (root / ".lavdlike-history").exists()


def test_a_root_that_cannot_be_written_is_said_to_be_one(
    client: httpx.Client, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/api/root").json()["editing"] == {"allowed": True, "user": "", "reason": ""}
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, *rest, **more: path != root and real(path, *rest, **more))
    editing = client.get("/api/root").json()["editing"]
    assert not editing["allowed"]
    assert "cannot be written" in editing["reason"]


def test_the_name_of_who_edits_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = Visitor("s", allowed=True, may_edit=True, name="ada")
    monkeypatch.setattr(access.Access, "_signed_in", lambda *_: ada)
    with serving(root) as server, server.client() as client:
        edit(
            client,
            "annotate",
            target=target(),
            annotation={"step": 1, "text": "a", "author": "eve", "time": 1.0},
        )
        [done] = client.get("/api/edits").json()["edits"]
        assert done["by"] == "ada"
        [found] = client.post("/api/annotations", json={"experiments": ["exp"]}).json()["experiments"]
        [annotation] = found["annotations"]
        assert annotation["author"] == "ada"
        assert annotation["time"] > time.time() - 1000
        assert client.get("/api/root").json()["editing"]["user"] == "ada"


def test_a_hundred_megabytes_are_refused_before_they_are_sent(root: Path) -> None:
    with serving(root) as server:
        head = f"POST /api/edits HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        head += "Content-Type: application/json\r\n"
        answer = server.exchange(f"{head}Content-Length: {100 * 2**20}\r\n\r\n".encode())
        assert answer.status == 413
        # Just beyond the limit, so that nothing is left unread when the server hangs up.
        chunks = (b"100000\r\n" + b" " * 2**20 + b"\r\n") * 7 + b"1\r\n \r\n"
        answer = server.exchange(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks)
        assert answer.status == 413


# --- what is hostile -----------------------------------------------------------------------------------------


class Hostile(NamedTuple):
    """A request and the statuses that are right for it."""

    change: Any = None  # the edit; None: the rest says it all
    statuses: tuple[int, ...] = (400, 409)
    method: str = "POST"
    path: str = "/api/edits"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def raw(self, identity: str) -> bytes:
        text = json.dumps({"edit": self.change}).replace("{identity}", identity)
        body = text.encode() if self.body is None else self.body
        headers = [
            ("Host", "localhost"),
            ("Authorization", f"Bearer {TOKEN}"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Connection", "close"),
            *self.headers,
        ]
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"{self.method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def mark(experiment: str, **fields: Any) -> dict[str, Any]:
    return {"action": "mark", "targets": [target(experiment)], "add_tags": ["x"], **fields}


def annotate(**fields: Any) -> dict[str, Any]:
    return {"action": "annotate", "target": target(), "annotation": {"step": 1, "text": "a", **fields}}


def trash(experiment: str) -> dict[str, Any]:
    return {"action": "trash", "targets": [target(experiment)]}


def rename(name: str) -> dict[str, Any]:
    return {"action": "rename", "target": target(match="{identity}"), "name": name}


HOSTILE: Mapping[str, Hostile] = {
    # names
    "the root itself": Hostile(mark("")),
    "the folder above": Hostile(mark("..")),
    "a path out": Hostile(mark("../other")),
    "an encoded path out": Hostile(mark("%2e%2e%2fsecret.txt")),
    "a folder of a run": Hostile(mark("exp%2F0001")),
    "our hidden folder": Hostile(mark(".lavdlike-history")),
    "a name with NUL": Hostile(mark("exp%00")),
    "a name that is no Unicode": Hostile(mark("%FF%FE")),
    "a very long name": Hostile(mark("e" * 5000)),
    "a link out of the root": Hostile(mark("out")),
    "marks behind a link": Hostile(mark("linked")),
    "notes behind a link": Hostile({"action": "notes", "target": target("linked"), "text": "x"}),
    "annotations in a pipe": Hostile({**annotate(), "target": target("linked")}),
    "the trash of the folder above": Hostile(trash("..")),
    "the trash of a link": Hostile(trash("out")),
    "to a path out": Hostile(rename("../exp2")),
    "to a folder of another": Hostile(rename("other/exp")),
    "to a hidden name": Hostile(rename(".exp")),
    "to a name with NUL": Hostile(rename("a\0b")),
    "to the name of another": Hostile(rename("other")),
    "to nothing": Hostile(rename("")),
    "to a name that is too long": Hostile(rename("e" * 300)),
    "back from outside": Hostile({"action": "restore", "trashed": ["../../secret.txt", "", "."]}),
    "away from outside": Hostile({"action": "empty-trash", "trashed": ["../exp", "/", ".."]}),
    "undo of a path": Hostile({"action": "undo", "edit": "../../secret.txt"}),
    # values
    "a title of two lines": Hostile(mark("exp", title="a\nb")),
    "a title that turns around": Hostile(mark("exp", title="a\u202eb")),
    "a tag with a control character": Hostile(mark("exp", add_tags=["a\x1b[31m"])),
    "a title that is no Unicode": Hostile(body=b'{"edit":{"action":"mark","targets":[],"title":"\\ud800"}}'),
    "notes that are no Unicode": Hostile(
        body=b'{"edit":{"action":"notes","target":{"experiment":"exp","match":""},"text":"\\ud800"}}'
    ),
    "notes that are too long": Hostile({"action": "notes", "target": target(), "text": "x" * (2**20 + 1)}),
    "a step below 0": Hostile(annotate(step=-1)),
    "a step beyond numbers": Hostile(annotate(step=2**64)),
    "a range that ends before": Hostile(annotate(step=5, end_step=4)),
    "an id that is a path": Hostile(annotate(id="../x")),
    "a definition of nothing": Hostile({"action": "define", "match": "", "definition": {"pattern": ""}}),
    "a goal that is none": Hostile(
        {"action": "define", "match": "", "definition": {"pattern": "a", "goal": "up"}}
    ),
    "a filter of no name": Hostile({"action": "filter", "match": "", "saved": {"name": "", "filter": "x"}}),
    "thinning below 0": Hostile(
        {
            "action": "thin",
            "targets": [target(match="{identity}")],
            "kinds": ["images"],
            "every": -1,
            "last": -1,
        }
    ),
    "a kind that is a path": Hostile(
        {"action": "thin", "targets": [target(match="{identity}")], "kinds": ["../.."], "every": 0, "last": 0}
    ),
    # bodies
    "no edit": Hostile(body=b"{}"),
    "an edit that is a list": Hostile([]),
    "an action that is none": Hostile({"action": "delete", "targets": [target()]}),
    "an action that is a number": Hostile({"action": 1}),
    "no action": Hostile({"targets": [target()]}),
    "targets that are text": Hostile({"action": "trash", "targets": "exp"}),
    "a hundred thousand targets": Hostile({"action": "mark", "targets": [target()] * 100_000, "title": "x"}),
    "deep JSON": Hostile(body=b'{"edit":' + b"[" * 200_000),
    "half a JSON": Hostile(body=b'{"edit": {"action": "mark"'),
    "not UTF-8": Hostile(body=b'{"edit": "\xff"}'),
    "compressed": Hostile(body=b"\x1f\x8b\x08\x00", headers=(("Content-Encoding", "gzip"),)),
    # heads
    "two types": Hostile(mark("exp"), headers=(("Content-Type", "text/plain"),), statuses=(400, 415)),
    "two tokens": Hostile(mark("exp"), headers=(("Authorization", "Bearer x"),), statuses=(400,)),
    "two lengths": Hostile(mark("exp"), headers=(("Content-Length", "1"),), statuses=(400,)),
    "two origins": Hostile(
        mark("exp"),
        headers=(("Origin", "http://localhost"), ("Origin", "https://evil.example")),
        statuses=(400,),
    ),
    "a method that is none": Hostile(mark("exp"), method="BREW", statuses=(400,)),
    "PUT": Hostile(mark("exp"), method="PUT", statuses=(405,)),
    "DELETE": Hostile(mark("exp"), method="DELETE", statuses=(405,)),
    "another method by a header": Hostile(
        None, method="GET", path="/api/trash", headers=(("X-HTTP-Method-Override", "POST"),), statuses=(200,)
    ),
    # what is read
    "notes of the folder above": Hostile(method="GET", path="/api/notes/%2e%2e", statuses=(404,)),
    "notes of a path": Hostile(method="GET", path="/api/notes/exp%2F0001", statuses=(404,)),
    "notes of a link": Hostile(method="GET", path="/api/notes/out", statuses=(403, 404)),
    "notes behind another link": Hostile(
        method="GET", path="/api/notes/linked", statuses=(403, 404, 422, 503)
    ),
    "history of a path": Hostile(method="GET", path="/api/history/exp/..%2F..%2Fsecret.txt", statuses=(404,)),
    "history of the script's file": Hostile(
        method="GET", path="/api/history/exp/experiment.json", statuses=(404,)
    ),
    "sizes of paths": Hostile(
        path="/api/usage", body=b'{"experiments": ["..", "exp/0001", "out", "%00"]}', statuses=(200,)
    ),
    "sizes of too many": Hostile(
        path="/api/usage", body=json.dumps({"experiments": ["exp"] * 1001}).encode(), statuses=(400,)
    ),
    "annotations of paths": Hostile(
        path="/api/annotations", body=b'{"experiments": ["..", "exp/0001", "out", "%00"]}', statuses=(200,)
    ),
}


def has_sentence(answer: httpx.Response) -> bool:
    """Whether a refusal says why, in words."""
    said = answer.json()
    reasons = [said["error"]] if "error" in said else [each["reason"] for each in said["refused"]]
    return bool(reasons) and all(" " in reason for reason in reasons)


def test_hostile_requests_change_nothing_and_are_answered_with_a_sentence(
    root: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_routes, "EDITS_PER_S", len(HOSTILE))
    wrong = []
    with serving(root) as server, server.client(headers=BEARER) as client, caplog.at_level(logging.DEBUG):
        wait_for_rows(client)
        identity = rows(client)["exp"]["identity"]
        before = on_disk(root.parent)
        for name, request in HOSTILE.items():
            raw = server.exchange(request.raw(identity))
            answer = httpx.Response(raw.status, headers=raw.headers, content=raw.body)
            if raw.status not in request.statuses:
                wrong.append(f"{name}: {raw.status} {raw.body[:200]!r}")
            elif raw.status != 200 and not has_sentence(answer):
                wrong.append(f"{name}: no sentence: {raw.body[:200]!r}")
            if SECRET.encode() in raw.body:
                wrong.append(f"{name}: says what stands outside")
            if (now := on_disk(root.parent)) != before:
                wrong.append(f"{name}: changed {set(now.items()) ^ set(before.items())}")
                before = now
        assert not wrong, "\n".join(wrong)
        assert rows(client).keys() == {"exp", "other", "linked", "theirs"}
        assert client.get("/api/edits").json() == {"edits": []}
    assert len(HOSTILE) >= 30
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def test_markup_in_titles_and_notes_is_text(client: httpx.Client) -> None:
    title = "<img src=x onerror=alert(1)> & 'q' \"d\""
    edit(client, "mark", targets=[target()], title=title)
    answer = client.get("/api/root")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {row["id"]: row["title"] for row in answer.json()["experiments"]}["exp"] == title
    text = "[a](javascript:alert(1)) <img src=x onerror=alert(1)> \u202e\x07 ![b](https://evil.example/b.png)"
    edit(client, "notes", target=target(), text=text)
    html = client.get("/api/notes/exp").json()["html"]
    assert "javascript:" not in html
    assert "onerror" not in html
