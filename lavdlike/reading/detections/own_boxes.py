"""The boxes on an experiment's own pictures (docs/format.md, "Images"), of all its steps, as two sets like any others.

`EXPECTED` and `PREDICTED` are their paths: no file of the tree has a name with a dot in front.
"""

from __future__ import annotations

import math
import posixpath
from collections.abc import Callable, Collection
from contextlib import suppress

from lavdlike import json_file
from lavdlike.bounded import giving_up
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds import images
from lavdlike.kinds.images import Box, ImageContent
from lavdlike.sources.detections.detection_format import Files
from lavdlike.sources.detections.detection_set import (
    MAX_BOXES,
    ClassEntry,
    DetectionSet,
    PictureEntry,
    Problems,
)
from lavdlike.sources.detections.detection_table import table_of

EXPECTED, PREDICTED = ".expected", ".boxes"
FORMAT = "log_image"
# Larger ones are no boxes of one picture.
_MAX_FILE_BYTES = 2**20


def read_own(
    files: Files, descriptions: Collection[str], told: Callable[[float], None]
) -> tuple[DetectionSet, DetectionSet]:
    """What is expected, and what was predicted, of the pictures of which it is said what is expected.

    Args:
        descriptions: the paths of JSON files that describe pictures.
        told: how far it is, from 0 to 1.

    Raises:
        GivenUpError: nobody waits any more.
    """
    problems = Problems()
    classes: dict[str, int] = {}
    pictures: list[PictureEntry] = []
    expected, predicted = _Rows(classes), _Rows(classes)
    for done, path in enumerate(descriptions):
        giving_up.check()
        told(done / len(descriptions))
        content = _content_of(files, path, problems)
        if content is None or content.expected_boxes is None:
            continue
        if len(expected) + len(predicted) > MAX_BOXES:
            problems.add(f"more than {MAX_BOXES:,} boxes, the others are left out")
            break
        named = content.source or posixpath.splitext(posixpath.basename(path))[0]
        source = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
        for rows, boxes in ((expected, content.expected_boxes), (predicted, content.boxes)):
            for box in boxes:
                rows.add(len(pictures), box)
        pictures.append(PictureEntry(source, source))
    entries = [ClassEntry(name, name) for name in classes]
    said = problems.sentences()
    return (
        DetectionSet("expected", pictures, entries, table_of(*expected.columns), said),
        DetectionSet("predicted", pictures, entries, table_of(*predicted.columns), []),
    )


class _Rows:
    """`columns`: as `table_of` takes them. `classes`: places by name; new ones are added."""

    def __init__(self, classes: dict[str, int]) -> None:
        self.columns: tuple[
            list[int], list[int], list[tuple[float, float, float, float]], list[float], list[bool]
        ] = ([], [], [], [], [])
        self._classes = classes

    def __len__(self) -> int:
        return len(self.columns[0])

    def add(self, picture: int, box: Box) -> None:
        name = "" if box.class_name is None else str(box.class_name)
        left, right = sorted((float(box.x_start), float(box.x_end)))
        top, bottom = sorted((float(box.y_start), float(box.y_end)))
        if not math.isfinite(left + right + top + bottom):
            return
        pictures, classes, boxes, scores, crowds = self.columns
        pictures.append(picture)
        classes.append(self._classes.setdefault(name, len(self._classes)))
        boxes.append((left, top, right - left, bottom - top))
        scores.append(math.nan if box.probability is None else float(box.probability))
        crowds.append(box.is_crowd)


def _content_of(files: Files, path: str, problems: Problems) -> ImageContent | None:
    try:
        with suppress(FileNotFoundError, NotADirectoryError), files.file(path) as opened:
            document = json_file.read_object(opened.read(_MAX_FILE_BYTES), path)
            part = images.KIND.part_of(document)
            return None if part is None else images.from_json(part, path)
    except (LogFormatError, NotServedError) as error:
        problems.add(error.reason, path)
    return None
