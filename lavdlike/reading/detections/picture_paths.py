"""Which pictures of an experiment those are that a file of annotations names. Nothing is opened for it.

A name is whatever stands in the file: a path on another machine, or just a name. It means the picture of the tree whose
path shares most of its last parts with it, one at least; of several, the one in a folder that the file's own name has
in it (`val2017` of `instances_val2017.json`), then the first by name. A name that leads out of where it stands (`..`)
means none.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence

from lavdlike.kinds import images
from lavdlike.sources.detections.detection_set import DetectionSet, last_name


class PicturePaths:
    """Of one experiment and one set.

    Args:
        folders: the names in each folder of the experiment.
        set_path: the set's own path in the experiment.
    """

    def __init__(self, folders: Mapping[str, Sequence[str]], set_path: str) -> None:
        self._names = {folder: set(names) for folder, names in sorted(folders.items())}
        self._stems: dict[str, dict[str, str]] = {}
        self._set_path = set_path

    def of(self, name: str) -> str | None:
        """The path of the picture that a file of annotations names so; None: there is none."""
        if is_outside(name):
            return None
        parts = _parts(name)
        last = parts[-1] if parts else ""
        best: tuple[int, bool] | None = None
        found = None
        for folder in self._names:
            there = self._in_folder(folder, last)
            if there is None:
                continue
            path = f"{folder}/{there}" if folder else there
            rank = (_shared(parts, _parts(path)), bool(folder) and last_name(folder) in self._set_path)
            if best is None or rank > best:
                best, found = rank, path
        return found

    def _in_folder(self, folder: str, last: str) -> str | None:
        if last in self._names[folder]:
            return last if _is_picture(last) else None
        if _is_picture(last) or not last:
            return None
        if folder not in self._stems:
            pictures = sorted(filter(_is_picture, self._names[folder]), reverse=True)
            self._stems[folder] = {posixpath.splitext(name)[0]: name for name in pictures}
        return self._stems[folder].get(last)


def place_of(detections: DetectionSet, path: str) -> int | None:
    """The place of a picture of the tree, by its path in the experiment, in a set; None: the set does not name it."""
    last = last_name(path)
    stem = posixpath.splitext(last)[0]
    places = detections.places_named(last) or detections.places_named(stem)
    parts = _parts(path)
    allowed = [place for place in places if not is_outside(detections.pictures[place].name)]
    if allowed:
        return max(
            allowed, key=lambda place: (_shared(_parts(detections.pictures[place].name), parts), -place)
        )
    return detections.by_key.get(stem) if not places else None


def is_outside(name: str) -> bool:
    """Whether a name leads out of the folder that it stands for."""
    depth = 0
    for part in name.replace("\\", "/").split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def _parts(path: str) -> list[str]:
    return [part for part in posixpath.normpath(path.replace("\\", "/")).split("/") if part]


def _shared(some: Sequence[str], others: Sequence[str]) -> int:
    """How many of the last parts are the same; those without a suffix count as the same as those with."""
    count = 0
    for one, other in zip(reversed(some), reversed(others), strict=False):
        if one != other and (count > 0 or one != posixpath.splitext(other)[0]):
            break
        count += 1
    return count


def _is_picture(name: str) -> bool:
    return posixpath.splitext(name)[1].lower() in images.SUFFIXES
