"""What a COCO file says of one picture: boxes, polygons, masks and keypoints, read where the index says they stand."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from lavdlike.detection_messages import Region
from lavdlike.disk.filling import pread
from lavdlike.kinds.images import Box
from lavdlike.kinds.overlays import Keypoints, Polygon
from lavdlike.sources.detections import run_lengths
from lavdlike.sources.detections.coco import MAX_ELEMENT_BYTES
from lavdlike.sources.detections.detection_format import (
    MAX_PIXELS,
    MAX_POINTS,
    MAX_RUNS,
    MAX_THINGS,
    Things,
    left_out,
)
from lavdlike.sources.detections.detection_set import ClassEntry, DetectionSet

# Of what is read of one picture.
MAX_BYTES = 2 * MAX_ELEMENT_BYTES


class _Mask(msgspec.Struct):
    size: tuple[int, int]
    counts: str | list[int]


class _Shape(msgspec.Struct):
    """What an annotation has beside its box; what of it is of another form is left out by itself."""

    segmentation: msgspec.Raw = msgspec.Raw(b"null")
    keypoints: msgspec.Raw = msgspec.Raw(b"null")


_SHAPES = msgspec.json.Decoder(_Shape)
_SEGMENTATIONS = msgspec.json.Decoder(list[list[float]] | _Mask | None)
_KEYPOINTS = msgspec.json.Decoder(list[float] | None)


def contents(descriptor: int, detections: DetectionSet, picture: int) -> Things:
    """All of one picture, by its place. What is too much, or not as it should be, is said instead."""
    things = Things()
    rows = detections.rows_of(picture)
    if len(rows) > MAX_THINGS:
        left_out(things, f"{len(rows) - MAX_THINGS:,} of {len(rows):,} boxes are not shown")
    read = 0
    for row in rows[:MAX_THINGS].tolist():
        length = int(detections.lengths[row])
        read += length
        entry = detections.classes[int(detections.table.classes[row])]
        score = float(detections.table.scores[row])
        common = {"class_name": entry.name or None, "probability": None if math.isnan(score) else score}
        _add_box(things, detections, row, common)
        if read > MAX_BYTES:
            left_out(things, "there is too much of it: some masks and keypoints are not shown")
            continue
        data = pread(descriptor, length, int(detections.begins[row]))
        try:
            shape = _SHAPES.decode(data)
        except (ValueError, RecursionError):
            left_out(things, "the file has changed since it was looked through")
            continue
        _add_segmentation(things, shape.segmentation, common)
        _add_keypoints(things, shape.keypoints, entry, common)
    return things


def _add_box(things: Things, detections: DetectionSet, row: int, common: dict[str, Any]) -> None:
    left, top, width, height = detections.table.boxes[row].tolist()
    if math.isfinite(left + top + width + height):
        crowd = bool(detections.table.crowds[row])
        things.boxes.append(Box(left, top, left + width, top + height, is_crowd=crowd, **common))


def _add_segmentation(things: Things, given: msgspec.Raw, common: dict[str, Any]) -> None:
    try:
        shape = _SEGMENTATIONS.decode(given)
    except (ValueError, RecursionError) as error:
        left_out(things, f"a segmentation is neither polygons nor a mask: {error}")
        return
    if isinstance(shape, _Mask):
        _add_region(things, shape, common)
        return
    for ring in shape or []:
        things.points += len(ring) // 2
        if things.points > MAX_POINTS:
            left_out(things, f"polygons of more than {MAX_POINTS:,} points are not shown")
            return
        if len(ring) >= 6:
            things.polygons.append(Polygon(list(zip(ring[::2], ring[1::2], strict=False)), **common))


def _add_region(things: Things, mask: _Mask, common: dict[str, Any]) -> None:
    height, width = mask.size
    if not (0 < width * height <= MAX_PIXELS and width > 0):
        left_out(things, f"a mask of {width:,} × {height:,} pixels is not shown, at most {MAX_PIXELS:,} are")
        return
    things.runs += len(mask.counts)
    if things.runs > MAX_RUNS:
        left_out(things, f"masks of more than {MAX_RUNS:,} runs are not shown")
        return
    try:
        counts = run_lengths.decoded(mask.counts) if isinstance(mask.counts, str) else mask.counts
        run_lengths.check(counts, width, height)
    except ValueError as error:
        left_out(things, f"a mask cannot be read: {error}")
        return
    things.regions.append(Region(width, height, counts, **common))


def _add_keypoints(things: Things, given: msgspec.Raw, entry: ClassEntry, common: dict[str, Any]) -> None:
    """x, y and whether it is there (0: it is not), in turn."""
    try:
        numbers = _KEYPOINTS.decode(given)
    except (ValueError, RecursionError) as error:
        left_out(things, f"keypoints are no list of numbers: {error}")
        return
    if not numbers:
        return
    points = [
        (x, y) if seen > 0 else None
        for x, y, seen in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=False)
    ]
    things.points += len(points)
    if things.points > MAX_POINTS:
        left_out(things, f"keypoints beyond {MAX_POINTS:,} are not shown")
        return
    edges = [edge for edge in entry.edges if max(edge) < len(points)]
    names = list(entry.points) if len(entry.points) == len(points) else []
    things.keypoints.append(Keypoints(list(points), edges=edges, names=names, **common))
