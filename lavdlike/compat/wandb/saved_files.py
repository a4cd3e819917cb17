"""Files that a script has kept with its run: copied now, and once more at the end if they are to follow."""

from __future__ import annotations

import glob
import logging
import os
import shutil
from pathlib import Path

from lavdlike.disk.write import replace_file

_log = logging.getLogger("lavdlike")


class KeptFiles:
    """Copies below a folder. `folder`: of the run's files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._followed: dict[Path, Path] = {}

    def save(self, pattern: str, base: str | None, policy: str, *, is_pattern: bool = True) -> list[str]:
        """Copy what matches, with its path below `base`; where the copies are.

        Args:
            policy: "now": once. "live" and "end": as it is at the end, too.
        """
        found = glob.glob(pattern, recursive=True) if is_pattern else [pattern]  # noqa: PTH207 - as the original's
        copies = []
        for name in sorted(found):
            source = Path(name).absolute()
            if source.is_file():
                copy = self._folder / _inner(source, base)
                if policy != "now":
                    self._followed[source] = copy
                self._copy(source, copy)
                copies.append(str(copy))
        return copies

    def save_again(self) -> None:
        """At the end: those that are to follow."""
        for source, copy in self._followed.items():
            self._copy(source, copy)

    def _copy(self, source: Path, copy: Path) -> None:
        """What the disk refuses is said, and the script goes on."""
        try:
            if copy.exists() and copy.samefile(source):  # it lies there already
                return
            replace_file(copy, lambda temporary: shutil.copyfile(source, temporary))
        except OSError as error:
            _log.warning("%s is not kept in %s: %s", source, copy.parent, error.strerror or error)


def _inner(source: Path, base: str | None) -> Path:
    """The path below the run's files; of one that is not below `base` only the name."""
    for folder in (Path(base).absolute() if base else None, Path.cwd()):
        if folder is not None and source.is_relative_to(folder):
            return source.relative_to(folder)
    return Path(os.path.basename(source))
