"""The rows of all roots together. Lives on the event loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem, RootHealth
from lavdlike.server.live.root_parts import RootParts
from lavdlike.server.live.row import Row
from lavdlike.server.live.rows import ExperimentRows


class AllRows:
    """`rows`: by name; whoever is told of rows puts them in and takes them out."""

    def __init__(self, parts: RootParts) -> None:
        self.rows: dict[ExperimentName, Row] = {}
        self._parts = parts

    @property
    def of_roots(self) -> Iterator[ExperimentRows]:
        return (part.rows for part in self._parts.all)

    @property
    def problems(self) -> list[Problem]:
        return [problem for each in self.of_roots for problem in each.problems]

    @property
    def failure(self) -> str:
        """Why no root can be read; "" if one can."""
        reasons = [each.reason for each in self._parts.health()]
        return "" if "" in reasons else next(iter(reasons), "")

    def roots(self) -> list[RootHealth]:
        """How each of the roots is."""
        return self._parts.health()

    @property
    def is_read(self) -> bool:
        return all(each.is_read for each in self.of_roots)

    @property
    def are_roots_watched(self) -> bool:
        """Of those that are there, unless none is."""
        failure = self.failure
        return all(each.is_root_watched for each in self.of_roots if failure or not each.failure)

    @property
    def unwatched_count(self) -> int:
        return sum(each.unwatched_count for each in self.of_roots)

    @property
    def check_interval_s(self) -> float:
        return max(each.check_interval_s for each in self.of_roots)

    def delay_s(self, now: float) -> float:
        """See `ExperimentRows.delay_s`: the longest of those where something is not watched."""
        return max((each.delay_s(now) for each in self.of_roots if each.unwatched_count), default=0.0)

    def status_delay_s(self, now: float) -> float:
        """See `ExperimentRows.status_delay_s`."""
        return max((each.status_delay_s(now) for each in self.of_roots), default=0.0)

    @property
    def failure_to_read(self) -> Exception | None:
        return next((each.failure_to_read for each in self.of_roots if each.failure_to_read), None)

    def hint(self, name: str | None) -> None:
        """A name directly in some root may have changed."""
        for each in self.of_roots:
            each.hint(name)

    def hint_row(self, name: ExperimentName, file: str | None) -> None:
        part = self._parts.of(name)
        if part is not None:
            part.rows.hint_row(name, file)

    def read_all(self) -> None:
        for each in self.of_roots:
            each.read_all()

    def check(self) -> None:
        for each in self.of_roots:
            each.check()

    def refresh(self) -> None:
        for each in self.of_roots:
            each.refresh()

    async def scanned(self) -> None:
        """Wait until all roots have been looked at; raises as `ExperimentRows.scanned`."""
        for each in self.of_roots:
            await each.scanned()

    async def read(self) -> None:
        """Wait until all rows have been read; raises as `ExperimentRows.scanned`."""
        for each in self.of_roots:
            await each.read()

    async def read_now(self, names: Iterable[ExperimentName]) -> None:
        """See `ExperimentRows.read_now`."""
        of_roots: dict[ExperimentRows, list[ExperimentName]] = {}
        for name in names:
            part = self._parts.of(name)
            if part is not None:
                of_roots.setdefault(part.rows, []).append(name)
        for each, some in of_roots.items():
            await each.read_now(some)
