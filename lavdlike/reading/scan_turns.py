"""What a scan of folders is asked for, and in which order it looks at them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple


class Task(NamedTuple):
    """One folder to look at.

    `names`: those that may have changed; `whole`: whether all others are to be looked at as well.
    `unless_modified_ns`: if the folder still has this time, the names in it are the known ones and need no listing.
    `lightly`: such a folder need not even be opened, so that it is not watched from now on if it was not.
    """

    folder: str
    names: frozenset[str] = frozenset()
    whole: bool = False
    unless_modified_ns: int = 0
    lightly: bool = False

    def and_also(self, other: Task) -> Task:
        """Both tasks, of the same folder, in one."""
        whole = [task for task in (self, other) if task.whole]
        unless_modified_ns = min((task.unless_modified_ns for task in whole), default=0)
        lightly = bool(whole) and all(task.lightly for task in whole)
        return Task(self.folder, self.names | other.names, bool(whole), unless_modified_ns, lightly)


class Turns:
    """Which folder is next: the tasks', and after each all new ones in it, before what is in those.

    So whatever is in a folder is opened while it is open itself.
    """

    def __init__(self, tasks: Iterable[Task]) -> None:
        self._tasks = deque(tasks)
        self._groups: list[deque[str]] = []  # each of one folder
        self._below: list[deque[str]] = []  # of those of the last group

    def __bool__(self) -> bool:
        return bool(self._groups or self._tasks)

    def next(self) -> tuple[Task, bool]:
        """And whether it was found meanwhile."""
        if self._groups:
            return Task(self._groups[-1].popleft(), whole=True), True
        return self._tasks.popleft(), False

    def go_on(self, found: Iterable[str]) -> None:
        """What is new in the folder of the last task."""
        if group := deque(sorted(found)):
            self._below.append(group)
        if self._groups and self._groups[-1]:
            return
        del self._groups[-1:]
        self._groups.extend(reversed(self._below))
        self._below = []
