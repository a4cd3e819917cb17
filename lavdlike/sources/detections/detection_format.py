"""What each format of annotations says of itself: which sets there are, all boxes of one, and all of one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from lavdlike.detection_messages import Region
from lavdlike.disk.root import OpenedFile
from lavdlike.kinds.images import Box
from lavdlike.kinds.overlays import Keypoints, Polygon
from lavdlike.sources.detections.detection_set import DetectionSet

# Of one picture. More is said, and not sent to a browser.
MAX_THINGS = 20_000
MAX_POINTS = 200_000
MAX_RUNS = 2_000_000
MAX_PIXELS = 25_000_000


class Files(Protocol):
    """The files of an experiment, by their paths in it.

    `folders`: the names in each folder, "" is the experiment itself.
    """

    @property
    def folders(self) -> Mapping[str, Sequence[str]]: ...

    def file(self, path: str) -> AbstractContextManager[OpenedFile]:
        """Raises as `Root.file` does."""


@dataclass
class Things:
    """What a set says of one picture, and why some of it is left out."""

    boxes: list[Box] = field(default_factory=list)
    polygons: list[Polygon] = field(default_factory=list)
    keypoints: list[Keypoints] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    in_parts: bool = False  # as of its set
    points: int = 0  # of polygons
    runs: int = 0  # of regions


class DetectionFormat(Protocol):
    """A format. `name`: as it is shown."""

    @property
    def name(self) -> str: ...

    def sets_in(self, files: Files, is_free: Callable[[str], bool]) -> Iterable[str]:
        """The paths of sets: of files, or of folders with a file for each picture.

        Args:
            is_free: whether a JSON file is none of ours.
        """

    def files_of(self, files: Files, path: str) -> Sequence[str]:
        """The files that a set is read from: if none of them changed, it is the same."""

    def read(self, files: Files, path: str, told: Callable[[float], None]) -> DetectionSet:
        """All boxes. What is wrong with single ones is a problem of the set.

        Args:
            told: how far it is, from 0 to 1.

        Raises:
            LogFormatError, OSError, NotServedError: nothing can be read.
            GivenUpError: nobody waits any more.
        """

    def things(self, files: Files, path: str, detections: DetectionSet, picture: int) -> Things:
        """All that there is of one picture, by its place in the set; raises as `read` does."""


def left_out(things: Things, reason: str) -> None:
    """Say once why something is left out."""
    if reason not in things.problems:
        things.problems.append(reason)
