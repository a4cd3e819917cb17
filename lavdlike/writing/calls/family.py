"""What the methods of every family stand on: the experiment's names and folders, and the paths of its files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike import layout
from lavdlike.kinds import places
from lavdlike.writing.checks import check_name, check_text

if TYPE_CHECKING:
    from lavdlike.writing.launched import LaunchedRun
    from lavdlike.writing.writer import Writer


class Family:
    """Base of the families of methods. `Logger` sets the attributes; `_active` is None while it is disabled."""

    name: str
    base_dir: Path
    log_dir: Path
    prefix: str
    _started: datetime
    _num_digits: int
    _indent_size: int
    _delimiter: str
    _active: Writer | None
    _launched: LaunchedRun | None

    def get_start_time(self) -> str:
        """When the logger was made, in local time: `2026-03-01 09:30:00`.

        >>> len(Logger("example").get_start_time())
        19
        """
        return self._started.strftime("%Y-%m-%d %H:%M:%S")

    def _path(self, name: str, step: int | None, extension: str) -> Path:
        folder = self.log_dir if step is None else self.log_dir / layout.step_folder(step, self._num_digits)
        return folder / layout.native(name + extension)

    def _checked_path(self, name: str, step: int | None, extension: str) -> Path:
        """The path of a file that is read back under just this name and step."""
        check_name(name)
        checked_step = layout.check_step(step)
        layout.check_label(name, step=checked_step)
        check_text(extension, "extension")
        if not extension.startswith(".") or "/" in extension or "\0" in extension:
            raise ValueError(f"extension must begin with a dot and hold no '/' or NUL, not {extension!r}")
        folder = "" if checked_step is None else f"{layout.step_folder(checked_step, self._num_digits)}/"
        place = places.place_in_experiment(self.name, folder + name + extension)
        if place is None or (place.step, place.label) != (checked_step, name):
            raise ValueError(
                f"name {name!r} with the extension {extension!r} would be read under another name"
            )
        return self._path(name, checked_step, extension)

    def _copy(
        self,
        writer: Writer,
        source: Path,
        name: str,
        step: int | None,
        is_suffix: Callable[[str], bool],
        what: str,
    ) -> None:
        if not is_suffix(source.suffix):
            raise ValueError(f"{source} is not {what}: its suffix is {source.suffix!r}")
        path = self._checked_path(name, step, source.suffix.lower())
        content = source.read_bytes()  # what is wrong with the caller's file is the caller's to know
        writer.replace(path, content)
