"""Two sets of boxes of the same pictures, in one numbering: predictions beside what is expected."""

from __future__ import annotations

import dataclasses
import posixpath
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.sources.detections.detection_set import DetectionSet, last_name
from lavdlike.sources.detections.detection_table import BoxTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Joined(NamedTuple):
    """`predicted`: with the places of pictures and classes among those of `expected`; -1: not among its pictures.

    `boxes`: those of `expected`, in the same unit as `predicted`.
    `picture_of`: of each picture of `expected`, its place in the other set; -1: none.
    `classes`: the names of all; those of `expected` first. `renamed`: what the other set calls some of them.
    `unknown_pictures`: how many only the other set has.
    """

    boxes: BoxTable
    predicted: BoxTable
    picture_of: list[int]
    classes: list[str]
    renamed: dict[str, str]
    unknown_pictures: int


def joined(expected: DetectionSet, predictions: DetectionSet) -> Joined:
    """Pictures are the same if they have the same id; else the same file name, or one without its suffix.

    A folder has no ids.
    """
    import numpy as np

    by_stem: dict[str, int] = {}
    for place, entry in enumerate(expected.pictures):
        by_stem.setdefault(_stem(entry.name or entry.key), place)
    picture_of = [-1] * len(expected.pictures)
    places = []
    for place, entry in enumerate(predictions.pictures):
        found = expected.by_key.get(entry.key, by_stem.get(_stem(entry.name or entry.key), -1))
        places.append(found)
        if found >= 0:
            picture_of[found] = place
    classes, class_of = _classes(expected, predictions)
    table, boxes = predictions.table, expected.table
    if expected.in_parts != predictions.in_parts:  # the overlap is the same in parts of the picture
        table, boxes = _in_parts(predictions), _in_parts(expected)
    return Joined(
        boxes,
        dataclasses.replace(
            table,
            pictures=_looked_up(np.array(places, np.int64), table.pictures),
            classes=_looked_up(np.array(class_of, np.int64), table.classes),
        ),
        picture_of,
        classes,
        {
            entry.name: classes[place]
            for entry, place in zip(predictions.classes, class_of, strict=True)
            if entry.name != classes[place]
        },
        places.count(-1),
    )


def _in_parts(detections: DetectionSet) -> BoxTable:
    """Boxes of pictures whose size is not known are of no picture."""
    import numpy as np

    table = detections.table
    if detections.in_parts or not len(table):
        return table
    sizes = np.array([(entry.width, entry.height) * 2 for entry in detections.pictures], np.float64)
    own = sizes[table.pictures]
    is_known = np.all(own > 0, axis=1)
    return dataclasses.replace(
        table,
        boxes=table.boxes / np.where(own > 0, own, 1.0),
        pictures=np.where(is_known, table.pictures, -1),
    )


def _classes(expected: DetectionSet, predictions: DetectionSet) -> tuple[list[str], list[int]]:
    """The names of all, and the place of each of the predictions': by name, else by what files call it."""
    names = [entry.name for entry in expected.classes]
    by_name = {name: place for place, name in reversed(list(enumerate(names)))}
    by_key = {entry.key: place for place, entry in enumerate(expected.classes)}
    class_of = []
    for entry in predictions.classes:
        place = by_name.get(entry.name, by_key.get(entry.key) if not entry.is_named else None)
        if place is None:
            place = by_name[entry.name] = len(names)
            names.append(entry.name)
        class_of.append(place)
    return names, class_of


def _looked_up(places: NDArray[np.int64], which: NDArray[np.int64]) -> NDArray[np.int64]:
    """-1 stays."""
    import numpy as np

    if not len(places):
        return np.full(len(which), -1, np.int64)
    return np.where(which < 0, -1, places[which])


def _stem(name: str) -> str:
    return posixpath.splitext(last_name(name))[0]
