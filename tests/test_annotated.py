"""The generated data set in an archive: what its pictures take for granted."""

from __future__ import annotations

import json
from pathlib import Path

from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from tools import make_annotated


def test_an_archive_holds_pictures_with_what_is_expected_and_what_was_found(tmp_path: Path) -> None:
    make_annotated.make(tmp_path / "street.zip")
    snapshot = Snapshot(StoredRoot(tmp_path / "street.zip"), ExperimentName(make_annotated.NAME))
    pictures = [item for item in snapshot.tree.items() if item.kind == "images"]
    assert len(pictures) == make_annotated.PICTURES
    with snapshot.file("instances_val.json") as file:
        annotated = json.loads(file.read(2**20))
    with snapshot.file("predictions.json") as file:
        found = json.loads(file.read(2**20))
    assert {each["image_id"] for each in annotated["annotations"]} == set(range(make_annotated.PICTURES))
    assert 0 < len(found) != len(annotated["annotations"])
