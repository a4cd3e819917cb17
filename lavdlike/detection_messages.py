"""What the page asks of annotations and predictions of pictures: which there are, of single pictures, matches of all.

A set of boxes is named by its experiment and its path there: a file (COCO), a folder (YOLO, ...), or "" for what lies
on the experiment's own pictures (docs/format.md, "Images"). Words as in `messages`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from lavdlike.kinds.images import Box
from lavdlike.kinds.overlays import Keypoints, Polygon
from lavdlike.layout import ExperimentId

# The most pictures that a page of matches names.
MAX_MATCHED: Final = 5000

# Whether it is known already; `reading`: ask again.
ReadingState = Literal["ready", "reading", "failed"]
Only = Literal["", "tp", "fp", "fn"]
MatchOrder = Literal["name", "tp", "fp", "fn", "score"]


class DetectionRef(msgspec.Struct, frozen=True):
    """A set of boxes. `path`: an id, relative to the experiment."""

    experiment: ExperimentId
    path: str


class DetectionSource(msgspec.Struct):
    """A set of boxes that is there, and what is known of it.

    `role`: whether it says what is expected or what was predicted; "" as long as nobody has read it.
    `done`: how far it is read, from 0 to 1. `version`: another one for another content.
    `problems`: what of it could not be read, in sentences.
    """

    experiment: ExperimentId
    path: str
    format: str
    state: ReadingState
    role: Literal["", "expected", "predicted"] = ""
    done: float = 0.0
    version: str = ""
    pictures: int = 0
    boxes: int = 0
    classes: list[str] = []
    problems: list[str] = []


class DetectionsRequest(msgspec.Struct):
    """`POST api/detections`. `reads`: have those read as well of which nothing is known yet."""

    experiments: Annotated[list[ExperimentId], msgspec.Meta(max_length=1000)]
    reads: bool = True


class DetectionsPage(msgspec.Struct):
    sources: list[DetectionSource]


class Region(msgspec.Struct, rename="camel", omit_defaults=True):
    """A mask of one thing as run lengths: pixels down the columns from the top left, outside and inside in turn."""

    width: int
    height: int
    counts: list[int]
    class_name: str | int | float | None = None
    probability: int | float | None = None


class PictureDetections(msgspec.Struct, rename="camel"):
    """What two sets say of one picture. `expected_boxes`: None if nobody says what is expected.

    `in_parts`: of everything, whether it is in parts of the picture's width and height instead of in pixels.
    """

    boxes: list[Box]
    expected_boxes: list[Box] | None
    polygons: list[Polygon]
    keypoints: list[Keypoints]
    regions: list[Region]
    classes: list[str]
    problems: list[str]
    in_parts: bool = False


class PicturesRequest(msgspec.Struct):
    """`POST api/detections/pictures`: what sets say of pictures of an experiment. `paths`: ids of their files."""

    experiment: ExperimentId
    paths: Annotated[list[str], msgspec.Meta(max_length=500)]
    expected: DetectionRef | None = None
    predicted: DetectionRef | None = None


class PicturesPage(msgspec.Struct):
    """In the order of the request; None of pictures that no set names."""

    state: ReadingState
    done: float
    pictures: list[PictureDetections | None]


class MatchesRequest(msgspec.Struct, rename="camel"):
    """`POST api/detections/matches`: which pictures of a set have boxes that are right, wrong or missed.

    `classes`: by name; none: all. `only`: pictures with at least one of these. `iou`: from 0.05 to 1.
    `min_probability`: what is less probable finds nothing. `order`: by name, by how many they have of something, or by
    the most probable box that is wrong.
    """

    expected: DetectionRef
    predicted: DetectionRef | None = None
    iou: float = 0.5
    min_probability: float = 0.0
    classes: Annotated[list[str], msgspec.Meta(max_length=1000)] = []
    only: Only = ""
    order: MatchOrder = "name"


class MatchedClass(msgspec.Struct):
    """How many boxes of a class are right, wrong and missed, in all pictures; `expected`: with those in no picture."""

    name: str
    expected: int
    tp: int
    fp: int
    fn: int


class MatchedPicture(msgspec.Struct, omit_defaults=True):
    """A picture, as an item. `score`: of its most probable box that is wrong; None if none is."""

    label: str
    step: int | None
    expected: int
    tp: int
    fp: int
    fn: int
    score: float | None = None


class MatchesPage(msgspec.Struct):
    """`pictures`: the first of the `found` ones, all of the experiment `experiment`.

    `absent`: how many of those that would be found are not in the folder, or named outside of it.
    """

    state: ReadingState
    done: float
    experiment: ExperimentId
    classes: list[MatchedClass] = []
    pictures: list[MatchedPicture] = []
    found: int = 0
    absent: int = 0
    problems: list[str] = []
