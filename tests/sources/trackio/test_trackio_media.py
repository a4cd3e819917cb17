"""Media of trackio's runs: byte by byte and value by value what trackio's own reader says, each at its step."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import posixpath
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from tests.scripts import ROOT
from tests.server.test_foreign_files import server_of
from tests.serving import wait_until

CORPUS = ROOT / "tests" / "corpus" / "media"
EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())["trackio"]
RUN = Name("media.db/owl")


def project_in(root: Path) -> None:
    shutil.copytree(CORPUS / "trackio" / "media", root / "media")
    (root / "media.db").write_bytes(gzip.decompress((CORPUS / "trackio" / "media.db.gz").read_bytes()))


def content(root: StoredRoot, snapshot: Snapshot, item: Address) -> bytes:
    path = snapshot.tree.files_of(item)[0]
    with root.file(f"{RUN}/{path}") as opened:
        return opened.read(2**30)


def log(root: Path, step: int, **metrics: Any) -> None:
    with closing(sqlite3.connect(root / "media.db")) as database, database:
        (run,) = database.execute("select run_id from metrics limit 1").fetchone()
        row = (run, "2026-01-01T00:00:00+00:00", "owl", step, json.dumps(metrics))
        database.execute(
            "insert into metrics (run_id, timestamp, run_name, step, metrics) values (?, ?, ?, ?, ?)", row
        )


def test_everything_is_what_trackio_reads_and_is_shown_once(tmp_path: Path) -> None:
    project_in(tmp_path)
    root = StoredRoot(tmp_path)
    snapshot = Snapshot(root, RUN)
    by_place = {f"{each.label}@{each.step}": each for each in snapshot.tree.items() if each.kind != "texts"}
    for place, digest in EXPECTED["files"].items():
        assert hashlib.sha256(content(root, snapshot, by_place[place])).hexdigest() == digest
    assert json.loads(content(root, snapshot, by_place["histogram@6"]))["histograms"]["counts"] == [
        float(count) for count in EXPECTED["histogram"]["values"]
    ]
    assert content(root, snapshot, by_place["note@6"]).decode() == f"{EXPECTED['note']['_value']}\n"
    assert content(root, snapshot, Address("texts", "tone", 6)) == b"A4\n"
    described = f"{RUN}/run.trackio!/0002/val/image.json"
    with root.file(described) as opened:
        assert json.loads(opened.read(1000))["images"]["caption"] == "a picture"
    assert not [each for each in snapshot.tree.items() if each.step is None]
    assert snapshot.tree.problems() == []


def test_a_table_has_pictures_in_its_cells(tmp_path: Path) -> None:
    project_in(tmp_path)
    root = StoredRoot(tmp_path)
    snapshot = Snapshot(root, RUN)
    columns, *rows = csv.reader(io.StringIO(content(root, snapshot, Address("tables", "table", 7)).decode()))
    assert columns == ["n", "picture", "several"]

    def digest(cell: str) -> str:
        item = Address("images", posixpath.splitext(cell)[0], 7)
        return hashlib.sha256(content(root, snapshot, item)).hexdigest()

    for row, wanted in zip(rows, EXPECTED["table"], strict=True):
        assert row[0] == str(wanted["n"])
        assert digest(row[1]) == wanted["picture"]["sha256"]
        several = [digest(cell) for cell in row[2].split(", ") if cell]
        assert several == [each["sha256"] for each in wanted["several"] or ()]


def test_what_is_logged_meanwhile_is_shown_live(tmp_path: Path) -> None:
    project_in(tmp_path)
    shutil.rmtree(tmp_path / "media" / "media")
    with server_of(tmp_path) as server, server.client() as client:
        address = "/api/experiments/media.db%2Fowl"

        def labels() -> set[str]:
            found = client.get(address)
            return {each["label"] for each in found.json()["labels"]} if found.is_success else set()

        wait_until(lambda: "val/image" in labels())
        log(tmp_path, 20, later={"_type": "trackio.markdown", "_value": "# Later"})
        wait_until(lambda: "later" in labels())


@pytest.mark.parametrize(
    "path", ["../../../etc/passwd", "/etc/passwd", "a/b/../../../../outside.png", "media/owl/0/none.png"]
)
def test_nothing_outside_of_the_root_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.png").write_bytes(b"secret")
    root = tmp_path / "root"
    root.mkdir()
    project_in(root)
    log(root, 30, bad={"_type": "trackio.image", "file_path": path, "caption": None})
    snapshot = Snapshot(StoredRoot(root), RUN)
    (item,) = (each for each in snapshot.tree.items() if each.label == "bad")
    with pytest.raises((OSError, NotServedError)):
        content(StoredRoot(root), snapshot, item)


def test_what_is_not_as_trackio_writes_it_is_a_problem_and_the_rest_is_shown(tmp_path: Path) -> None:
    project_in(tmp_path)
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    bad: dict[str, Any] = {
        "h": {"_type": "trackio.histogram", "bins": [1], "values": "x"},
        "t": {"_type": "trackio.table", "_value": 7},
        "u": {"_type": "trackio.table", "_value": [3]},
        "m": {"_type": "trackio.markdown"},
    }
    odd = {"odd": {"_type": 7}, "unknown": {"_type": "trackio.new"}, "none": {"_type": "trackio.image"}}
    log(tmp_path, 40, **bad, **odd, deep=deep)
    root = StoredRoot(tmp_path)
    snapshot = Snapshot(root, RUN)
    items = {each.label: each for each in snapshot.tree.items() if each.step == 40}
    assert items.keys() == bad.keys()
    for item in items.values():
        with pytest.raises(NotServedError):
            content(root, snapshot, item)
