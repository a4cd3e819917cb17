"""YOLO among the formats: a set is a folder `labels` with a text file for each picture, all below it together.

Ultralytics' data sets have it beside `images`, its predictions (`save_txt`) in the folder of the run beside the
pictures. A YAML file (`data.yaml`) next to one of the folders above has the names of the classes.
"""

from __future__ import annotations

import itertools
import math
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds.images import Box
from lavdlike.kinds.overlays import Keypoints, Polygon
from lavdlike.sources.descriptions import yaml_values
from lavdlike.sources.detections.detection_format import MAX_POINTS, MAX_THINGS, Files, Things, left_out
from lavdlike.sources.detections.detection_set import (
    MAX_BOXES,
    MAX_CLASSES,
    ClassEntry,
    DetectionSet,
    PictureEntry,
    Problems,
    Role,
)
from lavdlike.sources.detections.detection_table import table_of
from lavdlike.sources.detections.yolo_labels import BadLine, Label, labels_in, looks_like_labels

_FOLDER = "labels"
_SUFFIX = ".txt"
_MAX_FILES = 500_000
_MAX_FILE_BYTES = 4 * 2**20
_MAX_YAML_BYTES = 2**20
# Files with a line that are looked at to tell whether a folder has labels, and among how many: those of pictures on
# which there is nothing are empty.
_PROBES = 3
_MAX_PROBES = 200
_PROBE_BYTES = 4096


class YoloFormat:
    name = "YOLO"

    def sets_in(self, files: Files, is_free: Callable[[str], bool]) -> Iterator[str]:  # noqa: ARG002 - none is JSON
        found: set[str] = set()
        for folder in sorted(files.folders):
            parts = folder.split("/")
            if _FOLDER not in parts:
                continue
            top = "/".join(parts[: len(parts) - parts[::-1].index(_FOLDER)])
            if top not in found and _has_labels(files, folder):
                found.add(top)
                yield top

    def files_of(self, files: Files, path: str) -> Sequence[str]:
        names = _yaml_files(files, path)
        return [*names, *_label_files(files, path)]

    def read(self, files: Files, path: str, told: Callable[[float], None]) -> DetectionSet:
        problems = Problems()
        data_set = _data_set(files, path, problems)
        labels = _label_files(files, path)
        pictures: list[PictureEntry] = []
        classes: dict[str, int] = {key: place for place, key in enumerate(data_set.names)}
        rows: list[tuple[int, int, tuple[float, float, float, float], float, bool]] = []
        for place, file in enumerate(labels):
            giving_up.check()
            told(place / len(labels))
            pictures.append(_picture(path, file))
            for label in _labels(files, file, data_set, problems):
                if len(rows) >= MAX_BOXES or len(classes) >= MAX_CLASSES:
                    problems.add(
                        f"more than {MAX_BOXES:,} boxes or {MAX_CLASSES:,} classes: some are left out"
                    )
                    break
                which = classes.setdefault(label.class_key, len(classes))
                score = math.nan if label.confidence is None else label.confidence
                rows.append((place, which, label.box, score, False))
        columns: Any = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], []]
        entries = [_class(key, data_set) for key in classes]
        has_scores = any(not math.isnan(score) for score in columns[3])
        role: Role = "predicted" if has_scores else "expected"
        return DetectionSet(role, pictures, entries, table_of(*columns), problems.sentences(), in_parts=True)

    def things(self, files: Files, path: str, detections: DetectionSet, picture: int) -> Things:
        problems = Problems()
        data_set = _data_set(files, path, problems)
        things = Things()
        for label in _labels(files, detections.pictures[picture].key, data_set, problems):
            if len(things.boxes) >= MAX_THINGS:
                left_out(things, f"more than {MAX_THINGS:,} things are not shown")
                break
            _add(things, label, _class(label.class_key, data_set).name)
        things.problems += problems.sentences()
        return things


def holds_labels(
    folder: str, names: Iterable[str], file: Callable[[str], AbstractContextManager[OpenedFile]]
) -> bool:
    """Whether the text files of a folder are labels, by where it is and by the first of them.

    Args:
        folder: relative to the experiment. `names`: of its files.
        file: opens one of them, by its name; raises as `Root.file`.
    """
    if _FOLDER not in folder.split("/"):
        return False
    looked_at = 0
    for name in itertools.islice(filter(is_label, names), _MAX_PROBES):
        with suppress(OSError, NotServedError), file(name) as opened:
            head = _read_head(opened)
            if not looks_like_labels(head):
                return False
            looked_at += bool(head.strip())
        if looked_at >= _PROBES:
            break
    return looked_at > 0


def is_label(name: str) -> bool:
    """Whether a file of such a folder is one of labels, by its name."""
    return name.lower().endswith(_SUFFIX) and name.lower() not in ("classes.txt", "readme.txt")


def _has_labels(files: Files, folder: str) -> bool:
    return holds_labels(folder, files.folders[folder], lambda name: files.file(f"{folder}/{name}"))


class _DataSet(NamedTuple):
    """What the data set's YAML says: names of classes by their numbers, and the shape of keypoints."""

    names: dict[str, str]
    keypoints: tuple[int, int] | None


def _read_head(opened: OpenedFile) -> str:
    """Whole lines at the begin of a file."""
    text = pread(opened.fd, _PROBE_BYTES, 0).decode("utf-8", "replace")
    return text.rpartition("\n")[0] if len(text) >= _PROBE_BYTES else text


def _label_files(files: Files, path: str) -> list[str]:
    found = [
        f"{folder}/{name}"
        for folder in sorted(files.folders)
        if folder == path or folder.startswith(f"{path}/")
        for name in sorted(files.folders[folder])
        if is_label(name)
    ]
    return found[:_MAX_FILES]


def _yaml_files(files: Files, path: str) -> list[str]:
    """Those in the folders above, the nearest first."""
    found = []
    folder = path
    while folder:
        folder = posixpath.dirname(folder)
        names = sorted(name for name in files.folders.get(folder, ()) if name.endswith((".yaml", ".yml")))
        found += [posixpath.join(folder, name) for name in names]
    return found[:20]


def _data_set(files: Files, path: str, problems: Problems) -> _DataSet:
    """Of the nearest YAML file that names classes."""
    for file in _yaml_files(files, path):
        try:
            with files.file(file) as opened:
                content = yaml_values.mapping_of(opened.read(_MAX_YAML_BYTES), file)
        except (LogFormatError, NotServedError, OSError) as error:
            problems.add(str(error))
            continue
        names = content.get("names")
        if isinstance(names, list):
            names = dict(enumerate(names))
        if isinstance(names, dict):
            named = {str(key): str(name) for key, name in list(names.items())[:MAX_CLASSES]}
            return _DataSet(named, _keypoint_shape(content.get("kpt_shape")))
    return _DataSet({}, None)


def _keypoint_shape(given: Any) -> tuple[int, int] | None:
    match given:
        case [int(count), int(size)] if 0 < count <= 10_000 and size in (2, 3):
            return count, size
    return None


def _labels(files: Files, file: str, data_set: _DataSet, problems: Problems) -> Iterator[Label]:
    """Of one picture. What is wrong is said."""
    try:
        with files.file(file) as opened:
            text = opened.read(_MAX_FILE_BYTES).decode("utf-8", "replace")
    except (LogFormatError, NotServedError, OSError) as error:
        problems.add(getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error), file)
        return
    for found in labels_in(text, data_set.keypoints):
        if isinstance(found, BadLine):
            problems.add(found.reason, f"{file}, line {found.number}")
        else:
            yield found


def _picture(path: str, file: str) -> PictureEntry:
    """Where Ultralytics has the picture of a label file: in `images` in the place of `labels`."""
    below = file[len(path) + 1 : -len(_SUFFIX)]
    return PictureEntry(file, posixpath.join(posixpath.dirname(path), "images", below))


def _class(key: str, data_set: _DataSet) -> ClassEntry:
    name = data_set.names.get(key)
    return ClassEntry(key, f"class {key}" if name is None else name, is_named=name is not None)


def _add(things: Things, label: Label, name: str) -> None:
    left, top, width, height = label.box
    common: dict[str, Any] = {"class_name": name, "probability": label.confidence}
    things.boxes.append(Box(left, top, left + width, top + height, **common))
    things.points += len(label.corners) + len(label.points)
    if things.points > MAX_POINTS:
        left_out(things, f"polygons and keypoints of more than {MAX_POINTS:,} points are not shown")
        return
    if label.corners:
        things.polygons.append(Polygon(list(label.corners), **common))
    if label.points:
        things.keypoints.append(Keypoints(list(label.points), **common))
