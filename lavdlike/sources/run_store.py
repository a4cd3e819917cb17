"""What a file of many runs has to be, and one of a part of a run (docs/architecture.md, "Files of many runs").

For whoever looks at the tree (`reading.stored_root`), such a file is a folder of the folders that its runs are in. Each
run's folder holds one file, `member_name`, which is this file once more, opened with the run that is meant: a
`source.Source` reads its points.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from lavdlike.sources.descriptions.description import Description

OWN_NAME = "{file}"


class BesideFolder(NamedTuple):
    """A folder of the disk that belongs to a run.

    `name`: what it is called in the run's folder. `path`: absolute or relative to the file's folder; `OWN_NAME` in it
    stands for the file's name without its suffix; untrusted. `is_own`: its path says that it is made for this run, so
    that it is shown nowhere else.
    """

    name: str
    path: str
    is_own: bool = False


class StoredRun(NamedTuple):
    """A run in a file of many.

    `key`: tells it from the others in the file. `folders`: what people call it and what it is in, outer names first,
    at least one; any text. `ended`: when it ended, Unix seconds; None: it may still grow. `beside`: folders of the disk
    that belong to it.
    """

    key: str
    folders: tuple[str, ...]
    ended: float | None = None
    beside: tuple[BesideFolder, ...] = ()


class State(NamedTuple):
    """Of a file with what belongs to it. `modified_ns`: of the newest of them.

    `version`: another one if anything was written since; None: that cannot be told.
    """

    modified_ns: int
    version: tuple[object, ...] | None


class Damage(NamedTuple):
    """What cannot be read of a file, and where."""

    reason: str
    position: str


class Listed(NamedTuple):
    """What a file holds now. `runs`: None if it is not of the format; the same list as before if they are the same.

    `marks`: for `Store.changed`.
    """

    runs: list[StoredRun] | None
    damage: tuple[Damage, ...] = ()
    marks: object = None


class Changed(NamedTuple):
    """Keys of runs in a file of which something has changed: points, or what is said of them (`told`).

    `marks`: for the next question.
    """

    grown: frozenset[str]
    told: frozenset[str]
    marks: object


class UnreadableStoreError(Exception):
    """It is a file of many runs, and which ones cannot be read; says why."""

    def __init__(self, reason: str, position: str = "") -> None:
        self.reason = reason
        self.position = position
        super().__init__(reason)


class Store(Protocol):
    """A format of files that hold many runs.

    `name`: of the format, for `member_name`. `suffixes`: of names of files that are worth being opened. `beside`: what
    stands behind the name of files that are written with it and belong to it.
    """

    name: str
    suffixes: tuple[str, ...]
    beside: tuple[str, ...]

    def state(self, descriptor: int) -> State: ...

    def is_called(self, path: str) -> bool:
        """Whether a path says that the file is of this format; it begins with the name of the root's folder."""

    def listed(self, descriptor: int, *, is_called: bool) -> Listed:
        """What it holds now.

        Args:
            is_called: as the method says; then it is damaged if it is of another format.

        Raises:
            UnreadableStoreError: it cannot be read now.
        """

    def changed(self, descriptor: int, marks: object) -> Changed | None:
        """What has changed since these marks were given; None: anything may have.

        Raises:
            UnreadableStoreError: it cannot be read now.
        """

    def describe(self, descriptor: int, key: str) -> Description:
        """What it says of a run.

        Raises:
            UnreadableStoreError: it cannot be read now.
        """


class Describing(Protocol):
    """Who says what a file in the folder of a run says of it; a `Store` does."""

    def describe(self, descriptor: int, key: str) -> Description: ...


class Parted(Protocol):
    """A format that writes each run into files of its own, parts, beside those of other runs (`reading.parted_runs`).

    For whoever looks at the tree, all parts of a run are a folder of its name, with nothing else in it. Their numbers
    go on from 0; the first decides.
    """

    def run_of(self, name: str) -> str:
        """The name of the run that a file of this name may be a part of; "" if it cannot be one."""

    def file_of(self, run: str, number: int) -> str:
        """What a part is called on the disk."""

    def member_of(self, number: int) -> str:
        """What a part is called in the run's folder: by the order of their names; no other program calls one so."""

    def is_member(self, name: str) -> bool:
        """Whether `member_of` may have given it."""

    def may_be_part(self, descriptor: int) -> bool:
        """Whether a file of such a name is of this format, or too broken to tell. Reads little."""

    def describe(self, descriptor: int, key: str) -> Description:
        """What a part says of its run (`key`: none).

        Raises:
            UnreadableStoreError: it cannot be read.
        """


def member_name(store: Store) -> str:
    """The only file in the folder of each run; no other program calls one so."""
    return f"run.{store.name}"
