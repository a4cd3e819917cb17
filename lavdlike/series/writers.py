"""The writers of one experiment's series: the files of each, and which of them show a label that several have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from lavdlike.sources import same_labels
from lavdlike.sources.choice import LeftOut
from lavdlike.sources.same_labels import Standing
from lavdlike.sources.source import Form

_S = TypeVar("_S")


class Writers:
    """Files with the same writer are read in the order of their names, as one."""

    def __init__(self) -> None:
        self._files: dict[str, set[str]] = {}
        self._standings: dict[str, Standing] = {}
        self._preferred: frozenset[str] = frozenset()

    @property
    def are_alike(self) -> bool:
        """Whether all show what they have."""
        return same_labels.are_alike(self._standings.values())

    def files_of(self, writer: str) -> list[str]:
        """In their order."""
        return sorted(self._files.get(writer, ()))

    def in_order(self) -> list[str]:
        """So that who shows a label comes before those who do not; else as they were added."""
        return same_labels.in_order(self._files, self._standings)

    def add(self, writer: str, file: str, form: Form) -> None:
        files = self._files.setdefault(writer, set())
        files.add(file)
        standing = same_labels.standing_of(min(files), form)
        self._standings[writer] = standing._replace(is_preferred=not self._preferred.isdisjoint(files))

    def remove(self, writer: str) -> None:
        del self._files[writer], self._standings[writer]

    def prefer(self, files: frozenset[str]) -> bool:
        """Take in which files people chose; whether these are others than before."""
        if files == self._preferred:
            return False
        self._preferred = files
        for writer, standing in self._standings.items():
            is_preferred = not files.isdisjoint(self._files[writer])
            self._standings[writer] = standing._replace(is_preferred=is_preferred)
        return True

    def hides(self, writer: str, having: Collection[str]) -> bool:
        """Whether a writer does not show a label that all of these have."""
        return writer in same_labels.hidden(having, self._standings)

    def shown(self, by_writer: Mapping[str, _S]) -> Mapping[str, _S]:
        """Of what the writers of a label have, what is shown of it."""
        hidden = same_labels.hidden(by_writer.keys(), self._standings)
        return {each: by_writer[each] for each in by_writer if each not in hidden} if hidden else by_writer

    def left_out(self, writers_of: Mapping[str, Collection[str]]) -> list[LeftOut]:
        """The files of which labels are not shown. `writers_of`: by label."""
        return same_labels.left_out(writers_of, self._standings)
