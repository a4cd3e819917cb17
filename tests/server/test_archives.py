"""Archives at a real server: what other programs wrote is shown from them as it is from the folder."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from lavdlike import layout
from tests.disk.archives.archives import MAKERS
from tests.scripts import ROOT
from tests.server.test_foreign_files import labels_of, series_of, server_of
from tests.serving import wait_until

CORPUS = ROOT / "tests" / "corpus"
# Folders of the corpus, and which names runs in them have.
FOLDERS = {
    "events": "events/torch_new",
    "items": "event_items/torch",
    "graphs": "graphs/torch",
    "wandb": "stores/wandb",
    "media": "media/wandb/run",
    "mlflow": "media/mlflow_files",
    "visdom": "trackers/visdom_panes",
    "trackio": "trackers/trackio",
    "ploteries": "trackers/ploteries",
    "neptune": "trackers/neptune",
    "rollouts": "rollouts",
    "weights": "weights",
}
DATABASES = {"mlflow.db": "stores/mlflow_database/mlflow.db.gz"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archives") / "log"
    for name, source in FOLDERS.items():
        shutil.copytree(CORPUS / source, root / name)
    for name, source in DATABASES.items():
        (root / name).write_bytes(gzip.decompress((CORPUS / source).read_bytes()))
    for path in (root, *root.rglob("*")):
        os.utime(path, (1_700_000_000, 1_700_000_000))  # zip files have times to two seconds
    return root


class Shown:
    """What a server shows of all that is in its root."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def experiments(self) -> list[str]:
        return sorted(each["id"] for each in self._client.get("/api/root").json()["experiments"])

    def all(self, experiment: str) -> dict[str, Any]:
        catalogue = self._client.get(f"/api/experiments/{experiment}").json()
        labels = sorted(
            (each["kind"], each["label"], each["steps"], each["has_global"]) for each in catalogue["labels"]
        )
        scalars = labels_of(self._client, experiment)
        first = min(scalars, default=None)
        return {
            "labels": labels,
            "problems": [(each["path"], each["reason"]) for each in catalogue["problems"]],
            "scalars": scalars,
            "points": self._points(experiment, first) if first is not None else [],
            "contents": {label: self._content(experiment, *label) for label in _places(labels)},
        }

    def _points(self, experiment: str, label: str) -> list[Any]:
        """Without their times, where these are those of the file."""
        return [(step, str(value)) for step, _, value in series_of(self._client, experiment, label)]

    def _content(self, experiment: str, kind: str, label: str, step: int | None) -> Any:
        address = {"experiment": experiment, "kind": kind, "label": label, "step": step}
        (found,) = self._client.post("/api/items", json={"items": [address]}).json()["items"]
        if found is None:
            return None
        paths = sorted(each["path"] for each in found["files"])
        files = [self._client.get(f"/api/files/{experiment}/{path}").content for path in paths]
        return found["content"], found["problem"], paths, files


def _places(labels: list[Any]) -> Iterator[tuple[str, str, int | None]]:
    """The first item of each label."""
    for kind, label, steps, _ in labels:
        yield kind, label, steps[0][0] if steps else None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["logs.zip", "logs.tar", "logs.tar.gz"])
def test_an_archive_shows_what_its_folder_shows(name: str, folder: Path, tmp_path: Path) -> None:
    archive = MAKERS[name](folder, tmp_path / name)
    with ExitStack() as stack:
        of_folder, of_archive = (
            Shown(stack.enter_context(stack.enter_context(server_of(root)).client()))
            for root in (folder, archive)
        )
        wait_until(lambda: len(of_folder.experiments()) > len(FOLDERS))
        wait_until(lambda: of_archive.experiments() == of_folder.experiments())
        for experiment in of_folder.experiments():
            expected, found = of_folder.all(experiment), of_archive.all(experiment)
            assert found == expected, layout.from_id(experiment)
