"""Filters and comparisons over HTTP: what is asked wrongly is answered, and nothing of it stops the server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from lavdlike import Logger
from lavdlike.server.app import create_app
from lavdlike.server.settings import Settings
from lavdlike.server.web.access import AccessRules
from lavdlike.server.web.credentials import Credentials
from tests.limits import LIMIT_S
from tests.serving import served, wait_until

TOKEN = "the-right-token"  # noqa: S105
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@contextmanager
def asking(root: Path) -> Iterator[httpx.Client]:
    """A client of a server that knows all rows of a root, runs in folders among them."""
    with (
        served(create_app(Settings(root), Credentials(b"k" * 32, TOKEN), AccessRules())) as server,
        server.client(headers=BEARER) as client,
    ):
        expected = len(list(root.rglob("experiment.json")))

        def has_all() -> bool:
            rows = client.get("/api/root").json()["experiments"]
            return len(rows) >= expected and all(row["details"] for row in rows)

        wait_until(has_all)
        yield client


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = tmp_path_factory.mktemp("log")
    for number, lr in enumerate(("0.1", 0.1, 0.01, None)):
        with Logger(
            f"run {number}", root, config={"lr": lr, "min(loss)": number, "run": {"name": "x"}}
        ) as logger:
            logger.define("loss", goal="min")
            logger.log_scalar(float("nan") if number == 3 else float(number), "loss", 0)
            logger.log_scalar(float(number), "lr=0.1 or", 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with asking(root) as client:
            yield client


def ask(client: httpx.Client, **request: Any) -> dict[str, Any]:
    until = time.monotonic() + LIMIT_S
    while True:
        answer = client.post("/api/filter", json=request)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        if not content["unread"]:
            return content
        assert time.monotonic() < until


def test_an_empty_question_is_about_all(client: httpx.Client) -> None:
    answer = ask(client)
    assert answer["experiments"] == ["run%200", "run%201", "run%202", "run%203"]
    assert (answer["mistakes"], answer["is_live"]) == ([], False)
    assert client.get("/api/root").json()["epoch"] == answer["epoch"]


def test_the_best_come_first_and_what_is_not_a_number_last(client: httpx.Client) -> None:
    answer = ask(client, columns=["loss", "config.lr"], sort="label.loss")
    assert answer["cells"] == [[0.0, 1.0, 2.0, "nan"], ["0.1", 0.1, 0.01, "null"]]
    assert answer["is_live"] is True
    assert ask(client, sort="loss", descending=True)["experiments"][0] == "run%202"


def test_names_that_look_like_terms_are_found_in_quotes(client: httpx.Client) -> None:
    answer = ask(client, filter='"min(loss)">=2 and "lr=0.1 or"<3')
    assert (answer["experiments"], answer["mistakes"]) == (["run%202"], [])
    facets = {each["field"]: each for each in ask(client, facets=True)["facets"]}
    term = facets["min(loss)"]["values"][1]["term"]
    assert ask(client, filter=term)["experiments"] == ["run%201"]
    assert [(each["shown"], each["count"]) for each in facets["lr"]["values"]] == [
        ("0.1", 2),
        ("0.01", 1),
        ("null", 1),
    ]


def test_groups_have_their_numbers(client: httpx.Client) -> None:
    groups = ask(client, columns=["loss"], grouping={"by": ["lr"]})["groups"]
    assert [(group["title"], len(group["experiments"])) for group in groups] == [
        ("lr=0.01", 1),
        ("lr=0.1", 2),
        ("lr=null", 1),
    ]
    assert groups[1]["spreads"] == [
        {
            "n": 2,
            "mean": 0.5,
            "median": 0.5,
            "deviation": pytest.approx(0.5**0.5),
            "minimum": 0.0,
            "maximum": 1.0,
        }
    ]
    assert groups[2]["spreads"] == [None]


@pytest.mark.parametrize(
    "text",
    ["lr=", "(" * 2000, "(" * 60 + "a" + ")" * 60, 'name~"(?:a?){5000}a{5000}"', "run.x=1", "x" * 3000],
)
def test_what_is_no_filter_is_a_mistake_with_its_place(client: httpx.Client, text: str) -> None:
    answer = ask(client, filter=text, columns=["lr"])
    (mistake,) = answer["mistakes"]
    assert (mistake["text"], answer["experiments"], answer["cells"]) == (text, [], [[]])
    assert 0 <= mistake["position"] <= len(text)
    assert mistake["reason"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/filter", {"columns": ["lr"] * 201}),
        ("/api/filter", {"grouping": {"by": ["lr"] * 21}}),
        ("/api/filter", {"filter": 3}),
        ("/api/filter", []),
        ("/api/compare-groups", {"a": [], "b": [], "field": "min("}),
        ("/api/compare-groups", {"a": [], "b": []}),
        ("/api/importance", {"experiments": [], "result": "min(", "fields": []}),
        ("/api/importance", {"experiments": [], "result": "loss", "fields": ["lr"] * 201}),
    ],
)
def test_what_is_no_question_is_refused(client: httpx.Client, path: str, body: Any) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_groups_are_compared(client: httpx.Client) -> None:
    request = {"a": ["run%200", "run%201"], "b": ["run%202", "run%203"], "field": "min(loss)"}
    until = time.monotonic() + LIMIT_S
    while (answer := client.post("/api/compare-groups", json=request).json())["unread"]:
        assert time.monotonic() < until
    assert (answer["a"]["n"], answer["b"]["n"], answer["difference"]) == (2, 1, None)
    request = {"a": ["run%200", "run%201"], "b": ["run%202", "run%203", "gone"], "field": 'label."lr=0.1 or"'}
    answer = client.post("/api/compare-groups", json=request).json()
    assert answer["difference"] == -2.0
    # 4.303 is Student's quantile for two degrees of freedom.
    assert answer["low"] == pytest.approx(-2 - 4.302652729749464 * 0.5**0.5)
    assert answer["better"] == ""


def test_importance_needs_20_experiments(client: httpx.Client) -> None:
    experiments = [row["id"] for row in client.get("/api/root").json()["experiments"]]
    request = {"experiments": experiments, "result": "last(loss)", "fields": ["lr", "min("], "forest": True}
    while (answer := client.post("/api/importance", json=request).json())["unread"]:
        pass
    assert (answer["n"], answer["fewest"], answer["forest_failure"]) == (3, 20, "")  # one is NaN
    (lr,) = answer["importances"]
    assert (lr["n"], lr["different"], lr["correlation"], lr["forest"]) == (3, 2, None, None)
    assert [each["text"] for each in answer["mistakes"]] == ["min("]


def test_folders_are_a_facet_whose_terms_find_what_is_in_them(tmp_path: Path) -> None:
    for name in ("one", "sweep/a", "sweep/b", "sweep/deep/c", "night, 2/d"):
        path = tmp_path / name
        with Logger(path.name, path.parent, config={"lr": 0.1}) as logger:
            logger.log_scalar(0.5, "loss", 0)
    with asking(tmp_path) as client:
        (folders,) = (each for each in ask(client, facets=True)["facets"] if each["field"] == "folder")
        counts = {each["shown"]: each["count"] for each in folders["values"]}
        assert counts == {"sweep": 2, "sweep/deep": 1, "night, 2": 1}
        for each in folders["values"]:
            answer = ask(client, filter=each["term"])
            assert (len(answer["experiments"]), answer["mistakes"]) == (each["count"], []), each["term"]
            assert all(unquote(id_).startswith(each["shown"] + "/") for id_ in answer["experiments"])
