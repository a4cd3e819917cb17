from __future__ import annotations

import json
import math
import sys
from typing import Any

import msgspec
import numpy as np
import pytest

from lavdlike.kinds import images, overlays
from tests.writing.test_pictures import Tensor

TRIANGLE = [[0, 0], [8, 0.5], [4, 6]]


def read(**keys: Any) -> images.ImageContent:
    document = json.loads(json.dumps(images.to_json("a.png", **keys)))
    return images.from_json(document["images"], "a.json")


def test_what_is_written_reads_back_equal() -> None:
    people: list[dict[str, Any]] = [
        {
            "points": np.array([[1.5, 2], [math.nan, math.nan], [3, 4]]),
            "edges": np.array([[0, 2]]),
            "names": ["nose", "eye", "ear"],
            "probabilities": np.array([0.5, 0, 1], dtype=np.float32),
            "className": "person",
            "probability": np.float64(0.25),
        },
        {"points": []},
    ]
    polygons: list[dict[str, Any]] = [
        {"points": TRIANGLE, "className": "sail"},
        {"points": np.array(TRIANGLE, dtype=int)},
    ]
    content = read(
        masks=[overlays.mask_to_json("a.mask.png"), overlays.mask_to_json("a.mask-truth.png", "truth")],
        keypoints=overlays.checked_keypoints(people),
        polygons=overlays.checked_polygons(polygons),
        caption="Two people",
    )
    assert content.problems == []
    assert content.caption == "Two people"
    assert content.masks == [overlays.Mask("a.mask.png"), overlays.Mask("a.mask-truth.png", "truth")]
    assert json.loads(msgspec.json.encode(content.keypoints)) == [
        {
            "points": [[1.5, 2], None, [3, 4]],
            "edges": [[0, 2]],
            "names": ["nose", "eye", "ear"],
            "probabilities": [0.5, 0, 1],
            "className": "person",
            "probability": 0.25,
        },
        {"points": []},
    ]
    assert [list(map(list, polygon.points)) for polygon in content.polygons] == [
        TRIANGLE,
        [[0, 0], [8, 0], [4, 6]],
    ]
    assert content.polygons[0].class_name == "sail"


@pytest.mark.parametrize(
    ("mask", "dtype"),
    [
        (np.eye(4, 6, dtype=np.int64), np.uint8),
        (np.eye(4, 6, dtype=bool), np.uint8),
        (np.full((1, 4, 6), 300), np.uint16),
        (np.zeros((4, 6, 1), dtype=np.uint16), np.uint8),
        ([[0, 1, 2, 3, 4, 5]] * 4, np.uint8),
        (Tensor(np.eye(4, 6, dtype=np.int32)), np.uint8),
    ],
)
def test_masks_become_numbers_of_8_or_16_bits_without_torch(mask: Any, dtype: Any) -> None:
    loaded = "torch" in sys.modules
    (checked,) = overlays.checked_masks({"truth": mask}, 6, 4).values()
    assert (checked.shape, checked.dtype) == ((4, 6), dtype)
    assert ("torch" in sys.modules) == loaded


@pytest.mark.parametrize(
    ("mask", "rule"),
    [
        (np.zeros((6, 4), dtype=int), "masks must be height x width as the picture, 4 x 6"),
        (np.zeros((4, 6)), "masks must be of whole numbers, not float64"),
        (np.full((4, 6), -1), "masks must be from 0 to 65535, but is from -1 to -1"),
        (np.full((4, 6), 2**16), "from 65536 to 65536"),
        ({"../x": np.zeros((4, 6), dtype=int)}, "masks must have names of"),
        ({"a": np.zeros((4, 6))}, r"masks\['a'\] must be of whole"),
    ],
)
def test_a_bad_mask_is_refused(mask: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        overlays.checked_masks(mask, 6, 4)


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ({"points": [[1, 2, 3]]}, r"keypoints\[0\]\['points'\] must be n x 2 numbers"),
        ({"points": "none"}, "must be n x 2 numbers"),
        ({}, r"keypoints\[0\] lacks 'points'"),
        ({"points": [[1, 2]], "skeleton": []}, "unknown key 'skeleton'; known are points, edges, names"),
        ({"points": [[1, 2]], "edges": [[0, 1]]}, r"edges'\] has \[0, 1\], but the points are 0 to 0"),
        ({"points": [[1, 2]], "edges": [[0.5, 1]]}, "must be pairs of places"),
        ({"points": [[1, 2]], "names": ["a", "b"]}, "must be 1, one for each point, not 2"),
        ({"points": [[1, 2]], "probabilities": [math.nan]}, "must be a finite number"),
        ({"points": [[1, 2]], "className": 3}, "must be a string"),
    ],
)
def test_bad_keypoints_are_refused_with_their_place(entry: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        overlays.checked_keypoints([entry])


@pytest.mark.parametrize(
    ("points", "rule"),
    [([[1, 2], [3, 4]], "at least three points, not 2"), ([[1, 2], [3, math.inf], [0, 0]], "finite")],
)
def test_a_bad_polygon_is_refused_with_its_place(points: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rf"polygons\[1\].*{rule}"):
        overlays.checked_polygons([{"points": TRIANGLE}, {"points": points}])


def test_what_is_wrong_with_one_key_leaves_the_others() -> None:
    content = images.from_json(
        {"boxes": [], "keypoints": [{"points": [["left", 1]]}], "caption": "shown", "polygons": 3}, "a.json"
    )
    assert content.caption == "shown"
    assert [problem.position for problem in content.problems] == [
        "images.keypoints[0].points[0][0]",
        "images.polygons",
    ]


def test_points_that_are_nowhere_are_read() -> None:
    text = '{"keypoints": [{"points": [[NaN, 1], [null, null], null], "edges": [[0, 7]]}]}'
    content = images.from_json(json.loads(text), "")
    assert content.problems == []
    assert json.loads(msgspec.json.encode(content.keypoints[0].points)) == [[None, 1], [None, None], None]
