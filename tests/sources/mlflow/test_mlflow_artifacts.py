"""Artifacts of MLflow's runs, of its file store and its database: value by value what MLflow's own readers say."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lavdlike.disk.root import OpenedFile
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading import discovery
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.mlflow import mlflow_models
from lavdlike.sources.mlflow.mlflow_database import local_path
from tests.scripts import ROOT
from tests.sources.wandb_files.test_wandb_media import MADE_IN

CORPUS = ROOT / "tests" / "corpus" / "media"
EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())
STORES = ("mlflow_files", "mlflow_database")


def database_in(root: Path) -> None:
    """The corpus' database and artifacts as if they had been made in this folder."""
    shutil.copytree(CORPUS / "mlflow_database" / "mlruns", root / "mlruns")
    data = gzip.decompress((CORPUS / "mlflow_database" / "mlflow.db.gz").read_bytes())
    here = str(root).encode()
    (root / "mlflow.db").write_bytes(data.replace(MADE_IN, here + b"/" * (len(MADE_IN) - len(here))))


@pytest.fixture(scope="module", params=STORES)
def shown(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StoredRoot, Name, Any]:
    root = tmp_path_factory.mktemp("root")
    said = EXPECTED[request.param]
    if request.param == "mlflow_files":
        shutil.copytree(CORPUS / "mlflow_files", root, dirs_exist_ok=True)
        return StoredRoot(root), Name(f"vision/{said['run']}"), said
    database_in(root)
    return StoredRoot(root), Name(f"mlflow.db/vision/{said['run']}"), said


def content(shown: tuple[StoredRoot, Name, Any], item: Address) -> bytes:
    root, name, _ = shown
    (path,) = Snapshot(root, name).tree.files_of(item)
    with root.file(f"{name}/{path}") as opened:
        assert isinstance(opened, OpenedFile)
        return opened.read(2**30)


def test_pictures_are_at_their_keys_and_steps(shown: tuple[StoredRoot, Name, Any]) -> None:
    for place, digest in shown[2]["files"].items():
        label, _, step = place.partition("@")
        data = content(shown, Address("images", label, None if step == "None" else int(step)))
        with Image.open(io.BytesIO(data)) as picture:
            assert hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest() == digest, place


def test_tables_are_as_mlflow_loads_them_with_pictures_in_their_cells(
    shown: tuple[StoredRoot, Name, Any],
) -> None:
    items = set(Snapshot(*shown[:2]).tree.items())
    for place, expected in shown[2]["tables"].items():
        label = place.partition("@")[0]
        columns, *rows = csv.reader(io.StringIO(content(shown, Address("tables", label, None)).decode()))
        assert columns == expected["columns"]
        for row, wanted in zip(rows, expected["data"], strict=True):
            for cell, value in zip(row, wanted, strict=True):
                if isinstance(value, dict):
                    folders = label.split("/")[:-1]
                    while cell.startswith("../"):
                        folders, cell = folders[:-1], cell[3:]
                    picture = "/".join((*folders, cell)).removesuffix(".png")
                    assert Address("images", picture, None) in items
                elif isinstance(value, bool) or value is None:
                    assert cell == {None: "", True: "true", False: "false"}[value]
                else:
                    assert cell == str(value)


def test_everything_is_shown_once(shown: tuple[StoredRoot, Name, Any]) -> None:
    snapshot = Snapshot(*shown[:2])
    items = list(snapshot.tree.items())
    assert snapshot.tree.problems() == []
    kinds = Counter(each.kind for each in items if not each.label.startswith(("tags", "model-", "meta")))
    assert kinds == {"images": 9, "tables": 2, "html": 1, "texts": 1, "markdown": 1, "files": 1}
    assert not [each for each in items if "compressed" in each.label]


def test_models_have_the_signature_that_mlflow_says(shown: tuple[StoredRoot, Name, Any]) -> None:
    items = Snapshot(*shown[:2]).tree.items()
    (item,) = (each for each in items if each.label == "model-model/MLmodel")
    text = content(shown, item).decode()
    assert r"- **Flavors**: python\_function" in text
    signature = {key: json.loads(value) for key, value in shown[2]["signature"].items()}
    for column in signature["inputs"]:
        assert f"| {column['name']} | {column['type']} | yes |" in text
    shape = ", ".join(map(str, signature["outputs"][0]["tensor-spec"]["shape"]))
    assert rf"| 0 | float64 \({shape}\) | yes |" in text
    assert "| t | double | 0.5 |" in text


def test_artifacts_of_a_run_in_a_database_are_in_no_other_folder(tmp_path: Path) -> None:
    database_in(tmp_path)
    root, run = StoredRoot(tmp_path), EXPECTED["mlflow_database"]["run"]
    with root.folder("") as folder:
        names = [Name(entry.name) for entry in folder.entries()]
    assert Name(f"mlflow.db/vision/{run}") in discovery.experiments_below(root, names)
    assert list(Snapshot(root, Name("mlruns")).tree.items()) == []
    (tmp_path / "mlflow.db").unlink()
    with root.folder("") as folder:
        assert [entry.name for entry in folder.entries()] == ["mlruns"]
    assert list(Snapshot(root, Name("mlruns")).tree.items()) != []


# --- what nobody should write -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uri", ["/etc", "file:///etc", "../outside", "./../../etc", "s3://bucket/1", "mlruns/../..", "", "."]
)
def test_artifacts_outside_of_the_root_are_not_opened(tmp_path: Path, uri: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.png").write_bytes(b"")
    root = tmp_path / "root"
    root.mkdir()
    database_in(root)
    with closing(sqlite3.connect(root / "mlflow.db")) as database, database:
        database.execute("update runs set artifact_uri = ?", (uri,))
        database.execute("update logged_models set artifact_location = ?", (uri,))
    run = EXPECTED["mlflow_database"]["run"]
    snapshot = Snapshot(StoredRoot(root), Name(f"mlflow.db/vision/{run}"))
    assert list(snapshot.tree.items()) == []
    with (
        pytest.raises((OSError, NotServedError)),
        StoredRoot(root).file(f"mlflow.db/vision/{run}/artifacts/secret.png"),
    ):
        pass


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (b"flavors: 7", "it says no flavors"),
        (b"flavors: {a: 1}\nsignature: {inputs: '[[['}", "no JSON"),
        (b"flavors: [", "YAML"),
    ],
)
def test_what_is_no_model_is_a_problem(model: bytes, reason: str) -> None:
    with pytest.raises(LogFormatError) as raised:
        mlflow_models.described(model, "run/MLmodel")
    assert reason in raised.value.reason


def test_odd_models_are_described_as_far_as_they_go() -> None:
    nested: dict[str, Any] = {"type": "array"}
    inner = nested
    for _ in range(40):
        inner["items"] = {"type": "array"}
        inner = inner["items"]
    columns = json.dumps(
        [nested, 3, {"name": "a|b\n#", "type": "object", "properties": {"x": {"type": "long"}}}]
    )
    signature = json.dumps({"inputs": columns})
    model = f"flavors: {{sklearn: {{sklearn_version: 1.5}}}}\nsignature: {signature}"
    text = mlflow_models.described(model.encode(), "run/MLmodel")
    assert rb"- **Flavors**: sklearn 1.5" in text
    assert rb"| a\|b \# | \{x: long\} | yes |" in text


@pytest.mark.parametrize(
    "table", ['{"columns": ["a"], "data": [[1], 2]}', '{"columns": ["a"]}', '{"columns": [], "data": []}']
)
def test_a_table_that_is_none_says_so(tmp_path: Path, table: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "t.json").write_text(table)
    root = StoredRoot(tmp_path)
    assert list(Snapshot(root, Name("run")).tree.items()) == [Address("tables", "t", None)]
    with pytest.raises(NotServedError), root.file("run/t.json!/item.csv"):
        pass


def test_a_table_that_is_written_again_is_another_one(tmp_path: Path) -> None:
    path = tmp_path / "run" / "0003" / "t.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"columns": ["a"], "data": [[1]]}')
    root = StoredRoot(tmp_path)
    snapshot = Snapshot(root, Name("run"))
    assert list(snapshot.tree.items()) == [Address("tables", "t", 3)]
    path.write_text('{"columns": ["a"], "data": [[1], [2]]}')
    snapshot.look()
    with root.file("run/0003/t.json!/item.csv") as opened:
        assert opened.read(100) == b"a\n1\n2\n"


def test_no_database_hides_what_is_not_made_for_its_runs(tmp_path: Path) -> None:
    database_in(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.png").write_bytes(b"")
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        database.execute("update runs set artifact_uri = ?", (str(tmp_path / "other"),))
    root, run = StoredRoot(tmp_path), EXPECTED["mlflow_database"]["run"]
    with root.folder("") as folder:
        assert "other" in {entry.name for entry in folder.entries()}
    shown = Snapshot(root, Name(f"mlflow.db/vision/{run}")).tree.items()
    assert Address("images", "artifacts/a", None) in shown


def test_addresses_of_artifacts() -> None:
    assert local_path("file:/a/b") == "/a/b"
    assert local_path(None) == local_path("dbfs:/x") == ""
