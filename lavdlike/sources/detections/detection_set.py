"""What one file or folder says of many pictures: which ones, which classes, and the boxes on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from lavdlike.sources.detections.detection_table import BoxTable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What a set says may be expected, or what somebody predicted.
Role = Literal["expected", "predicted"]
# More rows than this are not read: 80 bytes each.
MAX_BOXES = 5_000_000
MAX_PICTURES = 2_000_000
MAX_CLASSES = 20_000
_MAX_PROBLEMS = 50
# To sort the rows takes as long as to look through them for so many pictures, and a dict of all names as so many looks.
_WORTH_SORTING = 200
_WORTH_A_DICT = 8


class PictureEntry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One picture. `key`: what other files call it by. `name`: its file, untrusted; "" if that is not said.

    `width`, `height`: in pixels as the file says; 0 if it does not.
    """

    key: str
    name: str = ""
    width: float = 0
    height: float = 0


class ClassEntry(NamedTuple):
    """One class. `key`: what boxes call it by. `points`: the names of its keypoints. `edges`: pairs of their places.

    `is_named`: whether the file says its name; else it is made of the key.
    """

    key: str
    name: str
    points: tuple[str, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    is_named: bool = True


class Problems:
    """What was wrong, a few of each sort with their places, and how many more there were."""

    def __init__(self) -> None:
        self._said: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def add(self, reason: str, position: str = "", *, count: int = 1) -> None:
        if reason not in self._counts and len(self._counts) >= _MAX_PROBLEMS:
            reason = "other problems"
        self._counts[reason] = self._counts.get(reason, 0) + count
        places = self._said.setdefault(reason, [])
        if position and len(places) < 3:
            places.append(position)

    def sentences(self) -> list[str]:
        """Each sort once, with how often and where."""
        return [
            " ".join(
                part
                for part in (
                    reason,
                    f"({count:,} times)" if count > 1 else "",
                    f"at {', '.join(self._said[reason])}" if self._said[reason] else "",
                )
                if part
            )
            for reason, count in self._counts.items()
        ]


class DetectionSet:
    """Boxes of many pictures, and where each stands in the file that it is from.

    `begins`, `lengths` (`spans`): of each row of the table in its file, in bytes; of a folder of files nothing.
    `in_parts`: boxes are in parts of the picture's width and height, not in pixels.
    """

    def __init__(
        self,
        role: Role,
        pictures: list[PictureEntry],
        classes: list[ClassEntry],
        table: BoxTable,
        problems: list[str],
        *,
        spans: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
        in_parts: bool = False,
    ) -> None:
        self.role: Role = role
        self.pictures = pictures
        self.classes = classes
        self.table = table
        self.problems = problems
        self._asked = 0
        self._names_asked = 0
        nothing = table.pictures[:0]
        self.begins, self.lengths = spans or (nothing, nothing)
        self.in_parts = in_parts

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        import numpy as np

        order = np.argsort(self.table.pictures, kind="stable")
        return order, np.searchsorted(self.table.pictures[order], np.arange(len(self.pictures) + 1))

    def rows_of(self, picture: int) -> NDArray[np.int64]:
        """The rows of a picture, by its place, in the order of the file."""
        import numpy as np

        self._asked += 1
        if self._asked <= _WORTH_SORTING:
            return np.flatnonzero(self.table.pictures == picture)
        order, begins = self._sorted
        return order[begins[picture] : begins[picture + 1]]

    @cached_property
    def by_key(self) -> dict[str, int]:
        """Places of pictures."""
        return {entry.key: place for place, entry in reversed(list(enumerate(self.pictures)))}

    def places_named(self, name: str) -> Sequence[int]:
        """Places of pictures whose names have this last part, in the order of the file."""
        self._names_asked += 1
        if self._names_asked > _WORTH_A_DICT:
            return self._by_last_name.get(name, ())
        ending = [place for place, entry in enumerate(self.pictures) if entry.name.endswith(name)]
        return [place for place in ending if name and last_name(self.pictures[place].name) == name]

    @cached_property
    def _by_last_name(self) -> Mapping[str, Sequence[int]]:
        places = {last_name(entry.name): (place,) for place, entry in enumerate(self.pictures) if entry.name}
        if len(places) == len(self.pictures):
            return places
        several: dict[str, list[int]] = {}
        for place, entry in enumerate(self.pictures):
            if entry.name:
                several.setdefault(last_name(entry.name), []).append(place)
        return several


def last_name(path: str) -> str:
    """Of a path of any system, as others write them into their files."""
    if "\\" in path:
        path = path.replace("\\", "/")
    return path[path.rfind("/") + 1 :]
