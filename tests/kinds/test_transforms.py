from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lavdlike.kinds.images import Box, ImageContent, moved
from lavdlike.kinds.overlays import Keypoints, Polygon
from lavdlike.kinds.transforms import Geometry, TransformError, checked, geometry

STEPS = [
    {"crop": [10, 20, 110, 100]},
    {"resize": [50, 160]},
    {"flip": "horizontal"},
    {"flip": "vertical"},
    {"affine": [0, 1, 5, 1, 0, 0], "size": [200, 60]},
    {"denormalize": {"mean": [0.5], "std": 2}},
]


def test_steps_follow_each_other() -> None:
    found = geometry(checked(STEPS), 640, 480)
    assert (found.width, found.height) == (200, 60)
    # cropped to (0, 0), made half as wide and twice as high, both flipped, both axes exchanged
    assert found.point(10, 20) == (165, 50)
    assert found.point(30, 30) == (145, 40)


def test_steps_are_as_json_has_them() -> None:
    given = [{"resize": np.array([4, 5])}, {"affine": (1, 0, np.float32(0.5), 0, 1, 0)}, STEPS[-1]]
    assert checked(given) == [
        {"resize": [4, 5]},
        {"affine": [1, 0, 0.5, 0, 1, 0]},
        {"denormalize": {"mean": [0.5], "std": [2]}},
    ]
    assert geometry([], 3, 4) == Geometry((1, 0, 0, 0, 1, 0), 3, 4)


@pytest.mark.parametrize(
    "transform",
    [
        *(
            "flip",
            {"flip": "vertical"},
            7,
            [7],
            [{}],
            [{"turn": 90}],
            [{"flip": "both"}],
            [{"flip": "vertical"}] * 33,
        ),
        *(
            [{"crop": [0, 0, 10**6, 10**6]}],
            [{"crop": [5, 5, 5, 9]}],
            [{"crop": [0, 0, 1]}],
            [{"crop": [0, 0, 1, 0.5]}],
        ),
        *(
            [{"crop": [10**9, 0, 10**9 + 5, 5]}],
            [{"resize": [10**6, 10**6]}],
            [{"resize": [0, 5]}],
            [{"resize": "ab"}],
        ),
        *([{"resize": [float("nan"), 5]}], [{"affine": [1, 0, 0, 0, 1]}], [{"affine": [1, 1, 0, 1, 1, 0]}]),
        *([{"affine": [1, 0, 1e300, 0, 1, 0]}], [{"affine": [1, 0, 0, 0, 1, 0], "size": [20001, 1]}]),
        *([{"flip": "vertical", "size": [2, 2]}], [{"flip": "vertical", "resize": [2, 2]}]),
        *(
            [{"denormalize": {"mean": 1}}],
            [{"denormalize": {"mean": [], "std": 1}}],
            [{"denormalize": [1, 2]}],
        ),
        [{"denormalize": {"mean": 1e9, "std": 1}}],
    ],
)
def test_what_is_no_transform_is_refused_with_its_place(transform: Any) -> None:
    with pytest.raises(TransformError, match="transform"):
        checked(transform)


def test_what_lies_on_a_picture_moves_with_it() -> None:
    content = ImageContent(
        boxes=[Box(0, 0, 20, 30, class_name="a"), Box(100, 100, 120, 120)],
        expected_boxes=[],
        keypoints=[Keypoints([(10, 10), None, (None, None)])],
        polygons=[Polygon([(0, 0), (10, 0), (0, 10)])],
    )
    found = moved(content, geometry(checked([{"crop": [10, 10, 60, 60]}, {"resize": [100, 100]}]), 200, 200))
    assert found.boxes == [Box(0, 0, 20, 40, class_name="a")]
    assert found.expected_boxes == []
    assert found.keypoints[0].points == [(0, 0), None, (None, None)]
    assert found.polygons[0].points == [(-20, -20), (0, -20), (-20, 0)]
    assert content.boxes[0].x_end == 20
