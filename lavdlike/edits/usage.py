"""What an experiment takes on the disk, by kind: counted from names, with as little reading as possible."""

from __future__ import annotations

import stat
import time
from dataclasses import dataclass, field

from lavdlike import layout
from lavdlike.disk import walk
from lavdlike.disk.root import Root
from lavdlike.edit_messages import ExperimentUsage, KindUsage
from lavdlike.errors import NotServedError
from lavdlike.kinds import places, registry
from lavdlike.layout import ExperimentName
from lavdlike.reading import json_documents
from lavdlike.sources import source_registry as sources

# Of one experiment. A million files are listed in some ten seconds.
BUDGET_S = 30.0


def usage_of(root: Root, name: ExperimentName, *, budget_s: float = BUDGET_S) -> ExperimentUsage:
    """Count the files of an experiment, hidden ones as well.

    A file counts with the blocks that it takes, and once if it has several names in the experiment. What a link leads
    to counts where it lies. Of the JSON files of one label, one is read, and the others are taken to hold the same
    kinds; a file that holds several counts for the first of them.

    Args:
        budget_s: after so many seconds, what was counted by then is the answer (`is_partial`).

    Raises:
        FileNotFoundError, NotADirectoryError, NotServedError: there is no such experiment, or it cannot be read.
    """
    until = time.monotonic() + budget_s
    counted = _Counted(root, name)
    with root.folder(name) as folder:
        if folder.descriptor < 0:
            raise NotServedError(
                name, "it lies in an archive or a store, where nothing takes room of its own"
            )
        for found in walk.everything_below(folder.descriptor):
            if found.is_folder:
                counted.is_partial |= found.is_unread
            elif stat.S_ISREG(found.status.st_mode):
                counted.add(found)
            if time.monotonic() > until:
                counted.is_partial = True
                break
    return counted.usage()


@dataclass
class _KindCount:
    files: int = 0
    size_bytes: int = 0
    steps: set[int] = field(default_factory=set)


class _Counted:
    """What of an experiment's files was counted."""

    def __init__(self, root: Root, name: ExperimentName) -> None:
        self.is_partial = False
        self._root = root
        self._name = name
        self._kinds: dict[str, _KindCount] = {}
        self._seen: set[tuple[int, int]] = set()  # of files with several names
        self._of_json: dict[str, str] = {}  # by label

    def add(self, found: walk.Found) -> None:
        status = found.status
        if status.st_nlink > 1:
            identity = (status.st_dev, status.st_ino)
            if identity in self._seen:
                return
            self._seen.add(identity)
        count = self._kinds.setdefault(self._kind_of(found.path), _KindCount())
        count.files += 1
        count.size_bytes += found.disk_bytes
        step, _ = layout.split_step(found.path)
        if step is not None:
            count.steps.add(step)

    def usage(self) -> ExperimentUsage:
        kinds = [
            KindUsage(kind, count.files, count.size_bytes, len(count.steps))
            for kind, count in self._kinds.items()
        ]
        return ExperimentUsage(
            layout.experiment_id(self._name),
            sum(kind.files for kind in kinds),
            sum(kind.size_bytes for kind in kinds),
            sorted(kinds, key=lambda kind: (-kind.size_bytes, kind.kind)),
            self.is_partial,
        )

    def _kind_of(self, path: str) -> str:
        if layout.is_hidden(path):
            return registry.OTHERS.name
        if sources.is_told_by_name(path):
            return registry.POINTS.name
        step, in_step = layout.split_step(path)
        label, suffix = places.split_label(in_step)
        kind = registry.kind_of_suffix(suffix)
        if kind is not None:
            return kind.name
        if suffix.lower() == ".json":
            where = label if step is None else f"/{label}"
            if where not in self._of_json:
                self._of_json[where] = self._kind_in(path)
            return self._of_json[where]
        return registry.OTHERS.name

    def _kind_in(self, path: str) -> str:
        """Of a JSON file, by what stands in it; one that cannot be read is of no known kind."""
        try:
            with self._root.file(f"{self._name}/{path}") as opened:
                kinds = json_documents.facts_of(opened, path).kinds
        except (OSError, NotServedError):
            kinds = ()
        return kinds[0] if kinds else registry.OTHERS.name
