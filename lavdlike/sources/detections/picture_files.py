"""LabelMe and Pascal VOC among the formats: a set is a folder with a JSON or XML file for each picture, in pixels.

https://github.com/wkentaro/labelme and http://host.robots.ox.ac.uk/pascal/VOC/ have the formats. VOC counts pixels from
1, and its corners are the first and the last ones that belong to a box.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from xml.parsers import expat

import msgspec

from lavdlike.bounded import giving_up
from lavdlike.disk.filling import pread
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds.images import Box
from lavdlike.kinds.overlays import Polygon
from lavdlike.sources.detections.detection_format import MAX_POINTS, MAX_THINGS, Files, Things, left_out
from lavdlike.sources.detections.detection_set import (
    MAX_BOXES,
    MAX_CLASSES,
    ClassEntry,
    DetectionSet,
    PictureEntry,
    Problems,
)
from lavdlike.sources.detections.detection_table import table_of

# The path of a set whose files lie directly in the experiment: no name of the tree begins with a dot.
HERE = "."
_MAX_FILES = 500_000
# LabelMe's have the picture in them as well.
_MAX_FILE_BYTES = 64 * 2**20
_HEAD_BYTES = 4096
_MAX_NAME = 1000
_MAX_DEPTH = 20


class Outline(NamedTuple):
    """One thing: its corners; two are those of a box."""

    name: str
    corners: Sequence[tuple[float, float]]


class Described(NamedTuple):
    """What a file says of its picture. `name`: the picture's, untrusted."""

    name: str
    outlines: list[Outline]


class PictureFiles:
    """A format with a file for each picture.

    Args:
        suffix: of its files, in lower case. `marks`: what stands in their first 4 KiB or their last.
        read: (bytes, path for errors) -> what it says; raises LogFormatError.
    """

    def __init__(
        self, name: str, suffix: str, marks: Sequence[bytes], read: Callable[[bytes, str], Described]
    ) -> None:
        self.name = name
        self._suffix = suffix
        self._marks = marks
        self._read = read

    def sets_in(self, files: Files, is_free: Callable[[str], bool]) -> Iterator[str]:
        for folder, names in files.folders.items():
            paths = [_joined(folder, name) for name in names if name.lower().endswith(self._suffix)]
            own = next((path for path in paths if self._suffix != ".json" or is_free(path)), None)
            if own is not None and self._is_one(files, own):
                yield folder or HERE

    def files_of(self, files: Files, path: str) -> Sequence[str]:
        folder = "" if path == HERE else path
        names = sorted(name for name in files.folders.get(folder, ()) if name.lower().endswith(self._suffix))
        return [_joined(folder, name) for name in names[:_MAX_FILES]]

    def read(self, files: Files, path: str, told: Callable[[float], None]) -> DetectionSet:
        problems = Problems()
        pictures: list[PictureEntry] = []
        classes: dict[str, int] = {}
        rows: list[tuple[int, int, tuple[float, float, float, float], float, bool]] = []
        paths = self.files_of(files, path)
        for done, file in enumerate(paths):
            giving_up.check()
            told(done / len(paths))
            described = self._described(files, file, problems)
            if described is None:
                continue
            for outline in described.outlines:
                if len(rows) >= MAX_BOXES or len(classes) >= MAX_CLASSES:
                    problems.add(
                        f"more than {MAX_BOXES:,} boxes or {MAX_CLASSES:,} classes: some are left out"
                    )
                    break
                which = classes.setdefault(outline.name, len(classes))
                rows.append((len(pictures), which, _bounds(outline), math.nan, False))
            pictures.append(PictureEntry(file, described.name))
        columns: Any = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
        entries = [ClassEntry(name, name) for name in classes]
        return DetectionSet("expected", pictures, entries, table_of(*columns), problems.sentences())

    def things(self, files: Files, path: str, detections: DetectionSet, picture: int) -> Things:  # noqa: ARG002 - by its key
        problems = Problems()
        things = Things()
        described = self._described(files, detections.pictures[picture].key, problems)
        for outline in described.outlines if described else ():
            things.points += len(outline.corners)
            if len(things.boxes) >= MAX_THINGS or things.points > MAX_POINTS:
                left_out(things, f"more than {MAX_THINGS:,} things or {MAX_POINTS:,} points are not shown")
                break
            left, top, width, height = _bounds(outline)
            things.boxes.append(Box(left, top, left + width, top + height, class_name=outline.name))
            if len(outline.corners) > 2:
                things.polygons.append(Polygon(list(outline.corners), class_name=outline.name))
        things.problems += problems.sentences()
        return things

    def _is_one(self, files: Files, path: str) -> bool:
        with suppress(OSError, NotServedError), files.file(path) as opened:
            ends = pread(opened.fd, _HEAD_BYTES, 0)
            ends += pread(opened.fd, _HEAD_BYTES, max(0, opened.status.st_size - _HEAD_BYTES))
            return all(mark in ends for mark in self._marks)
        return False

    def _described(self, files: Files, file: str, problems: Problems) -> Described | None:
        try:
            with files.file(file) as opened:
                return self._read(opened.read(_MAX_FILE_BYTES), file)
        except LogFormatError as error:
            problems.add(error.reason, file)
        except (OSError, NotServedError) as error:
            problems.add(
                getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error), file
            )
        return None


class _Shape(msgspec.Struct):
    points: list[tuple[float, float]]
    label: str = ""
    shape_type: str = "polygon"


class _LabelMe(msgspec.Struct, rename={"image_path": "imagePath"}):
    shapes: list[_Shape]
    image_path: str


def read_labelme(data: bytes, path: str) -> Described:
    """Rectangles and polygons; circles are the boxes around them, lines and points nothing."""
    try:
        content = msgspec.json.decode(data, type=_LabelMe)
    except (ValueError, RecursionError) as error:
        raise LogFormatError(path, f"it is none of LabelMe's files: {error}") from None
    outlines = []
    for shape in content.shapes:
        corners = shape.points
        if shape.shape_type == "circle" and len(corners) == 2:
            (x, y), (on_x, on_y) = corners
            radius = math.hypot(on_x - x, on_y - y)
            corners = [(x - radius, y - radius), (x + radius, y + radius)]
        if len(corners) >= 2 and shape.shape_type in ("rectangle", "polygon", "circle"):
            outlines.append(Outline(shape.label[:_MAX_NAME], corners))
    return Described(content.image_path[:_MAX_NAME], outlines)


def read_voc(data: bytes, path: str) -> Described:
    """Objects with their boxes; entities and nesting beyond 20 levels are refused."""
    reading = _Voc(path)
    parser = expat.ParserCreate()
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.EntityDeclHandler = reading.refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise LogFormatError(path, f"it is no XML: {error}") from None
    return Described(reading.name, reading.outlines)


class _Voc:
    """What was read so far."""

    def __init__(self, path: str) -> None:
        self.name = ""
        self.outlines: list[Outline] = []
        self._path = path
        self._elements: list[str] = []
        self._text: list[str] = []
        self._object: dict[str, str] = {}

    def refuse(self, *_: object) -> None:
        raise LogFormatError(self._path, "it declares entities")

    def start(self, name: str, _: object) -> None:
        self._elements.append(name)
        self._text = []
        if len(self._elements) > _MAX_DEPTH:
            raise LogFormatError(self._path, "nested too deep")
        if self._elements == ["annotation", "object"]:
            self._object = {}

    def text(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        inner = "".join(self._text).strip()[:_MAX_NAME]
        match self._elements[1:]:
            case ["filename"]:
                self.name = inner
            case ["object", "name"] | ["object", "bndbox", _]:
                self._object[name] = inner
            case ["object"]:
                self._add()
        self._elements.pop()

    def _add(self) -> None:
        try:
            left, top, right, bottom = (float(self._object[key]) for key in ("xmin", "ymin", "xmax", "ymax"))
        except (KeyError, ValueError):
            raise LogFormatError(self._path, "an object has no box of four numbers") from None
        if math.isfinite(left + top + right + bottom):
            corners = [(left - 1, top - 1), (right, bottom)]
            self.outlines.append(Outline(self._object.get("name", ""), corners))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _bounds(outline: Outline) -> tuple[float, float, float, float]:
    across, down = [x for x, _ in outline.corners], [y for _, y in outline.corners]
    left, top = min(across), min(down)
    return left, top, max(across) - left, max(down) - top


LABELME = PictureFiles("LabelMe", ".json", (b'"shapes"', b'"imageHeight"'), read_labelme)
VOC = PictureFiles("Pascal VOC", ".xml", (b"<annotation", b"</annotation>"), read_voc)
