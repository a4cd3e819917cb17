"""Who finds what: as COCO's own evaluation says, also of many at once."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.reading.detections import box_matching
from lavdlike.reading.detections.box_matching import matches_at, overlaps_of
from lavdlike.sources.detections.detection_table import BoxTable, table_of
from tests.corpus.make_detections import IOUS, by_coco, scene
from tests.scripts import ROOT

SCENES = json.loads((ROOT / "tests/corpus/detections/coco_matches.json").read_text())
needs_coco = pytest.mark.skipif(
    importlib.util.find_spec("pycocotools") is None, reason="pycocotools is not installed (the extra test)"
)


def table(entries: list[dict[str, Any]]) -> BoxTable:
    return table_of(
        [entry["image_id"] for entry in entries],
        [entry["category_id"] for entry in entries],
        [tuple(entry["bbox"]) for entry in entries],
        [entry.get("score", float("nan")) for entry in entries],
        [bool(entry.get("iscrowd", 0)) for entry in entries],
    )


def taken(given: dict[str, Any], iou: float) -> list[int | None]:
    expected, predictions = table(given["expected"]), table(given["predictions"])
    overlaps = overlaps_of(expected, predictions)
    matches = matches_at(overlaps, iou, len(expected), len(predictions))
    for place, prediction in enumerate(matches.of_expected.tolist()):
        assert prediction < 0 or matches.of_predictions[prediction] == place
    return [place + 1 if place >= 0 else None for place in matches.of_predictions.tolist()]


@pytest.mark.parametrize("iou", IOUS)
def test_as_cocos_evaluation_said(iou: float) -> None:
    for each in SCENES:
        assert taken(each, iou) == each["taken"][str(iou)]


@needs_coco
@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.999), st.integers(1, 3), st.integers(2, 25))
def test_as_cocos_evaluation_says(seed: int, iou: float, classes: int, most: int) -> None:
    of_seed = scene(seed, 3, classes, most)
    if of_seed["expected"] and of_seed["predictions"]:
        assert taken(of_seed, iou) == by_coco(of_seed, iou)


def test_what_has_no_picture_or_class_finds_nothing() -> None:
    box = (0.0, 0.0, 4.0, 4.0)
    expected = table_of([0, -1, 0], [0, 0, -1], [box] * 3, [np.nan] * 3, [False] * 3)
    predictions = table_of([-1, 0, 0], [0, -1, 0], [box] * 3, [0.9, 0.8, np.nan], [False] * 3)
    matches = matches_at(overlaps_of(expected, predictions), 0.5, 3, 3)
    assert matches.of_predictions.tolist() == [-1, -1, 0]
    assert matches.of_expected.tolist() == [2, -1, -1]


def test_nothing_on_either_side() -> None:
    none, one = table_of([], [], [], [], []), table_of([0], [0], [(0, 0, 1, 1)], [1.0], [False])
    for expected, predictions in ((none, none), (none, one), (one, none)):
        overlaps = overlaps_of(expected, predictions)
        matches = matches_at(overlaps, 0.5, len(expected), len(predictions))
        assert matches.of_predictions.tolist() == [-1] * len(predictions)


def test_groups_that_are_too_large_are_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_matching, "MAX_PAIRS_OF_GROUP", 100)
    boxes = [(0.0, 0.0, 4.0, 4.0)] * 11
    many = table_of([0] * 11 + [1], [0] * 12, [*boxes, boxes[0]], [0.5] * 12, [False] * 12)
    overlaps = overlaps_of(many, many)
    assert sorted(overlaps.left_out.tolist()) == list(range(11))
    assert matches_at(overlaps, 0.5, 12, 12).of_predictions.tolist() == [-1] * 11 + [11]


def test_slices_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [taken(each, 0.5) for each in SCENES]
    monkeypatch.setattr(box_matching, "_PAIRS_AT_ONCE", 3)
    assert [taken(each, 0.5) for each in SCENES] == whole
