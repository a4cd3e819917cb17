"""Several roots over HTTP: what is told of them, what can be read, and whose files an edit changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike.named_roots import NamedRoot
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.serving import served

TOKEN = "the-right-token"  # noqa: S105


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Roots `a` and `b c`, the run `runs/first`, and links that lead from one root to another."""
    for name in ("a/one", "b c/one", "runs/first", "runs/beside"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "experiment.json").write_text("{}")
        (tmp_path / name / "x.txt").write_text(name)
    (tmp_path / "a" / "readme.md").write_text("# of a")
    (tmp_path / "a" / ".hidden.txt").write_text("hidden")
    (tmp_path / "a" / "one" / "link.txt").symlink_to("../../b c/one/x.txt")
    (tmp_path / "a" / "linked").symlink_to(tmp_path / "b c" / "one")
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[httpx.Client]:
    several = (
        NamedRoot("a", folder / "a"),
        NamedRoot("b c", folder / "b c"),
        NamedRoot("run", folder / "runs", "first"),
        NamedRoot("late", folder / "late", is_decided=False),
    )
    settings = Settings(folder / "a", editing=True, several=several)
    with (
        served(create_app(settings, Credentials(b"k" * 32, TOKEN), AccessRules())) as server,
        httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {TOKEN}"}) as client,
    ):
        yield client


def edit(client: httpx.Client, **what: Any) -> Any:
    return client.post("api/edits", json={"edit": what}).json()


def test_the_page_is_told_of_each(client: httpx.Client, folder: Path) -> None:
    page = client.get("api/root").json()
    assert page["name"] == "a, b c, run, late"
    assert [(root["name"], root["id"], root["home"], root["is_run"]) for root in page["roots"]] == [
        ("a", "a", "a", False),
        ("b c", "b%20c", "b%20c", False),
        ("run", "run", "", True),
        ("late", "late", "late", False),
    ]
    assert page["roots"][2]["path"] == str(folder / "runs" / "first")
    assert [(root["name"], root["reason"]) for root in page["health"]["roots"]] == [
        ("a", ""),
        ("b c", ""),
        ("run", ""),
        ("late", "it is not there"),
    ]
    assert [root["files"] for root in page["health"]["roots"]] == [1, 0, 0, 0]
    assert sorted(row["id"] for row in page["experiments"]) == ["a%2Fone", "b%20c%2Fone", "run"]
    assert not page["is_run"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("a%2Fone/x.txt", "a/one"),
        ("b%20c%2Fone/x.txt", "b c/one"),
        ("run/x.txt", "runs/first"),
        ("a/readme.md", "# of a"),  # the root's own
    ],
)
def test_files_of_all_can_be_read(client: httpx.Client, path: str, said: str) -> None:
    answer = client.get(f"api/files/{path}")
    assert (answer.status_code, answer.text) == (200, said)


@pytest.mark.parametrize(
    "path",
    [
        "a%2Fone/link.txt",  # into another root
        "a%2Flinked/x.txt",
        "a%2F..%2Fb%20c%2Fone/x.txt",
        "a/%2E%2E/b%20c/one/x.txt",
        "run%2F..%2Fbeside/x.txt",
        "run/..%2Fbeside%2Fx.txt",
        "beside/x.txt",
        "one/x.txt",
        ".root/readme.md",
        "a/.hidden.txt",
        "/a/readme.md",
    ],
)
def test_nothing_else_can(client: httpx.Client, path: str) -> None:
    assert client.get(f"api/files/{path}").status_code in (400, 403, 404)


def test_an_edit_changes_files_of_its_own_root(client: httpx.Client, folder: Path) -> None:
    targets = [{"experiment": name, "match": ""} for name in ("a%2Fone", "b%20c%2Fone", "run")]
    answer = edit(client, action="mark", targets=targets, starred=True)
    assert answer["refused"] == []
    for name in ("a/one", "b c/one", "runs/first"):
        assert (folder / name / "marks.json").exists()
    assert not (folder / "runs" / "beside" / "marks.json").exists()
    done = client.get("api/edits").json()["edits"]
    assert {each["id"] for each in done} == set(answer["id"].split(" "))
    assert edit(client, action="undo", edit=answer["id"])["refused"] == []
    assert not list(folder.glob("*/*/marks.json"))


@pytest.mark.parametrize(
    "experiment", ["a", "b%20c", "late%2Fone", "d%2Fone", "run%2F..%2Fbeside", "a%2Flinked"]
)
def test_an_edit_of_what_is_no_experiment_changes_nothing(
    client: httpx.Client, folder: Path, experiment: str
) -> None:
    answer = client.post(
        "api/edits",
        json={
            "edit": {"action": "mark", "targets": [{"experiment": experiment, "match": ""}], "starred": True}
        },
    )
    assert answer.status_code != 200
    assert not list(folder.rglob("marks.json"))
