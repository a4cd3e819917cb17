"""Rollouts over HTTP: ours and other programs' are found by what they are, and nothing leads out of the root."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike import Logger
from tests.scripts import ROOT
from tests.server.web.test_filter_routes import asking
from tests.serving import wait_until

CORPUS = ROOT / "tests" / "corpus" / "rollouts"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("log")
    with Logger("ours", root) as logger:
        for step in (1, 2):
            logger.log_rollouts(
                [{"prompt": SCRIPT, "completion": f"answer {step}", "reward": step}], "x", step
            )
        logger.log_rollouts([{"prompt": "a", "completion": "b"}], "x")
    shutil.copytree(CORPUS, root / "theirs")
    (root / "secret.jsonl").write_text('{"prompt": "a", "completion": "secret"}\n')
    return root


@pytest.fixture(scope="module")
def client(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        with asking(root) as client:
            yield client


def ask(client: httpx.Client, experiment: str, label: str, **asked: Any) -> dict[str, Any]:
    """An answer with all that is to be read."""
    found: dict[str, Any] = {}
    for _ in range(20):
        answer = client.post("/api/rollouts", json={"experiment": experiment, "label": label, **asked})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        if found["read_bytes"] == found["size_bytes"]:
            break
    return found


def test_labels_of_all_forms_are_in_the_catalogue_with_their_steps(client: httpx.Client) -> None:
    labels = client.get("/api/experiments/theirs").json()["labels"]
    found = {
        each["label"]: (each["steps"], each["has_global"]) for each in labels if each["kind"] == "rollouts"
    }
    assert found.keys() == {
        *("inspect", "inspect_zip", "completions/completions", "tinker/trajectories"),
        *("tinker/train_rollout_summaries", "tinker/train_logtree", "verifiers/results", "episodes/traces"),
    }
    assert not found["tinker/train_rollout_summaries"][1]
    assert [run[0] for run in found["completions/completions"][0]] == [10, 20]
    assert found["verifiers/results"][1]
    scalars = client.post("/api/scalars/labels", json={"experiments": ["theirs"]}).json()
    assert [each["labels"] for each in scalars["experiments"]] == [[]]  # nor are they points


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "where", "count"),
    [
        ("completions/completions", "steps", 12),
        ("tinker/train_rollout_summaries", "steps", 3),
        ("tinker/train_logtree", "steps", 6),
        ("tinker/trajectories", "global", 3),
        ("verifiers/results", "global", 3),
        ("episodes/traces", "global", 2),
    ],
)
def test_files_of_other_programs_are_listed_and_read(
    client: httpx.Client, label: str, where: str, count: int
) -> None:
    is_global = where == "global"
    page = ask(client, "theirs", label, is_global=is_global)
    assert (page["count"], page["problems"]) == (count, [])
    row = page["rows"][0]
    asked = {"experiment": "theirs", "label": label, "is_global": is_global}
    one = client.post("/api/rollout", json={**asked, "file": row["file"], "offset": row["offset"]})
    assert one.status_code == 200
    assert one.json()["rollout"]["numbers"]


def test_all_steps_are_one_list_and_what_has_none_is_another(client: httpx.Client) -> None:
    page = ask(client, "ours", "x", sort="reward", descending=True)
    assert [row["answer"] for row in page["rows"]] == ["answer 2", "answer 1"]
    assert page["rows"][0]["prompt"] == SCRIPT
    assert [row["answer"] for row in ask(client, "ours", "x", is_global=True)["rows"]] == ["b"]


def test_lines_that_are_appended_are_there(client: httpx.Client, root: Path) -> None:
    with (root / "ours/0002/x.rollouts.jsonl").open("a") as file:
        file.write(json.dumps({"prompt": "new", "completion": "newest"}) + "\n")
    assert ask(client, "ours", "x")["count"] == 3
    with Logger("ours", root) as logger:
        logger.log_rollouts([{"prompt": "a", "completion": "third"}], "x", 3)
    wait_until(lambda: ask(client, "ours", "x")["count"] == 4)


@pytest.mark.parametrize(
    "file", ["../secret.jsonl", "../../secret.jsonl", "experiment.json", "0009/x.rollouts.jsonl", ""]
)
def test_only_files_of_the_label_are_read(client: httpx.Client, file: str) -> None:
    asked = {"experiment": "ours", "label": "x", "is_global": False, "file": file, "offset": 0}
    assert client.post("/api/rollout", json=asked).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"label": "nothing"}, 404),
        ({"experiment": "nobody"}, 404),
        ({"group": "no number"}, 400),
        ({"count": 10_000}, 400),
        ({"first": -1}, 400),
        ({"ranges": [{"name": "x", "least": "text"}]}, 400),
        ({"role": "nobody"}, 400),
    ],
)
def test_what_is_asked_wrongly_is_refused(client: httpx.Client, asked: dict[str, Any], status: int) -> None:
    answer = client.post("/api/rollouts", json={"experiment": "ours", "label": "x", **asked})
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_place_where_no_rollout_stands_is_said(client: httpx.Client) -> None:
    asked = {
        "experiment": "ours",
        "label": "x",
        "is_global": False,
        "file": "0001/x.rollouts.jsonl",
        "offset": 3,
    }
    answer = client.post("/api/rollout", json=asked)
    assert answer.status_code == 422
    assert "no rollout stands there" in answer.json()["error"]
    assert client.post("/api/rollout", json={**asked, "offset": -5}).status_code in (400, 422)
