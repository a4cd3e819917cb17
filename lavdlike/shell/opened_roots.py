"""The roots that a command or a script names, opened: one, or several with the names of `lavdlike a=PATH b=PATH`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from lavdlike.disk.opening import is_root, path_of
from lavdlike.disk.root import Root
from lavdlike.disk.several import Member, SeveralRoots
from lavdlike.disk.stores.store_addresses import address_of_path
from lavdlike.edits.several_editors import merged_words
from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem
from lavdlike.named_roots import NamedRoot, RootName, parse_roots, path_of_all
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.root_settings import RootFile
from lavdlike.shell.finding import names_in_root, opened_root, root_file_of


class OpenedRoot(NamedTuple):
    called: RootName
    root: StoredRoot
    root_file: Callable[[], RootFile]

    @property
    def path(self) -> Path:
        """Of what is shown."""
        return self.root.path / self.root.only if self.root.only else self.root.path

    def problems_in_archive(self) -> list[Problem]:
        """What is not shown of the archive that it is; none of a folder."""
        found = self.root.problems_in_archive()
        return [msgspec.structs.replace(each, path=self.called.outer(each.path)) for each in found]


class OpenedRoots:
    """`all`: each of them. `root`: in which experiments are, by the names that `names` tells."""

    def __init__(self, all_: Sequence[OpenedRoot]) -> None:
        self.all = all_
        self.root: Root = all_[0].root
        if all_[0].called.name:
            self.root = SeveralRoots({each.called.name: Member(each.called, each.root) for each in all_})

    @property
    def path(self) -> Path:
        """Of the one root; of several one that names them all, for what is kept of them."""
        roots = [NamedRoot(each.called.name, each.root.path, each.root.only) for each in self.all]
        return path_of_all(roots)

    def names(self) -> list[ExperimentName]:
        """Of all experiments, root by root. Raises NotFoundError: a root cannot be read."""
        return [
            ExperimentName(each.called.outer(name)) for each in self.all for name in names_in_root(each.root)
        ]

    def path_of(self, name: ExperimentName) -> Path:
        """Where an experiment lies."""
        first = name.partition("/")[0]
        each = next(each for each in self.all if each.called.name in ("", first))
        return each.root.path / each.called.inner(name)

    def root_file(self) -> RootFile:
        """What people said of all of them in `lavdlike.yaml`."""
        files = [each.root_file().called(each.called) for each in self.all]
        if len(files) == 1:
            return files[0]
        return RootFile(
            merged_words([file.settings for file in files]),
            {name: said for file in files for name, said in file.marks.items()},
            {name: said for file in files for name, said in file.notes.items()},
            {name: said for file in files for name, said in file.annotations.items()},
        )


def open_roots(arguments: Sequence[str], *, follow_links: bool = False) -> OpenedRoots:
    """The roots that arguments name (`named_roots.parse_roots`).

    Raises:
        UsageError: a name is none, or is there twice.
        NotFoundError: one of them is not there, cannot be read, or all that it holds are steps.
    """
    given = parse_roots(arguments, is_root, path_of)
    if not given[0].name:
        is_address = address_of_path(given[0].path) is not None
        path = given[0].path if is_address else Path(arguments[0])
        return OpenedRoots([_opened("", path, follow_links=follow_links)])
    return OpenedRoots([_opened(each.name, each.path, follow_links=follow_links) for each in given])


def _opened(name: str, path: Path, *, follow_links: bool) -> OpenedRoot:
    root = opened_root(path, follow_links=follow_links)
    return OpenedRoot(RootName(name, root.only), root, root_file_of(root.path))
