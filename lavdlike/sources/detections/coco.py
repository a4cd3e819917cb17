"""COCO's JSON (https://cocodataset.org/#format-data, #format-results): annotations and results.

One pass finds where each object of the long arrays lies (`json_elements`), and reads of it what a box is. Polygons,
masks and keypoints are passed over, and read of a picture when it is shown (`coco_contents`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from lavdlike.disk.filling import pread
from lavdlike.errors import LogFormatError
from lavdlike.sources.detections.detection_set import (
    MAX_BOXES,
    MAX_CLASSES,
    MAX_PICTURES,
    ClassEntry,
    DetectionSet,
    PictureEntry,
    Problems,
)
from lavdlike.sources.detections.detection_table import BoxTable
from lavdlike.sources.detections.json_elements import Elements, elements_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

T = TypeVar("T")

# Of one object: a polygon of a million points is about as large.
MAX_ELEMENT_BYTES = 32 * 2**20
_MAX_NAME = 1000
# Of all pictures together.
_MAX_NAMES = 256 * 2**20
_MAX_KEY = 200
_MAX_SIDE = 2**31
_MAX_KEYPOINTS = 1000
_HEAD = re.compile(
    rb'\s*\{\s*"(info|images|annotations|categories|licenses|type)"\s*:'
    rb'|\s*\[\s*\{[^{}]*"(image_id|category_id|bbox|score|segmentation|keypoints)"\s*:',
)
_NOWHERE = (math.nan,) * 4
_ARRAYS = re.compile(rb'"(images|annotations|categories)"\s*:\s*\[')


def is_coco(head: bytes) -> bool:
    """Whether a JSON file is one, by its first bytes."""
    found = _HEAD.match(head)
    if found is None:
        return False
    if found[1] is None:
        return b'"image_id"' in head
    return _ARRAYS.search(head) is not None


class _Picture(msgspec.Struct, gc=False):
    id: int | str
    file_name: str = ""
    width: int | float = 0
    height: int | float = 0


class _Category(msgspec.Struct, gc=False):
    id: int | str
    name: str | int = ""
    keypoints: list[str] = []
    skeleton: list[tuple[int, int]] = []


class _Annotation(msgspec.Struct, gc=False):
    image_id: int | str
    category_id: int | str | None = None
    bbox: tuple[float, float, float, float] | None = None
    iscrowd: int | bool | None = None
    score: float | None = None
    file_name: str = ""
    id: int | str | None = None


def read_coco(descriptor: int, path: str, told: Callable[[int], None] = lambda _: None) -> DetectionSet:
    """All pictures, classes and boxes of a file. What is wrong with single ones is said, and the rest is there.

    Args:
        told: how far it is, in bytes.

    Raises:
        GivenUpError: nobody waits any more.
    """
    reading = _Reading(descriptor, path)
    try:
        for elements in elements_of(descriptor, path):
            reading.take(elements)
            told(int(elements.ends[-1]))
    except LogFormatError as error:  # what came before is there
        reading.problems.add(error.reason, error.position)
    return reading.result()


class _Reading:
    """What was read so far."""

    def __init__(self, descriptor: int, path: str) -> None:
        self.problems = Problems()
        self._descriptor = descriptor
        self._path = path
        self._pictures: dict[str, PictureEntry] = {}
        self._classes: dict[str, ClassEntry] = {}
        self._is_results = False
        self._has_scores = False
        self._rows = 0
        self._names = 0  # how long all are
        self._picture_ids, self._class_ids = _Ids(), _Ids()
        self._parts: list[tuple[NDArray[Any], ...]] = []
        self._result_names: dict[str, str] = {}
        self._ids: list[NDArray[np.int64]] = []

    def take(self, elements: Elements) -> None:
        if elements.key == "images":
            self._take_pictures(self._decoded(elements, _PICTURES)[0])
        elif elements.key == "categories":
            self._take_classes(self._decoded(elements, _CATEGORIES)[0])
        elif elements.key in ("annotations", ""):
            self._is_results |= elements.key == ""
            self._take_annotations(*self._decoded(elements, _ANNOTATIONS, passes_over=True))

    def result(self) -> DetectionSet:
        import numpy as np

        columns = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
        if not columns:
            columns = [np.empty(0)] * 7
        picture_ids, class_ids, boxes, scores, crowds, begins, lengths = columns
        pictures, picture_of = _placed(
            self._picture_ids,
            picture_ids,
            self._pictures,
            lambda key: PictureEntry(key, self._result_names.get(key, "")),
        )
        classes, class_of = _placed(self._class_ids, class_ids, self._classes, _unnamed)
        if self._pictures and len(pictures) > len(self._pictures):
            more = len(pictures) - len(self._pictures)
            self.problems.add("boxes of pictures that are not among the images", count=more)
        self._say_doubles()
        table = BoxTable(
            picture_of,
            class_of,
            boxes.astype(np.float64, copy=False).reshape(-1, 4),
            scores.astype(np.float64, copy=False),
            crowds.astype(np.bool_, copy=False),
        )
        return DetectionSet(
            "predicted" if self._is_results or self._has_scores else "expected",
            pictures,
            classes,
            table,
            self.problems.sentences(),
            spans=(begins.astype(np.int64, copy=False), lengths.astype(np.int64, copy=False)),
        )

    def _decoded(
        self, elements: Elements, decoder: msgspec.json.Decoder[list[T]], *, passes_over: bool = False
    ) -> tuple[list[T], NDArray[np.int64], NDArray[np.int64]]:
        """The objects that could be read, and where each begins and ends.

        Args:
            passes_over: what is long or nested in them: most of a file are polygons.
        """
        begins, ends = elements.begins, elements.ends
        large = ends - begins > MAX_ELEMENT_BYTES
        if large.any():
            for begin in begins[large].tolist():
                self.problems.add(f"larger than {MAX_ELEMENT_BYTES // 2**20} MiB, not read", f"byte {begin}")
            begins, ends = begins[~large], ends[~large]
        import numpy as np

        found: list[T] = []
        kept: list[NDArray[np.intp]] = []
        for first, last in _spans(begins, ends):
            begin = int(begins[first])
            data = pread(self._descriptor, int(ends[last - 1]) - begin, begin)
            read = _without_inner(data, begin, elements) if passes_over else data
            try:
                objects = decoder.decode(b"[%b]" % read)
                is_whole = len(objects) == last - first
            except (ValueError, RecursionError):
                is_whole, objects = False, []
            if is_whole:
                kept.append(np.arange(first, last))
            else:
                objects, places = self._decoded_singly(data, begins[first:last], ends[first:last], decoder)
                kept.append(np.array(places, np.intp) + first)
            found = found + objects if found else objects
        which = np.concatenate(kept) if kept else np.empty(0, np.intp)
        return found, begins[which], ends[which]

    def _decoded_singly(
        self,
        data: bytes,
        begins: NDArray[np.int64],
        ends: NDArray[np.int64],
        decoder: msgspec.json.Decoder[list[T]],
    ) -> tuple[list[T], list[int]]:
        """Those that can be read, and their places."""
        found, places = [], []
        start = int(begins[0])
        for place, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True)):
            try:
                found += decoder.decode(b"[%b]" % data[begin - start : end - start])
                places.append(place)
            except (ValueError, RecursionError) as error:
                reason = str(error).partition(" - at ")[0].partition(" (byte ")[0]
                self.problems.add(f"an object cannot be read: {reason}", f"byte {begin}")
        return found, places

    def _take_pictures(self, pictures: list[_Picture]) -> None:
        known = self._pictures
        for picture in pictures:
            key = str(picture.id)[:_MAX_KEY]
            if key in known:
                self.problems.add("an image has an id that another one has", f"id {key[:100]}")
            elif len(known) >= MAX_PICTURES or self._names > _MAX_NAMES:
                self.problems.add(f"more than {len(known):,} images, the others are left out")
            else:
                name = picture.file_name
                self._names += len(name)
                known[key] = PictureEntry(
                    key,
                    name[:_MAX_NAME],
                    float(picture.width) if 0 < picture.width < _MAX_SIDE else 0.0,
                    float(picture.height) if 0 < picture.height < _MAX_SIDE else 0.0,
                )

    def _take_classes(self, categories: list[_Category]) -> None:
        for category in categories:
            key = str(category.id)[:_MAX_KEY]
            if key in self._classes:
                self.problems.add("a category has an id that another one has", f"id {key[:100]}")
            elif len(self._classes) >= MAX_CLASSES:
                self.problems.add(f"more than {MAX_CLASSES:,} categories, the others are left out")
            else:
                names = tuple(name[:_MAX_NAME] for name in category.keypoints[:_MAX_KEYPOINTS])
                edges = tuple(
                    (a - 1, b - 1)
                    for a, b in category.skeleton[:_MAX_KEYPOINTS]
                    if 0 < a <= len(names) and 0 < b <= len(names)
                )
                name = str(category.name)[:_MAX_NAME] or _unnamed(key).name
                self._classes[key] = ClassEntry(key, name, names, edges)

    def _take_annotations(
        self, found: list[_Annotation], begins: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> None:
        import numpy as np

        if self._rows + len(found) > MAX_BOXES:
            self.problems.add(f"more than {MAX_BOXES:,} boxes, the others are left out")
            return
        self._rows += len(found)
        sides = chain.from_iterable([each.bbox or _NOWHERE for each in found])
        boxes = np.fromiter(sides, np.float64, 4 * len(found)).reshape(-1, 4)
        scores = np.array([each.score for each in found], np.float64)  # NaN of None
        crowds = np.array([each.iscrowd for each in found], np.bool_)
        self._has_scores = self._has_scores or bool(np.isfinite(scores).any())
        picture_ids = self._picture_ids.codes([each.image_id for each in found])
        class_ids = self._class_ids.codes([each.category_id for each in found])
        if self._is_results:
            named = {str(each.image_id): each.file_name[:_MAX_NAME] for each in found if each.file_name}
            if len(self._result_names) < MAX_PICTURES:
                self._result_names |= named
        else:
            self._ids.append(_Ids().codes([each.id for each in found if isinstance(each.id, int)]))
        self._parts.append((picture_ids, class_ids, boxes, scores, crowds, begins, ends - begins))

    def _say_doubles(self) -> None:
        import numpy as np

        ids = np.sort(np.concatenate(self._ids)) if self._ids else np.empty(0, np.int64)
        doubles = int(np.count_nonzero(ids[1:] == ids[:-1]))
        if doubles:
            self.problems.add("an annotation has an id that another one has", count=doubles)


_PICTURES = msgspec.json.Decoder(list[_Picture])
_CATEGORIES = msgspec.json.Decoder(list[_Category])
_ANNOTATIONS = msgspec.json.Decoder(list[_Annotation])


class _Ids:
    """Ids as numbers: whole ones as they are, others from the lowest on. None is an empty one."""

    _LOWEST = -(2**63)

    def __init__(self) -> None:
        self._words: dict[str, int] = {}

    def codes(self, ids: list[Any]) -> NDArray[np.int64]:
        import numpy as np

        try:
            return np.array(ids, np.int64)
        except (ValueError, TypeError, OverflowError):
            return np.array([self._code(each) for each in ids], np.int64)

    def keys(self, codes: NDArray[np.int64]) -> list[str]:
        """What stands in the file."""
        words = list(self._words)
        return [
            words[code - self._LOWEST] if code - self._LOWEST < len(words) else str(code)
            for code in codes.tolist()
        ]

    def _code(self, given: Any) -> int:
        word = "" if given is None else str(given)[:_MAX_KEY]
        number = word.removeprefix("-")
        if number.isascii() and number.isdecimal() and len(number) <= 18:
            return int(word)
        return self._words.setdefault(word, self._LOWEST + len(self._words))


def _placed(
    ids: _Ids, codes: NDArray[Any], entries: dict[str, T], new: Callable[[str], T]
) -> tuple[list[T], NDArray[np.int64]]:
    """The entries with those that are only named by codes, and of each code the place of its entry."""
    import numpy as np

    distinct, which = _distinct(codes.astype(np.int64, copy=False))
    all_entries = dict(entries)
    keys = ids.keys(distinct)
    for key in keys:
        if key not in all_entries:
            all_entries[key] = new(key)
    places = {key: place for place, key in enumerate(all_entries)}
    place_of = np.array([places[key] for key in keys], np.int64)
    return list(all_entries.values()), place_of[which] if len(keys) else np.empty(0, np.int64)


def _distinct(codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """The same as `np.unique` with the inverse; ids that are counted need no sorting."""
    import numpy as np

    if not len(codes) or codes.min() < 0 or codes.max() > 4 * len(codes):
        return np.unique(codes, return_inverse=True)
    is_there = np.bincount(codes) > 0
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[codes]


def _unnamed(key: str) -> ClassEntry:
    """Boxes without a class are of one without a name."""
    return ClassEntry(key, f"class {key}" if key else "", is_named=False)


def _without_inner(data: bytes, begin: int, elements: Elements) -> bytes:
    """The bytes from an offset on, without what is in long and nested values."""
    first, last = elements.inner_begins.searchsorted((begin, begin + len(data))).tolist()
    begins = [0, *(elements.inner_ends[first:last] - begin).tolist()]
    ends = [*(elements.inner_begins[first:last] - begin).tolist(), len(data)]
    return b"".join([data[one:other] for one, other in zip(begins, ends, strict=True)])


def _spans(begins: NDArray[np.int64], ends: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Slices of elements, each of a bounded number of bytes together."""
    import numpy as np

    if not len(begins):
        return []
    turns = (ends - begins[0]) // MAX_ELEMENT_BYTES
    firsts = np.flatnonzero(np.append(True, turns[1:] != turns[:-1])).tolist()
    return list(zip(firsts, [*firsts[1:], len(begins)], strict=True))
