"""What a source is: whose files they are, and how its files of points are read (docs/architecture.md, "Sources").

One module a source, one line in `registry.SOURCES`; the first that claims a file reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, IntEnum
from typing import NamedTuple, Protocol, runtime_checkable

from lavdlike.disk.tail import Stamp, Tail
from lavdlike.kinds import scalars
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns

# What has this label are no points (`PointsFile.read_new`).
REWIND = scalars.REWIND


class Role(Enum):
    """What a file of a source holds beside what its name says of it.

    `POINTS`: series of scalars, and nothing else: it is no item.
    `ITEM_WITH_POINTS`: an item of its kind, whose content are series of scalars as well.
    """

    POINTS = "points"
    ITEM_WITH_POINTS = "item with points"


class Form(IntEnum):
    """What a file of points is, as programs write one run into several: the first that has a label shows it.

    `RUN_LOG`: what a tracker keeps of a run, its log or its database.
    """

    NATIVE = 0
    RUN_LOG = 1
    EVENTS = 2
    JSON_LINES = 3
    TABLE = 4
    JSON = 5


class PointsFile(Protocol):
    """One file of points, and how far it was read. `writer` tells its series from others at the same labels.

    Files with the same writer are read in the order of their names, as if they were one.
    """

    writer: str

    def is_unchanged(self, descriptor: int) -> bool:
        """Whether nothing happened to the file since all of it was read."""

    def continues(self, descriptor: int) -> bool:
        """Whether what was read still stands there, so that `read_new` goes on; otherwise it is read anew."""

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """What was added, by label, block by block. A record without its end is left for later.

        What has the label `REWIND` are no points: those of the writer from its step on that were given before are
        replaced by what follows. It comes in a block of its own, with the labels that are meant (without points), if
        not all are.
        """

    def problems(self) -> list[Problem]:
        """What of it could not be read; paths relative to the root."""


@runtime_checkable
class FollowingPoints(Protocol):
    """A `PointsFile` whose points depend on what stands in the files of its writer before it."""

    def follow(self, before: PointsFile) -> None:
        """Told once, before anything of it is read: the file that was read last of those before it."""


class ReadState(NamedTuple):
    """How far a file was read of which nothing is to be said but its points."""

    offset: int
    lines: int


@runtime_checkable
class KeepablePoints(Protocol):
    """A `PointsFile` that need not be read again where its points are known from another process."""

    @property
    def stamp(self) -> Stamp | None:
        """What the file was when it was read; None if it may have changed without showing it."""

    def state(self) -> ReadState | None:
        """None if there is more to be known of it than its points."""

    def resume(self, descriptor: int, state: ReadState, stamp: Stamp) -> bool:
        """As if it had been read; not, and False, if the file is not as the stamp says."""


class Source(Protocol):
    """The files of one program or format.

    `title`: what its files are called, for people: "TensorBoard's event files".
    `form`: of its files (`same_labels`).
    `told_by_name`: whether a name alone claims a file, so that its points are found before folders are scanned.
    """

    title: str
    form: Form
    told_by_name: bool

    def names(self, path: str) -> bool:
        """Whether a file at this path (relative to its run's folder) may be one of this source: without opening it."""

    def claims(self, path: str, begin: bytes) -> Role | None:
        """What a file holds, by its path and its first 64 KiB; None if it is not of this source."""

    def points(self, path: str, shown: str, run: str = "") -> PointsFile:
        """A reader of the points in a file that this source claims.

        Args:
            path: relative to the run's folder.
            shown: relative to the root, for people.
            run: which one, of a file that holds many.
        """


class TailedPoints:
    """What files that are appended to have in common: a tail (`disk.tail`)."""

    def __init__(self) -> None:
        self.tail = Tail()

    def is_unchanged(self, descriptor: int) -> bool:
        return self.tail.is_unchanged(descriptor)

    def continues(self, descriptor: int) -> bool:
        return self.tail.continues(descriptor)

    @property
    def stamp(self) -> Stamp | None:
        return self.tail.stamp
