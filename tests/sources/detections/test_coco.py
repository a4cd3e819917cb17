"""COCO's files as an index of boxes, and what they say of single pictures."""

from __future__ import annotations

import importlib.util
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.sources.detections import coco, run_lengths
from lavdlike.sources.detections.coco import is_coco, read_coco
from lavdlike.sources.detections.coco_contents import contents
from lavdlike.sources.detections.detection_format import Things
from lavdlike.sources.detections.detection_set import DetectionSet

needs_coco = pytest.mark.skipif(
    importlib.util.find_spec("pycocotools") is None, reason="pycocotools is not installed (the extra test)"
)
IMAGES = [
    {"id": 7, "file_name": "val/a.jpg", "width": 64, "height": 48},
    {"id": 9, "file_name": "val/b.jpg", "width": 64, "height": 48},
]
CATEGORIES = [
    {"id": 1, "name": "person", "keypoints": ["nose", "eye", "ear"], "skeleton": [[1, 2], [2, 9]]},
    {"id": 3, "name": "car"},
]


def annotation(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0, **more}


def read(document: Any) -> tuple[DetectionSet, list[Things]]:
    """The set, and what it says of each picture."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        found = read_coco(file.fileno(), "a.json")
        return found, [contents(file.fileno(), found, place) for place in range(len(found.pictures))]


def document_of(*annotations: Any) -> dict[str, Any]:
    return {"images": IMAGES, "annotations": list(annotations), "categories": CATEGORIES}


def things(*annotations: Any) -> Things:
    """Of the first picture."""
    return read(document_of(*annotations))[1][0]


def test_boxes_are_in_columns_and_their_objects_are_found_again() -> None:
    second = annotation(2, image_id=9, category_id=3, iscrowd=1, bbox=[5.5, 6, 7, 8])
    document = document_of(annotation(1), second)
    found, _ = read(document)
    assert found.role == "expected"
    assert [entry.name for entry in found.pictures] == ["val/a.jpg", "val/b.jpg"]
    assert [entry.name for entry in found.classes] == ["person", "car"]
    assert found.table.pictures.tolist() == [0, 1]
    assert found.table.classes.tolist() == [0, 1]
    assert found.table.boxes.tolist() == [[1, 2, 3, 4], [5.5, 6, 7, 8]]
    assert found.table.crowds.tolist() == [False, True]
    assert np.isnan(found.table.scores).all()
    assert found.rows_of(1).tolist() == [1]
    begin, end = int(found.begins[1]), int(found.begins[1] + found.lengths[1])
    assert json.loads(json.dumps(document)[begin:end]) == second
    assert found.problems == []


def test_classes_with_many_keypoints_are_read_whole() -> None:
    names = [f"point of the hand {number}" for number in range(40)]
    skeleton = [[number, number + 1] for number in range(1, 40)]
    category = {"id": 1, "name": "hand", "keypoints": names, "skeleton": skeleton}
    found, _ = read({"images": IMAGES, "annotations": [annotation(1)], "categories": [category]})
    assert list(found.classes[0].points) == names
    assert [[a + 1, b + 1] for a, b in found.classes[0].edges] == skeleton


def test_pictures_are_found_by_the_last_part_of_their_names_however_often_one_asks() -> None:
    names = ["a/1.jpg", "b\\1.jpg", "11.jpg", "", "c/1.jpg"]
    found, _ = read({"images": [{"id": place, "file_name": name} for place, name in enumerate(names)]})
    for _ in range(20):
        assert list(found.places_named("1.jpg")) == [0, 1, 4]
        assert list(found.places_named("11.jpg")) == [2]
        assert not found.places_named("")
        assert not found.places_named("a/1.jpg")


def test_annotations_may_stand_before_the_pictures() -> None:
    found, _ = read({"annotations": [annotation(1, image_id=9)], "categories": CATEGORIES, "images": IMAGES})
    assert found.table.pictures.tolist() == [1]


def test_results_have_scores_and_ids_alone() -> None:
    results = [{"image_id": "bus", "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.25}, annotation(1)]
    found, _ = read(results)
    assert found.role == "predicted"
    assert sorted(entry.key for entry in found.pictures) == ["7", "bus"]
    assert found.table.scores[0] == 0.25
    assert {entry.name for entry in found.classes} == {"class 1", "class 3"}
    assert not any(entry.is_named for entry in found.classes)


def test_what_is_wrong_is_named_and_the_rest_is_there() -> None:
    found, _ = read(
        b'{"images": [{"id": 7}, {"id": 7}, {"file_name": "x"}], "annotations": ['
        + json.dumps(annotation(1)).encode()
        + b', {"image_id": 7, "category_id": 1, "bbox": [NaN, 1, 2, 3]}, '
        + json.dumps(annotation(1, image_id=8)).encode()
        + b', {"image_id": 7, "bbox": "wide"}]}'
    )
    assert len(found.table) == 2
    said = "\n".join(found.problems)
    for part in (
        "an image has an id that another one has",
        "missing required field `id`",
        "an annotation has an id that another one has",
        "boxes of pictures that are not among the images",
        "invalid character",
        "byte ",
    ):
        assert part in said


def test_a_cut_file_gives_what_is_whole() -> None:
    whole = json.dumps({"images": IMAGES, "annotations": [annotation(1), annotation(2)]}).encode()
    found, _ = read(whole[:-40])
    assert len(found.table) == 1
    assert "cut" in found.problems[0]


def test_an_object_that_is_too_large_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "MAX_ELEMENT_BYTES", 1000)
    found, _ = read(document_of(annotation(1, segmentation=[[1.5] * 1000]), *map(annotation, range(2, 60))))
    assert len(found.table) == 58
    assert "not read" in found.problems[0]


def test_polygons_masks_and_keypoints_of_a_picture() -> None:
    shown = things(
        annotation(1, segmentation=[[0, 0, 4, 0, 4, 3], [1, 1]], keypoints=[5, 6, 2, 0, 0, 0, 7, 8, 1]),
        annotation(2, category_id=3, iscrowd=1, segmentation={"size": [48, 64], "counts": [10, 5, 3057]}),
        annotation(3, image_id=9),
    )
    assert [(box.x_start, box.x_end, box.is_crowd) for box in shown.boxes] == [(1, 4, False), (1, 4, True)]
    assert shown.polygons[0].points == [(0, 0), (4, 0), (4, 3)]
    assert shown.keypoints[0].points == [(5, 6), None, (7, 8)]
    assert shown.keypoints[0].edges == [(0, 1)]
    assert shown.keypoints[0].names == ["nose", "eye", "ear"]
    assert (shown.regions[0].width, shown.regions[0].height, shown.regions[0].counts) == (
        64,
        48,
        [10, 5, 3057],
    )
    assert shown.regions[0].class_name == "car"
    assert shown.problems == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"segmentation": {"size": [40_000, 25_000], "counts": [10**9]}}, "1,000,000,000|25,000 × 40,000"),
        ({"segmentation": {"size": [-1, 5], "counts": []}}, "is not shown"),
        ({"segmentation": {"size": [4, 4], "counts": [10, 10]}}, "more pixels than 4 × 4"),
        ({"segmentation": {"size": [4, 4], "counts": [-1, 2]}}, "a run is negative"),
        ({"segmentation": {"size": [4, 4], "counts": "~é"}}, "is no part of a mask"),
        ({"segmentation": [[0.5] * 2_000_000]}, "200,000 points are not shown"),
        ({"segmentation": "everywhere"}, "neither polygons nor a mask"),
        ({"keypoints": {"x": 1}}, "no list of numbers"),
        ({"keypoints": [1, 2, 3] * 300_000}, "200,000 are not shown"),
    ],
)
def test_what_is_too_much_or_wrong_of_a_thing_is_said_and_its_box_stays(
    more: dict[str, Any], reason: str
) -> None:
    shown = things(annotation(1, **more), annotation(2, segmentation=[[0, 0, 4, 0, 4, 3]]))
    assert len(shown.boxes) == 2
    assert any(part in shown.problems[0] for part in reason.split("|"))
    assert not shown.regions


def test_deep_nesting_ends_the_pass_and_is_named() -> None:
    found, _ = read(
        b'{"images": [], "annotations": [' + json.dumps(annotation(1)).encode() + b"," + b"[" * 500_000
    )
    assert len(found.table) == 1
    assert "nested too deep" in found.problems[0]


@given(st.data())
def test_mutated_files_never_fail(data: st.DataObject) -> None:
    whole = bytearray(
        json.dumps(
            {
                "images": IMAGES,
                "annotations": [
                    annotation(1, segmentation=[[0, 0, 4, 0, 4, 3]], keypoints=[1, 2, 2]),
                    annotation(2, segmentation={"size": [4, 4], "counts": "52203"}),
                ],
                "categories": CATEGORIES,
            }
        ).encode()
    )
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=6)):
        whole[place] = data.draw(st.sampled_from(list(b'{}[]",:-0129eE.\\ \x00\xff')))
    found, of_pictures = read(bytes(whole))
    assert len(found.pictures) == len(of_pictures)


def test_files_are_told_by_their_beginning() -> None:
    assert is_coco(json.dumps({"info": {}, "licenses": [], "images": IMAGES}).encode())
    assert is_coco(json.dumps({"annotations": [annotation(1)]}).encode())
    assert is_coco(
        json.dumps([{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}]).encode()
    )
    others: list[Any] = [
        {"images": {"source": "a.png", "boxes": []}},
        {"texts": {}},
        [],
        [{"loss": 0.5}],
        {"type": 1},
    ]
    for other in others:
        assert not is_coco(json.dumps(other).encode())


def test_run_lengths_that_pycocotools_compressed() -> None:
    assert run_lengths.decoded("52203") == [5, 2, 2, 2, 5]
    for wrong in ("\x00", "P", "oooooooooooo", "o"):
        with pytest.raises(ValueError, match=r".+"):
            run_lengths.decoded(wrong)


@needs_coco
@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
def test_run_lengths_are_those_of_pycocotools(seed: int, height: int, width: int) -> None:
    from pycocotools import mask

    random = np.random.default_rng(seed)
    pixels = np.asfortranarray(random.random((height, width)) < random.random(), dtype=np.uint8)
    counts = run_lengths.decoded(mask.encode(pixels)["counts"].decode())
    run_lengths.check(counts, width, height)
    values = np.repeat(np.arange(len(counts)) % 2, counts).astype(np.uint8)
    assert (values.reshape((height, width), order="F") == pixels).all()


@needs_coco
def test_a_file_is_read_as_pycocotools_reads_it(tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    from tests.corpus.make_detections import scene

    given_scene = scene(11, pictures=20)
    path = tmp_path / "a.json"
    images = [{"id": place, "file_name": f"{place}.png"} for place in range(1, 21)]
    categories = [{"id": place, "name": f"c{place}"} for place in range(1, 4)]
    path.write_text(
        json.dumps({"images": images, "annotations": given_scene["expected"], "categories": categories})
    )
    oracle = COCO(str(path))
    with path.open("rb") as file:
        found = read_coco(file.fileno(), "a.json")
    for place, entry in enumerate(found.pictures):
        theirs = oracle.loadAnns(oracle.getAnnIds(imgIds=int(entry.key)))
        rows = found.rows_of(place)
        assert found.table.boxes[rows].tolist() == [each["bbox"] for each in theirs]
        assert found.table.crowds[rows].tolist() == [bool(each["iscrowd"]) for each in theirs]
    assert math.isnan(found.table.scores[0])
