from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.kinds import images

finite = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63)
boxes = st.lists(
    st.fixed_dictionaries(
        {"xStart": finite, "yStart": finite, "xEnd": finite, "yEnd": finite},
        optional={"className": st.text(st.characters(exclude_categories=["Cs"])), "probability": finite},
    )
)
BOX = {"xStart": 1, "yStart": 2.5, "xEnd": 3, "yEnd": 4}


@given(boxes)
def test_boxes_that_are_written_read_back_equal(boxes: list[dict[str, Any]]) -> None:
    document = json.loads(json.dumps(images.to_json("a.png", images.checked_boxes(boxes), ["x"], 0.5)))
    content = images.from_json(document["images"], "a.json")
    assert content.source == "a.png"
    assert content.classes == ["x"]
    assert content.min_probability == 0.5
    assert [msgspec.to_builtins(box) for box in content.boxes] == boxes


def test_numbers_of_numpy_become_pythons() -> None:
    checked = images.checked_boxes([{**BOX, "xEnd": np.float32(0.5), "yEnd": np.int64(7)}])
    assert json.dumps(checked[0]) == '{"xStart": 1, "yStart": 2.5, "xEnd": 0.5, "yEnd": 7}'


@pytest.mark.parametrize(
    ("box", "rule"),
    [
        ({**BOX, "xstart": 1}, r"boxes\[1\] has the unknown key 'xstart'; known are xStart"),
        ({"xStart": 1}, r"boxes\[1\] lacks 'yStart'"),
        ({**BOX, "xEnd": "3"}, r"boxes\[1\]\['xEnd'\] must be a real number, not '3'"),
        ({**BOX, "xEnd": math.nan}, r"must be a finite number"),
        ({**BOX, "xEnd": True}, r"must be a finite number"),
        ({**BOX, "className": 3}, r"boxes\[1\]\['className'\] must be a string"),
        ([1, 2, 3, 4], r"boxes\[1\] must be a dict, not list"),
    ],
)
def test_a_bad_box_is_refused_with_its_place(box: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        images.checked_boxes([BOX, box])


def test_annotations_by_hand_are_read_leniently() -> None:
    content = images.from_json(
        {"source": "a.png", "boxes": [{**BOX, "className": 3, "note": "x"}], "classes": [3]}, ""
    )
    assert content.boxes[0].class_name == "3"
    assert content.classes == ["3"]


def test_a_box_without_numbers_is_an_error_with_its_place() -> None:
    with pytest.raises(LogFormatError, match=r"a.json, images.boxes\[0\].xEnd"):
        images.from_json({"boxes": [{**BOX, "xEnd": "3"}]}, "a.json")


def test_expected_boxes_are_read_back_and_may_be_crowds() -> None:
    expected = images.checked_boxes([{**BOX, "isCrowd": np.True_}, BOX], "expected_boxes", expected=True)
    document = json.loads(json.dumps(images.to_json("a.png", expected_boxes=expected)))
    content = images.from_json(document["images"], "a.json")
    assert content.expected_boxes is not None
    assert [box.is_crowd for box in content.expected_boxes] == [True, False]
    assert images.from_json(images.to_json("a.png", expected_boxes=[])["images"], "").expected_boxes == []
    assert images.from_json(images.to_json("a.png")["images"], "").expected_boxes is None


@pytest.mark.parametrize(
    ("box", "rule"),
    [
        ({**BOX, "isCrowd": "yes"}, r"expected_boxes\[0\]\['isCrowd'\] must be True or False, not 'yes'"),
        ({**BOX, "probability": 0.5}, r"expected_boxes\[0\] has the unknown key 'probability'"),
    ],
)
def test_a_bad_expected_box_is_refused_with_its_place(box: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        images.checked_boxes([box], "expected_boxes", expected=True)


def test_expected_boxes_that_are_none_do_not_hide_the_others() -> None:
    content = images.from_json({"boxes": [BOX], "expectedBoxes": [{"xStart": "left"}]}, "a.json")
    assert len(content.boxes) == 1
    assert content.expected_boxes is None
    assert content.problems[0].position.startswith("images.expectedBoxes[0]")
