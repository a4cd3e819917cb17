"""DVCLive's pictures and plots: value by value what scikit-learn and DVCLive say; lists of records as tables."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import Address
from lavdlike.sources.record_documents import shape_of
from tests.scripts import ROOT

CORPUS = ROOT / "tests" / "corpus" / "media"
EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())["dvclive"]
FOLDER = "dvclive/plots/"


def content(root: StoredRoot, snapshot: Snapshot, item: Address) -> bytes:
    (path,) = snapshot.tree.files_of(item)
    with root.file(f"{snapshot.id}/{path}") as opened:
        return opened.read(2**20)


def document(kind: str, name: str) -> Any:
    root = StoredRoot(CORPUS)
    label = f"{FOLDER}sklearn/{name}"
    return json.loads(content(root, Snapshot(root, Name("dvclive")), Address(kind, label, None)))


def test_pictures_are_at_the_steps_that_their_names_say() -> None:
    root = StoredRoot(CORPUS)
    snapshot = Snapshot(root, Name("dvclive"))
    for place, digest in EXPECTED["files"].items():
        label, _, step = place.partition("@")
        is_global = step == "None"
        item = Address("images", f"dvclive/{label}" if is_global else label, None if is_global else int(step))
        with Image.open(io.BytesIO(content(root, snapshot, item))) as picture:
            assert hashlib.sha256(picture.convert("RGB").tobytes()).hexdigest() == digest


def test_plots_of_scikit_learn_have_its_values() -> None:
    matrix = document("confusion_matrices", "confusion_matrix")["confusion_matrices"]
    assert matrix == {"classes": ["cat", "dog"], "counts": EXPECTED["confusion_matrix"]}
    curve = document("pr_curves", "precision_recall")["pr_curves"]
    assert [curve[key] for key in ("thresholds", "precision", "recall")] == EXPECTED["precision_recall"]
    for name in ("roc", "det", "calibration"):
        figure = document("plots", name)
        assert [figure["data"][0][axis] for axis in "xy"] == EXPECTED[name]
        assert figure["layout"]["xaxis"]["title"]["text"]


def test_everything_is_shown_once() -> None:
    root = StoredRoot(CORPUS)
    snapshot = Snapshot(root, Name("dvclive"))
    kinds = Counter(each.kind for each in snapshot.tree.items() if "/metrics" not in each.label)
    assert kinds == {"images": 4, "confusion_matrices": 1, "pr_curves": 1, "plots": 3, "tables": 1}
    item = Address("tables", f"{FOLDER}custom/bars", None)
    assert content(root, snapshot, item) == b"name,n\na,1\nb,2\n"
    assert snapshot.tree.problems() == []


@pytest.mark.parametrize(
    "text",
    [
        '[{"actual": "a", "predicted": "b"}, 3]',
        '{"roc": [{"fpr": 0, "tpr": "x"}]}',
        '{"calibration": [{"prob_true": 1}]}',
        '{"precision_recall": [{"precision": 1, "threshold": 0}]}',
        '[{"a": 1}, 2]',
    ],
)
def test_what_is_not_as_dvclive_writes_it_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "x.json").write_text(text)
    root = StoredRoot(tmp_path)
    snapshot = Snapshot(root, Name("run"))
    (item,) = snapshot.tree.items()
    assert item.label == "x"
    with pytest.raises(NotServedError):
        content(root, snapshot, item)


def test_too_many_classes_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    pairs = [{"actual": str(number), "predicted": "0"} for number in range(5000)]
    (tmp_path / "run" / "x.json").write_text(json.dumps(pairs))
    root = StoredRoot(tmp_path)
    with pytest.raises(NotServedError, match="classes"), root.file("run/x.json!/item.json"):
        pass


@pytest.mark.parametrize(
    "begin",
    [
        *(b"", b"[]", b"[1, 2]", b'["a"]', b"[[{}]]"),
        *(b'{"a": [{"b": 1}]}', b'[{"image_id": 1, "bbox": []}]', b'[{"role": "user"}]'),
    ],
)
def test_other_lists_are_left_as_they_are(begin: bytes) -> None:
    assert shape_of(begin) is None


def test_a_file_that_becomes_something_else_is_that(tmp_path: Path) -> None:
    path = tmp_path / "run" / "x.json"
    path.parent.mkdir()
    path.write_text('[{"a": 1}]')
    snapshot = Snapshot(StoredRoot(tmp_path), Name("run"))
    assert list(snapshot.tree.items()) == [Address("tables", "x", None)]
    path.write_text('[{"actual": "a", "predicted": "b"}]')
    snapshot.look()
    assert list(snapshot.tree.items()) == [Address("confusion_matrices", "x", None)]


def test_ultralytics_pictures_and_weights_are_items(tmp_path: Path) -> None:
    names = ("results.png", "confusion_matrix.png", "BoxPR_curve.png", "labels.jpg", "train_batch0.jpg")
    for name in (*names, "weights/best.pt", "weights/last.pt", "weights/epoch10.pt", "weights/epoch20.pt"):
        path = tmp_path / "train" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    items = set(Snapshot(StoredRoot(tmp_path), Name("train")).tree.items())
    assert {each.label for each in items if each.kind == "images"} == {
        name.partition(".")[0] for name in names
    }
    assert {(each.label, each.step) for each in items if each.kind == "models"} == {
        *(("weights/best", None), ("weights/last", None)),
        *(("weights/epoch", 10), ("weights/epoch", 20)),
    }
