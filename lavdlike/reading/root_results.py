"""What labels come to in the experiments of a root, for a command: as kept, where files are still the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lavdlike.disk.root import Root
from lavdlike.layout import ExperimentName
from lavdlike.reading.kept_results import AskedLabel, KeptResults, Results, current_results


class RootResults:
    """Not thread-safe.

    Args:
        path: of the file of `KeptResults`; it is read with the first question.
        asked: what is going to be asked of every experiment, so that each is read once.
    """

    def __init__(self, root: Root, path: Path, asked: Iterable[AskedLabel] = ()) -> None:
        self._root = root
        self._path = path
        self._asked = frozenset(asked)
        self._kept: KeptResults | None = None
        self._compared: set[ExperimentName] = set()

    def of(self, name: ExperimentName, label: AskedLabel, preferred: Sequence[str] = ()) -> Results:
        """Of an experiment, as its files are; with this label, if it has it.

        Args:
            preferred: as of `kept_results.read_results`.

        Raises:
            OSError: it cannot be read.
        """
        if self._kept is None:
            self._kept = KeptResults(self._path)
            self._kept.load()
        known = self._kept.by_name.get(name)
        if known is not None and name in self._compared and known.knows(*label):
            return known
        asked = self._asked | {label}
        results, was_read = current_results(self._root, name, known, asked, preferred)
        self._compared.add(name)
        if was_read:
            self._kept.put(name, results, asked)
        return results

    def save(self) -> None:
        """For the next command, and for the server. That it cannot be written makes only the next one slower."""
        if self._kept is not None and not self._kept.is_saved:
            self._kept.save(self._kept.packed())
