"""Sets of boxes of a root: which there are, what they say of pictures, and which pictures have right or wrong ones."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lavdlike.detection_messages import DetectionRef, MatchesRequest, PictureDetections
from lavdlike.disk.tail import Stamp
from lavdlike.layout import ExperimentName
from lavdlike.reading.detections import kept_sets, known_sets
from lavdlike.reading.detections.detection_answers import DetectionAnswers, SetAt
from lavdlike.reading.detections.kept_sets import KeptSets
from lavdlike.reading.detections.known_sets import KnownSets, TreeFiles
from lavdlike.reading.detections.own_boxes import EXPECTED, PREDICTED
from lavdlike.reading.detections.picture_paths import PicturePaths, is_outside
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.sources.detections.coco import is_coco
from tests.limits import LIMIT_S

PICTURES = ("val/a.jpg", "val/b.jpg", "val/c.jpg")


def box(left: float, **more: Any) -> dict[str, Any]:
    return {"bbox": [left, 0, 10, 10], "category_id": 1, **more}


class World:
    """An experiment `coco` with annotations and predictions."""

    def __init__(self, folder: Path) -> None:
        self.root, self.folder = folder / "root", folder / "root" / "coco"
        self.kept = KeptSets(folder / "cache")
        (self.folder / "images/val").mkdir(parents=True)
        for name in PICTURES:
            Image.new("L", (64, 48)).save(self.folder / "images" / name)
        self.write(
            "annotations/instances_val.json",
            {
                "images": [
                    {"id": place, "file_name": name, "width": 64, "height": 48}
                    for place, name in enumerate((*PICTURES, "../../out.jpg", "val/absent.jpg"))
                ],
                "annotations": [
                    {"id": 1, "image_id": 0, **box(0)},
                    {"id": 2, "image_id": 0, **box(30)},
                    {"id": 3, "image_id": 1, **box(0)},
                    {"id": 4, "image_id": 2, **box(0, category_id=2)},
                    {"id": 5, "image_id": 3, **box(0)},
                    {"id": 6, "image_id": 4, **box(0)},
                ],
                "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "car"}],
            },
        )
        self.write(
            "predictions.json",
            [
                {"image_id": 0, "score": 0.9, **box(1)},
                {"image_id": 1, "score": 0.8, **box(30)},
                {"image_id": 2, "score": 0.3, **box(0, category_id=2)},
                {"image_id": 77, "score": 0.3, **box(0)},
            ],
        )
        self.answers = DetectionAnswers(KnownSets(self.kept))

    def write(self, path: str, document: Any) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document))
        os.utime(file, (1e9, 1e9))

    def files(self) -> TreeFiles:
        folders: dict[str, list[str]] = {}
        for path in sorted(self.folder.rglob("*")):
            folder = path.parent.relative_to(self.folder).as_posix()
            if path.is_file():
                folders.setdefault("" if folder == "." else folder, []).append(path.name)
        every = {
            f"{folder}/{name}" if folder else name for folder, names in folders.items() for name in names
        }
        own = {path: 1 for path in sorted(every) if path.startswith("0") and path.endswith(".json")}
        others = {path: (self.folder / path).stat().st_size for path in every - own.keys()}
        return TreeFiles(StoredRoot(self.root), ExperimentName("coco"), folders, others, own)

    def at(self, path: str) -> SetAt:
        return SetAt(self.files(), path)

    def matches(
        self,
        expected: str = "annotations/instances_val.json",
        predicted: str = "predictions.json",
        **asked: Any,
    ) -> Any:
        request = MatchesRequest(DetectionRef("coco", expected), **asked)
        return self.answers.matches(request, self.at(expected), self.at(predicted) if predicted else None)

    def picture(self, path: str, *, predicted: str = "predictions.json") -> PictureDetections | None:
        page = self.answers.pictures(
            self.files(),
            [path],
            self.at("annotations/instances_val.json"),
            self.at(predicted) if predicted else None,
        )
        assert page.state == "ready"
        return page.pictures[0]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("lavdlike.reading.detections.detection_answers.PATIENCE_S", LIMIT_S)
    return World(tmp_path)


def test_sets_are_found_and_told_apart(world: World) -> None:
    world.matches()
    world.write("config.json", {"images": "all", "annotations": 3})
    found = {each.path: each for each in world.answers.sources(world.files(), reads=True)}
    assert set(found) == {"annotations/instances_val.json", "predictions.json"}
    assert [each.role for _, each in sorted(found.items())] == ["expected", "predicted"]
    assert found["annotations/instances_val.json"].classes == ["person", "car"]
    assert {each.format for each in found.values()} == {"COCO"}


def test_files_are_looked_at_again_only_where_one_has_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bytes] = []

    def counted(head: bytes) -> bool:
        looks.append(head)
        return is_coco(head)

    monkeypatch.setattr("lavdlike.sources.detections.coco_format.coco.is_coco", counted)
    for _ in range(3):
        assert len(world.answers.sources(world.files(), reads=False)) == 2
    assert len(looks) == 2
    world.write("more.json", [{"image_id": 1, "score": 0.8, **box(0)}])
    assert len(world.answers.sources(world.files(), reads=False)) == 3
    assert len(looks) == 5


def test_what_lies_on_a_picture(world: World) -> None:
    both = world.picture("images/val/a.jpg")
    assert both is not None
    assert both.expected_boxes is not None
    assert [each.x_start for each in both.expected_boxes] == [0, 30]
    assert [(each.x_start, each.class_name, each.probability) for each in both.boxes] == [(1, "person", 0.9)]
    alone = world.picture("images/val/a.jpg", predicted="")
    assert alone is not None
    assert alone.expected_boxes is None
    assert len(alone.boxes) == 2
    assert world.picture("images/val/other.jpg") is None


def test_matches_are_counted_filtered_and_sorted(world: World) -> None:
    page = world.matches()
    counts = {each.name: (each.expected, each.tp, each.fp, each.fn) for each in page.classes}
    assert counts == {"person": (5, 1, 1, 4), "car": (1, 1, 0, 0)}
    assert [each.label for each in page.pictures] == ["images/val/a", "images/val/b", "images/val/c"]
    assert page.absent == 2  # one leads out of the folder, one is not there
    assert page.problems == ["1 pictures have predictions and are not in the annotations"]
    missed = world.matches(only="fn", classes=["person"], order="fn")
    assert [(each.label, each.fn) for each in missed.pictures] == [("images/val/a", 1), ("images/val/b", 1)]
    wrong = world.matches(only="fp", order="score")
    assert [(each.label, each.score) for each in wrong.pictures] == [("images/val/b", 0.8)]
    strict = world.matches(iou=0.95, only="tp")
    assert [each.label for each in strict.pictures] == ["images/val/c"]
    sure = world.matches(min_probability=0.5, only="fn", classes=["car"])
    assert [each.label for each in sure.pictures] == ["images/val/c"]
    assert world.matches(predicted="", classes=["car"]).found == 1


def test_a_changed_file_is_read_again_and_one_that_is_gone_is_named(world: World) -> None:
    world.matches()
    world.write("predictions.json", [{"image_id": 1, "score": 0.8, **box(0)}])
    assert [each.label for each in world.matches(only="tp").pictures] == ["images/val/b"]
    (world.folder / "predictions.json").unlink()
    with pytest.raises(FileNotFoundError):
        world.answers.matches(
            MatchesRequest(DetectionRef("coco", "x")),
            world.at("annotations/instances_val.json"),
            world.at("nothing"),
        )


def test_own_boxes_are_matched_the_same(world: World) -> None:
    for step, boxes in ((1, [{"xStart": 0, "yStart": 0, "xEnd": 9, "yEnd": 9, "className": "x"}]), (2, [])):
        folder = world.folder / f"{step:04}"
        folder.mkdir()
        Image.new("L", (20, 20)).save(folder / "bird.png")
        expected = [{"xStart": 0, "yStart": 0, "xEnd": 10, "yEnd": 10, "className": "x"}]
        content = {"source": "bird.png", "boxes": boxes, "expectedBoxes": expected}
        (folder / "bird.json").write_text(json.dumps({"images": content}))
    (world.folder / "0002/none.json").write_text(json.dumps({"images": {"boxes": boxes}}))
    (world.folder / "0002/wrong.json").write_text("{")
    page = world.matches(EXPECTED, PREDICTED, only="fn")
    assert [(each.label, each.step, each.fn) for each in page.pictures] == [("bird", 2, 1)]
    assert [(each.name, each.tp) for each in page.classes] == [("x", 1)]


def test_an_index_is_kept_for_other_processes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_sets, "WORTH_KEEPING_BYTES", 1)
    os.utime(world.folder / "predictions.json", (1e9, 1e9))
    monkeypatch.setattr("lavdlike.disk.tail.is_settled", lambda _: True)
    before = world.matches(only="fn")
    reads: list[str] = []
    monkeypatch.setattr("lavdlike.sources.detections.coco.read_coco", lambda *given: reads.append(given[1]))
    world.answers = DetectionAnswers(KnownSets(world.kept))
    assert world.matches(only="fn") == before
    assert world.picture("images/val/a.jpg") is not None
    assert reads == []
    monkeypatch.undo()
    for file in (world.root.parent / "cache").iterdir():
        file.write_bytes(file.read_bytes()[:-3])
    assert KeptSets(world.root.parent / "cache").of(_stamp(world)) is None


def _stamp(world: World) -> Any:
    status = (world.folder / "predictions.json").stat()
    facts = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return Stamp(*facts)


def test_sets_beyond_what_may_be_in_memory_are_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_sets, "MAX_BOXES", 1)
    assert world.matches(only="fn") == world.matches(only="fn")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a.jpg", "images/val/a.jpg"),
        ("/data/coco/images/val/a.jpg", "images/val/a.jpg"),
        ("C:\\data\\val\\a.jpg", "images/val/a.jpg"),
        ("train/a.jpg", "images/train/a.jpg"),
        ("a", "images/val/a.jpg"),
        ("../a.jpg", None),
        ("x/../../a.jpg", None),
        ("b.jpg", None),
        ("", None),
        ("a.json", None),
    ],
)
def test_names_mean_pictures_of_the_tree_alone(name: str, path: str | None) -> None:
    folders = {
        "": ["a.json"],
        "images/train": ["a.jpg"],
        "images/val": ["a.jpg", "c.jpg"],
        "images/x": ["c.jpg"],
    }
    assert PicturePaths(folders, "annotations/instances_val.json").of(name) == path
    assert is_outside(name) == (".." in name)
