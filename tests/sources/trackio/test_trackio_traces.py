"""Conversations of trackio's runs, as it wrote them itself, are rollouts at their steps."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from tests.scripts import ROOT
from tests.server.test_foreign_files import server_of
from tests.serving import wait_until

CORPUS = ROOT / "tests" / "corpus" / "trackio_traces"
RUN = Name("talks.db/owl")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(CORPUS / "traces", tmp_path / "traces")
    (tmp_path / "talks.db").write_bytes(gzip.decompress((CORPUS / "talks.db.gz").read_bytes()))
    return tmp_path


def test_conversations_stand_at_their_steps_and_their_copies_are_no_curves(root: Path) -> None:
    snapshot = Snapshot(StoredRoot(root), RUN)
    found = {(item.label, item.step) for item in snapshot.tree.items() if item.kind == "rollouts"}
    assert found == {*(("val/chat", step) for step in range(3)), ("several", 3)}
    assert [each.label for each in snapshot.scalar_labels()] == ["loss"]
    assert snapshot.problems() == []

    def lines(label: str, step: int) -> list[dict[str, object]]:
        (path,) = snapshot.tree.files_of(Address("rollouts", label, step))
        with snapshot.file(path) as file:
            return [json.loads(line) for line in file.read(2**20).splitlines()]

    said = [{"role": "user", "content": "2 + 1?"}, {"role": "assistant", "content": "3"}]
    assert lines("val/chat", 1) == [{"step": 1, "reward": 0.5, "task": "sum", "messages": said}]
    texts = [[{"role": "user", "content": text}] for text in ("hello", "there")]
    assert [each["messages"] for each in lines("several", 3)] == texts


def log(root: Path, step: object, messages: str, *, run: str = "owl") -> None:
    with closing(sqlite3.connect(root / "talks.db")) as database, database:
        (identity,) = database.execute("select run_id from metrics limit 1").fetchone()
        (count,) = database.execute("select count(*) from traces").fetchone()
        row = (str(count), identity if run == "owl" else run, "2026-01-01T00:00:00+00:00", run, step, "new")
        database.execute(
            "insert into traces (id, run_id, timestamp, run_name, step, key, messages, metadata, search_text)"
            " values (?, ?, ?, ?, ?, ?, ?, '{}', '')",
            (*row, messages),
        )


def test_what_is_no_conversation_is_said_when_it_is_read(root: Path) -> None:
    log(root, 5, "none")
    log(root, "x", "[]")
    log(root, 6, "[]", run="other")
    snapshot = Snapshot(StoredRoot(root), RUN)
    new = [item for item in snapshot.tree.items() if item.label == "new"]
    assert new == [Address("rollouts", "new", 5)]
    item = snapshot.read(new[0])
    assert item is not None
    assert item.problem is not None
    assert "not as trackio writes it" in item.problem.reason
    assert "row" in item.problem.reason


@pytest.mark.slow
def test_a_server_lists_them_together_and_what_comes(root: Path) -> None:
    with server_of(root) as server, server.client() as client:

        def answers(label: str) -> list[str]:
            asked = {"experiment": "talks.db%2Fowl", "label": label, "sort": "reward", "descending": True}
            answer = client.post("/api/rollouts", json=asked)
            return [row["answer"] for row in answer.json()["rows"]] if answer.status_code == 200 else []

        wait_until(lambda: answers("val/chat") == ["4", "3", "2"])
        log(root, 7, json.dumps([{"role": "assistant", "content": "first"}]))
        wait_until(lambda: answers("new") == ["first"])
        log(root, 7, json.dumps([{"role": "assistant", "content": "second"}]))
        wait_until(lambda: answers("new") == ["first", "second"])
