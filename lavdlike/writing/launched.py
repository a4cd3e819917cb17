"""Where a program writes under `lavdlike run`: into its experiment, whatever folder or project of its own it asks for.

`lavdlike run` says by one variable of the environment which experiment it is (`LaunchedRun.environment`). The first
place that the program asks for, in whichever of its processes, is that experiment itself, so that scalars lie beside
what was printed; each further place is an experiment in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike import layout

VARIABLE = "LAVDLIKE_RUN"


class Place(NamedTuple):
    """An experiment: what `Logger` takes as `log_dir` and `name`."""

    log_dir: Path
    name: str


class LaunchedRun(NamedTuple):
    """The experiment of `lavdlike run`.

    Args:
        notes: a folder in which the processes of the program know of each other.
        streams: device and number of what the program prints to, whose lines the run keeps.
    """

    log_dir: Path
    name: str
    notes: Path
    streams: tuple[tuple[int, int], ...] = ()

    @property
    def folder(self) -> Path:
        return self.log_dir / layout.native(self.name)

    def environment(self) -> dict[str, str]:
        """The variable by which child processes know of it."""
        fields = {"log_dir": str(self.log_dir), "name": self.name, "notes": str(self.notes)}
        return {VARIABLE: json.dumps({**fields, "streams": self.streams})}

    def logs_itself(self) -> bool:
        """Whether the program asked a tool for a place of its own: what it measures is logged by itself."""
        return self._claim.exists()

    def place_for(self, asked: str, inner: Callable[[str], str]) -> Place:
        """The experiment of a tool that asks for a place of its own, the same for all processes that ask for it.

        Args:
            asked: tells places apart: a folder, an id.
            inner: the path in the run of one that is not the first, when it is told what the first one asked for.
        """
        first = self._first(asked)
        if first in (asked, None):
            return Place(self.log_dir, self.name)
        names = [_inner_name(part) for part in inner(first).split("/") if part not in ("", ".", "..")]
        folder = self.log_dir / layout.native("/".join([self.name, *(names or ["run"])]))
        return Place(folder.parent, layout.shown(folder.name))

    def place_of(self, log_dir: Path, name: str) -> Place:
        """The experiment of a Logger that asks for this one. What lies in the run already stays where it is."""
        asked = log_dir / layout.native(name)
        if asked == self.folder or self.folder in asked.parents:
            return Place(log_dir, name)
        return self.place_for(str(asked), lambda first: path_in_run(str(asked), first))

    def keeps(self, stream: Any) -> bool:
        """Whether the run keeps what is printed to a stream of Python: not what the program has put in its place."""
        try:
            found = os.fstat(stream.fileno())
        except (AttributeError, OSError, ValueError):
            return False
        return (found.st_dev, found.st_ino) in self.streams

    @property
    def _claim(self) -> Path:
        return self.notes / "first"

    def _first(self, asked: str) -> str | None:
        """What was asked for first; None if that cannot be known."""
        own = self.notes / f"first.{os.getpid()}"
        try:
            own.write_text(asked, encoding="utf-8", errors="surrogateescape")
            try:
                os.link(own, self._claim)  # whole or not at all, and only once
            except FileExistsError:
                pass
            finally:
                own.unlink()
            return self._claim.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None


def launched_run() -> LaunchedRun | None:
    """The run that this process belongs to; None without `lavdlike run`."""
    try:
        fields = json.loads(os.environ[VARIABLE])
        streams = tuple((int(device), int(number)) for device, number in fields["streams"])
        return LaunchedRun(Path(fields["log_dir"]), str(fields["name"]), Path(fields["notes"]), streams)
    except (KeyError, TypeError, ValueError):
        return None


def path_in_run(asked: str, first: str) -> str:
    """The path in the run of a folder that is not the first one that was asked for.

    >>> path_in_run("/runs/a/b", "/runs/a"), path_in_run("/runs/b", "/runs/a"), path_in_run("/other/b", "/runs/a")
    ('b', 'b', 'b')
    >>> path_in_run("/runs/sweep/b", "/runs/a")
    'sweep/b'
    """
    for outer in (first, os.path.dirname(first)):
        if outer.strip("/") and asked.startswith(f"{outer}/"):
            return asked.removeprefix(f"{outer}/")
    return os.path.basename(asked)


def _inner_name(part: str) -> str:
    """A folder's name in an experiment that is none of a step."""
    name = layout.folder_name_of(part)
    return name if layout.step_of_folder(name) is None else f"run-{name}"
